//! The text of a page: its main content by Readability's algorithm, the story that this missed, or all of it without its tags.

use dom_smoothie::{Config, Readability};

use super::super::raw::{RawArticle, is_blank};
use super::story::Story;
use super::tokens::{self, Piece};
use super::{budget, furniture, strip};

/// Deepest nesting of elements that is searched: the search takes time in the square of it and more (9,000: 15 s). Pages
/// that people write stay below 40.
const MAX_DEPTH: usize = 200;

/// What may be the text, as the page is read.
#[derive(Debug, Default)]
pub(super) struct Parts {
    whole: strip::Writer,
    story: Story,
}

impl Parts {
    /// Takes the next piece of the page in.
    pub(super) fn take(&mut self, piece: &Piece) {
        self.story.take(piece, &self.whole);
        self.whole.take(piece);
    }

    /// The text, where Readability found one, and the page's JSON-LD gives a body; `None` if the page has none.
    pub(super) fn text(self, found: Option<String>, body: Option<String>) -> Option<String> {
        let story = self.story.choose(&self.whole.text, found, body).filter(|text| !is_blank(text));
        Some(story.unwrap_or(self.whole.text)).filter(|text| !is_blank(text))
    }
}

/// The text of an HTML body that came inside an article.
pub(in super::super) fn text_of(html: &str) -> String {
    let mut parts = Parts::default();
    tokens::of(html).for_each(|piece| parts.take(&piece));
    let (_, found) = readable(html).unwrap_or_default();
    parts.text(found, None).unwrap_or_default()
}

/// The words of a line of markup, a headline's for one.
pub(in super::super) fn words_of(html: &str) -> String {
    strip::text(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page's main content as text, and what Readability read beside; `None` where a tree is too dear.
pub(super) fn readable(html: &str) -> Option<(RawArticle, Option<String>)> {
    if !budget::is_affordable(html) {
        return None;
    }
    let tree = dom_query::Document::from(html);
    if depth(&tree) > MAX_DEPTH {
        return None;
    }
    furniture::remove(&tree);
    furniture::part_credits(&tree);
    // What the page says in JSON-LD is read by `linked_data`, with other forms of it.
    let config = Config { disable_json_ld: true, ..Config::default() };
    let page = Readability::with_document(tree, None, Some(config)).and_then(|mut page| page.parse()).ok()?;
    let given = |text: Option<String>| text.filter(|text| !is_blank(text));
    let found = RawArticle {
        title: given(Some(page.title)),
        publisher: given(page.site_name),
        language: given(page.lang),
        authors: given(page.byline).into_iter().collect(),
        ..RawArticle::default()
    };
    Some((found, Some(strip::text(&page.content))))
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
