//! Statements that agree in cue and content are one: "…, Dragulescu said on Thursday, according to the agency Carpatpress" has two frames, and one
//! thing is said once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::TokenRange;

/// Leaves one of each group that agrees, in the place of its first: the surest, with the parts that only another one has. A source that the
/// surest does not credit is who relayed it, if that is an outlet.
pub(super) fn merge(reading: &Reading<'_, '_>, statements: &mut Vec<Statement>) {
    let mut places: HashMap<(Option<TokenRange>, Vec<TokenRange>), usize> = HashMap::with_capacity(statements.len());
    let mut kept: Vec<Statement> = Vec::with_capacity(statements.len());
    for statement in statements.drain(..) {
        let cue = statement.cue.as_ref().map(|cue| cue.tokens);
        match places.entry((cue, statement.content.clone())) {
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(statement);
            }
            Entry::Occupied(place) => {
                let known = &mut kept[*place.get()];
                let mut other = statement;
                if other.confidence > known.confidence {
                    std::mem::swap(known, &mut other);
                }
                complete(reading, known, other);
            }
        }
    }
    *statements = kept;
}

fn complete(reading: &Reading<'_, '_>, known: &mut Statement, other: Statement) {
    let relay = other.source.filter(|source| known.source != Some(*source) && reading.is_outlet(*source));
    if known.source.is_none() {
        (known.source, known.speaker) = (other.source, other.speaker);
        known.speakers = other.speakers;
    } else {
        known.via = known.via.or(relay);
    }
    if known.addressees.is_empty() {
        known.addressees = other.addressees;
    }
    known.when = known.when.take().or(other.when);
    known.occasion = known.occasion.or(other.occasion);
    known.via = known.via.or(other.via);
}
