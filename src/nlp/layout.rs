//! What a sentence is, by its place and its look: headline, boilerplate, or prose.
//!
//! A title that came apart from the text is a headline. Headlines are lines of their own without a full stop; the second copy of one is boilerplate, and so are bylines and what
//! `data/nlp/boilerplate.tsv` lists, and what is too dense to be read (`density`). Reads whole lines only: it does not judge what a sentence says.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::annotate::Annotate;
use super::density;
use super::tables::{self, TableError};
use crate::text::{Document, Layer, SentenceKind};

/// Words that a heading has at most; a longer line without a full stop is prose that lost it.
const HEADLINE_WORDS: usize = 25;

/// Words that a heading in the middle of a text has at most.
const SUBHEADING_WORDS: usize = 8;

/// Words that a byline has at most: "By Jane Roe and John Doe, Staff Writers".
const BYLINE_WORDS: usize = 12;

static PATTERNS: LazyLock<Vec<Pattern>> =
    LazyLock::new(|| load().expect("the table built into the binary is well-formed, a unit test holds that"));

#[derive(Debug)]
enum How {
    Whole,
    Start,
    Part,
}

#[derive(Debug)]
struct Pattern {
    how: How,
    words: &'static str,
    longest: usize,
}

fn load() -> Result<Vec<Pattern>, TableError> {
    let text = include_str!("../../data/nlp/boilerplate.tsv");
    let rows = tables::read("data/nlp/boilerplate.tsv", text, 3)?;
    rows.iter()
        .map(|row| {
            let how = match row.cell(0) {
                "whole" => How::Whole,
                "start" => How::Start,
                "part" => How::Part,
                other => return Err(row.error(format!("expected whole, start or part, found {other:?}"))),
            };
            let longest = row.cell(2).parse().map_err(|_| row.error("expected a number of words in column 3"))?;
            Ok(Pattern { how, words: row.cell(1), longest })
        })
        .collect()
}

/// Tells headlines and boilerplate from prose.
#[derive(Debug, Clone, Copy, Default)]
pub struct LayoutMarker;

impl LayoutMarker {
    /// A marker over the built-in patterns.
    pub fn new() -> Self {
        Self
    }
}

impl Annotate for LayoutMarker {
    const FILLS: Layer = Layer::SentenceKinds;
    const NEEDS: &'static [Layer] = &[Layer::Tokens, Layer::Sentences];

    fn annotate(&mut self, doc: &mut Document) {
        let mut headlines: HashSet<String> = HashSet::new();
        let mut story_has_begun = false;
        let n_of_title = doc.n_title_sentences();
        headlines.extend(doc.title().map(fold));
        for idx in 0..n_of_title {
            headlines.insert(fold(doc.range_text(doc.sentences[idx].tokens)));
            doc.sentences[idx].kind = SentenceKind::Headline;
        }
        for idx in n_of_title..doc.sentences.len() {
            let sentence = doc.sentences[idx];
            let text = doc.range_text(sentence.tokens);
            let n_words = sentence.tokens.len();
            let is_own_line = is_alone(doc, idx);
            let is_closed = text.ends_with(['.', '!', '”', '"', ':', ',', ';']);
            let kind = if n_words > HEADLINE_WORDS.max(30) {
                SentenceKind::Prose
            } else if is_listed(text, n_words) || is_byline(text, n_words) && is_own_line {
                SentenceKind::Boilerplate
            } else if is_own_line && !is_closed {
                let folded = fold(text);
                if headlines.contains(&folded) {
                    SentenceKind::Boilerplate
                } else if !story_has_begun && n_words <= HEADLINE_WORDS || n_words <= SUBHEADING_WORDS {
                    headlines.insert(folded);
                    SentenceKind::Headline
                } else {
                    SentenceKind::Prose
                }
            } else {
                SentenceKind::Prose
            };
            story_has_begun |= kind == SentenceKind::Prose;
            doc.sentences[idx].kind = kind;
        }
        // A text of nothing but lines is a text: without prose there is no headline of anything.
        if !story_has_begun {
            for sentence in
                doc.sentences[n_of_title..].iter_mut().filter(|sentence| sentence.kind == SentenceKind::Headline)
            {
                sentence.kind = SentenceKind::Prose;
            }
        }
        for idx in density::unread(doc) {
            doc.sentences[idx].kind = SentenceKind::Boilerplate;
        }
    }
}

/// Whether a sentence is a paragraph, or at least a line, by itself.
fn is_alone(doc: &Document, idx: usize) -> bool {
    let span = doc.span_of(doc.sentences[idx].tokens);
    let (before, after) = (&doc.text()[..span.start as usize], &doc.text()[span.end as usize..]);
    let blank = |c: &char| *c == ' ' || *c == '\t';
    let starts_line = before.chars().rev().find(|c| !blank(c)).is_none_or(|c| c == '\n');
    let ends_line = after.chars().find(|c| !blank(c)).is_none_or(|c| c == '\n' || c == '\r');
    starts_line && ends_line
}

fn is_listed(text: &str, n_words: usize) -> bool {
    let lower = text.to_lowercase();
    PATTERNS.iter().filter(|pattern| n_words <= pattern.longest + 4).any(|pattern| match pattern.how {
        How::Whole => lower == pattern.words,
        How::Start => lower.starts_with(pattern.words),
        How::Part => lower.contains(pattern.words),
    })
}

/// "By Jane Roe", "By Our Man in Bergen".
fn is_byline(text: &str, n_words: usize) -> bool {
    let mut words = text.split_whitespace();
    let opens = matches!(words.next(), Some("By" | "BY"));
    let names = words.filter(|word| word.chars().next().is_some_and(char::is_uppercase)).count();
    opens && n_words <= BYLINE_WORDS && names >= 2 && !text.ends_with('.')
}

/// Lower case, letters and digits only: two copies of a headline differ in marks and blanks.
fn fold(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_embedded_patterns_load() {
        assert!(!super::load().unwrap_or_else(|error| panic!("{error}")).is_empty());
    }
}
