//! Statements from the roles that a trained core found: spans and links become sources, cues and contents.
//!
//! The core decides what is said where; this decides what makes a statement: a cue with content.

use crate::extract::reading::Reading;
use crate::finding::{Cue, Statement};
use crate::text::{Role, RoleSpan, SentenceKind, TokenRange};

use super::announced;
use super::details::details;
use super::frames::kind_of;
use super::signed::Signed;
use super::speakers::speaker;
use super::tree::{complement, subject};

/// Paragraphs between a quotation and the statement that it goes on with, or the cue that comes before or behind it.
const CONTINUATION: u32 = 1;

/// Share of a link below which a further piece of content in the sentence of its cue belongs to nobody.
const STRAY: f32 = 0.5;

/// What the core says of one statement. Ranges point into the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) cue: TokenRange,
    pub(super) source: Option<TokenRange>,
    /// In order; never empty.
    pub(super) content: Vec<TokenRange>,
    pub(super) shares: Shares,
}

/// How sure the core is of the spans of a statement and of the links between them, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Shares {
    pub(super) cue: f32,
    pub(super) source: Option<f32>,
    /// Of the source being the cue's, or of the cue having none.
    pub(super) source_link: f32,
    /// The least sure piece and the least sure link; nothing if the tree gave the content.
    pub(super) content: Option<(f32, f32)>,
}

/// The statements among the roles of a document, in the order of their cues. Quotations that are signed are left to their
/// signatures.
pub(super) fn find(reading: &Reading<'_, '_>, roles: &[RoleSpan], signed: &[Signed]) -> Vec<Found> {
    let doc = reading.words.doc;
    let paragraph_of = |token: u32| doc.paragraph_of(token as usize);
    let is_story = |span: &RoleSpan| {
        let sentence = doc.sentences[doc.sentence_of(span.tokens.start as usize)];
        sentence.kind != SentenceKind::Boilerplate
    };
    // By cue: its contents, in order since the roles are.
    let mut contents: Vec<Vec<&RoleSpan>> = vec![Vec::new(); roles.len()];
    let is_signed = |span: &RoleSpan| {
        let quote = reading.quote_around(span.tokens.start as usize);
        quote.is_some_and(|quote| signed.binary_search_by_key(&quote, |signed| signed.quote).is_ok())
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
        let mut content = joined(reading, pieces.iter().filter_map(|piece| without(piece.tokens, cue.tokens)));
        if let Some(paragraph) = announced::paragraph(reading, roles, cue.tokens) {
            content.retain(|piece| !piece.overlaps(paragraph));
            content.push(paragraph);
            content.sort_by_key(|piece| piece.start);
        }
        if content.is_empty() {
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
        let by_tree =
            || subject(doc, cue.tokens).filter(|subject| !content.iter().any(|piece| piece.overlaps(*subject)));
        let source = source.map(|source| source.tokens).or_else(by_tree);
        found.push(Found { cue: cue.tokens, source, content, shares });
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
    words.is_word(token) && !matches!(words.lower(token), "that" | "to" | "whether" | "if")
}

/// What of a content is not its cue's: the core labels each role by itself, and "wanted | to know" may be both.
fn without(content: TokenRange, cue: TokenRange) -> Option<TokenRange> {
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

/// The statement with its speaker, and without its confidence.
pub(super) fn statement(reading: &Reading<'_, '_>, found: Found) -> Statement {
    let words = &reading.words;
    let behind = found.content.iter().map(|piece| piece.start).find(|start| *start >= found.cue.end);
    let (lemma, attitude) = reading.lexicon.attitude_of(words, found.cue, behind.map(|at| at as usize));
    let said = details(reading, found.source, found.cue, &found.content);
    Statement {
        sentence: words.doc.sentence_of(found.cue.start as usize),
        kind: kind_of(reading, &found.content),
        attitude,
        source: found.source,
        speaker: found.source.map(|source| speaker(reading, source)),
        cue: Some(Cue { tokens: found.cue, lemma }),
        content: found.content,
        addressees: said.addressees,
        when: said.when,
        occasion: said.occasion,
        via: said.via,
        form: None,
        inside: None,
        confidence: 0.0,
        speakers: Vec::new(),
        features: Vec::new(),
    }
}

/// Takes over what a rule that knows the cue ("told X that") says of it and the core does not: to whom, when, where, who relayed it.
pub(super) fn complete(statement: &mut Statement, by_rule: &Statement) {
    if statement.addressees.is_empty() {
        statement.addressees.clone_from(&by_rule.addressees);
    }
    statement.when = statement.when.take().or_else(|| by_rule.when.clone());
    statement.occasion = statement.occasion.or(by_rule.occasion);
    statement.via = statement.via.or(by_rule.via);
}

/// Takes the quotation marks around a content of the rules into it, as the core does.
pub(super) fn widen_to_marks(reading: &Reading<'_, '_>, content: &mut [TokenRange]) {
    for piece in content {
        let Some(quote) = reading.quote_around(piece.start as usize).map(|quote| reading.quotes[quote]) else {
            continue;
        };
        if piece.start == quote.inner.start {
            piece.start -= 1;
        }
        if piece.end + 1 >= quote.inner.end && piece.end <= quote.inner.end {
            piece.end = u32::try_from(quote.end).expect("a document has fewer than 2^32 tokens");
        }
    }
}

/// Which tokens the core's statements have taken.
pub(super) struct Covered {
    cues: Vec<bool>,
    contents: Vec<bool>,
}

impl Covered {
    pub(super) fn by(n_tokens: usize, found: &[Found]) -> Self {
        let mut covered = Self { cues: vec![false; n_tokens], contents: vec![false; n_tokens] };
        for statement in found {
            covered.cues[statement.cue.range()].fill(true);
            for piece in &statement.content {
                covered.contents[piece.range()].fill(true);
            }
        }
        covered
    }

    /// Whether a statement of the rules says what the core does not: its cue is no cue of the core's, and it either stands in
    /// the words of another or has most of its content to itself.
    pub(super) fn leaves_room_for(&self, statement: &Statement) -> bool {
        if statement.cue.as_ref().is_some_and(|cue| self.has_cue_at(cue.tokens)) {
            return false;
        }
        if self.holds_cue_of(statement) {
            return true;
        }
        let tokens = || statement.content.iter().flat_map(|piece| piece.range());
        2 * tokens().filter(|token| self.contents[*token]).count() < tokens().count()
    }

    /// Whether the core found a cue among these tokens.
    pub(super) fn has_cue_at(&self, cue: TokenRange) -> bool {
        self.cues[cue.range()].contains(&true)
    }

    /// Whether a statement stands in the words of another.
    pub(super) fn holds_cue_of(&self, statement: &Statement) -> bool {
        statement.cue.as_ref().is_some_and(|cue| self.contents[cue.tokens.start as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cue_and_content_at_once_is_the_cues() {
        let cue = TokenRange::new(3, 6);
        let kept = |start, end| without(TokenRange::new(start, end), cue).map(|rest| (rest.start, rest.end));
        // "wanted to know | whether", where the content begins with "to".
        assert_eq!(kept(4, 9), Some((6, 9)));
        assert_eq!(kept(0, 4), Some((0, 3)));
        assert_eq!(kept(4, 5), None);
        assert_eq!(kept(7, 9), Some((7, 9)));
    }
}
