//! From the bytes of a message to an article, or to the reason why not.
//!
//! The `content-type` header decides what the bytes are, else their first character: `{` is JSON, `<` is HTML, anything
//! else is the text itself. What is recognized as something else is refused by its name. Bytes that are compressed are expanded, other
//! charsets than UTF-8 decoded. Unknown fields never matter. A rejection never depends on anything but the message.

mod budget;
mod charset;
mod content_type;
mod date;
mod fields;
mod formats;
mod html;
mod json;
mod language;
mod members;
mod raw;
mod stand_in;

use std::borrow::Cow;

use content_type::{ContentType, Format};
use raw::{RawArticle, is_blank};

use super::compression::Compression;
use super::message::Message;
use super::options::InputOptions;
use super::{Rejection, RejectionReason, ids};
use crate::article::Article;

pub(in crate::record) use charset::utf16;
pub(in crate::record) use fields::compared;
pub use fields::{Alias, FIELDS, FieldName};
#[cfg(feature = "feeds")]
pub(in crate::record) use formats::root as xml_root;
pub(in crate::record) use formats::unread;
pub(in crate::record) use json::articles_in;

/// Header with the address of the article, for a value that does not give one.
pub const URL: &str = "article-url";
/// Header with the time of publication, likewise.
pub const PUBLISHED_AT: &str = "article-published-at";
/// Header with the publisher, likewise.
pub const PUBLISHER: &str = "article-publisher";

/// Reads a message.
///
/// # Errors
/// The [`Rejection`] that the message's dead letter will carry.
pub fn decode(message: &Message, options: &InputOptions) -> Result<Article, Rejection> {
    let payload = message
        .payload
        .as_deref()
        .ok_or_else(|| Rejection::new(RejectionReason::NoText, "the message has no value (a tombstone)"))?;
    check_size(payload.len(), options.max_page_bytes())?;
    let expanded = expanded(payload, options)?;
    let bytes = formats::unframed(&expanded)?;
    let is_framed = bytes.len() < expanded.len();
    let declared = message.header("content-type").and_then(ContentType::parse).filter(|_| !is_framed);
    if let Some(Format::Other(name)) = declared.as_ref().and_then(|declared| declared.format) {
        return Err(formats::refused(format!("{name}, by its content-type")));
    }
    formats::check_bytes(bytes)?;
    let text = charset::decode(bytes, declared.as_ref().and_then(|declared| declared.charset.as_deref()))?;
    formats::check_characters(&text)?;
    let format = declared.and_then(|declared| declared.format).unwrap_or_else(|| sniff(&text));
    let raw = match format {
        Format::Json => {
            let raw = json::parse(&text)?;
            raw.text.as_deref().map_or(Ok(()), formats::check_quoted)?;
            raw
        }
        Format::Html | Format::Xml | Format::Other(_) => {
            formats::check_xml(&text, format == Format::Xml)?;
            page(&text)?
        }
        Format::Text => {
            formats::check_text(&text)?;
            RawArticle { text: Some(text.into_owned()), ..RawArticle::default() }
        }
    };
    finish(raw, message, options)
}

fn check_size(n_bytes: usize, limit: usize) -> Result<(), Rejection> {
    if n_bytes <= limit {
        return Ok(());
    }
    Err(Rejection::new(RejectionReason::TooLarge, format!("{n_bytes} bytes where at most {limit} are accepted")))
}

/// The bytes themselves, or what is compressed in them, as far as a page may go.
fn expanded<'p>(payload: &'p [u8], options: &InputOptions) -> Result<Cow<'p, [u8]>, Rejection> {
    let Some(compression) = Compression::of(payload) else { return Ok(Cow::Borrowed(payload)) };
    let (name, limit) = (compression.name(), options.max_page_bytes());
    match compression.expand(payload, limit) {
        Ok(Some(bytes)) => Ok(Cow::Owned(bytes)),
        Ok(None) => {
            let detail = format!("{} bytes of {name} hold more than the {limit} that are accepted", payload.len());
            Err(Rejection::new(RejectionReason::TooLarge, detail))
        }
        Err(error) => Err(Rejection::new(RejectionReason::Malformed, format!("broken {name} data: {error}"))),
    }
}

/// Reads a page, which has a text: where only its title is there, a browser would have to run its scripts.
fn page(text: &str) -> Result<RawArticle, Rejection> {
    let page = html::parse(text);
    match page.text {
        Some(_) => Ok(page),
        None => Err(Rejection::new(RejectionReason::NoText, "nothing to analyze: the page's text is absent or blank")),
    }
}

/// What the text seems to be, where nothing says so.
fn sniff(text: &str) -> Format {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => Format::Json,
        // A text may begin with a bracket: "[Update] The envoy arrived."
        Some(b'[') if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() => Format::Json,
        Some(b'<') => Format::Html,
        // A text may begin with a quotation mark as well.
        Some(b'"') if members::unquoted(text).is_some() => Format::Json,
        _ => Format::Text,
    }
}

/// Checks what was read, and gives it an identity.
fn finish(raw: RawArticle, message: &Message, options: &InputOptions) -> Result<Article, Rejection> {
    // A headline may stand alone.
    let text = raw.text.filter(|text| !is_blank(text)).unwrap_or_default();
    if text.is_empty() && raw.title.is_none() {
        return Err(Rejection::new(RejectionReason::NoText, "nothing to analyze: the text is absent or blank"));
    }
    check_size(text.len(), options.max_bytes)?;
    stand_in::check(raw.title.as_deref(), &text)?;
    let words = raw.title.as_deref().filter(|_| text.is_empty()).unwrap_or(&text);
    if options.check_language {
        language::check(raw.language.as_deref(), words)?;
    }
    budget::check(raw.title.as_deref(), &text, options.max_tokens)?;
    let header = |name| message.header(name).filter(|value| !is_blank(value));
    let url = raw.url.or_else(|| header(URL).map(str::to_owned));
    let key = || message.key.as_deref().and_then(|key| std::str::from_utf8(key).ok()).filter(|key| !is_blank(key));
    let id = match (raw.id, key(), &url) {
        (Some(id), _, _) => id,
        (None, Some(key), _) => key.to_owned(),
        (None, None, Some(url)) => ids::of_url(url).to_string(),
        (None, None, None) => ids::of_text(words).to_string(),
    };
    Ok(Article {
        id,
        url,
        title: raw.title,
        text,
        published_at: raw.published_at.or_else(|| header(PUBLISHED_AT).and_then(date::parse)),
        publisher: raw.publisher.or_else(|| header(PUBLISHER).map(str::to_owned)),
        language: raw.language,
        authors: raw.authors,
    })
}

/// Whether a date of this form is read, for whoever asks before it is sent.
pub fn is_date(text: &str) -> bool {
    date::parse(text).is_some()
}
