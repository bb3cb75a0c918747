//! What the trained core proposes: its sources, cues and contents joined, mended where the tree or a neighbor knows better, each with the
//! probability that it is right.

mod announced;
mod deeds;
mod learned;
mod relayed;

use std::collections::HashMap;

use crate::extract::families::{Family, Without};
use crate::extract::lexicon::Lexicon;
use crate::extract::reading::Reading;
use crate::finding::{Attitude, Statement};
use crate::text::{Deprel, RoleSpan, SentenceKind, TokenRange, Upos};

use super::confidence::Features;
use super::rescue::overlooked::quoted_as;
use super::rescue::signed::Signed;
use super::tree;

use learned::Found;

/// Confidence below which a statement of the core is more often wrong than worth having.
const LEAST: f32 = 0.2;

/// The same of one without a source. Below one half 20 of 72 were right on PolNeAR dev, and without them fewer words of contents are found.
const LEAST_OF_NOBODY: f32 = 0.35;

/// The same where what is said stands before the cue, as the subject of a passive does: "the film | was shown".
const LEAST_OF_PASSIVE: f32 = 0.5;

/// Confidence from which the core is believed in a headline: headlines tell what happened in verbs that elsewhere may be cues ("Norway
/// expels three").
const SURE_IN_HEADLINE: f32 = 0.75;

/// Tokens between a cue and its content that are looked through for another cue.
const OUTER_REACH: u32 = 60;

/// The statements that the core sees. Quotations that are signed are left to their signatures.
pub(super) fn statements(
    reading: &Reading<'_, '_>,
    roles: &[RoleSpan],
    signed: &[Signed],
    without: Without,
) -> Vec<Statement> {
    let mut found = learned::find(reading, roles, signed, without);
    for found in &mut found {
        mend(reading, found, without);
    }
    let vias = if without.runs(Family::Relayed) { relayed::take(reading, &mut found) } else { HashMap::new() };
    let mut kept = Vec::new();
    for Found { parts, shares } in found {
        let cue = parts.cue;
        let is_listed = cue.is_some_and(|cue| is_listed(reading, cue));
        let mut statement = parts.statement(reading);
        let via = cue.and_then(|cue| vias.get(&cue.start).copied());
        statement.via = via.or(statement.via);
        let features = Features::of(reading, &statement, &shares, is_listed);
        statement.confidence = features.probability(reading);
        statement.features = features.into();
        let is_headline = reading.words.doc.sentences[statement.sentence].kind == SentenceKind::Headline;
        let bar = if is_headline && without.runs(Family::HeadlineBar) { SURE_IN_HEADLINE } else { LEAST };
        let is_nobodys =
            without.runs(Family::Nobody) && (is_nobodys(reading, &statement) || deeds::is_deed(reading, &statement));
        if statement.confidence >= bar && !is_nobodys {
            kept.push(statement);
        }
    }
    kept
}

/// Whether the table of cues has one of these words.
fn is_listed(reading: &Reading<'_, '_>, cue: TokenRange) -> bool {
    let lexicon: &Lexicon = reading.lexicon;
    cue.range().any(|idx| lexicon.cues.at(&reading.words, idx).next().is_some())
}

fn mend(reading: &Reading<'_, '_>, found: &mut Found, without: Without) {
    let Some(cue) = found.parts.cue else { return };
    if without.runs(Family::OuterContent)
        && let [content] = found.parts.content[..]
        && let Some(whole) = outer_content(reading, cue, content)
        && found.parts.source.is_none_or(|source| !source.overlaps(whole))
    {
        found.parts.content = vec![whole];
    }
    let saying = cue.range().find_map(|idx| quoted_as(reading, idx));
    if let Some(quoted) = saying.filter(|_| without.runs(Family::QuotedAs)) {
        found.parts.source = Some(quoted);
    }
}

/// "The paper said | X told lawmakers | that it was lost": where another listed cue with a subject of its own stands between a cue and its
/// content, all of that is the content.
fn outer_content(reading: &Reading<'_, '_>, cue: TokenRange, content: TokenRange) -> Option<TokenRange> {
    let doc = reading.words.doc;
    if doc.heads.is_empty() || doc.upos.is_empty() || content.start <= cue.end {
        return None;
    }
    let is_saying = |&idx: &usize| {
        let governs = doc.deprels[idx] == Deprel::Ccomp && doc.head(idx).is_some_and(|head| cue.contains_token(head));
        doc.upos[idx] == Upos::Verb && governs && is_listed(reading, TokenRange::new(idx, idx + 1))
    };
    let limit = content.start.min(cue.end + OUTER_REACH);
    let saying = (cue.end as usize..limit as usize).find(is_saying)?;
    let whole = tree::phrase_behind(doc, cue, saying)?;
    let has_subject =
        (cue.end as usize..saying).any(|idx| doc.deprels[idx] == Deprel::Nsubj && doc.head(idx) == Some(saying));
    (has_subject && whole.start < content.start && whole.end >= content.end).then_some(whole)
}

/// What is no statement, though the core sees the cue of one: "the talks are seen as", "Asked if it was open, …", "nobody fears a little wind",
/// "seeking guarantees | that …", where the clause is the noun's between.
fn is_nobodys(reading: &Reading<'_, '_>, statement: &Statement) -> bool {
    let (words, doc) = (&reading.words, reading.words.doc);
    let Some(cue) = statement.cue.as_ref().map(|cue| cue.tokens) else { return false };
    let first = cue.start as usize;
    let Some(source) = statement.source else {
        let is_question = cue.len() == 1 && matches!(words.lower(first), "asked" | "questioned" | "pressed");
        let is_behind = statement.content[0].end <= cue.start;
        let bar = if is_behind { LEAST_OF_PASSIVE } else { LEAST_OF_NOBODY };
        return is_question || statement.attitude == Attitude::Perception || statement.confidence < bar;
    };
    if source.len() == 1 && matches!(words.lower(source.start as usize), "nobody" | "nothing" | "none") {
        return true;
    }
    let start = statement.content[0].start;
    let is_between = |idx: usize| (cue.end as usize..start as usize).contains(&idx);
    let is_clause = !doc.heads.is_empty() && doc.deprels[start as usize] == Deprel::Mark && start > cue.end;
    let verb = doc.head(start as usize).filter(|_| is_clause && words.eq(start as usize, "that"));
    let noun = verb.and_then(|verb| doc.head(verb).filter(|_| doc.deprels[verb] == Deprel::Acl));
    statement.attitude == Attitude::Intention && noun.is_some_and(is_between)
}
