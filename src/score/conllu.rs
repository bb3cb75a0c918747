//! CoNLL-U, as far as measuring needs it: read, made into documents, written back.
//!
//! Empty nodes and enhanced dependencies are left out.

use std::fmt::Write as _;

use super::ScoreError;
use crate::nlp::tokenizer::is_written_together;
use crate::text::{Document, Sentence, SentenceKind, Span, TokenRange};

/// A word of a sentence. Columns that nobody measures are kept for writing only where they are needed.
#[derive(Debug, Clone, Default)]
pub struct Word {
    pub(super) form: String,
    pub(super) lemma: String,
    pub(super) upos: String,
    pub(super) xpos: String,
    /// Place of the head in the sentence, counted from 0; nothing for the root.
    pub(super) head: Option<usize>,
    pub(super) deprel: String,
    /// Characters that are not white space before the word's first and after its last, over the file.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Part of a token of several words.
    pub(super) in_multiword: bool,
    space_after: bool,
}

/// A sentence with the comments before it.
#[derive(Debug, Clone, Default)]
pub struct TreeSentence {
    comments: Vec<String>,
    pub(super) words: Vec<Word>,
    /// Tokens of several words: first word, one past the last, form, whether white space follows.
    multiwords: Vec<(usize, usize, String, bool)>,
    pub(super) start: usize,
    pub(super) end: usize,
    new_document: bool,
    new_paragraph: bool,
}

impl TreeSentence {
    /// The comment lines before the sentence.
    pub fn comments(&self) -> &[String] {
        &self.comments
    }
}

/// A file: sentences, and the characters and tokens they are made of.
#[derive(Debug, Default)]
pub struct Treebank {
    pub(super) sentences: Vec<TreeSentence>,
    /// All characters but white space.
    pub(super) characters: String,
    /// Tokens as written, multi-word tokens as one.
    pub(super) tokens: Vec<(usize, usize)>,
}

impl Treebank {
    /// Reads a file.
    ///
    /// # Errors
    /// If a line has not ten columns, a number is none, or the heads of a sentence make no tree.
    pub fn read(name: &str, text: &str) -> Result<Self, ScoreError> {
        let mut bank = Self::default();
        let mut sentence = TreeSentence::default();
        let mut at = 0;
        for (number, line) in text.lines().chain([""]).enumerate() {
            let wrong = |problem: String| ScoreError::new(name, number + 1, problem);
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                if !sentence.words.is_empty() {
                    check_tree(&sentence.words).map_err(wrong)?;
                    sentence.end = at;
                    bank.sentences.push(std::mem::take(&mut sentence));
                }
                sentence.start = at;
                continue;
            }
            if line.starts_with('#') {
                sentence.new_document |= line.starts_with("# newdoc");
                sentence.new_paragraph |= line.starts_with("# newpar");
                sentence.comments.push(line.to_owned());
                continue;
            }
            let columns: Vec<&str> = line.split('\t').collect();
            let [id, form, lemma, upos, xpos, _, head, deprel, _, misc] = columns[..] else {
                return Err(wrong(format!("{} columns, not 10", columns.len())));
            };
            if id.contains('.') {
                continue;
            }
            let visible: String = form.split_whitespace().collect();
            let length = visible.chars().count();
            let space_after = !misc.split('|').any(|note| note == "SpaceAfter=No");
            if let Some((first, last)) = id.split_once('-') {
                let place = |number: &str| number.parse::<usize>().map_err(|_| wrong(format!("bad id '{id}'")));
                sentence.multiwords.push((place(first)? - 1, place(last)?, form.to_owned(), space_after));
                bank.tokens.push((at, at + length));
                bank.characters.push_str(&visible);
                at += length;
                continue;
            }
            let in_multiword = sentence.multiwords.last().is_some_and(|(_, end, ..)| sentence.words.len() < *end);
            let (start, end) = match in_multiword {
                true => bank.tokens.last().copied().unwrap_or_default(),
                false => (at, at + length),
            };
            if !in_multiword {
                bank.tokens.push((start, end));
                bank.characters.push_str(&visible);
                at = end;
            }
            let head: usize = head.parse().map_err(|_| wrong(format!("bad head '{head}'")))?;
            if id.parse() != Ok(sentence.words.len() + 1) {
                return Err(wrong(format!("id {id}, expected {}", sentence.words.len() + 1)));
            }
            sentence.words.push(Word {
                form: form.to_owned(),
                lemma: lemma.to_owned(),
                upos: upos.to_owned(),
                xpos: xpos.to_owned(),
                head: head.checked_sub(1),
                deprel: deprel.to_owned(),
                start,
                end,
                in_multiword,
                space_after,
            });
        }
        Ok(bank)
    }

    /// The sentences of each document of the file.
    pub fn documents(&self) -> impl Iterator<Item = &[TreeSentence]> {
        self.sentences.chunk_by(|_, next| !next.new_document)
    }
}

