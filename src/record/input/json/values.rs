//! The values of fields in the shapes in which senders write them: a string, an object that holds one, a list.

use jiff::Timestamp;

use super::super::date;
use super::super::html::content;
use super::super::members::{Members, string};
use super::super::raw::is_blank;

/// Members of an object that stands where a string is expected, and hold it: WordPress (`rendered`), ninjs (`value`), and what programs
/// make of XML.
const TEXT_MEMBERS: [&str; 5] = ["rendered", "value", "plain", "#text", "$t"];

/// The same where a headline is expected: the New York Times has several (`main`).
const HEADLINE_MEMBERS: [&str; 7] = ["rendered", "value", "plain", "#text", "$t", "main", "text"];

/// The same in a list of paragraphs.
const PARAGRAPH_MEMBERS: [&str; 3] = ["text", "value", "content"];

/// What reading a value came to.
pub(super) enum Read<T> {
    /// A value.
    Found(T),
    /// The right type, but nothing in it.
    Blank,
    /// Another type than expected.
    WrongType,
}

impl<T> Read<T> {
    pub(super) fn found(self) -> Option<T> {
        match self {
            Self::Found(value) => Some(value),
            Self::Blank | Self::WrongType => None,
        }
    }
}

/// A value with what its reader needs to know of its name.
pub(super) struct Candidate<'a> {
    pub(super) raw: &'a str,
    /// Whether it stands under the field's own name and not under another.
    pub(super) is_own_name: bool,
}

/// The elements of a list, unread; `None` if it is no list.
pub(in super::super) fn items(raw: &str) -> Option<Vec<&str>> {
    let items: Vec<&serde_json::value::RawValue> = raw.starts_with('[').then(|| serde_json::from_str(raw).ok())??;
    Some(items.into_iter().map(serde_json::value::RawValue::get).collect())
}

/// A string, or the one in an object.
pub(super) fn string_value(candidate: &Candidate<'_>) -> Read<String> {
    read(string(candidate.raw).or_else(|| in_object(candidate.raw, &TEXT_MEMBERS)))
}

fn read(text: Option<String>) -> Read<String> {
    match text {
        Some(text) if is_blank(&text) => Read::Blank,
        Some(text) => Read::Found(text),
        None => Read::WrongType,
    }
}

/// A string; a list of paragraphs; ninjs `bodies`: plain text before HTML, the main one before others. HTML under another name than
/// `text` (`"content": "<p>…"`), or in an object, is read as HTML.
pub(super) fn text(candidate: &Candidate<'_>) -> Read<String> {
    if let Some(text) = string(candidate.raw) {
        return match text {
            text if is_blank(&text) => Read::Blank,
            text if !candidate.is_own_name => Read::Found(plain(text)),
            text => Read::Found(text),
        };
    }
    let found = in_object(candidate.raw, &TEXT_MEMBERS).map(plain).or_else(|| paragraphs(candidate.raw));
    if found.is_some() {
        return read(found);
    }
    let Some(bodies) = variants(candidate.raw) else { return Read::WrongType };
    let plain = best(bodies.iter().filter(|body| !body.is_html));
    match plain.or_else(|| best(bodies.iter().filter(|body| body.is_html))) {
        Some(body) if body.is_html => Read::Found(content::text_of(&body.value)),
        Some(body) => Read::Found(body.value.clone()),
        None => Read::Blank,
    }
}

/// A string, or ninjs `headlines`. Entities and tags are taken out where it comes rendered for a page.
pub(super) fn headline(candidate: &Candidate<'_>) -> Read<String> {
    if let Some(text) = in_object(candidate.raw, &HEADLINE_MEMBERS) {
        return read(Some(content::words_of(&text)));
    }
    match variants(candidate.raw) {
        Some(headlines) => best(headlines.iter()).map_or(Read::Blank, |headline| Read::Found(headline.value.clone())),
        None => string_value(candidate),
    }
}

