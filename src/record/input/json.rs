//! A JSON article, ours or ninjs (IPTC's JSON for news, 1.x to 3.x): one reader for both, since their names do not clash.
//!
//! Defined outcomes: of a field given twice the last one counts; null is absent; unknown fields are skipped unread,
//! however deep; a value of the wrong type under a field's own name is malformed, under another name it is passed
//! over; an escaped lone surrogate in a string becomes U+FFFD, one code point as it was.

use jiff::Timestamp;

use super::super::{Rejection, RejectionReason};
use super::fields::{FIELDS, FieldName};
use super::members::{Members, string};
use super::raw::{RawArticle, is_blank};
use super::{date, html};

/// Reads an article from one JSON object.
pub(super) fn parse(text: &str) -> Result<RawArticle, Rejection> {
    let object = Members::parse(text).map_err(|error| malformed(error.to_string()))?;
    let plain = pick(&object, FieldName::Text, "a string", text_value)?;
    let text = match plain {
        Some(plain) => Some(plain),
        None => pick(&object, FieldName::Html, "a string", string_value)?.map(|page| html::text_of(&page)),
    };
    Ok(RawArticle {
        text,
        id: pick(&object, FieldName::Id, "a string or an integer", id_value)?,
        url: pick(&object, FieldName::Url, "a string", string_value)?,
        title: pick(&object, FieldName::Title, "a string", headline_value)?,
        published_at: pick(&object, FieldName::PublishedAt, "a string or a number", date_value)?,
        publisher: pick(&object, FieldName::Publisher, "a string", name_value)?,
        language: pick(&object, FieldName::Language, "a string", string_value)?,
        authors: pick(&object, FieldName::Authors, "a list of strings", authors_value)?.unwrap_or_default(),
    })
}

/// What reading a value came to.
enum Read<T> {
    /// A value.
    Found(T),
    /// The right type, but nothing in it.
    Blank,
    /// Another type than expected.
    WrongType,
}

/// A value with what its reader needs to know of its name.
struct Candidate<'a> {
    raw: &'a str,
    /// Whether it stands under the field's own name and not under another.
    is_own_name: bool,
}

