//! The article in a page's JSON-LD: the node of type NewsArticle or the like, wherever it stands (alone, in a list, in `@graph`, as the
//! main entity of a page), with its author and publisher where they are named by reference.

use std::cell::Cell;

use super::super::json::{items, lenient};
use super::super::members::{Members, string};
use super::super::raw::RawArticle;

/// Types that are articles; schema.org has more under them, all ending so.
const ARTICLE_TYPES: [&str; 4] = ["Article", "BlogPosting", "Report", "AdvertiserContentArticle"];

/// Most nodes that are looked at. An article's page has some ten, and a list of a thousand comments is none.
const MAX_NODES: usize = 1_000;

/// How deep nodes stand in each other; a graph in a list has two levels.
const MAX_DEPTH: usize = 6;

/// References that are followed: each is looked for in all nodes.
const MAX_REFERENCES: usize = 64;

/// Members that lead to other nodes.
const LEADS_ON: [&str; 3] = ["@graph", "mainEntity", "mainEntityOfPage"];

/// The article, of several the one at this address, else the first with a headline, and its summary.
pub(super) fn article(scripts: &[String], url: Option<&str>) -> Option<(RawArticle, Option<String>)> {
    let scripts: Vec<String> = scripts.iter().map(|script| bare(script)).collect();
    let mut nodes = Vec::new();
    scripts.iter().for_each(|script| collect(script, &mut nodes));
    let articles = || nodes.iter().filter(|node| is_article(node));
    let is_here = |node: &&Members<'_>| url.is_some() && addresses(node).any(|found| Some(found.as_str()) == url);
    let node = articles().find(is_here).or_else(|| articles().find(|node| node.last_named("headline").is_some()))?;
    let n_resolved = Cell::new(0);
    let resolve = |raw| {
        n_resolved.set(n_resolved.get() + 1);
        if n_resolved.get() > MAX_REFERENCES { raw } else { referred(raw, &nodes) }
    };
    let mut article = lenient(node, &resolve);
    article.id = None;
    if article.url.is_none() {
        article.url = addresses(node).next();
    }
    Some((article, node.last_named("description").and_then(string)))
}

/// A script without what hides it from old browsers, and with white space for the raw line breaks in strings that JSON forbids.
fn bare(script: &str) -> String {
    let mut script = script.trim();
    for (opening, closing) in
        [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>")]
    {
        if let Some(inner) = script.strip_prefix(opening) {
            script = inner.strip_suffix(closing).unwrap_or(inner).trim();
        }
    }
    script.replace(|c: char| c.is_control(), " ").trim_end_matches([';', ' ']).to_owned()
}

/// The nodes of a value, itself first, without descending into what they are about. A value that is no JSON has none.
fn collect<'s>(raw: &'s str, nodes: &mut Vec<Members<'s>>) {
    // What is still to be read, and how deep it stands: what leads on is read again at each depth.
    let mut open = vec![(raw, 0)];
    while let Some((raw, depth)) = open.pop() {
        if nodes.len() >= MAX_NODES || depth > MAX_DEPTH {
            return;
        }
        if let Some(inside) = items(raw) {
            open.extend(inside.into_iter().rev().map(|item| (item, depth + 1)));
        } else if let Ok(node) = Members::parse(raw) {
            open.extend(LEADS_ON.iter().rev().filter_map(|name| Some((node.last_named(name)?, depth + 1))));
            nodes.push(node);
        }
    }
}

fn is_article(node: &Members<'_>) -> bool {
    let Some(raw) = node.last_named("@type") else { return false };
    let types = items(raw).unwrap_or_else(|| vec![raw]);
    types.into_iter().filter_map(string).any(|found| {
        let found = found.rsplit(['/', ':', '#']).next().unwrap_or_default();
        ARTICLE_TYPES.iter().any(|known| found.ends_with(known))
    })
}

/// The addresses that a node gives itself.
fn addresses(node: &Members<'_>) -> impl Iterator<Item = String> {
    let own = ["url", "@id"].into_iter().filter_map(|name| node.last_named(name).and_then(string));
    let page = node.last_named("mainEntityOfPage");
    let page =
        page.and_then(|raw| string(raw).or_else(|| Members::parse(raw).ok()?.last_named("@id").and_then(string)));
    let mut own: Vec<String> = own.collect();
    own.extend(page);
    own.into_iter()
}

/// The node that a reference (`{"@id": "#x"}`) means, else the value itself.
fn referred<'s>(raw: &'s str, nodes: &[Members<'s>]) -> &'s str {
    let id =
        |raw| Members::parse(raw).ok().filter(|node: &Members<'_>| node.len() == 1)?.last_named("@id").and_then(string);
    let Some(id) = id(raw) else { return raw };
    let target = nodes.iter().find(|node| {
        node.last_named("name").is_some() && node.last_named("@id").and_then(string).as_deref() == Some(id.as_str())
    });
    target.and_then(|node| node.last_named("name")).unwrap_or(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Option<RawArticle> {
        article(&[script.to_owned()], Some("https://news.example/1")).map(|(article, _)| article)
    }

    #[test]
    fn the_article_is_found_wherever_it_stands() {
        let node = r#"{"@type": "NewsArticle", "headline": "Envoy arrives", "author": [{"name": "Ada Finch"}, {"name": "Bo Reed"}]}"#;
        for (name, script) in [
            ("alone", node.to_owned()),
            ("in a list", format!("[{{\"@type\": \"WebSite\", \"name\": \"x\"}}, {node}]")),
            (
                "in a graph",
                format!("{{\"@context\": \"https://schema.org\", \"@graph\": [{{\"@type\": \"WebPage\"}}, {node}]}}"),
            ),
            ("as the main entity", format!("{{\"@type\": \"WebPage\", \"mainEntity\": {node}}}")),
            (
                "of several types",
                node.replace(r#""NewsArticle""#, r#"["Thing", "https://schema.org/ReportageNewsArticle"]"#),
            ),
            ("hidden from old browsers", format!("//<![CDATA[\n{node};\n//]]>")),
            ("with a raw line break", node.replace("Envoy arrives", "Envoy\narrives")),
        ] {
            let article = found(&script).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(article.title.as_deref(), Some("Envoy arrives"), "{name}");
            assert_eq!(article.authors, ["Ada Finch", "Bo Reed"], "{name}");
        }
    }

    #[test]
    fn references_and_addresses_are_followed() {
        let script = r##"{"@graph": [
            {"@type": "Article", "headline": "Other", "url": "https://news.example/2"},
            {"@type": "Article", "headline": "Envoy arrives", "mainEntityOfPage": {"@id": "https://news.example/1"},
             "author": {"@id": "#a"}, "publisher": {"@id": "#p"}, "datePublished": "2024-05-03", "inLanguage": "en"},
            {"@type": "Person", "@id": "#a", "name": "Ada Finch"}, {"@type": "Organization", "@id": "#p", "name": "Example Wire"}]}"##;
        let article = found(script).unwrap();
        assert_eq!(article.title.as_deref(), Some("Envoy arrives"));
        assert_eq!(
            (article.authors, article.publisher.as_deref()),
            (vec!["Ada Finch".to_owned()], Some("Example Wire"))
        );
        assert_eq!(article.url.as_deref(), Some("https://news.example/1"));
    }

    #[test]
    fn what_is_no_article_says_nothing() {
        let deep = "[".repeat(50_000);
        for script in
            ["", "{", r#"{"@type": "WebSite", "headline": "Example Wire"}"#, "[1, \"x\", null]", deep.as_str()]
        {
            assert_eq!(found(script), None, "{}", &script[..script.len().min(60)]);
        }
    }
}
