//! Pairs of mentions with their features, taken down.

use crate::text::{EventType, TokenRange};

use super::same::{Asked, Pair, REACH};

/// All that is asked about the mentions of a document.
#[derive(Debug, Default)]
pub struct SameTrace {
    /// Triggers with their types, in the order of the text.
    pub mentions: Vec<(TokenRange, EventType)>,
    /// Pairs of one type.
    pub pairs: Vec<AskedPair>,
}

/// Two mentions of which is asked whether they tell of one event.
#[derive(Debug)]
pub struct AskedPair {
    /// Place of the earlier one among the mentions.
    pub earlier: usize,
    /// Place of the later one.
    pub later: usize,
    /// What the head says, as log-odds for or against.
    pub heard: f32,
    /// Features that are there.
    pub features: Vec<String>,
}

pub(super) fn pairs(all: &[Asked<'_>]) -> SameTrace {
    let places =
        (0..all.len()).flat_map(|later| (later.saturating_sub(REACH)..later).map(move |earlier| (earlier, later)));
    let pairs = places.filter_map(|(earlier, later)| {
        let pair = Pair::of(all, earlier, later)?;
        let mut features = Vec::new();
        pair.features(|feature| features.push(feature.to_owned()));
        Some(AskedPair { earlier, later, heard: pair.heard, features })
    });
    let mentions = all.iter().map(|asked| (asked.event.trigger, asked.event.plover_type)).collect();
    SameTrace { mentions, pairs: pairs.collect() }
}
