//! RSS and Atom as JSON articles, one an entry.

use serde_json::{Map, Value};

use super::super::input::xml_root;

/// The entries of a feed; `None` if the bytes are none, or cannot be read as one, so that they are refused by what they are.
pub(super) fn articles(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let root = xml_root(&head)?.to_ascii_lowercase();
    if !matches!(root.as_str(), "rss" | "feed" | "rdf:rdf") {
        return None;
    }
    let feed = feed_rs::parser::parse(bytes).ok()?;
    let publisher = feed.title.map(|title| title.content);
    let language = feed.language;
    let entries = feed.entries.into_iter().map(|entry| {
        let mut article = Map::new();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                article.insert(name.to_owned(), Value::from(value));
            }
        };
        let link = entry.links.into_iter().find(|link| link.rel.as_deref().is_none_or(|rel| rel == "alternate"));
        match link {
            // The same identity as the page itself has.
            Some(link) => add("url", Some(link.href)),
            None => add("id", Some(entry.id)),
        }
        add("title", entry.title.map(|title| title.content));
        add("html", entry.content.and_then(|content| content.body));
        add("description", entry.summary.map(|summary| summary.content));
        add("published_at", entry.published.or(entry.updated).map(|time| time.to_rfc3339()));
        add("publisher", publisher.clone());
        add("language", language.clone());
        add("author", entry.authors.into_iter().next().and_then(|author| author.name));
        Value::Object(article).to_string().into_bytes()
    });
    Some(entries.collect())
}
