//! A long document in pieces, so that the core's working space is bounded whatever the length of a text.

use std::ops::Range;

use crate::text::Document;

/// Tokens of a piece: some 40 MB of working space. Longer than almost any article, so that few are ever cut.
pub(super) const PIECE: usize = 4096;

/// Runs of tokens of at most [`PIECE`], cut between sentences; a sentence that is longer is cut inside.
pub(super) fn pieces(doc: &Document) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for sentence in &doc.sentences {
        let range = sentence.tokens.range();
        if range.end - start > PIECE && range.start > start {
            pieces.push(start..range.start);
            start = range.start;
        }
        while range.end - start > PIECE {
            pieces.push(start..start + PIECE);
            start += PIECE;
        }
    }
    if start < doc.tokens.len() {
        pieces.push(start..doc.tokens.len());
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Sentence, SentenceKind, Span, TokenRange};

    fn document(lengths: &[usize]) -> Document {
        let mut doc = Document::new("a ".repeat(lengths.iter().sum()));
        for &length in lengths {
            let first = doc.tokens.len();
            doc.tokens.extend((first..first + length).map(|token| Span::new(2 * token, 2 * token + 1)));
            let tokens = TokenRange::new(first, first + length);
            doc.sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph: 0 });
        }
        doc
    }

    #[test]
    fn pieces_end_with_a_sentence_where_one_fits() {
        let doc = document(&[PIECE - 1, 2, 2 * PIECE + 5, 3]);
        let found = pieces(&doc);
        let last = 3 * PIECE + 1;
        assert_eq!(
            found,
            [0..PIECE - 1, PIECE - 1..PIECE + 1, PIECE + 1..2 * PIECE + 1, 2 * PIECE + 1..last, last..last + 8]
        );
    }

    #[test]
    fn pieces_put_together_are_the_document() {
        let doc = document(&[PIECE - 1, 2, 2 * PIECE + 5, 3]);
        let mut whole = Document::new(doc.text());
        for piece in pieces(&doc) {
            let mut part = doc.part(&piece);
            assert_eq!(part.tokens.len(), piece.len());
            assert_eq!(part.sentences.last().map(|sentence| sentence.tokens.end as usize), Some(piece.len()));
            part.heads = (0..u32::try_from(piece.len()).unwrap()).collect();
            whole.append_annotations(part, piece.start);
        }
        assert!(whole.heads.iter().enumerate().all(|(token, head)| *head as usize == token), "heads keep their tokens");
    }
}
