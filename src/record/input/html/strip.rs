//! Markup to text by leaving out the tags: blocks become paragraphs, entities become characters.

use html_escape::decode_html_entities;

use super::markup::{Markup, Piece};

/// Elements that stand in a line of text. All others begin a paragraph.
const INLINE: [&str; 32] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "em", "font", "i", "img", "ins",
    "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "u",
    "wbr",
];

/// The text of a page or fragment.
pub(super) fn text(html: &str) -> String {
    let mut text = String::new();
    let mut gap = "";
    for piece in Markup::new(html) {
        match piece {
            Piece::Text(words) => append(&mut text, &mut gap, &decode_html_entities(words)),
            Piece::Tag(name) => {
                if name.eq_ignore_ascii_case("br") {
                    gap = if gap == "\n\n" { gap } else { "\n" };
                } else if !INLINE.iter().any(|inline| name.eq_ignore_ascii_case(inline)) {
                    gap = "\n\n";
                }
            }
        }
    }
    text
}

/// Appends words behind the gap that is due; runs of white space become one space, as a browser shows them.
fn append(text: &mut String, gap: &mut &str, words: &str) {
    if words.starts_with(|c: char| c.is_ascii_whitespace()) && gap.is_empty() {
        *gap = " ";
    }
    for word in words.split_ascii_whitespace() {
        if !text.is_empty() {
            text.push_str(gap);
        }
        text.push_str(word);
        *gap = " ";
    }
    if !words.ends_with(|c: char| c.is_ascii_whitespace()) && !words.is_empty() {
        *gap = "";
    }
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn blocks_become_paragraphs_and_tags_in_a_line_vanish() {
        for (html, expected) in [
            ("<div>One <b>bold</b>er.</div><div>Two</div>", "One bolder.\n\nTwo"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<p>&ldquo;Caf&eacute;&rdquo; &amp; &#8212;&nbsp;x</p>", "“Café” & —\u{A0}x"),
            ("  <ul>\n<li>1</li>\n<li>2</li></ul>", "1\n\n2"),
            ("x <i> y</i>\n z", "x y z"),
            ("<p></p>", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }
}