/// Whether the heads of a sentence are in range and lead to the root.
fn check_tree(words: &[Word]) -> Result<(), String> {
    for start in 0..words.len() {
        let mut at = start;
        let mut steps = 0;
        while let Some(head) = words[at].head {
            steps += 1;
            if head >= words.len() || steps > words.len() {
                return Err(format!("the heads of the sentence that ends here are no tree, see word {}", start + 1));
            }
            at = head;
        }
    }
    Ok(())
}

/// A document with the words of the file as its tokens, for measuring on gold tokens.
pub fn gold_document(sentences: &[TreeSentence]) -> Document {
    let mut text = String::new();
    let (mut tokens, mut ranges) = (Vec::new(), Vec::new());
    let mut paragraph = 0;
    for (sentence_idx, sentence) in sentences.iter().enumerate() {
        paragraph += u32::from(sentence.new_paragraph && sentence_idx > 0);
        let first = tokens.len();
        for (place, word) in sentence.words.iter().enumerate() {
            let start = text.len();
            text.push_str(&word.form);
            tokens.push(Span::new(start, text.len()));
            let multiword = sentence.multiwords.iter().find(|(first, end, ..)| (*first..*end).contains(&place));
            let space_after = match multiword {
                Some((_, end, _, space_after)) => place + 1 == *end && *space_after,
                None => word.space_after,
            };
            if space_after {
                text.push(' ');
            }
        }
        let tokens = TokenRange::new(first, tokens.len());
        ranges.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
    }
    let mut doc = Document::new(text);
    (doc.tokens, doc.sentences) = (tokens, ranges);
    doc
}

/// The raw text of a document: tokens as written, a blank line between paragraphs.
pub fn raw_text(sentences: &[TreeSentence]) -> String {
    let mut text = String::new();
    for (sentence_idx, sentence) in sentences.iter().enumerate() {
        if sentence_idx > 0 && sentence.new_paragraph {
            text.truncate(text.trim_end().len());
            text.push_str("\n\n");
        }
        let mut place = 0;
        while place < sentence.words.len() {
            let multiword = sentence.multiwords.iter().find(|(first, ..)| *first == place);
            let (form, space_after, next) = match multiword {
                Some((_, end, form, space_after)) => (form, *space_after, *end),
                None => (&sentence.words[place].form, sentence.words[place].space_after, place + 1),
            };
            text.push_str(form);
            if space_after {
                text.push(' ');
            }
            place = next;
        }
    }
    text
}

/// Writes a document's layers. `comments` are those of each sentence, as far as there are any.
/// With `multiwords`, contractions and possessives are given as tokens of two words.
pub fn write(doc: &Document, comments: &[&[String]], multiwords: bool, out: &mut String) {
    for (sentence_idx, sentence) in doc.sentences.iter().enumerate() {
        for comment in comments.get(sentence_idx).into_iter().flat_map(|comments| comments.iter()) {
            out.push_str(comment);
            out.push('\n');
        }
        let range = sentence.tokens.range();
        for token_idx in range.clone() {
            let place = token_idx - range.start + 1;
            let together = multiwords && token_idx + 1 < range.end && is_written_together(doc, token_idx);
            if together {
                let form = doc.range_text(TokenRange::new(token_idx, token_idx + 2));
                let _ = writeln!(out, "{place}-{}\t{form}\t_\t_\t_\t_\t_\t_\t_\t_", place + 1);
            }
            let touches = doc.tokens.get(token_idx + 1).is_some_and(|next| next.start == doc.tokens[token_idx].end);
            let misc = if touches { "SpaceAfter=No" } else { "_" };
            let head = doc.head(token_idx).map_or(0, |head| head - range.start + 1);
            let form: String = doc.token_text(token_idx).split_whitespace().collect();
            let _ = writeln!(
                out,
                "{place}\t{form}\t{}\t{}\t{}\t{}\t{head}\t{}\t_\t{misc}",
                doc.lemmas.get(token_idx),
                doc.upos[token_idx],
                doc.xpos[token_idx],
                doc.feats[token_idx],
                doc.deprels[token_idx],
            );
        }
        out.push('\n');
    }
}
