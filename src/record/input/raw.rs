//! What a reader of one format found, before it is checked.

use jiff::Timestamp;

/// The parts of an article as far as they were given; strings are never blank except `text`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RawArticle {
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    /// A page that holds the text, where it did not come plain.
    pub(super) markup: Option<String>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) publisher: Option<String>,
    pub(super) language: Option<String>,
    pub(super) authors: Vec<String>,
}

impl RawArticle {
    /// Whether there is a text, plain or in a page.
    pub(super) fn has_text(&self) -> bool {
        self.text.is_some() || self.markup.is_some()
    }

    /// This article, and what it lacks from another one.
    pub(super) fn or(self, other: Self) -> Self {
        let (text, markup) = if self.has_text() { (self.text, self.markup) } else { (other.text, other.markup) };
        Self {
            text,
            markup,
            id: self.id.or(other.id),
            url: self.url.or(other.url),
            title: self.title.or(other.title),
            published_at: self.published_at.or(other.published_at),
            publisher: self.publisher.or(other.publisher),
            language: self.language.or(other.language),
            authors: if self.authors.is_empty() { other.authors } else { self.authors },
        }
    }
}

/// Whether there is nothing to read: white space, control characters and byte order marks only.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || matches!(c, '\u{FEFF}' | '\u{200B}'))
}
