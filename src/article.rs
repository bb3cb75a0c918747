//! The article as received: valid by construction, never altered afterwards. Depends on nothing of the crate.

use jiff::Timestamp;

/// A news article that can be analyzed. Every offset in a record points into [`Article::text`], unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// Identity: the `id` given, else the message key, else a hash of the URL, else of the text. Never empty.
    pub id: String,
    /// Where it was published.
    pub url: Option<String>,
    /// A title that came apart from the text. Findings in it carry `"field":"title"`.
    pub title: Option<String>,
    /// The text as received. Not blank, unless a title stands alone.
    pub text: String,
    /// When it was published; day names and "last month" are resolved against it.
    pub published_at: Option<Timestamp>,
    /// Who published it (not who is quoted in it).
    pub publisher: Option<String>,
    /// BCP 47 tag as given by the sender.
    pub language: Option<String>,
    /// Bylines as given.
    pub authors: Vec<String>,
}

impl Article {
    /// An article of nothing but a text, for tests, examples and plain files.
    pub fn from_text(id: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            url: None,
            title: None,
            text: text.into(),
            published_at: None,
            publisher: None,
            language: None,
            authors: Vec::new(),
        }
    }
}
