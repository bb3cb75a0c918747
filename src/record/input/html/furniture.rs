//! Elements that are no part of any story, by their names and those of their classes (`data/input/furniture.tsv`): boxes that ask for consent,
//! comments of readers, advertisements, words for screen readers, forms for newsletters, lists of who signed. Readability leaves most of them out of long pages; of short ones it
//! takes everything rather than too little.

use std::sync::LazyLock;

use dom_query::{Document, NodeRef, Selection};

use super::tokens::Tag;

/// Elements without content, which are never closed.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that hold the page or its story, whatever their classes are called.
const HOLDERS: [&str; 4] = ["html", "body", "main", "article"];

/// Bytes of paragraphs that are a story beside a box which is longer.
const STORY: usize = 200;

/// A word by which an element is known.
struct Sign {
    is_element: bool,
    is_whole: bool,
    /// No story is called so, so that such a box may hold most of a page.
    is_box: bool,
    word: &'static str,
}

impl Sign {
    fn fits(&self, word: &str) -> bool {
        if self.is_whole { word == self.word } else { word.starts_with(self.word) }
    }
}

static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    let rows = include_str!("../../../../data/input/furniture.tsv").lines().filter(|line| !line.starts_with('#'));
    let sign = |row: &'static str| {
        let mut cells = row.split('\t');
        let (place, how, word) = (cells.next()?, cells.next()?, cells.next()?);
        Some(Sign { is_element: place == "element", is_whole: how == "is", is_box: place == "box", word })
    };
    rows.skip(1).filter_map(sign).collect()
});

static CREDITS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rows = include_str!("../../../../data/input/credits.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).collect()
});

/// Whether a tag opens such an element.
pub(super) fn is_opened(tag: &Tag) -> bool {
    let names = ["class", "id"].into_iter().filter_map(|name| tag.attribute(name));
    !VOID.contains(&tag.name.as_str()) && is_furniture(&tag.name, names, |_| true)
}

/// Whether a tag in a figure opens an element that says who took the picture.
pub(super) fn is_credit(tag: &Tag) -> bool {
    !VOID.contains(&tag.name.as_str()) && tag.attribute("class").is_some_and(is_credit_class)
}

fn is_credit_class(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    class.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| CREDITS.contains(&word))
}

/// Makes those who took the pictures in a tree paragraphs of their own, before Readability takes the names of classes off.
pub(super) fn part_credits(tree: &Document) {
    let mut open: Vec<(NodeRef<'_>, bool)> = vec![(tree.root(), false)];
    while let Some((node, is_in_figure)) = open.pop() {
        let element = node.node_name().filter(|_| node.is_element());
        if is_in_figure
            && element.as_ref().is_some_and(|name| **name == *"span")
            && node.attr("class").is_some_and(|class| is_credit_class(&class))
        {
            node.rename("p");
        }
        let is_figure = element.is_some_and(|name| matches!(&*name, "figure" | "figcaption"));
        open.extend(node.children_it(false).map(|child| (child, is_in_figure || is_figure)));
    }
}

/// Takes such elements out of a tree, unless one holds most of its text: then it is no furniture, whatever it is called. A box that no story is called by
/// may hold most of it, where paragraphs stand beside.
pub(super) fn remove(tree: &Document) {
    let root = tree.root();
    let n_all = root.text().len();
    let prose = |node: NodeRef<'_>| Selection::from(node).select("p").text().len();
    let is_beside_a_story = |node: NodeRef<'_>| prose(root).saturating_sub(prose(node)) >= STORY;
    let mut open: Vec<NodeRef<'_>> = vec![root];
    while let Some(node) = open.pop() {
        let is_furniture = node.is_element()
            && is_named(&node, |_| true)
            && (node.text().len() * 2 < n_all || is_named(&node, |sign| sign.is_box) && is_beside_a_story(node));
        if is_furniture {
            node.remove_from_parent();
        } else {
            open.extend(node.children_it(false));
        }
    }
}

fn is_named(node: &NodeRef<'_>, counts: impl Fn(&Sign) -> bool) -> bool {
    let Some(element) = node.node_name() else { return false };
    let names: Vec<_> = ["class", "id"].into_iter().filter_map(|name| node.attr(name)).collect();
    is_furniture(&element, names.iter().map(|name| &**name), counts)
}

fn is_furniture<'n>(element: &str, names: impl Iterator<Item = &'n str>, counts: impl Fn(&Sign) -> bool) -> bool {
    if HOLDERS.contains(&element) {
        return false;
    }
    let signs = || SIGNS.iter().filter(|sign| counts(sign));
    if signs().any(|sign| sign.is_element && sign.fits(element)) {
        return true;
    }
    names.flat_map(str::split_ascii_whitespace).any(|name| {
        let name = name.replace('_', "-").to_ascii_lowercase();
        signs().any(|sign| !sign.is_element && sign.fits(&name))
    })
}
