//! Statements from the roles that a trained core found: spans and links become sources, cues and contents.
//!
//! The core decides what is said where; this decides what makes a statement: a cue with content.

use crate::extract::families::{Family, Without};
use crate::extract::reading::Reading;
use crate::text::{Role, RoleSpan, SentenceKind, TokenRange};

use super::super::confidence::Shares;
use super::super::new_subject;
use super::super::parts::Parts;
use super::super::rescue::signed::Signed;
use super::super::tree::{complement, subject, with_those_before};
use super::announced;

/// Paragraphs between a quotation and the statement that it goes on with, or the cue that comes before or behind it.
const CONTINUATION: u32 = 1;

/// Share of a link below which a further piece of content in the sentence of its cue belongs to nobody.
const STRAY: f32 = 0.5;

/// What the core says of one statement. Ranges point into the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// They have a cue.
    pub(super) parts: Parts,
    pub(super) shares: Shares,
}

/// The statements among the roles of a document, in the order of their cues. Quotations that are signed are left to their
/// signatures.
pub(super) fn find(reading: &Reading<'_, '_>, roles: &[RoleSpan], signed: &[Signed], without: Without) -> Vec<Found> {
    let doc = reading.words.doc;
    let paragraph_of = |token: u32| doc.paragraph_of(token as usize);
    let is_story = |span: &RoleSpan| {
        let sentence = doc.sentences[doc.sentence_of(span.tokens.start as usize)];
        sentence.kind != SentenceKind::Boilerplate
    };
    // By cue: its contents, in order since the roles are.
    let mut contents: Vec<Vec<&RoleSpan>> = vec![Vec::new(); roles.len()];
    let signed_quotes: Vec<usize> = signed.iter().filter_map(|signed| signed.quote).collect();
    let is_signed = |span: &RoleSpan| {
        let quote = reading.quote_around(span.tokens.start as usize);
        quote.is_some_and(|quote| signed_quotes.binary_search(&quote).is_ok())
    };
    let is_free = |span: &&RoleSpan| span.role == Role::Content && is_story(span) && !is_signed(span);
    let mut last: Option<(TokenRange, usize)> = None;
    for span in roles.iter().filter(is_free) {
        let own = paragraph_of(span.tokens.start);
        let is_near = |cue: &usize| paragraph_of(roles[*cue].tokens.start) == own;
        let by_core = span.of.map(|cue| cue as usize);
        let goes_on = last.filter(|(before, _)| is_one_quotation(reading, roles, *before, span.tokens));
        let Some(cue) = by_core.filter(is_near).or(goes_on.map(|(_, cue)| cue)).or(by_core) else { continue };
        // What stands in the text is not the title's to tell, and the other way round.
        if doc.field_of(span.tokens.start as usize) != doc.field_of(roles[cue].tokens.start as usize) {
            continue;
        }
        if without.runs(Family::NewSubject) && is_of_new_subject(reading, roles, cue, span.tokens) {
            continue;
        }
        last = Some((span.tokens, cue));
        let before = contents[cue].last().map_or(roles[cue].tokens, |piece| piece.tokens);
        let gap = own.abs_diff(paragraph_of(before.end - 1)).min(own.abs_diff(paragraph_of(roles[cue].tokens.start)));
        let is_quoted = || reading.quote_around(span.tokens.start as usize).is_some();
        if gap == 0 || gap <= CONTINUATION && (is_quoted() || announced::is_announced(reading, own)) {
            contents[cue].push(span);
        }
    }
    let mut found = Vec::new();
    for (place, cue) in roles.iter().enumerate() {
        let pieces = &mut contents[place];
        // "that" or a mark by itself says nothing.
        pieces.retain(|piece| piece.tokens.range().any(|token| is_telling(reading, token)));
        drop_strays(reading, cue, pieces);
        if cue.role != Role::Cue || !is_story(cue) {
            continue;
        }
        let mut content = joined(reading, pieces.iter().filter_map(|piece| rest_of(piece.tokens, cue.tokens)));
        let announced = announced::paragraph(reading, roles, cue.tokens);
        if let Some(paragraph) = announced.filter(|_| without.runs(Family::Announced)) {
            content.retain(|piece| !piece.overlaps(paragraph));
            content.push(paragraph);
            content.sort_by_key(|piece| piece.start);
        }
        if content.is_empty() && without.runs(Family::TreeContent) {
            content.extend(
                complement(doc, cue.tokens).filter(|range| range.range().any(|token| is_telling(reading, token))),
            );
        }
        if content.is_empty() {
            continue;
        }
        let source = cue.of.map(|source| &roles[source as usize]);
        let least = |one: (f32, f32), other: (f32, f32)| (one.0.min(other.0), one.1.min(other.1));
        let shares = Shares {
            cue: cue.probability,
            source: source.map(|source| source.probability),
            source_link: cue.link_probability,
            content: pieces.iter().map(|piece| (piece.probability, piece.link_probability)).reduce(least),
        };
        let by_tree = || {
            let subject = subject(doc, cue.tokens).filter(|_| without.runs(Family::TreeSource));
            subject.filter(|subject| !content.iter().any(|piece| piece.overlaps(*subject)))
        };
        let is_free =
            |whole: &TokenRange| !whole.overlaps(cue.tokens) && !content.iter().any(|piece| piece.overlaps(*whole));
        let whole = |source: TokenRange| Some(with_those_before(doc, source)).filter(is_free).unwrap_or(source);
        let source = source.map(|source| whole(source.tokens)).or_else(by_tree);
        found.push(Found { parts: Parts { source, cue: Some(cue.tokens), content }, shares });
    }
    found
}

