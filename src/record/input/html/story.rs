//! Whether what was taken for a page's main content is its story, and where else that stands.
//!
//! Readability weighs elements by their text, links and names. On some pages a list of signers, the credits or a box about the
//! newsletter wins. Such a text has hardly any prose, or none of the prose that stands where the page itself says that its story is: in its only
//! `<article>` or `<main>`, or in JSON-LD's `articleBody`.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::furniture;
use super::strip::{self, Writer};
use super::tokens::{Piece, Tag};

/// Words from which a paragraph is prose, and not a caption, a button or a name in a list.
const PROSE_WORDS: usize = 12;

/// Words of prose from which a part of the page is a story.
const STORY_WORDS: usize = 80;

/// A part that holds so many times the prose of what was found is the story instead.
const TIMES_MORE: usize = 3;

/// Words by which a paragraph is known again, wherever it stands.
const KNOWN_BY: usize = 6;

/// Words of boxes that make a paragraph one: a story may have one.
const BOX_WORDS: usize = 2;

/// Words by which a page speaks to whoever reads it (`data/input/boxes.tsv`).
static BOXES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rows = include_str!("../../../../data/input/boxes.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.skip(1).collect()
});

/// Parts of a page that may be the story, as they are read.
#[derive(Debug, Default)]
pub(super) struct Story {
    parts: Vec<Part>,
    /// The open parts, innermost last.
    open: Vec<usize>,
}

/// An `<article>`, `<main>` or body of an article: where it stands in the page's text.
#[derive(Debug)]
struct Part {
    element: String,
    depth: usize,
    kind: &'static str,
    begin: usize,
    /// Absent where it is never closed.
    end: Option<usize>,
    /// The parts in it, which are not its own.
    inner: Vec<usize>,
}

impl Story {
    /// Takes the next piece in, before the writer of the page's whole text has it.
    pub(super) fn take(&mut self, piece: &Piece, whole: &Writer) {
        if whole.is_skipping() {
            return;
        }
        match piece {
            Piece::Text(_) => {}
            // It is left out, and so is the tag that closes it.
            Piece::Open(tag) if furniture::is_opened(tag) => {}
            Piece::Open(tag) => {
                if let Some(kind) = kind_of(tag) {
                    let number = self.parts.len();
                    if let Some(outer) = self.open.last() {
                        self.parts[*outer].inner.push(number);
                    }
                    self.open.push(number);
                    let (begin, element) = (whole.text.len(), tag.name.clone());
                    self.parts.push(Part { element, depth: 1, kind, begin, end: None, inner: Vec::new() });
                } else if let Some(part) = self.innermost()
                    && part.element == tag.name
                {
                    part.depth += 1;
                }
            }
            Piece::Close(name) => {
                let Some(part) = self.innermost() else { return };
                part.depth -= usize::from(part.element == *name);
                if part.depth == 0 {
                    part.end = Some(whole.text.len());
                    self.open.pop();
                }
            }
        }
    }

    fn innermost(&mut self) -> Option<&mut Part> {
        self.open.last().map(|number| &mut self.parts[*number])
    }

    /// The story of a page with this whole text: what was found, unless it has hardly any of the prose that a part of the page or the body
    /// that JSON-LD gives has, or none where the page has some.
    pub(super) fn choose(&self, whole: &str, found: Option<String>, body: Option<String>) -> Option<String> {
        let of_found: Vec<&str> = prose(found.as_deref().unwrap_or_default()).collect();
        let n_found = n_words(&of_found);
        let is_missed = |part: &[&str], n_found| n_words(part) >= STORY_WORDS && n_words(part) > TIMES_MORE * n_found;
        let parts = self.parts.iter().map(|part| {
            let own: Vec<&str> = part.own(whole, &self.parts).flat_map(prose).collect();
            // Of many articles on a page one may be a comment, or another story.
            let is_only = self.parts.iter().filter(|other| other.kind == part.kind).count() == 1;
            let inside = || prose(whole.get(part.range(whole)).unwrap_or_default()).collect::<Vec<_>>();
            let n_found = if is_only { n_shared(&of_found, &inside()) } else { n_found };
            (own, n_found)
        });
        let missed = parts.filter(|(own, n_found)| is_missed(own, *n_found)).map(|(own, _)| own);
        if let Some(part) = missed.max_by_key(|own| n_words(own)) {
            return Some(part.join("\n\n"));
        }
        // A page that scripts fill has no other text, and then a short body is better than none.
        let is_bare = n_found == 0 && prose(whole).next().is_none();
        let body = body.map(|body| paragraphs(&body)).filter(|body| {
            let own: Vec<&str> = prose(body).collect();
            is_missed(&own, n_shared(&of_found, &own)) || is_bare && !own.is_empty()
        });
        let all: Vec<&str> = prose(whole).collect();
        let all = || (found.is_some() && n_found == 0 && is_missed(&all, 0)).then(|| all.join("\n\n"));
        body.or_else(all).or(found)
    }
}

impl Part {
    fn range(&self, whole: &str) -> Range<usize> {
        self.begin..self.end.unwrap_or(whole.len()).max(self.begin)
    }

    /// The stretches of the page's text that are in this part and in none inside of it.
    fn own<'w>(&'w self, whole: &'w str, parts: &'w [Part]) -> impl Iterator<Item = &'w str> {
        let inner = self.inner.iter().map(move |number| parts[*number].range(whole));
        let begins = std::iter::once(self.begin).chain(inner.clone().map(|inner| inner.end));
        let ends = inner.map(|inner| inner.start).chain(std::iter::once(self.range(whole).end));
        begins.zip(ends).filter_map(|(begin, end): (usize, usize)| whole.get(begin..end))
    }
}

/// What part of the story an element is by its own word.
fn kind_of(tag: &Tag) -> Option<&'static str> {
    match tag.name.as_str() {
        _ if tag.has_word("itemprop", "articleBody") => Some("body"),
        "article" => Some("article"),
        "main" => Some("main"),
        _ if tag.has_word("role", "main") => Some("main"),
        _ => None,
    }
}

/// The paragraphs that are prose: long enough, ended as a sentence is, and none of a box.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(str::trim).filter(|paragraph| {
        let end = paragraph.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
        let is_sentence = end.ends_with(['.', '!', '?', '…', ':']);
        is_sentence && paragraph.split_whitespace().nth(PROSE_WORDS - 1).is_some() && !is_box(paragraph)
    })
}

fn is_box(paragraph: &str) -> bool {
    let paragraph = paragraph.to_lowercase();
    BOXES.iter().filter(|words| paragraph.contains(**words)).nth(BOX_WORDS - 1).is_some()
}

fn n_words(paragraphs: &[&str]) -> usize {
    paragraphs.iter().map(|paragraph| paragraph.split_whitespace().count()).sum()
}

/// Words of the paragraphs that begin as one of the others does.
fn n_shared(paragraphs: &[&str], others: &[&str]) -> usize {
    fn begin(paragraph: &str) -> Vec<&str> {
        paragraph.split_whitespace().take(KNOWN_BY).collect()
    }
    let known: HashSet<Vec<&str>> = others.iter().map(|other| begin(other)).collect();
    let shared: Vec<&str> = paragraphs.iter().copied().filter(|paragraph| known.contains(&begin(paragraph))).collect();
    n_words(&shared)
}

/// A body as JSON-LD gives it: its entities are often written for a page.
fn paragraphs(body: &str) -> String {
    let lines =
        body.split('\n').map(|line| if line.contains(['&', '<']) { strip::text(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}
