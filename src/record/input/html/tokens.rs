//! Markup as a flat sequence of tags and texts, by WHATWG's tokenizer (`html5gum`): entities are characters, comments are gone,
//! and what is inside `<script>` or `<title>` is one text. Linear, without a tree, and never fails.

use std::convert::Infallible;

use html5gum::{DefaultEmitter, HtmlString, StartTag, State, StringReader, Token, Tokenizer};

use super::foreign::Foreign;

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
    /// Whether it is a part of a drawing or of a formula.
    pub(super) is_foreign: bool,
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
    let tokenizer = Tokenizer::new_with_emitter(html, emitter);
    Pieces { tokenizer, foreign: Foreign::default(), closed: None }
}

struct Pieces<'h> {
    tokenizer: Tokenizer<StringReader<'h>>,
    foreign: Foreign,
    /// The element that its opening tag has closed.
    closed: Option<String>,
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if let Some(name) = self.closed.take() {
            return Some(Piece::Close(name));
        }
        loop {
            let token: Result<Token, Infallible> = self.tokenizer.next()?;
            match token {
                Ok(Token::String(text)) => return Some(Piece::Text(string(text.value))),
                Ok(Token::StartTag(tag)) => return Some(Piece::Open(self.open(tag))),
                Ok(Token::EndTag(tag)) => {
                    let name = string(tag.name);
                    self.foreign.close(&name);
                    return Some(Piece::Close(name));
                }
                _ => {}
            }
        }
    }
}

impl Pieces<'_> {
    fn open(&mut self, tag: StartTag<()>) -> Tag {
        let name = string(tag.name);
        let is_foreign = self.foreign.open(&name, tag.self_closing);
        if is_foreign {
            // What follows is markup, whatever HTML has under this name.
            self.tokenizer.set_state(State::Data);
            self.closed = tag.self_closing.then(|| name.clone());
        }
        let attributes = tag.attributes.into_iter().map(|(name, value)| (string(name), string(value.value)));
        Tag { name, is_foreign, attributes: attributes.collect() }
    }
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
            Piece::Open(Tag { name: name.to_owned(), is_foreign: false, attributes: attributes.collect() })
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
