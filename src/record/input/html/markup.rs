//! Markup as a flat sequence of tags and texts, in one linear pass and without a tree. Never fails: what is no tag is text.

/// One piece of markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'h> {
    /// Text between tags, entities as they stand.
    Text(&'h str),
    /// An opening or closing tag, by its name as written.
    Tag(&'h str),
}

/// Elements whose content is no text of the page.
const SKIPPED: [&str; 9] = ["script", "style", "noscript", "template", "svg", "iframe", "textarea", "head", "title"];

/// Iterates over the pieces of markup; comments, declarations and elements without text are left out.
#[derive(Debug)]
pub(super) struct Markup<'h> {
    rest: &'h str,
    /// Which of [`SKIPPED`] are known to have no closing tag in the rest, so that it is searched only once.
    is_never_closed: [bool; SKIPPED.len()],
}

impl<'h> Markup<'h> {
    pub(super) fn new(html: &'h str) -> Self {
        Self { rest: html, is_never_closed: [false; SKIPPED.len()] }
    }

    /// Cuts off the first `n_bytes`.
    fn take(&mut self, n_bytes: usize) -> &'h str {
        let (taken, rest) = self.rest.split_at(n_bytes);
        self.rest = rest;
        taken
    }

    /// Drops everything up to and with `end`, or all that is left.
    fn skip_past(&mut self, end: &str) {
        let n_bytes = self.rest.find(end).map_or(self.rest.len(), |at| at + end.len());
        self.take(n_bytes);
    }

    /// Drops the content of an element that has no text, if it is one and is closed.
    fn skip_content(&mut self, name: &str) {
        let Some(idx) = SKIPPED.iter().position(|skipped| name.eq_ignore_ascii_case(skipped)) else { return };
        if self.is_never_closed[idx] {
            return;
        }
        let mut closing_tags = self.rest.match_indices("</").map(|(at, _)| at);
        let closing_tag = closing_tags.find(|at| {
            let found = self.rest.as_bytes()[at + 2..].get(..name.len());
            found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        });
        match closing_tag {
            Some(at) => drop(self.take(at)),
            None => self.is_never_closed[idx] = true,
        }
    }
}

impl<'h> Iterator for Markup<'h> {
    type Item = Piece<'h>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.rest;
            let Some(tag) = rest.strip_prefix('<') else {
                let n_bytes = rest.find('<').unwrap_or(rest.len());
                return (n_bytes > 0).then(|| Piece::Text(self.take(n_bytes)));
            };
            let inside = tag.strip_prefix('/').unwrap_or(tag);
            if tag.starts_with("!--") {
                self.skip_past("-->");
            } else if tag.starts_with(['!', '?']) {
                self.skip_past(">");
            } else if inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
                let name_end = inside.find(is_name_end).unwrap_or(inside.len());
                let (name, attributes) = inside.split_at(name_end);
                // As in a browser, a tag that never ends swallows the rest.
                let n_after = Attributes::scan(attributes.as_bytes()).n_bytes;
                self.take(rest.len() - attributes.len() + n_after);
                if inside.len() == tag.len() {
                    self.skip_content(name);
                }
                return Some(Piece::Tag(name));
            } else {
                // A lone "<" is text, up to the next one.
                let n_bytes = tag.find('<').map_or(rest.len(), |at| at + 1);
                return Some(Piece::Text(self.take(n_bytes)));
            }
        }
    }
}

/// Whether a tag's name ends before this character.
fn is_name_end(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{C}' | '/' | '>')
}

/// The attributes of a tag, counted.
pub(super) struct Attributes {
    /// How many there are.
    pub(super) n_attributes: usize,
    /// Bytes up to and with the closing ">", or to the end of the text.
    pub(super) n_bytes: usize,
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
    pub(super) fn scan(bytes: &[u8]) -> Self {
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
    fn tags_texts_and_what_is_skipped() {
        let html = "<!DOCTYPE html><P class='a>b'>1 < 2<!-- <i> --></P><script>if (a</b) x</script>end<svg>in<";
        let pieces: Vec<_> = Markup::new(html).collect();
        let expected = [
            Piece::Tag("P"),
            Piece::Text("1 "),
            Piece::Text("< 2"),
            Piece::Tag("P"),
            Piece::Tag("script"),
            Piece::Tag("script"),
            Piece::Text("end"),
            Piece::Tag("svg"),
            Piece::Text("in"),
            Piece::Text("<"),
        ];
        assert_eq!(pieces, expected);
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
