//! Diplomatic events: who did what to whom, in PLOVER types and CAMEO codes. PLOVER manual, draft 2.0 (2024); CAMEO codebook 1.1b3 (2012).
//!
//! The trained core sees the words that evoke an event, its parties, date and place, and what they say of it (`nlp::core::heads::events`).
//!
//! 0. `codebook` lays the user's own triggers over those that the head sees;
//! 1. `propose` makes an event of each mention, with the statement that it stands in;
//! 2. `parties` tells who the words for its parties are, by the article graph (`who`);
//! 3. `confidence` says how sure the whole is;
//! 4. `merge` makes one event of its mentions, over title and text.

mod codebook;
mod confidence;
mod merge;
mod parties;
mod propose;
mod several;

use crate::extract::reading::Reading;
use crate::finding::{Event, Statement};

/// Finds the events of one document, in the order of the text. `statement` counts within the list given. A core without a head for events finds none.
pub(crate) fn extract(reading: &Reading<'_, '_>, statements: &[Statement]) -> Vec<Event> {
    let Some(layer) = &reading.words.doc.events else { return Vec::new() };
    let layer = codebook::laid_over(reading, layer);
    merge::merge(reading, &layer, propose::mentions(reading, &layer, statements))
}
