//! Whether what was taken for a page's main content is its story, and where else that stands.
//!
//! Readability weighs elements by their text, links and names. On some pages a list of signers, the credits or a box about the
//! newsletter wins. Such a text has hardly any prose, or none of the prose that stands where the page itself says that its story is: in its only
//! `<article>` or `<main>`, or in JSON-LD's `articleBody`. Where the page says nothing of the kind, [`evidence`](super::evidence) decides.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::regions::Regions;
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

/// Parts of a page that may be the story, as they are read: each `<article>`, `<main>` and body of an article.
#[derive(Debug, Default)]
pub(super) struct Story {
    parts: Regions<&'static str>,
}

impl Story {
    /// Takes the next piece in, before the writer of the page's whole text has it.
    pub(super) fn take(&mut self, piece: &Piece, whole: &Writer) {
        self.parts.take(piece, whole, kind_of);
    }

    /// The story of a page with this whole text by the page's own word for it: where what was found has hardly any of the prose that a part of the
    /// page or the body that JSON-LD gives has, or none where the page has some.
    pub(super) fn by_own_word(&self, whole: &str, found: Option<&str>, body: Option<&str>) -> Option<String> {
        let of_found: Vec<&str> = prose(found.unwrap_or_default()).collect();
        let n_found = n_words(&of_found);
        let only = self.only_kinds();
        let parts = self.parts.all.iter().map(|part| {
            let own: Vec<&str> = part.own(whole, &self.parts).flat_map(prose).collect();
            let inside = || prose(whole.get(part.range(whole)).unwrap_or_default()).collect::<Vec<_>>();
            let n_found = if only.contains(&part.kind) { n_shared(&of_found, &inside()) } else { n_found };
            (own, n_found)
        });
        let missed = parts.filter(|(own, n_found)| is_missed(own, *n_found)).map(|(own, _)| own);
        if let Some(part) = missed.max_by_key(|own| n_words(own)) {
            return Some(part.join("\n\n"));
        }
        // A page that scripts fill has no other text, and then a short body is better than none.
        let is_bare = n_found == 0 && prose(whole).next().is_none();
        body.map(paragraphs).filter(|body| {
            let own: Vec<&str> = prose(body).collect();
            is_missed(&own, n_shared(&of_found, &own)) || is_bare && !own.is_empty()
        })
    }

    /// Kinds of which there is one part: of many articles on a page one may be a comment, or another story.
    fn only_kinds(&self) -> Vec<&'static str> {
        let n_of = |kind| self.parts.all.iter().filter(|part| part.kind == kind).count();
        KINDS.into_iter().filter(|kind| n_of(*kind) == 1).collect()
    }

    /// The stretches of the page's text that it calls its story, by a word for nothing else on the page.
    pub(super) fn only_parts(&self, whole: &str) -> Vec<Range<usize>> {
        let only = self.only_kinds();
        self.parts.all.iter().filter(|part| only.contains(&part.kind)).map(|part| part.range(whole)).collect()
    }
}

/// All prose of a page, where what was found has none.
pub(super) fn all_prose(whole: &str, found: &str) -> Option<String> {
    let all: Vec<&str> = prose(whole).collect();
    (prose(found).next().is_none() && is_missed(&all, 0)).then(|| all.join("\n\n"))
}

/// Whether a part that is a story has hardly anything in what was found.
fn is_missed(part: &[&str], n_found: usize) -> bool {
    n_words(part) >= STORY_WORDS && n_words(part) > TIMES_MORE * n_found
}

/// What part of the story an element may be by its own word.
const KINDS: [&str; 3] = ["body", "article", "main"];

fn kind_of(tag: &Tag) -> Option<&'static str> {
    match tag.name.as_str() {
        _ if tag.has_word("itemprop", "articleBody") => Some("body"),
        "article" => Some("article"),
        "main" => Some("main"),
        _ if tag.has_word("role", "main") => Some("main"),
        _ => None,
    }
}

/// The paragraphs that are prose, and none of a box.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    text.split('\n').map(str::trim).filter(|paragraph| is_prose(paragraph) && n_box_words(paragraph) < BOX_WORDS)
}

/// Whether a paragraph is long enough, and ends as a sentence does.
pub(super) fn is_prose(paragraph: &str) -> bool {
    let end = paragraph.trim_end_matches(['"', '”', '’', '\'', ')', '»']);
    end.ends_with(['.', '!', '?', '…', ':']) && paragraph.split_whitespace().nth(PROSE_WORDS - 1).is_some()
}

/// How many words of boxes a paragraph has.
pub(super) fn n_box_words(paragraph: &str) -> usize {
    let paragraph = paragraph.to_lowercase();
    BOXES.iter().filter(|words| paragraph.contains(**words)).count()
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
