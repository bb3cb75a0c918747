//! Spans, sentences and the article on the wire. Offsets are half-open, in Unicode code points, into the text as
//! received (W3C Web Annotation Data Model, TextPositionSelector).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::article::Article;
use crate::text::{CodePoints, Document, Field, Span, TokenRange};

/// Words of the article and where they stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Span")]
pub struct SpanRecord {
    /// The words as they stand in the article.
    pub text: String,
    /// First code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Present when the offsets count in the article's title, which came apart from the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldRecord>,
}

/// The field of the article that offsets count in, where it is not the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Field")]
pub enum FieldRecord {
    /// The title.
    Title,
}

/// The sentence that holds a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Sentence")]
pub struct SentenceRecord {
    /// Its number, from 0, among the sentences of its field.
    pub index: usize,
    /// Its words and where they stand.
    #[serde(flatten)]
    pub span: SpanRecord,
}

/// The article that a record comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ArticleReference")]
pub struct ArticleRecord {
    /// The id given, else the message key, else a UUIDv5 of the URL, else of the text.
    pub id: String,
    /// Where it was published.
    pub url: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published, RFC 3339 in UTC.
    #[schemars(extend("format" = "date-time"))]
    pub published_at: Option<String>,
    /// Its title, where that came apart from the text.
    pub title: Option<String>,
}

impl ArticleRecord {
    /// The reference to an article.
    pub fn new(article: &Article) -> Self {
        Self {
            id: article.id.clone(),
            url: article.url.clone(),
            publisher: article.publisher.clone(),
            published_at: article.published_at.map(|time| time.to_string()),
            title: article.title.clone(),
        }
    }
}

/// Turns spans and token ranges of a document into their form on the wire: where they stand in the title or text as received.
pub(super) struct SpanWriter<'d> {
    doc: &'d Document,
    title: CodePoints<'d>,
    body: CodePoints<'d>,
    n_title_sentences: usize,
}

impl<'d> SpanWriter<'d> {
    pub(super) fn new(doc: &'d Document) -> Self {
        Self {
            doc,
            title: CodePoints::new(doc.title().unwrap_or_default()),
            body: CodePoints::new(doc.body()),
            n_title_sentences: doc.n_title_sentences(),
        }
    }

    pub(super) fn span(&self, span: Span) -> SpanRecord {
        let (field, placed) = self.doc.place(span);
        let (field, words, (start, end)) = match field {
            Field::Text => (None, self.doc.body(), self.body.of(placed)),
            Field::Title => (Some(FieldRecord::Title), self.doc.text(), self.title.of(placed)),
        };
        SpanRecord { text: words[placed.range()].to_owned(), start, end, field }
    }

    pub(super) fn range(&self, range: TokenRange) -> SpanRecord {
        self.span(self.doc.span_of(range))
    }

    pub(super) fn ranges(&self, ranges: &[TokenRange]) -> Vec<SpanRecord> {
        ranges.iter().map(|&range| self.range(range)).collect()
    }

    /// The sentence with this number in the document.
    pub(super) fn sentence(&self, number: usize) -> SentenceRecord {
        let index = number.checked_sub(self.n_title_sentences).unwrap_or(number);
        SentenceRecord { index, span: self.range(self.doc.sentences[number].tokens) }
    }
}

/// Confidence as it is written: to three decimals, so that the last bits of a sum never change a record's bytes.
pub(super) fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence.clamp(0.0, 1.0)) * 1000.0).round() / 1000.0
}
