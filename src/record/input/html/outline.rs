//! What a page's tags say of the stretches of its text: its headings, where it says who wrote it and when, which elements hold what, and what lies
//! in some that are called like a box (`data/input/story_signs.tsv`).

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::furniture;
use super::regions::Regions;
use super::strip::Writer;
use super::tokens::{Piece, Tag};

/// Elements that may be a box. They are always closed, as paragraphs and items of a list need not be.
const BOXED: [&str; 13] =
    ["aside", "details", "dialog", "div", "dl", "fieldset", "footer", "form", "nav", "ol", "section", "table", "ul"];

/// Those of them that are no story by their own names.
const APART: [&str; 4] = ["aside", "footer", "form", "nav"];

/// Elements that hold the paragraphs of a text or a part of one. A list stands within one.
const CONTAINERS: [&str; 15] = [
    "article", "aside", "body", "details", "dialog", "div", "fieldset", "footer", "form", "header", "main", "nav",
    "section", "td", "th",
];

/// Elements that are kept: a page with more is not weighed.
const MAX_CONTAINERS: usize = 10_000;

/// Open elements that are looked through for the one that a tag closes: pages that people write have some 40.
const MAX_OPEN: usize = 64;

/// Signs of a story or a box.
#[derive(Debug, Default)]
struct Signs {
    classes: HashSet<&'static str>,
    bylines: HashSet<&'static str>,
    headings: Vec<&'static str>,
    sure_headings: Vec<&'static str>,
    readers: HashSet<&'static str>,
}

static SIGNS: LazyLock<Signs> = LazyLock::new(|| {
    let mut signs = Signs::default();
    let rows = include_str!("../../../../data/input/story_signs.tsv").lines().filter(|line| !line.starts_with('#'));
    for (place, words) in rows.skip(1).filter_map(|row| row.split_once('\t')) {
        match place {
            "class" => _ = signs.classes.insert(words),
            "byline" => _ = signs.bylines.insert(words),
            "heading" => signs.headings.push(words),
            "sure heading" => signs.sure_headings.push(words),
            _ => _ = signs.readers.insert(words),
        }
    }
    signs
});

/// What a page's tags say of its text, as they are read.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// Where each heading stands, and of which level it is.
    pub(super) headings: Vec<(Range<usize>, u8)>,
    open_heading: Option<(usize, u8)>,
    /// Before which place in the text something says who wrote it, or when.
    pub(super) bylines: Vec<usize>,
    boxes: Regions<()>,
    containers: Vec<Container>,
    /// The open ones, innermost last.
    open: Vec<usize>,
    /// From which place in the text on which of them is the innermost.
    marks: Vec<(usize, Option<usize>)>,
}

/// An element that holds paragraphs.
#[derive(Debug)]
pub(super) struct Container {
    /// The one around it.
    pub(super) outer: Option<usize>,
    /// Its name and those of its classes: parts of one story are called the same.
    pub(super) name: String,
}

impl Outline {
    /// Takes the next piece in, before the writer of the page's whole text has it.
    pub(super) fn take(&mut self, piece: &Piece, whole: &Writer) {
        self.boxes.take(piece, whole, |tag| is_box(tag).then_some(()));
        if whole.is_skipping() {
            return;
        }
        match piece {
            Piece::Text(_) => {}
            Piece::Open(tag) if furniture::is_opened(tag) => {}
            Piece::Open(tag) => {
                if let Some(level) = level(&tag.name) {
                    self.open_heading = Some((whole.text.len(), level));
                }
                if is_byline(tag) {
                    self.bylines.push(whole.text.len());
                }
                if is_container(&tag.name) && self.containers.len() < MAX_CONTAINERS {
                    let name = format!("{} {}", tag.name, tag.attribute("class").unwrap_or_default());
                    let number = self.containers.len();
                    self.containers.push(Container { outer: self.open.last().copied(), name });
                    self.open.push(number);
                    self.marks.push((whole.text.len(), Some(number)));
                }
            }
            Piece::Close(name) if level(name).is_some() => {
                if let Some((begin, level)) = self.open_heading.take() {
                    self.headings.push((begin..whole.text.len(), level));
                }
            }
            Piece::Close(name) if is_container(name) => {
                let is_it = |number: &usize| self.containers[*number].name.split(' ').next() == Some(name.as_str());
                if let Some(behind) = self.open.iter().rev().take(MAX_OPEN).position(is_it) {
                    self.open.truncate(self.open.len() - behind - 1);
                    self.marks.push((whole.text.len(), self.open.last().copied()));
                }
            }
            Piece::Close(_) => {}
        }
    }

    /// The innermost element that holds what begins at this place of the text.
    pub(super) fn container_at(&self, at: usize) -> Option<usize> {
        let behind = self.marks.partition_point(|(begin, _)| *begin <= at);
        self.marks[..behind].last().and_then(|(_, number)| *number)
    }

    pub(super) fn container(&self, number: usize) -> &Container {
        &self.containers[number]
    }

    /// The stretches of the page's text that lie in elements called like a box.
    pub(super) fn boxes(&self, whole: &str) -> Vec<Range<usize>> {
        self.boxes.outermost(whole)
    }
}

/// What a heading stands over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Over {
    /// Anything.
    #[default]
    Open,
    /// Rather a box than a story: "About us".
    Box,
    /// No story: "12 comments".
    SureBox,
}

pub(super) fn over(heading: &str) -> Over {
    let heading = heading.trim_start_matches(|c: char| !c.is_alphabetic()).to_lowercase().replace('’', "'");
    let begins_with_one = |signs: &[&str]| {
        let mut rests = signs.iter().filter_map(|words| heading.strip_prefix(*words));
        rests.any(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    if begins_with_one(&SIGNS.sure_headings) {
        Over::SureBox
    } else if begins_with_one(&SIGNS.headings) {
        Over::Box
    } else {
        Over::Open
    }
}

/// Whether a word speaks to whoever reads it.
pub(super) fn is_to_reader(word: &str) -> bool {
    SIGNS.readers.contains(word)
}

fn level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn is_container(name: &str) -> bool {
    CONTAINERS.contains(&name)
}

fn is_box(tag: &Tag) -> bool {
    let name = tag.name.as_str();
    BOXED.contains(&name) && (APART.contains(&name) || has_word(tag, &SIGNS.classes))
}

fn is_byline(tag: &Tag) -> bool {
    let says_so = ["itemprop", "property"].into_iter().filter_map(|name| tag.attribute(name)).any(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("datepublished") || name.contains("author")
    });
    tag.name != "meta"
        && (tag.name == "time" || says_so || tag.has_word("rel", "author") || has_word(tag, &SIGNS.bylines))
}

/// Whether one of the words is in the names of the element's class or id.
fn has_word(tag: &Tag, words: &HashSet<&str>) -> bool {
    let names = ["class", "id"].into_iter().filter_map(|name| tag.attribute(name));
    names
        .flat_map(|name| name.split(|c: char| !c.is_ascii_alphanumeric()))
        .any(|word| !word.is_empty() && words.contains(word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_over_boxes_are_known_by_how_they_begin() {
        for (heading, expected) in [
            ("About the Port Vale Gazette", Over::Box),
            ("12 Comments", Over::SureBox),
            ("Related stories", Over::SureBox),
            ("Related", Over::Box),
            ("Editors’ picks", Over::Box),
            ("Aboutness of the strait", Over::Open),
            ("Envoy arrives in Port Vale", Over::Open),
            ("", Over::Open),
        ] {
            assert_eq!(over(heading), expected, "{heading}");
        }
    }
}
