//! From the bytes of a message to an article, or to the reason why not.
//!
//! The `content-type` header decides what the bytes are, else their first character: `{` is JSON, `<` is HTML, anything
//! else is the text itself. Unknown fields never matter. A rejection never depends on anything but the message.

mod budget;
mod content_type;
mod date;
mod fields;
mod html;
mod json;
mod language;
mod members;
mod raw;

use content_type::{ContentType, Format};
use raw::{RawArticle, is_blank};

use super::message::Message;
use super::options::InputOptions;
use super::{Rejection, RejectionReason, ids};
use crate::article::Article;

pub use fields::{Alias, FIELDS, FieldName};

/// Reads a message.
///
/// # Errors
/// The [`Rejection`] that the message's dead letter will carry.
pub fn decode(message: &Message, options: &InputOptions) -> Result<Article, Rejection> {
    let payload = message
        .payload
        .as_deref()
        .ok_or_else(|| Rejection::new(RejectionReason::NoText, "the message has no value (a tombstone)"))?;
    if payload.len() > options.max_bytes {
        let detail = format!("{} bytes where at most {} are accepted", payload.len(), options.max_bytes);
        return Err(Rejection::new(RejectionReason::TooLarge, detail));
    }
    let declared = message.header("content-type").and_then(ContentType::parse);
    let text = utf8(payload, declared.as_ref())?;
    let raw = match declared.and_then(|declared| declared.format).unwrap_or_else(|| sniff(text)) {
        Format::Json => json::parse(text)?,
        Format::Html => html::parse(text),
        Format::Text => RawArticle { text: Some(text.to_owned()), ..RawArticle::default() },
    };
    finish(raw, message, options)
}

/// The payload as text, without a byte order mark.
fn utf8<'p>(payload: &'p [u8], declared: Option<&ContentType>) -> Result<&'p str, Rejection> {
    let not_utf8 = |detail: String| Rejection::new(RejectionReason::NotUtf8, detail);
    if let Some(charset) = declared.and_then(|declared| declared.other_charset.as_deref())
        && !payload.is_ascii()
    {
        return Err(not_utf8(format!("charset {charset} is declared, only utf-8 is read")));
    }
    let text =
        std::str::from_utf8(payload).map_err(|error| not_utf8(format!("no utf-8 at byte {}", error.valid_up_to())))?;
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

/// What the bytes seem to be, where nothing says so.
fn sniff(text: &str) -> Format {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => Format::Json,
        Some(b'<') => Format::Html,
        _ => Format::Text,
    }
}

/// Checks what was read, and gives it an identity.
fn finish(raw: RawArticle, message: &Message, options: &InputOptions) -> Result<Article, Rejection> {
    let text = raw
        .text
        .filter(|text| !is_blank(text))
        .ok_or_else(|| Rejection::new(RejectionReason::NoText, "nothing to analyze: the text is absent or blank"))?;
    if options.check_language {
        language::check(raw.language.as_deref(), &text)?;
    }
    budget::check(raw.title.as_deref(), &text, options.max_tokens)?;
    let key = || message.key.as_deref().and_then(|key| std::str::from_utf8(key).ok()).filter(|key| !is_blank(key));
    let id = match (raw.id, key(), &raw.url) {
        (Some(id), _, _) => id,
        (None, Some(key), _) => key.to_owned(),
        (None, None, Some(url)) => ids::of_url(url).to_string(),
        (None, None, None) => ids::of_text(&text).to_string(),
    };
    Ok(Article {
        id,
        url: raw.url,
        title: raw.title,
        text,
        published_at: raw.published_at,
        publisher: raw.publisher,
        language: raw.language,
        authors: raw.authors,
    })
}
