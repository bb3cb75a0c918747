//! A person's name that the core takes for the end of another one: "Secretary of | State Robert Lund | said", "the | United Nations Ana Ruiz |". It is told by
//! what stands before it, an office, a state, a body or a comma, and by the given name that it begins with.

use crate::text::{Document, Entity, EntityKind, TokenRange};

use super::lexicon::{Lexicon, RolePart, place_key};

/// Words of an office, of which the last may be the first of such a name.
const OFFICE: usize = 5;

/// Words of a person's name.
const NAME: std::ops::RangeInclusive<usize> = 2..=4;

/// Parts such names.
pub(super) fn part(lexicon: &Lexicon, doc: &mut Document) {
    let mut names = Vec::with_capacity(doc.entities.len());
    for &entity in &doc.entities {
        if is_beside_place(lexicon, doc, entity) {
            names.push(Entity { kind: EntityKind::Person, ..entity });
            continue;
        }
        match person_within(lexicon, doc, entity) {
            Some((before, person)) => {
                names.extend((!before.is_empty()).then_some(Entity { tokens: before, ..entity }));
                names.push(Entity { tokens: person, kind: EntityKind::Person });
            }
            None => names.push(entity),
        }
    }
    doc.entities = names;
}

/// "the embassy in Paris, | Ana Ruiz |, said": a name in commas behind a place, which the core takes for another place, and no map has.
fn is_beside_place(lexicon: &Lexicon, doc: &Document, entity: Entity) -> bool {
    let (start, end) = (entity.tokens.start as usize, entity.tokens.end as usize);
    let is_comma = |at: usize| at < doc.tokens.len() && doc.token_text(at) == ",";
    let name = || place_key(doc.range_text(entity.tokens));
    entity.kind == EntityKind::Place
        && NAME.contains(&(end - start))
        && lexicon.given_names.contains(doc.token_text(start))
        && start > 0
        && is_comma(start - 1)
        && is_comma(end)
        && lexicon.gazetteer.towns(&name()).is_empty()
        && lexicon.gazetteer.regions(&name()).next().is_none()
}

/// What stands before the person's name, nothing where it is no more than the end of an office, and that name.
fn person_within(lexicon: &Lexicon, doc: &Document, entity: Entity) -> Option<(TokenRange, TokenRange)> {
    if matches!(entity.kind, EntityKind::Person | EntityKind::Date | EntityKind::Nationality) {
        return None;
    }
    let (start, end) = (entity.tokens.start as usize, entity.tokens.end as usize);
    let sentence = doc.sentences[doc.sentence_of(start)].tokens.start as usize;
    let lower = |at: usize| doc.token_text(at).to_lowercase();
    let is_name = |at: usize| {
        let word = doc.token_text(at);
        (word.starts_with(char::is_uppercase) || word.contains('-'))
            && lexicon.bodies.head(&word.to_lowercase()).is_none()
    };
    let first = start + usize::from(lower(start) == "the");
    (first + 1..end).find_map(|at| {
        let is_person =
            NAME.contains(&(end - at)) && lexicon.given_names.contains(doc.token_text(at)) && (at..end).all(is_name);
        if !is_person {
            return None;
        }
        let text = |index: usize| (index < at).then(|| doc.token_text(index));
        let is_known = lexicon.places.longest(first, text).is_some_and(|(length, _)| first + length == at);
        let is_body = || lexicon.bodies.head(&lower(at - 1)).is_some();
        let words: Vec<String> = (sentence.max(at.saturating_sub(OFFICE))..at).map(lower).collect();
        let office = (0..words.len()).find(|&from| {
            let office = lexicon.roles.longest(from, |index| words.get(index).map(String::as_str));
            office.is_some_and(|(length, role)| from + length == words.len() && role.part == RolePart::Head)
        });
        // "the embassy in Paris, | Ana Ruiz"
        let is_set_off = doc.token_text(at - 1) == ",";
        let before_end = office.map_or(at - usize::from(is_set_off), |from| (at - words.len() + from).max(start));
        let is_person = office.is_some() || is_known || is_set_off || is_body();
        is_person.then(|| (TokenRange::new(start, before_end), TokenRange::new(at, end)))
    })
}
