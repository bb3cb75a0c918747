//! HTML: the main content of a page, or of a fragment, as paragraphs of plain text.
//!
//! Readability's algorithm (`dom_smoothie`) finds the content. It works on a tree, and building one takes time and memory
//! that grow faster than the page where tags are nested without end; such a page, and one without recognisable content,
//! only loses its tags ([`strip`]). What comes out becomes the article's text, and offsets count in it.

mod budget;
mod markup;
mod strip;

use dom_smoothie::{Config, Readability, TextMode};

use super::date;
use super::raw::{RawArticle, is_blank};

/// Deepest nesting of elements that is searched: the search takes time in the square of it and more (9,000: 15 s). Pages
/// that people write stay below 40.
const MAX_DEPTH: usize = 200;

/// Reads a page: its main content, and what its head says of it.
pub(super) fn parse(html: &str) -> RawArticle {
    let page = budget::is_affordable(html).then(|| readable(html)).flatten();
    match page {
        Some(page) if page.text.as_deref().is_some_and(|text| !is_blank(text)) => page,
        page => RawArticle { text: Some(strip::text(html)), ..page.unwrap_or_default() },
    }
}

/// The text of an HTML body that came inside an article.
pub(super) fn text_of(html: &str) -> String {
    parse(html).text.unwrap_or_default()
}

fn readable(html: &str) -> Option<RawArticle> {
    let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
    let tree = dom_query::Document::from(html);
    if depth(&tree) > MAX_DEPTH {
        return None;
    }
    let page = Readability::with_document(tree, None, Some(config)).and_then(|mut page| page.parse()).ok()?;
    let given = |text: Option<String>| text.filter(|text| !is_blank(text));
    Some(RawArticle {
        id: None,
        text: Some(page.text_content.trim().to_owned()),
        title: given(Some(page.title)),
        url: given(page.url),
        published_at: page.published_time.as_deref().and_then(date::parse),
        publisher: given(page.site_name),
        language: given(page.lang),
        authors: given(page.byline).into_iter().collect(),
    })
}

/// How deeply elements are nested.
fn depth(tree: &dom_query::Document) -> usize {
    let root = tree.root();
    let mut deepest = 0;
    let mut open = vec![(root, 0)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        open.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    deepest
}
