//! Deeds that the core takes for statements: "Peru recalled | its ambassador" is what Peru did, "the minister recalled | that talks had
//! failed" what the minister said; "police found | antennas" is no claim, "police found | that the flat was empty" is one.

use crate::extract::reading::Reading;
use crate::finding::{Attitude, Statement, StatementKind};
use crate::text::{Deprel, EventType};

/// What is come upon: "sees | a way out" tells what somebody believes, "found | a body" what happened.
const FINDS: [&str; 5] = ["detect", "discover", "find", "uncover", "unearth"];

/// Whether the cue of a statement evokes a deed, or something that is found, and its content is no more than whom or what that was done to.
pub(super) fn is_deed(reading: &Reading<'_, '_>, statement: &Statement) -> bool {
    let doc = reading.words.doc;
    let ([content], Some(cue)) = (&statement.content[..], &statement.cue) else { return false };
    if doc.heads.is_empty() || statement.kind != StatementKind::Indirect {
        return false;
    }
    let mut mentions = doc.events.iter().flat_map(|events| &events.mentions);
    let is_done = mentions.any(|mention| mention.tokens.overlaps(cue.tokens) && is_material(mention.event_type));
    let is_found = statement.attitude == Attitude::Perception
        && cue.tokens.range().any(|token| FINDS.contains(&doc.lemmas.get(token)));
    if !is_done && !is_found {
        return false;
    }
    let governs = |token: &usize| doc.head(*token).is_some_and(|head| cue.tokens.contains_token(head));
    let relations = || content.range().filter(governs).map(|token| doc.deprels[token]);
    relations().any(|relation| relation == Deprel::Obj)
        && !relations().any(|relation| matches!(relation, Deprel::Ccomp | Deprel::Xcomp))
}

/// Whether events of a type are done, and not said: nobody condemns, demands or promises without a word.
fn is_material(event_type: EventType) -> bool {
    matches!(
        event_type,
        EventType::Aid
            | EventType::Retreat
            | EventType::Sanction
            | EventType::Mobilize
            | EventType::Coerce
            | EventType::Assault
    )
}
