//! A JSON article, ours or ninjs (IPTC's JSON for news, 1.x to 3.x): one reader for both, since their names do not clash.
//!
//! Defined outcomes: of a field given twice the last one counts; null is absent; unknown fields are skipped unread,
//! however deep; a value of the wrong type under a field's own name is malformed, under another name it is passed
//! over; an escaped lone surrogate in a string becomes U+FFFD, one code point as it was. What wraps an article is taken off
//! ([`wrapped`]).

mod reader;
mod values;
mod wrapped;

use super::super::{Rejection, RejectionReason};
use super::html;
use super::members::{Members, unquoted};
use super::raw::RawArticle;
use reader::malformed;

pub(super) use reader::lenient;
pub(super) use values::items;
pub(in crate::record) use wrapped::articles_in;

/// Reads an article from one JSON object.
pub(super) fn parse(text: &str) -> Result<RawArticle, Rejection> {
    unquoted(text).map_or_else(|| of_object(text), |inside| of_object(&inside))
}

fn of_object(text: &str) -> Result<RawArticle, Rejection> {
    let object = match Members::parse(text) {
        Ok(object) => object,
        Err(error) => return Err(no_object(text, &error)),
    };
    let mut article = wrapped::article(&object)?;
    if let Some(page) = article.markup.take() {
        // A whole page brings what its head says along.
        article = article.or(html::parse(&page));
    }
    if article.text.is_some() || article.title.is_some() {
        return Ok(article);
    }
    Err(wrapped::no_text(&object))
}

/// Says what it is that is no object.
fn no_object(text: &str, error: &serde_json::Error) -> Rejection {
    let text = text.trim();
    let broken = serde_json::from_str::<serde::de::IgnoredAny>(text).err();
    if let Some(items) = items(text) {
        return match items.len() {
            0 => Rejection::new(RejectionReason::NoText, "nothing to analyze: an empty JSON array"),
            n_items => wrapped::several(&format!("a JSON array of {n_items}")),
        };
    }
    let kind = match text.as_bytes().first() {
        _ if broken.is_some() => None,
        Some(b'"') => Some("a JSON string"),
        Some(b'n') => Some("JSON's null"),
        Some(b't' | b'f') => Some("a JSON boolean"),
        Some(b'-' | b'0'..=b'9') => Some("a JSON number"),
        _ => None,
    };
    match kind {
        Some(kind) => malformed(format!("{kind} where an object is expected")),
        // Lines, or values one behind the other.
        None if is_stream(text) => wrapped::several("several JSON values one behind the other"),
        None => malformed(not_json(broken.as_ref().unwrap_or(error))),
    }
}

/// Whether objects stand one behind the other, as in lines.
fn is_stream(text: &str) -> bool {
    let values = serde_json::Deserializer::from_str(text).into_iter::<&serde_json::value::RawValue>();
    values.map_while(Result::ok).filter(|value| value.get().starts_with('{')).nth(1).is_some()
}

/// What is wrong with the JSON, and where, in words of ours: the parser speaks of "ident".
fn not_json(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or_default();
    let said =
        said.replace("EOF while parsing", "it breaks off in").replace("expected ident", "expected true, false or null");
    let (line, column) = (error.line(), error.column());
    if line <= 1 {
        format!("not JSON at column {column}: {said}")
    } else {
        format!("not JSON at line {line}, column {column}: {said}")
    }
}