/// Whether two contents in a row stand in one quotation, which may go on over paragraphs, with no cue between them.
fn is_one_quotation(reading: &Reading<'_, '_>, roles: &[RoleSpan], one: TokenRange, other: TokenRange) -> bool {
    let quote = |range: TokenRange| reading.quote_around(range.start as usize);
    let (Some(first), Some(last)) = (quote(one), quote(other)) else { return false };
    let begin = |token: u32| roles.partition_point(|role| role.tokens.start < token);
    let between = begin(one.end)..begin(other.start).max(begin(one.end));
    reading.quotes[first..=last].iter().skip(1).all(|quote| quote.continues)
        && !roles[between].iter().any(|role| role.role == Role::Cue)
}

/// Whether a quotation in another sentence than its cue stands behind a sentence about somebody else than who is credited there.
fn is_of_new_subject(reading: &Reading<'_, '_>, roles: &[RoleSpan], cue: usize, content: TokenRange) -> bool {
    let doc = reading.words.doc;
    let Some(quote) = reading.quote_around(content.start as usize).map(|quote| &reading.quotes[quote]) else {
        return false;
    };
    let Some(source) = roles[cue].of.map(|source| roles[source as usize].tokens) else { return false };
    let cue = roles[cue].tokens;
    let sentence = doc.sentence_of(quote.open);
    let of_cue = doc.sentence_of(cue.start as usize);
    of_cue != sentence
        && of_cue + 1 != sentence
        && new_subject::stands_alone(reading, quote)
        && new_subject::before(reading, quote).is_some_and(|subject| subject.is_other_than(reading, source, cue))
}

/// Every content belongs to some cue, also one whose own cue was overlooked: what stands in another sentence than a cue that has content
/// of its own, and in no quotation, is not of that cue.
fn drop_strays(reading: &Reading<'_, '_>, cue: &RoleSpan, pieces: &mut Vec<&RoleSpan>) {
    let sentence_of = |span: &RoleSpan| reading.words.doc.sentence_of(span.tokens.start as usize);
    let own = sentence_of(cue);
    if pieces.len() < 2 || !pieces.iter().any(|piece| sentence_of(piece) == own) {
        return;
    }
    let is_stray = |piece: &RoleSpan| {
        let is_quoted = reading.quote_around(piece.tokens.start as usize).is_some();
        !is_quoted && (sentence_of(piece) != own || piece.link_probability < STRAY)
    };
    pieces.retain(|piece| !is_stray(piece));
}

/// Whether a word alone could be what was said.
fn is_telling(reading: &Reading<'_, '_>, token: usize) -> bool {
    let words = &reading.words;
    words.is_word(token) && !matches!(words.lower(token), "that" | "to" | "whether" | "if" | "which")
}

/// What of a content is not its cue's: the core labels each role by itself, and "wanted | to know" may be both.
fn rest_of(content: TokenRange, cue: TokenRange) -> Option<TokenRange> {
    let rest = match (content.overlaps(cue), content.start < cue.start) {
        (false, _) => content,
        (true, true) => TokenRange { end: cue.start, ..content },
        (true, false) => TokenRange { start: cue.end.min(content.end), ..content },
    };
    (!rest.is_empty()).then_some(rest)
}

/// Pieces of one paragraph between which nothing but a comma stands are one.
fn joined(reading: &Reading<'_, '_>, pieces: impl Iterator<Item = TokenRange>) -> Vec<TokenRange> {
    let doc = reading.words.doc;
    let paragraph_of = |token: u32| doc.paragraph_of(token as usize);
    let mut joined: Vec<TokenRange> = Vec::new();
    for piece in pieces {
        match joined.last_mut() {
            Some(last)
                if (last.end..piece.start).all(|token| reading.words.eq(token as usize, ","))
                    && paragraph_of(last.end - 1) == paragraph_of(piece.start) =>
            {
                last.end = piece.end;
            }
            _ => joined.push(piece),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cue_and_content_at_once_is_the_cues() {
        let cue = TokenRange::new(3, 6);
        let kept = |start, end| rest_of(TokenRange::new(start, end), cue).map(|rest| (rest.start, rest.end));
        // "wanted to know | whether", where the content begins with "to".
        assert_eq!(kept(4, 9), Some((6, 9)));
        assert_eq!(kept(0, 4), Some((0, 3)));
        assert_eq!(kept(4, 5), None);
        assert_eq!(kept(7, 9), Some((7, 9)));
    }
}
