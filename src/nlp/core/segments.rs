//! Segments: what is read together. A paragraph, or several where the first announces the next.
//!
//! "The minister added:" says nothing by itself, and the words behind it do not tell that they are quoted. A segment that is
//! longer than those of training is read by the encoder in windows of whole sentences.

use std::ops::Range;

use crate::text::{Document, SentenceKind};

/// Tokens after which a window ends with its sentence. Training saw segments of up to 400 tokens.
const LONGEST_WINDOW: usize = 400;

/// The sentences of a document in segments: a paragraph, with the paragraph behind it where it ends with a colon and both
/// together fit into a window.
pub(super) fn find(doc: &Document, segments: &mut Vec<Range<usize>>) {
    let sentences = &doc.sentences;
    segments.clear();
    for paragraph in sentences.chunk_by(|one, next| one.paragraph == next.paragraph) {
        let start = segments.last().map_or(0, |segment| segment.end);
        let end = start + paragraph.len();
        let announces = |segment: &Range<usize>| {
            let (first, last) = (sentences[segment.start], sentences[segment.end - 1]);
            let length = sentences[end - 1].tokens.end - first.tokens.start;
            let is_prose = last.kind == SentenceKind::Prose && paragraph[0].kind == SentenceKind::Prose;
            is_prose && length as usize <= LONGEST_WINDOW && doc.token_text(last.tokens.end as usize - 1) == ":"
        };
        match segments.last_mut().filter(|segment| announces(segment)) {
            Some(segment) => segment.end = end,
            None => segments.push(start..end),
        }
    }
}

/// Where windows begin and end, in tokens, each from one entry to the next: segments, cut between sentences where they are
/// longer.
pub(super) fn cut(doc: &Document, segments: &[Range<usize>], windows: &mut Vec<usize>) {
    windows.clear();
    windows.push(0);
    let mut start = 0;
    for segment in segments {
        for (place, sentence) in doc.sentences[segment.clone()].iter().enumerate() {
            let range = sentence.tokens.range();
            let full = range.end - start > LONGEST_WINDOW || place == 0;
            if full && range.start > start {
                windows.push(range.start);
                start = range.start;
            }
        }
    }
    windows.push(doc.tokens.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Sentence, Span, TokenRange};

    /// Paragraphs of blank-separated tokens, a sentence each.
    fn document(paragraphs: &[(&str, SentenceKind)]) -> Document {
        let mut doc = Document::new(paragraphs.iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" "));
        let mut byte = 0;
        for (number, (text, kind)) in paragraphs.iter().enumerate() {
            let first = doc.tokens.len();
            for token in text.split(' ') {
                doc.tokens.push(Span::new(byte, byte + token.len()));
                byte += token.len() + 1;
            }
            let tokens = TokenRange::new(first, doc.tokens.len());
            doc.sentences.push(Sentence { tokens, kind: *kind, paragraph: u32::try_from(number).unwrap() });
        }
        doc
    }

    #[test]
    fn a_paragraph_that_ends_with_a_colon_is_read_with_the_next() {
        let prose = SentenceKind::Prose;
        let long = "word ".repeat(LONGEST_WINDOW - 1) + "word";
        let n_paragraphs = |paragraphs: &[(&str, SentenceKind)]| {
            let mut segments = Vec::new();
            find(&document(paragraphs), &mut segments);
            segments.iter().map(ExactSizeIterator::len).collect::<Vec<_>>()
        };
        assert_eq!(n_paragraphs(&[("She added :", prose), ("It is late .", prose), ("He left .", prose)]), [2, 1]);
        assert_eq!(n_paragraphs(&[("First :", prose), ("Second :", prose), ("Third .", prose)]), [3]);
        assert_eq!(n_paragraphs(&[("She added :", prose), (&long, prose)]), [1, 1], "longer than training saw");
        assert_eq!(n_paragraphs(&[("By A Writer :", SentenceKind::Boilerplate), ("It is late .", prose)]), [1, 1]);
        assert_eq!(n_paragraphs(&[]), [0; 0]);
    }
}
