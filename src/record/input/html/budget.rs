//! Whether a page is cheap enough to build a tree of: decided in one linear pass over its bytes, before any tree exists.
//!
//! A tree builder that repairs markup as browsers do (html5ever) can take time in the square of four numbers: nested tags,
//! formatting elements that are left open and so are opened anew in every later block, attributes of one tag, and
//! entities of one text. Nothing is skipped here, neither scripts nor comments, because whoever wants to hide tags in them knows more ways than a
//! short reader of markup does; so all numbers are upper bounds.

/// Opening tags, or what looks like one. A long front page with its scripts has some 5,000. So many nested in each other
/// are built in 0.4 seconds.
const MAX_TAGS: usize = 10_000;
/// Characters that begin a tag or an entity. 400,000 entities take 1.6 seconds, 1.5 million lone "<" 280 MB.
const MAX_MARKS: usize = 60_000;
/// Attributes of one tag. 50,000 of them take 1.7 seconds, the square of this limit is nothing.
const MAX_ATTRIBUTES: usize = 2_000;
/// Formatting elements that may have to be opened anew, over the whole page: nodes that no byte of the page pays for.
const MAX_REOPENED: usize = 200_000;

/// Bytes of attributes that are read in any case: some ten milliseconds.
const MIN_READABLE: usize = 16 << 20;

/// HTML's formatting elements (WHATWG HTML, section 13.2.4.3).
const FORMATTING: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];

/// Whether building the page's tree costs time and memory in proportion to its size.
pub(super) fn is_affordable(html: &str) -> bool {
    let bytes = html.as_bytes();
    if bytes.iter().filter(|byte| matches!(byte, b'<' | b'&')).count() > MAX_MARKS {
        return false;
    }
    let mut n_open = [0_usize; FORMATTING.len()];
    let (mut n_tags, mut n_reopened) = (0, 0);
    // What seems to be a tag may begin inside another one, as comparisons in a script do, so that bytes are read often.
    let mut n_readable = MIN_READABLE + 64 * bytes.len();
    for (at, _) in html.match_indices('<') {
        let closes = bytes.get(at + 1) == Some(&b'/');
        let name_start = at + 1 + usize::from(closes);
        if !bytes.get(name_start).is_some_and(u8::is_ascii_alphabetic) {
            continue;
        }
        let name_len = bytes[name_start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let (name, behind) = bytes[name_start..].split_at(name_len);
        let is_whole_name =
            behind.first().is_some_and(|&byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        let formatting =
            FORMATTING.iter().position(|known| is_whole_name && name.eq_ignore_ascii_case(known.as_bytes()));
        if closes {
            if let Some(idx) = formatting {
                n_open[idx] = n_open[idx].saturating_sub(1);
            }
            continue;
        }
        n_tags += 1;
        n_reopened += n_open.iter().sum::<usize>();
        if let Some(idx) = formatting {
            n_open[idx] += 1;
        }
        let attributes = Attributes::scan(&behind[..behind.len().min(n_readable)]);
        n_readable -= attributes.n_bytes;
        if n_tags > MAX_TAGS || n_reopened > MAX_REOPENED || attributes.n_attributes > MAX_ATTRIBUTES || n_readable == 0
        {
            return false;
        }
    }
    true
}

/// The attributes of a tag, counted.
struct Attributes {
    /// How many there are.
    n_attributes: usize,
    /// Bytes up to and with the closing ">", or to the end of the text.
    n_bytes: usize,
}

/// Where a tag is being read; the states of WHATWG HTML, section 13.2.5, that matter.
enum State {
    BeforeName,
    Name,
    AfterName,
    BeforeValue,
    Unquoted,
    Quoted(u8),
}

impl Attributes {
    /// Reads from behind a tag's name. Quotation marks count only where a value begins, as browsers have it.
    fn scan(bytes: &[u8]) -> Self {
        let mut state = State::BeforeName;
        let mut n_attributes = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let is_space = byte.is_ascii_whitespace();
            state = match (state, byte) {
                (State::Quoted(open), _) if byte != open => State::Quoted(open),
                (State::Quoted(_), _) => State::BeforeName,
                (_, b'>') => return Self { n_attributes, n_bytes: at + 1 },
                (State::BeforeValue, b'"' | b'\'') => State::Quoted(byte),
                (State::BeforeValue, _) if is_space => State::BeforeValue,
                (State::BeforeValue, _) => State::Unquoted,
                (State::Unquoted, _) if !is_space => State::Unquoted,
                (State::Name | State::AfterName, b'=') => State::BeforeValue,
                (State::Name | State::AfterName, _) if is_space => State::AfterName,
                (State::Unquoted, _) | (_, b'/') => State::BeforeName,
                (State::Name, _) => State::Name,
                (State::BeforeName, _) if is_space => State::BeforeName,
                (State::BeforeName | State::AfterName, _) => {
                    n_attributes += 1;
                    State::Name
                }
            };
        }
        Self { n_attributes, n_bytes: bytes.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_that_explode_are_too_dear() {
        let article = "<p>Some <b>words</b> and <a href='/x'>a link</a>.</p>\n".repeat(1_000);
        let script = format!("<script>{}</script>{article}", "for(i=0;i<a;i++)b<c&&d();".repeat(500));
        for (name, html, expected) in [
            ("an article", article.clone(), true),
            ("an article behind a script", script, true),
            ("one formatting element left open", format!("<i>{article}"), true),
            ("nested without end", "<div>".repeat(20_000), false),
            ("hidden in a quoted value", format!("<p a=x\">{}\">", "<div>".repeat(20_000)), false),
            ("hidden in a comment", format!("<!-->{}-->", "<div>".repeat(20_000)), false),
            ("formatting reopened in each block", "<p><b><i>".repeat(1_000), false),
            ("attributes", format!("<p {}>", "a ".repeat(3_000)), false),
            ("entities", "&amp;".repeat(100_000), false),
            ("lone brackets", "<".repeat(100_000), false),
            ("tags in tags", "<a ".repeat(9_000), false),
        ] {
            assert_eq!(is_affordable(&html), expected, "{name}");
        }
    }

    #[test]
    fn attributes_are_counted_as_a_browser_does() {
        for (tag, n_attributes, behind) in [
            (">x", 0, "x"),
            (" a b=1 c = '>' d=\">\"e/f>x", 6, "x"),
            (" a=x\"y>z\"", 1, "z\""),
            (" href=http://example.org/a/b >", 1, ""),
            (" a b", 2, ""),
        ] {
            let found = Attributes::scan(tag.as_bytes());
            assert_eq!((found.n_attributes, &tag[found.n_bytes..]), (n_attributes, behind), "{tag}");
        }
    }
}
