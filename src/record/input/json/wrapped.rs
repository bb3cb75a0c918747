//! Articles inside of something else: an event's envelope, a change record of a database, a search engine's hit, a feed as JSON.
//!
//! What holds one article is taken off. What holds several is refused by name, since a message is one article; files are cut
//! into them beforehand ([`articles_in`]).

use std::borrow::Cow;

use super::super::super::{Rejection, RejectionReason};
use super::super::fields::{FIELDS, FieldName};
use super::super::members::{Members, string, unquoted};
use super::super::raw::{RawArticle, is_blank};
use super::reader::{Reader, strict};
use super::values::items;

/// How deeply an article may be wrapped: Debezium has two (`payload.after`), CloudEvents around JSON:API three.
const MAX_DEPTH: usize = 4;

/// Members that may hold the article, as compared (but for Elasticsearch's `_source`: a `source` is a publisher), and whether what stands beside says something of the article, too: an event's id and
/// source are those of the event, a hit's id is the article's.
const WRAPPERS: [(&str, bool); 17] = [
    ("_source", true),
    ("article", true),
    ("attributes", true),
    ("fields", true),
    ("item", true),
    ("document", true),
    ("doc", true),
    ("post", true),
    ("story", true),
    ("record", false),
    ("payload", false),
    ("after", false),
    ("data", false),
    ("message", false),
    ("result", false),
    ("response", false),
    ("content", false),
];

/// Members that may hold several articles, as compared.
const LISTS: [&str; 14] = [
    "articles",
    "items",
    "results",
    "docs",
    "documents",
    "hits",
    "entries",
    "posts",
    "stories",
    "news",
    "records",
    "data",
    "value",
    "response",
];

/// Bytes from which a string under an unknown name is worth naming.
const MIN_NAMED_BYTES: usize = 30;

/// The article in an object, whatever is around it: its text, else a description or the headline alone.
pub(super) fn article(object: &Members<'_>) -> Result<RawArticle, Rejection> {
    let found = text_of(object, MAX_DEPTH)?;
    if found.has_text() {
        return Ok(found);
    }
    if let Some((name, articles)) = list(object, MAX_DEPTH) {
        return Err(several(&format!("{name:?}, a list of {}", articles.len())));
    }
    headline_of(object, MAX_DEPTH, found)
}

/// The articles in an object that holds several of them and is none itself.
pub(in crate::record) fn articles_in(raw: &str) -> Option<Vec<&str>> {
    let object = Members::parse(raw).ok()?;
    // Most articles hold no list, and their text costs more to read.
    let (_, articles) = list(&object, MAX_DEPTH)?;
    text_of(&object, MAX_DEPTH).is_ok_and(|found| !found.has_text()).then_some(articles)
}

/// That a message holds several articles.
pub(super) fn several(what: &str) -> Rejection {
    let detail = format!("{what}, where a message is one article; `demarche publish` sends each by itself");
    Rejection::new(RejectionReason::UnsupportedFormat, detail)
}

/// That there is no text, and where one may have been meant.
pub(super) fn no_text(object: &Members<'_>) -> Rejection {
    let is_deletion =
        |object: &Members<'_>| object.last_named("after") == Some("null") && object.last_named("before").is_some();
    let payload = object.last_named("payload").and_then(|raw| Members::parse(raw).ok());
    if is_deletion(object) || payload.is_some_and(|payload| is_deletion(&payload)) {
        return Rejection::new(RejectionReason::NoText, "a deletion: \"after\" of the change record is null");
    }
    let holds_text = |raw: &str| match raw.as_bytes().first() {
        Some(b'"') => raw.len() >= MIN_NAMED_BYTES && raw.contains(' '),
        Some(b'{' | b'[') => raw.len() >= MIN_NAMED_BYTES,
        _ => false,
    };
    let names = object.iter().filter(|(_, raw)| holds_text(raw)).map(|(name, _)| format!("{name:?}"));
    let names: Vec<String> = names.take(5).collect();
    let detail = match names.as_slice() {
        [] => "nothing to analyze: the text is absent or blank".to_owned(),
        names => format!("nothing to analyze: the text is absent or blank; not read as one: {}", names.join(", ")),
    };
    Rejection::new(RejectionReason::NoText, detail)
}

