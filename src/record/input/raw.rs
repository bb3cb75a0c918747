//! What a reader of one format found, before it is checked.

use jiff::Timestamp;

/// The parts of an article as far as they were given; strings are never blank except `text`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct RawArticle {
    pub(super) id: Option<String>,
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) text: Option<String>,
    pub(super) published_at: Option<Timestamp>,
    pub(super) publisher: Option<String>,
    pub(super) language: Option<String>,
    pub(super) authors: Vec<String>,
}

/// Whether there is nothing to read: white space, control characters and byte order marks only.
pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || matches!(c, '\u{FEFF}' | '\u{200B}'))
}
