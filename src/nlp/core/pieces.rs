//! A long document in pieces, so that the core's working space is bounded whatever the length of a text.

use std::ops::Range;

use crate::text::Document;

/// Tokens of a piece: some 40 MB of working space. Longer than almost any article, so that few are ever cut.
pub(super) const PIECE: usize = 4096;

/// A run of tokens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) tokens: Range<usize>,
    /// Whether the core reads it.
    pub(super) is_read: bool,
}

/// Runs of tokens, of at most [`PIECE`] where they are read, cut between sentences; a sentence that is longer is cut inside. `unread` are the
/// sentences that are not read, ascending.
pub(super) fn pieces(doc: &Document, unread: &[usize]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut unread = unread.iter().copied().peekable();
    for (sentence_idx, sentence) in doc.sentences.iter().enumerate() {
        let range = sentence.tokens.range();
        let is_read = unread.next_if_eq(&sentence_idx).is_none();
        match pieces.last_mut() {
            Some(last) if last.is_read == is_read && (!is_read || range.end - last.tokens.start <= PIECE) => {
                last.tokens.end = range.end;
                continue;
            }
            _ => {}
        }
        if !is_read {
            pieces.push(Piece { tokens: range, is_read });
            continue;
        }
        let cuts = range.clone().step_by(PIECE);
        pieces.extend(cuts.map(|start| Piece { tokens: start..(start + PIECE).min(range.end), is_read }));
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
        let found: Vec<_> = pieces(&doc, &[]).into_iter().map(|piece| piece.tokens).collect();
        let last = 3 * PIECE + 1;
        assert_eq!(
            found,
            [0..PIECE - 1, PIECE - 1..PIECE + 1, PIECE + 1..2 * PIECE + 1, 2 * PIECE + 1..last, last..last + 8]
        );
    }

    #[test]
    fn what_is_not_read_is_a_piece_whatever_its_length() {
        let doc = document(&[5, 2 * PIECE, 7, 3, 4]);
        let found: Vec<_> = pieces(&doc, &[1, 2]).into_iter().map(|piece| (piece.tokens, piece.is_read)).collect();
        let read_again = 2 * PIECE + 12;
        assert_eq!(found, [(0..5, true), (5..read_again, false), (read_again..read_again + 7, true)]);
    }

    #[test]
    fn pieces_put_together_are_the_document() {
        let doc = document(&[PIECE - 1, 2, 2 * PIECE + 5, 3]);
        let mut whole = Document::new(doc.text());
        for Piece { tokens, .. } in pieces(&doc, &[]) {
            let mut part = doc.part(&tokens);
            assert_eq!(part.tokens.len(), tokens.len());
            assert_eq!(part.sentences.last().map(|sentence| sentence.tokens.end as usize), Some(tokens.len()));
            part.heads = (0..u32::try_from(tokens.len()).unwrap()).collect();
            whole.append_annotations(part, tokens.start);
        }
        assert!(whole.heads.iter().enumerate().all(|(token, head)| *head as usize == token), "heads keep their tokens");
    }
}
