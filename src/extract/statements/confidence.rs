//! How sure a statement of the trained core is: a logistic curve over signs of right and of wrong ones (Platt 1999, with more
//! signs than one).
//!
//! The weights stand in `data/lexicon/confidence.tsv` as `core.SIGN`; `evaluate statements GOLD --confidence` fits them.

use crate::extract::reading::Reading;
use crate::text::{TokenRange, Upos, Xpos};

use super::learned::Shares;
use super::{Attitude, Statement, StatementKind};

/// What is looked at, by name.
pub const SIGNS: [&str; 25] = [
    "any",
    "cue_share",
    "source_share",
    "source_link",
    "content_share",
    "content_link",
    "content_by_tree",
    "no_source",
    "source_by_tree",
    "source_words",
    "direct",
    "mixed",
    "noun_content",
    "to_content",
    "content_words",
    "content_pieces",
    "rule_agrees",
    "cue_is_noun",
    "cue_is_participle",
    "belief",
    "intention",
    "request",
    "evaluation",
    "perception",
    "ruling",
];

/// The signs of one statement, in the order of [`SIGNS`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signs(pub [f32; SIGNS.len()]);

impl Signs {
    /// `rule_agrees`: a rule knows the cue, too.
    pub(super) fn of(reading: &Reading<'_, '_>, statement: &Statement, shares: &Shares, rule_agrees: bool) -> Self {
        let doc = reading.words.doc;
        let first = statement.content[0];
        let words = |range: TokenRange| range.range().filter(|&token| reading.words.is_word(token)).count();
        let cue = statement.cue.as_ref().map(|cue| cue.tokens);
        let head = cue.and_then(|cue| top(reading, cue));
        let is = |token: Option<usize>, tags: &[Upos]| {
            token.and_then(|token| doc.upos.get(token)).is_some_and(|upos| tags.contains(upos))
        };
        let is_participle =
            cue.is_some_and(|cue| cue.len() == 1 && doc.xpos.get(cue.start as usize) == Some(&Xpos::Vbg));
        let is_indirect = statement.kind == StatementKind::Indirect;
        let begins_with_to = reading.words.lower(first.start as usize) == "to";
        let holds_to = begins_with_to || cue.is_some_and(|cue| reading.words.lower(cue.end as usize - 1) == "to");
        Self([
            1.0,
            odds(Some(shares.cue)),
            odds(shares.source),
            odds(Some(shares.source_link)),
            odds(shares.content.map(|(share, _)| share)),
            odds(shares.content.map(|(_, link)| link)),
            truth(shares.content.is_none()),
            truth(statement.source.is_none()),
            truth(statement.source.is_some() && shares.source.is_none()),
            log(statement.source.map_or(0, words)),
            truth(statement.kind == StatementKind::Direct),
            truth(statement.kind == StatementKind::Mixed),
            truth(is_indirect && !holds_to && is_noun_phrase(reading, first)),
            truth(is_indirect && holds_to),
            log(statement.content.iter().map(|piece| words(*piece)).sum()),
            truth(statement.content.len() > 1),
            truth(rule_agrees),
            truth(is(head, &[Upos::Noun, Upos::Propn])),
            truth(is_participle),
            truth(statement.attitude == Attitude::Belief),
            truth(statement.attitude == Attitude::Intention),
            truth(statement.attitude == Attitude::Request),
            truth(statement.attitude == Attitude::Evaluation),
            truth(statement.attitude == Attitude::Perception),
            truth(statement.attitude == Attitude::Ruling),
        ])
    }

    /// The probability that the statement is right.
    pub(super) fn probability(&self, reading: &Reading<'_, '_>) -> f32 {
        let weights = SIGNS.iter().map(|sign| reading.lexicon.weight_of_sign(sign));
        let curve: f32 = self.0.iter().zip(weights).map(|(sign, weight)| sign * weight).sum();
        1.0 / (1.0 + (-curve).exp())
    }
}

/// The logarithm of the odds of a share; nothing counts as even.
fn odds(share: Option<f32>) -> f32 {
    let sure = share.unwrap_or(0.5).clamp(1e-3, 1.0 - 1e-3);
    (sure / (1.0 - sure)).ln()
}

#[expect(clippy::cast_precision_loss, reason = "a statement has a few thousand words at most that matter")]
fn log(count: usize) -> f32 {
    (1.0 + count as f32).ln()
}

fn truth(is_so: bool) -> f32 {
    f32::from(u8::from(is_so))
}

/// The token of a stretch that hangs on none of its others.
fn top(reading: &Reading<'_, '_>, range: TokenRange) -> Option<usize> {
    let doc = reading.words.doc;
    if doc.heads.is_empty() {
        return None;
    }
    range.range().find(|&token| doc.head(token).is_none_or(|head| !range.contains_token(head)))
}

/// Whether a content names something and tells nothing of it: a noun on top, and no clause of its own.
fn is_noun_phrase(reading: &Reading<'_, '_>, content: TokenRange) -> bool {
    let doc = reading.words.doc;
    let Some(top) = top(reading, content) else { return false };
    let has_subject = || {
        content
            .range()
            .any(|token| doc.head(token) == Some(top) && matches!(doc.deprels[token].base(), "nsubj" | "csubj"))
    };
    matches!(doc.upos.get(top), Some(Upos::Noun | Upos::Propn | Upos::Pron | Upos::Num)) && !has_subject()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::lexicon::Lexicon;

    #[test]
    fn every_sign_has_a_weight_and_every_weight_a_sign() {
        let lexicon = Lexicon::load().unwrap_or_else(|error| panic!("{error}"));
        let mut weighed: Vec<&str> = lexicon.signs().collect();
        let mut known = SIGNS.to_vec();
        weighed.sort_unstable();
        known.sort_unstable();
        assert_eq!(weighed, known);
    }
}
