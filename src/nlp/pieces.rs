//! A long document in pieces, so that the core's working space is bounded whatever the length of a text.

use std::ops::Range;

use crate::text::{Document, Entity, RoleSpan, Sentence, Span, TokenRange};

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

/// A piece as a document of its own, with tokens and sentences.
pub(super) fn cut(doc: &Document, piece: &Range<usize>) -> Document {
    let span = doc.span_of(TokenRange::new(piece.start, piece.end));
    let mut part = Document::new(doc.slice(span));
    part.tokens.extend(
        doc.tokens[piece.clone()]
            .iter()
            .map(|token| Span { start: token.start - span.start, end: token.end - span.start }),
    );
    let from = doc.sentence_of(piece.start);
    for sentence in doc.sentences[from..].iter().take_while(|sentence| (sentence.tokens.start as usize) < piece.end) {
        let range = sentence.tokens.range();
        let tokens =
            TokenRange::new(range.start.max(piece.start) - piece.start, range.end.min(piece.end) - piece.start);
        part.sentences.push(Sentence { tokens, ..*sentence });
    }
    part
}

/// Puts the layers of an annotated piece behind those of the pieces before it.
pub(super) fn append(doc: &mut Document, part: Document, first_token: usize) {
    let first = u32::try_from(first_token).expect("a document has fewer than 2^32 tokens");
    let moved = |tokens: TokenRange| TokenRange { start: tokens.start + first, end: tokens.end + first };
    doc.upos.extend(part.upos);
    doc.xpos.extend(part.xpos);
    doc.feats.extend(part.feats);
    part.lemmas.iter().for_each(|lemma| doc.lemmas.push(lemma));
    doc.heads.extend(part.heads.into_iter().map(|head| head + first));
    doc.deprels.extend(part.deprels);
    doc.entities.extend(part.entities.into_iter().map(|entity| Entity { tokens: moved(entity.tokens), ..entity }));
    if let Some(roles) = part.roles {
        let all = doc.roles.get_or_insert_with(Vec::new);
        let before = u32::try_from(all.len()).expect("a document has fewer than 2^32 roles");
        let behind =
            |role: RoleSpan| RoleSpan { tokens: moved(role.tokens), of: role.of.map(|other| other + before), ..role };
        all.extend(roles.into_iter().map(behind));
    }
}

/// Forgets the layers that the core fills.
pub(super) fn clear(doc: &mut Document) {
    doc.upos.clear();
    doc.xpos.clear();
    doc.feats.clear();
    doc.lemmas.clear();
    doc.heads.clear();
    doc.deprels.clear();
    doc.entities.clear();
    doc.roles = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SentenceKind;

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
            let mut part = cut(&doc, &piece);
            assert_eq!(part.tokens.len(), piece.len());
            assert_eq!(part.sentences.last().map(|sentence| sentence.tokens.end as usize), Some(piece.len()));
            part.heads = (0..u32::try_from(piece.len()).unwrap()).collect();
            append(&mut whole, part, piece.start);
        }
        assert!(whole.heads.iter().enumerate().all(|(token, head)| *head as usize == token), "heads keep their tokens");
    }
}