/// The field's value under the first of its names that has one.
fn pick<T>(
    object: &Members<'_>,
    field: FieldName,
    expected: &str,
    read: impl Fn(&Candidate<'_>) -> Read<T>,
) -> Result<Option<T>, Rejection> {
    let alias = FIELDS.iter().find(|alias| alias.field == field).expect("every field has an entry");
    let own = object.last_named(alias.name).map(|raw| Candidate { raw, is_own_name: true });
    let others = alias.others.iter().filter_map(|name| object.last_like(name));
    let others = others.map(|raw| Candidate { raw, is_own_name: false });
    for candidate in own.into_iter().chain(others).filter(|candidate| candidate.raw != "null") {
        match read(&candidate) {
            Read::Found(value) => return Ok(Some(value)),
            Read::WrongType if candidate.is_own_name => {
                return Err(malformed(format!("field {:?} is not {expected}", alias.name)));
            }
            Read::Blank | Read::WrongType => {}
        }
    }
    Ok(None)
}

fn string_value(candidate: &Candidate<'_>) -> Read<String> {
    match string(candidate.raw) {
        Some(text) if is_blank(&text) => Read::Blank,
        Some(text) => Read::Found(text),
        None => Read::WrongType,
    }
}

/// A string, or ninjs `bodies`: plain text before HTML, the main one before others. HTML under another name than
/// `text` (`"content": "<p>…"`) is read as HTML.
fn text_value(candidate: &Candidate<'_>) -> Read<String> {
    if let Some(text) = string(candidate.raw) {
        return match text {
            text if is_blank(&text) => Read::Blank,
            text if !candidate.is_own_name && is_html(&text) => Read::Found(html::text_of(&text)),
            text => Read::Found(text),
        };
    }
    let Some(bodies) = variants(candidate.raw) else { return Read::WrongType };
    let plain = best(bodies.iter().filter(|body| !body.is_html));
    match plain.or_else(|| best(bodies.iter().filter(|body| body.is_html))) {
        Some(body) if body.is_html => Read::Found(html::text_of(&body.value)),
        Some(body) => Read::Found(body.value.clone()),
        None => Read::Blank,
    }
}

/// A string, or ninjs `headlines`.
fn headline_value(candidate: &Candidate<'_>) -> Read<String> {
    match variants(candidate.raw) {
        Some(headlines) => best(headlines.iter()).map_or(Read::Blank, |headline| Read::Found(headline.value.clone())),
        None => string_value(candidate),
    }
}

fn id_value(candidate: &Candidate<'_>) -> Read<String> {
    match candidate.raw.parse::<i128>() {
        Ok(number) => Read::Found(number.to_string()),
        Err(_) => string_value(candidate),
    }
}

/// A string or a time since 1970. A string that is no date is absent: the article is worth more than its date.
fn date_value(candidate: &Candidate<'_>) -> Read<Timestamp> {
    let found = if let Some(text) = string(candidate.raw) {
        date::parse(&text)
    } else if let Ok(number) = candidate.raw.parse::<i64>() {
        date::from_epoch(number)
    } else if let Ok(number) = candidate.raw.parse::<f64>() {
        date::from_epoch_fraction(number)
    } else {
        return Read::WrongType;
    };
    found.map_or(Read::Blank, Read::Found)
}

/// A string, or an object with a name (`"source": {"id": "…", "name": "…"}`).
fn name_value(candidate: &Candidate<'_>) -> Read<String> {
    match named(candidate.raw) {
        Some(name) => Read::Found(name),
        None => string_value(candidate),
    }
}

/// A string, a list of strings or of objects with a name, or such an object.
fn authors_value(candidate: &Candidate<'_>) -> Read<Vec<String>> {
    let Ok(items) = serde_json::from_str::<Vec<&serde_json::value::RawValue>>(candidate.raw) else {
        return match name_value(candidate) {
            Read::Found(name) => Read::Found(vec![name]),
            Read::Blank => Read::Blank,
            Read::WrongType => Read::WrongType,
        };
    };
    let names = items.into_iter().filter_map(|item| named(item.get()).or_else(|| string(item.get())));
    let names: Vec<String> = names.filter(|name| !is_blank(name)).collect();
    if names.is_empty() { Read::Blank } else { Read::Found(names) }
}

/// The name in an object, if it is one that has a name.
fn named(raw: &str) -> Option<String> {
    let object = Members::parse(raw).ok()?;
    let name = object.last_named("name").and_then(string);
    name.filter(|name| !is_blank(name))
}

/// One of several forms of a text, as ninjs lists them.
struct Variant {
    value: String,
    is_main: bool,
    is_html: bool,
}

/// The entries of a ninjs list (`bodies`, `headlines`) that have a value; `None` if it is no list of objects.
fn variants(raw: &str) -> Option<Vec<Variant>> {
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(raw).ok()?;
    let mut variants = Vec::new();
    for item in items {
        let object = Members::parse(item.get()).ok()?;
        let get = |name: &str| object.last_like(name).and_then(string);
        let Some(value) = get("value").filter(|value| !is_blank(value)) else { continue };
        let (role, content_type) = (get("role").unwrap_or_default(), get("contenttype"));
        variants.push(Variant {
            is_main: role == "main",
            is_html: content_type.map_or_else(|| is_html(&value), |declared| declared.contains("html")),
            value,
        });
    }
    Some(variants)
}

/// The main one, else the first.
fn best<'v>(variants: impl Iterator<Item = &'v Variant> + Clone) -> Option<&'v Variant> {
    variants.clone().find(|variant| variant.is_main).or_else(|| variants.clone().next())
}

/// Whether a text is markup: it begins with a tag and closes one.
fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<') && text.contains("</")
}

fn malformed(detail: String) -> Rejection {
    Rejection::new(RejectionReason::Malformed, detail)
}
