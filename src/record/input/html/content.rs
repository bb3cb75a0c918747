//! The text of a page: its main content by Readability's algorithm, the story that this missed, or all of it without its tags.

use std::collections::HashSet;

use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};

use super::super::raw::{RawArticle, is_blank};
use super::evidence::Page;
use super::outline::Outline;
use super::story::Story;
use super::tokens::{self, Piece};
use super::{budget, coherence, evidence, furniture, story, strip};

/// Deepest nesting of elements that is searched: the search takes time in the square of it and more (9,000: 15 s). Pages
/// that people write stay below 40.
const MAX_DEPTH: usize = 200;

/// How often another text is looked for behind those that were found. Each time costs as much as the first.
const MAX_RIVALS: usize = 3;

/// What may be the text, as the page is read.
#[derive(Debug, Default)]
pub(super) struct Parts {
    whole: strip::Writer,
    story: Story,
    outline: Outline,
}

/// What a page says of its story.
#[derive(Debug, Default)]
pub(super) struct Said<'s> {
    pub(super) title: &'s str,
    pub(super) summaries: &'s [String],
    /// The whole of it, as JSON-LD gives it.
    pub(super) body: Option<&'s str>,
}

impl Parts {
    /// Takes the next piece of the page in.
    pub(super) fn take(&mut self, piece: &Piece) {
        self.story.take(piece, &self.whole);
        self.outline.take(piece, &self.whole);
        self.whole.take(piece);
    }

    /// The text, where Readability found one, and by what the page says of itself; `None` if the page has none.
    pub(super) fn text(self, html: &str, found: Option<String>, said: Said<'_>) -> Option<String> {
        let (whole, body) = (self.whole.text.as_str(), said.body);
        let story = self.story.by_own_word(whole, found.as_deref(), body).or_else(|| {
            let found = self.weighed(html, found?, &said);
            story::all_prose(whole, &found).or(Some(found))
        });
        Some(story.filter(|text| !is_blank(text)).unwrap_or(self.whole.text)).filter(|text| !is_blank(text))
    }

    /// What was found, or what has the better of it among the page's other texts: each time what was found is taken off the page, and
    /// Readability finds another one.
    fn weighed(&self, html: &str, found: String, said: &Said<'_>) -> String {
        let whole = self.whole.text.as_str();
        let only_parts = self.story.only_parts(whole);
        let Some(page) = Page::new(whole, &self.outline, only_parts, said.title, said.summaries) else { return found };
        let (mut text, mut evidence) = (found.clone(), page.weigh(&found));
        let mut taken = vec![found];
        while taken.len() <= MAX_RIVALS && page.is_in_doubt(&evidence, &taken) {
            let beginnings = taken.iter().flat_map(|text| text.split('\n')).filter_map(evidence::beginning).collect();
            let Some((_, Some(other))) = readable_beside(html, &beginnings) else { break };
            let of_other = page.weigh(&other);
            if evidence.yields_to(&of_other) {
                let is_part = coherence::belongs(&text, &evidence, &other, &of_other);
                (text, evidence) = match (is_part, of_other.at < evidence.at) {
                    (true, true) => (format!("{other}\n\n{text}"), of_other),
                    (true, false) => (format!("{text}\n\n{other}"), of_other),
                    (false, _) => (other.clone(), of_other),
                };
            }
            taken.push(other);
        }
        coherence::without_boxes(&page, &text).unwrap_or(text)
    }
}

/// The text of an HTML body that came inside an article.
pub(in super::super) fn text_of(html: &str) -> String {
    let mut parts = Parts::default();
    tokens::of(html).for_each(|piece| parts.take(&piece));
    let (_, found) = readable(html).unwrap_or_default();
    parts.text(html, found, Said::default()).unwrap_or_default()
}

/// The words of a line of markup, a headline's for one.
pub(in super::super) fn words_of(html: &str) -> String {
    strip::text(html).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The page's main content as text, and what Readability read beside; `None` where a tree is too dear.
pub(super) fn readable(html: &str) -> Option<(RawArticle, Option<String>)> {
    readable_beside(html, &HashSet::new())
}

/// The same of a page without the paragraphs that begin so.
fn readable_beside(html: &str, taken: &HashSet<String>) -> Option<(RawArticle, Option<String>)> {
    if !budget::is_affordable(html) {
        return None;
    }
    let tree = Document::from(html);
    if depth(&tree) > MAX_DEPTH {
        return None;
    }
    furniture::remove(&tree);
    if !taken.is_empty() {
        take_off(&tree, taken);
    }
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

/// Takes the paragraphs that begin so off a page: elements with nothing but a line of text, and such lines beside other elements.
fn take_off(tree: &Document, taken: &HashSet<String>) {
    let is_block = |node: &NodeRef<'_>| node.node_name().is_some_and(|name| !strip::is_inline(&name));
    let is_taken = |text: &str| text.split('\n').filter_map(evidence::beginning).any(|line| taken.contains(&line));
    let mut open = vec![tree.root()];
    while let Some(node) = open.pop() {
        if node.is_text() {
            if is_taken(&node.text()) {
                node.remove_from_parent();
            }
        } else if node.is_element() && !node.children_it(false).any(|child| child.is_element() && is_block(&child)) {
            if is_taken(&strip::text(&node.html())) {
                node.remove_from_parent();
            }
        } else {
            open.extend(node.children_it(false));
        }
    }
}

/// How deeply elements are nested.
fn depth(tree: &Document) -> usize {
    let root = tree.root();
    let mut deepest = 0;
    let mut open = vec![(root, 0)];
    while let Some((node, depth)) = open.pop() {
        deepest = deepest.max(depth);
        open.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    deepest
}