/// The article with its text; without one what the object says beside it.
fn text_of(object: &Members<'_>, depth: usize) -> Result<RawArticle, Rejection> {
    let found = strict(object)?;
    if depth == 0 {
        return Ok(found);
    }
    if let Some(inner) = found.text.as_deref().and_then(|text| as_json(text, depth - 1)) {
        return Ok(inner.or(RawArticle { text: None, ..found }));
    }
    if found.has_text() {
        return Ok(found);
    }
    for (inner, keeps_outer) in wrapped(object) {
        let Ok(inner) = Members::parse(&inner) else { continue };
        let inner = text_of(&inner, depth - 1)?;
        if inner.has_text() {
            return Ok(if keeps_outer && !is_envelope(object) { inner.or(found) } else { inner });
        }
    }
    Ok(found)
}

/// The article that a text is as JSON: somebody put it under the name of a text.
fn as_json(text: &str, depth: usize) -> Option<RawArticle> {
    let object = text.trim_start().starts_with('{').then(|| Members::parse(text).ok()).flatten()?;
    text_of(&object, depth).ok().filter(RawArticle::has_text)
}

/// The article by its description, else by its headline alone.
fn headline_of(object: &Members<'_>, depth: usize, found: RawArticle) -> Result<RawArticle, Rejection> {
    let description = Reader { object, resolve: None }.description()?;
    if description.is_some() || found.title.is_some() {
        return Ok(RawArticle { text: description, ..found });
    }
    if depth == 0 {
        return Ok(found);
    }
    for (inner, keeps_outer) in wrapped(object) {
        let Ok(inner) = Members::parse(&inner) else { continue };
        let inner_found = strict(&inner)?;
        let inner = headline_of(&inner, depth - 1, inner_found)?;
        if inner.has_text() || inner.title.is_some() {
            return Ok(if keeps_outer && !is_envelope(object) { inner.or(found) } else { inner });
        }
    }
    Ok(found)
}

/// The objects that may be the article, in order, as JSON; some come as JSON in a string.
fn wrapped<'a>(object: &Members<'a>) -> impl Iterator<Item = (Cow<'a, str>, bool)> {
    let found: Vec<_> = WRAPPERS
        .iter()
        .filter_map(|(name, keeps_outer)| {
            let raw = if name.starts_with('_') { object.last_named(name) } else { object.last_like(name) }?;
            let inner = if raw.starts_with('{') { Cow::Borrowed(raw) } else { Cow::Owned(unquoted(raw)?) };
            Some((inner, *keeps_outer))
        })
        .collect();
    found.into_iter()
}

/// Whether an object is a CloudEvent in structured mode, whose id, source and time are not the article's.
fn is_envelope(object: &Members<'_>) -> bool {
    object.last_named("specversion").is_some()
}

/// The list of articles that an object holds, and its name.
fn list<'a>(object: &Members<'a>, depth: usize) -> Option<(&'static str, Vec<&'a str>)> {
    for name in LISTS {
        let Some(raw) = object.last_like(name) else { continue };
        if let Some(items) = items(raw) {
            let is_article = |raw: &str| Members::parse(raw).is_ok_and(|item| may_be_article(&item));
            if items.first().is_some_and(|first| is_article(first)) {
                return Some((name, items));
            }
        } else if let Some(inner) = (depth > 0 && raw.starts_with('{')).then(|| Members::parse(raw).ok()).flatten()
            && let Some(found) = list(&inner, depth - 1)
        {
            return Some(found);
        }
    }
    None
}

/// Whether an object has a member under a name of an article's text or title, or wraps one that has.
fn may_be_article(object: &Members<'_>) -> bool {
    let fields = [FieldName::Text, FieldName::Html, FieldName::Title, FieldName::Description];
    let names = FIELDS.iter().filter(|alias| fields.contains(&alias.field)).flat_map(|alias| alias.others);
    let has_text = |raw: &str| raw.starts_with(['{', '[']) || string(raw).is_some_and(|text| !is_blank(&text));
    names.into_iter().any(|name| object.last_like(name).is_some_and(has_text))
        || wrapped(object).any(|(inner, _)| Members::parse(&inner).is_ok())
}