/// A string, an integer, or MongoDB's object around one.
pub(super) fn id(candidate: &Candidate<'_>) -> Read<String> {
    let raw = member(candidate.raw, "$oid").unwrap_or(candidate.raw);
    match raw.parse::<i128>() {
        Ok(number) => Read::Found(number.to_string()),
        Err(_) => string_value(&Candidate { raw, ..*candidate }),
    }
}

/// A string, a number, or MongoDB's object around one. What is no date is absent: the article is worth more than its date.
pub(super) fn date(candidate: &Candidate<'_>) -> Read<Timestamp> {
    let raw = member(candidate.raw, "$date").unwrap_or(candidate.raw);
    let number = member(raw, "$numberLong").and_then(string);
    let raw = number.as_deref().unwrap_or(raw);
    let found = if let Some(text) = string(raw) {
        date::parse(&text)
    } else if let Ok(number) = raw.parse::<i64>() {
        date::from_number(number)
    } else if let Ok(number) = raw.parse::<f64>() {
        date::from_fraction(number)
    } else {
        return Read::WrongType;
    };
    found.map_or(Read::Blank, Read::Found)
}

/// A string, or an object with a name (`"source": {"id": "…", "name": "…"}`).
pub(super) fn name(candidate: &Candidate<'_>) -> Read<String> {
    match named(candidate.raw) {
        Some(name) => Read::Found(name),
        None => read(string(candidate.raw)),
    }
}

/// A string, a list of strings or of objects with a name, or such an object.
pub(super) fn authors<'a>(
    candidate: &Candidate<'a>,
    resolve: Option<&dyn Fn(&'a str) -> &'a str>,
) -> Read<Vec<String>> {
    let Some(items) = items(candidate.raw) else {
        return match name(candidate) {
            Read::Found(name) => Read::Found(vec![name]),
            Read::Blank => Read::Blank,
            Read::WrongType => Read::WrongType,
        };
    };
    let items = items.into_iter().map(|item| resolve.map_or(item, |resolve| resolve(item)));
    let names = items.filter_map(|item| named(item).or_else(|| string(item)));
    let names: Vec<String> = names.filter(|name| !is_blank(name)).collect();
    if names.is_empty() { Read::Blank } else { Read::Found(names) }
}

/// One member of an object.
fn member<'a>(raw: &'a str, name: &str) -> Option<&'a str> {
    raw.starts_with('{').then(|| Members::parse(raw).ok()?.last_named(name)).flatten()
}

/// The string that an object holds under one of these names.
fn in_object(raw: &str, names: &[&str]) -> Option<String> {
    let object = raw.starts_with('{').then(|| Members::parse(raw).ok()).flatten()?;
    names.iter().filter_map(|name| object.last_named(name)).find_map(string)
}

/// Paragraphs that came as a list of strings, or of objects that hold one; pictures between them have none. Objects with titles are
/// articles.
fn paragraphs(raw: &str) -> Option<String> {
    let items = items(raw)?;
    let is_other = |item: &&str| {
        !item.starts_with(['"', '{'])
            || ["title", "headline", "contenttype"].iter().any(|name| member(item, name).is_some())
    };
    if items.iter().any(is_other) || items.iter().any(|item| member(item, "role").is_some()) {
        return None;
    }
    let paragraphs = items.into_iter().filter_map(|item| string(item).or_else(|| in_object(item, &PARAGRAPH_MEMBERS)));
    let paragraphs: Vec<String> = paragraphs.filter(|text| !is_blank(text)).map(plain).collect();
    (!paragraphs.is_empty()).then(|| paragraphs.join("\n\n"))
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
    let mut variants = Vec::new();
    for item in items(raw)? {
        let object = Members::parse(item).ok()?;
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

/// The text of what may be markup.
fn plain(text: String) -> String {
    if is_html(&text) { content::text_of(&text) } else { text }
}

/// Whether a text is markup: it begins with a tag and closes one.
fn is_html(text: &str) -> bool {
    text.trim_start().starts_with('<') && text.contains("</")
}
