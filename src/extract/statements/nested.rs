//! Which statement stands in the words of which.

use std::cmp::Reverse;

use crate::finding::Statement;
use crate::text::TokenRange;

/// For each token, the smallest piece of content that holds it, with the number of its statement.
pub(crate) struct Holders {
    at: Vec<Option<u32>>,
    pieces: Vec<(TokenRange, usize)>,
}

impl Holders {
    /// Contents overlap a sentence's length at most, so painting them costs no more than the text times a constant.
    pub(crate) fn of(n_tokens: usize, statements: &[Statement]) -> Self {
        let numbered = statements.iter().enumerate();
        let mut pieces: Vec<(TokenRange, usize)> =
            numbered.flat_map(|(number, held)| held.content.iter().map(move |piece| (*piece, number))).collect();
        // The larger ones first, so that the smaller ones are painted over them.
        pieces.sort_by_key(|(piece, number)| (Reverse(piece.len()), *number));
        let mut at = vec![None; n_tokens];
        for (place, (piece, _)) in pieces.iter().enumerate() {
            at[piece.range()].fill(Some(u32::try_from(place).expect("a document has fewer than 2^32 pieces")));
        }
        Self { at, pieces }
    }

    /// The statement with the smallest piece of content around these words.
    pub(crate) fn around(&self, words: TokenRange) -> Option<usize> {
        let (piece, number) = self.pieces[self.at[words.start as usize]? as usize];
        piece.contains(words).then_some(number)
    }
}

/// Neighbors that are looked at for the statement around another one.
const REACH: usize = 12;

/// Links each statement to the smallest one whose content holds its cue. Only what says more holds another (of two that say as much, the
/// earlier): whoever walks up comes to an end, also where two statements stand in each other's words.
pub(super) fn link(statements: &mut [Statement]) {
    let rank =
        |index: usize| (statements[index].content.iter().map(|piece| piece.len()).sum::<usize>(), Reverse(index));
    let ranks: Vec<(usize, Reverse<usize>)> = (0..statements.len()).map(rank).collect();
    for index in 0..statements.len() {
        let Some(cue) = statements[index].cue.as_ref().map(|cue| cue.tokens) else { continue };
        let from = index.saturating_sub(REACH);
        let to = statements.len().min(index + REACH);
        let holds = |other: usize| {
            let pieces = &statements[other].content;
            pieces
                .iter()
                .find(|piece| ranks[other] > ranks[index] && piece.contains(cue))
                .map(|piece| (piece.len(), other))
        };
        statements[index].inside = (from..to).filter_map(holds).min().map(|(_, other)| other);
    }
}
