//! Diplomatic events: who did what to whom, in PLOVER types and CAMEO codes. PLOVER manual, draft 2.0 (2024); CAMEO codebook 1.1b3 (2012).
//!
//! The trained core sees the words that evoke an event, its parties, date and place, and what they say of it (`nlp::core::heads::events`).
//!
//! 0. `codebook` lays the user's own triggers over those that the head sees;
//! 1. `propose` makes an event of each mention, with the statement that it stands in
//!    (`unreal` where words say that it did not happen);
//! 2. `parties` tells who the words for its parties are, by the article graph (`who`);
//! 3. `confidence` says how sure the whole is;
//! 4. `same` weighs which mentions tell of the same, and `merge` makes one event of them, over title and text.

mod codebook;
mod confidence;
mod merge;
mod parties;
mod propose;
mod same;
mod several;
mod trace;
mod unreal;

use crate::extract::reading::Reading;
use crate::finding::{Event, Statement};

pub(crate) use same::SameWeights;
pub use trace::{AskedPair, SameTrace};

/// Finds the events of one document, in the order of the text. `statement` counts within the list given. A core without a head for events finds none.
pub(crate) fn extract(reading: &Reading<'_, '_>, weights: &SameWeights, statements: &[Statement]) -> Vec<Event> {
    let Some(layer) = &reading.words.doc.events else { return Vec::new() };
    let layer = codebook::laid_over(reading, layer);
    merge::merge(reading, &layer, weights, propose::mentions(reading, &layer, statements))
}

/// What is asked about pairs of mentions that may tell of one event, with their features: for fitting what these weigh.
pub(crate) fn trace(reading: &Reading<'_, '_>, statements: &[Statement]) -> SameTrace {
    let Some(layer) = &reading.words.doc.events else { return SameTrace::default() };
    let told = propose::mentions(reading, layer, statements);
    trace::pairs(&same::Asked::all(reading, layer, &told))
}
