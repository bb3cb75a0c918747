//! Markup as a flat sequence of tags and texts, by WHATWG's tokenizer (`html5gum`): entities are characters, comments are gone,
//! and what is inside `<script>` or `<title>` is one text. Linear, without a tree, and never fails.

use std::convert::Infallible;

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

/// One piece of markup. Names are in lower case.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text between tags.
    Text(String),
    /// An opening tag.
    Open(Tag),
    /// A closing tag, by its name.
    Close(String),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute, if it is there and not blank.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// Whether the attribute is there, with a value or without.
    pub(super) fn has_attribute(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    /// Whether the attribute, a list of words, holds this one.
    pub(super) fn has_word(&self, attribute: &str, word: &str) -> bool {
        let mut words = self.attribute(attribute).into_iter().flat_map(str::split_ascii_whitespace);
        words.any(|found| found.eq_ignore_ascii_case(word))
    }
}

/// The pieces of a page or fragment.
pub(super) fn of(html: &str) -> impl Iterator<Item = Piece> {
    let mut emitter = DefaultEmitter::default();
    // Without a tree nobody else tells the tokenizer that a script's content is no markup.
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).filter_map(|token: Result<Token, Infallible>| match token {
        Ok(Token::String(text)) => Some(Piece::Text(string(text.value))),
        Ok(Token::StartTag(StartTag { name, attributes, .. })) => {
            let attributes = attributes.into_iter().map(|(name, value)| (string(name), string(value.value)));
            Some(Piece::Open(Tag { name: string(name), attributes: attributes.collect() }))
        }
        Ok(Token::EndTag(tag)) => Some(Piece::Close(string(tag.name))),
        _ => None,
    })
}

/// What the tokenizer cut out of a string is one again.
fn string(bytes: HtmlString) -> String {
    String::from_utf8(bytes.0).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_texts_and_what_is_skipped() {
        let html = "<!DOCTYPE html><P class='a>b'>1 < 2<!-- <i> --></P><script>if (a</b) x</script>&eacute;nd";
        let tag = |name: &str, attributes: &[(&str, &str)]| {
            let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Piece::Open(Tag { name: name.to_owned(), attributes: attributes.collect() })
        };
        let expected = [
            tag("p", &[("class", "a>b")]),
            Piece::Text("1 < 2".to_owned()),
            Piece::Close("p".to_owned()),
            tag("script", &[]),
            Piece::Text("if (a</b) x".to_owned()),
            Piece::Close("script".to_owned()),
            Piece::Text("énd".to_owned()),
        ];
        assert_eq!(of(html).collect::<Vec<_>>(), expected);
    }
}
