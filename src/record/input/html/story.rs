//! Whether what was taken for a page's main content is its story, and where else that stands.
//!
//! Readability weighs elements by their text, links and names. On some pages a list of signers, the credits or a box about the
//! newsletter wins. Such a text has hardly any prose, and the page itself says where its prose is: in the paragraphs of an `<article>` or
//! `<main>`, or in JSON-LD's `articleBody`.

use super::strip::{self, Writer};
use super::tokens::Piece;

/// Words from which a paragraph is prose, and not a caption, a button or a name in a list.
const PROSE_WORDS: usize = 12;

/// Words of prose from which a part of the page is a story.
const STORY_WORDS: usize = 80;

/// A part that holds so many times the prose of what was found is the story instead.
const TIMES_MORE: usize = 3;

/// Parts of a page that may be the story, as they are read.
#[derive(Debug, Default)]
pub(super) struct Story {
    parts: Vec<Part>,
    /// The open parts, innermost last.
    open: Vec<usize>,
    /// Where the open paragraph's text begins.
    paragraph: Option<usize>,
}

/// The prose of one `<article>`, `<main>` or body of an article.
#[derive(Debug, Default)]
struct Part {
    element: String,
    depth: usize,
    text: String,
    n_words: usize,
}

impl Story {
    /// Takes the next piece in, before the writer of the page's whole text has it.
    pub(super) fn take(&mut self, piece: &Piece, whole: &Writer) {
        if whole.is_skipping() {
            return;
        }
        match piece {
            Piece::Text(_) => {}
            Piece::Open(tag) => {
                if matches!(tag.name.as_str(), "article" | "main") || tag.has_word("itemprop", "articleBody") {
                    self.open.push(self.parts.len());
                    self.parts.push(Part { element: tag.name.clone(), depth: 1, ..Part::default() });
                } else if let Some(part) = self.open.last().map(|idx| &mut self.parts[*idx])
                    && part.element == tag.name
                {
                    part.depth += 1;
                }
                if is_paragraph(&tag.name) {
                    self.end_paragraph(whole);
                    self.paragraph = Some(whole.text.len());
                }
            }
            Piece::Close(name) => {
                if is_paragraph(name) {
                    self.end_paragraph(whole);
                }
                let Some(part) = self.open.last().map(|idx| &mut self.parts[*idx]) else { return };
                part.depth -= usize::from(part.element == *name);
                if part.depth == 0 {
                    self.end_paragraph(whole);
                    self.open.pop();
                }
            }
        }
    }

    /// Adds the paragraph that ends to the innermost part, if it is prose.
    fn end_paragraph(&mut self, whole: &Writer) {
        let Some(begin) = self.paragraph.take() else { return };
        let Some(part) = self.open.last().map(|idx| &mut self.parts[*idx]) else { return };
        let text = whole.text.get(begin..).unwrap_or_default().trim();
        let n_words = n_words_of_prose(text);
        if n_words > 0 {
            part.text.push_str(if part.text.is_empty() { "" } else { "\n\n" });
            part.text.push_str(text);
            part.n_words += n_words;
        }
    }

    /// The story: what was found, unless it has hardly any of the prose that a part of the page or the body that JSON-LD gives has.
    pub(super) fn choose(self, found: Option<String>, body: Option<String>) -> Option<String> {
        let n_found: usize = found.iter().flat_map(|text| text.split('\n')).map(n_words_of_prose).sum();
        let is_missed = |n_words: usize| n_words >= STORY_WORDS && n_words > TIMES_MORE * n_found;
        let part = self.parts.into_iter().max_by_key(|part| part.n_words).filter(|part| is_missed(part.n_words));
        let body = || body.map(|body| paragraphs(&body)).filter(|body| is_missed(body.split_whitespace().count()));
        part.map(|part| part.text).or_else(body).or(found)
    }
}

fn is_paragraph(name: &str) -> bool {
    matches!(name, "p" | "blockquote")
}

/// The words of a paragraph, if it is prose: long enough, and ended as a sentence is.
fn n_words_of_prose(text: &str) -> usize {
    let text = text.trim_end();
    let n_words = text.split_whitespace().count();
    let is_sentence = text.trim_end_matches(['"', '”', '’', '\'', ')', '»']).ends_with(['.', '!', '?', '…', ':']);
    if is_sentence && n_words >= PROSE_WORDS { n_words } else { 0 }
}

/// A body as JSON-LD gives it: its entities are often written for a page.
fn paragraphs(body: &str) -> String {
    let lines =
        body.split('\n').map(|line| if line.contains(['&', '<']) { strip::text(line) } else { line.to_owned() });
    lines.collect::<Vec<_>>().join("\n")
}
