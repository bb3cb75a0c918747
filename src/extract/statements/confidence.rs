//! How sure a statement of the trained core is: a logistic curve over features (Platt 1999, with more than one).
//!
//! The weights stand in `data/lexicon/confidence.tsv` as `core.FEATURE`; `evaluate statements GOLD --confidence` fits them.

use crate::extract::reading::Reading;
use crate::finding::{Attitude, Statement, StatementKind};
use crate::text::{TokenRange, Upos, Xpos};

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

/// The features of one statement, by name.
pub(super) struct Features([(&'static str, f32); 23]);

impl Features {
    /// `is_listed`: the table of cues has one of its words.
    pub(super) fn of(reading: &Reading<'_, '_>, statement: &Statement, shares: &Shares, is_listed: bool) -> Self {
        let doc = reading.words.doc;
        let words = |range: TokenRange| range.range().filter(|&token| reading.words.is_word(token)).count();
        let cue = statement.cue.as_ref().map(|cue| cue.tokens);
        let head = cue.and_then(|cue| top(reading, cue));
        let is = |token: Option<usize>, tags: &[Upos]| {
            token.and_then(|token| doc.upos.get(token)).is_some_and(|upos| tags.contains(upos))
        };
        let is_participle =
            cue.is_some_and(|cue| cue.len() == 1 && doc.xpos.get(cue.start as usize) == Some(&Xpos::Vbg));
        Self([
            ("any", 1.0),
            ("cue_share", odds(Some(shares.cue))),
            ("source_share", odds(shares.source)),
            ("source_link", odds(Some(shares.source_link))),
            ("content_share", odds(shares.content.map(|(share, _)| share))),
            ("content_link", odds(shares.content.map(|(_, link)| link))),
            ("content_by_tree", truth(shares.content.is_none())),
            ("no_source", truth(statement.source.is_none())),
            ("source_by_tree", truth(statement.source.is_some() && shares.source.is_none())),
            ("source_words", log(statement.source.map_or(0, words))),
            ("direct", truth(statement.kind == StatementKind::Direct)),
            ("mixed", truth(statement.kind == StatementKind::Mixed)),
            ("content_words", log(statement.content.iter().map(|piece| words(*piece)).sum())),
            ("content_pieces", truth(statement.content.len() > 1)),
            ("cue_is_listed", truth(is_listed)),
            ("cue_is_noun", truth(is(head, &[Upos::Noun, Upos::Propn]))),
            ("cue_is_participle", truth(is_participle)),
            ("belief", truth(statement.attitude == Attitude::Belief)),
            ("intention", truth(statement.attitude == Attitude::Intention)),
            ("request", truth(statement.attitude == Attitude::Request)),
            ("evaluation", truth(statement.attitude == Attitude::Evaluation)),
            ("perception", truth(statement.attitude == Attitude::Perception)),
            ("ruling", truth(statement.attitude == Attitude::Ruling)),
        ])
    }

    /// The probability that the statement is right.
    pub(super) fn probability(&self, reading: &Reading<'_, '_>) -> f32 {
        let curve: f32 = self.0.iter().map(|(name, value)| value * reading.lexicon.weight_of_feature(name)).sum();
        1.0 / (1.0 + (-curve).exp())
    }
}

impl From<Features> for Vec<(&'static str, f32)> {
    fn from(features: Features) -> Self {
        features.0.to_vec()
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
