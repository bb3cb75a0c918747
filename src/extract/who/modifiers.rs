//! Countries within a mention's own words: "the | Russian | minister", "the embassy of | Chad", "ambassador to | Peru".

use crate::extract::lexicon::{Lexicon, PlaceForm, Words};
use crate::text::{Deprel, Tree};

use super::lexical::Mentions;
use super::mention::{Mention, Sort};

/// How a country stands to the head of the phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// It is the head: "Norwegians", "Norway".
    Self_,
    /// "the Norwegian minister".
    Adjective,
    /// "Norway's minister".
    Possessive,
    /// "the Norway minister".
    Compound,
    /// "the minister of Norway".
    Of,
    /// "the envoy for Norway".
    For,
    /// "the ambassador to Norway".
    To,
    /// "the embassy in Norway", "troops in Norway".
    In,
    /// "the minister from Norway".
    From,
    /// "talks with Norway", "the war against Norway".
    Other,
    /// In the name of a body: "Bank of Norway".
    Name,
    /// Behind the words, in parentheses: "Anna Lindqvist (Norway)".
    Parenthesis,
    /// A town within the words: "a Bergen court", "the mayor of Bergen".
    Town,
    /// A town that is the place of something within the words: "officials in Bergen".
    TownIn,
}

/// A country of a mention.
#[derive(Debug, Clone, Copy)]
pub(super) struct Modifier {
    /// Index into the lexicon's entities.
    pub(super) country: usize,
    pub(super) tie: Tie,
}

/// The countries within a mention's words, in order.
pub(super) fn find(
    mention: &Mention,
    words: &Words<'_>,
    tree: &Tree<'_>,
    lexicon: &Lexicon,
    lexical: &Mentions,
) -> Vec<Modifier> {
    match mention.sort {
        Sort::State(country) | Sort::People(country) => return vec![Modifier { country, tie: Tie::Self_ }],
        _ if mention.is_pronoun() => return Vec::new(),
        _ => {}
    }
    let (start, end) = (mention.start(), mention.tokens.end as usize);
    let mut found = Vec::new();
    let behind = lexical.starting_at(end + 1).filter(|place| words.eq(end, "(") && words.eq(place.end(), ")"));
    if let Some((country, PlaceForm::Name)) =
        behind.and_then(|place| place.place()).filter(|(entity, _)| lexicon.entities[*entity].is_country)
    {
        found.push(Modifier { country, tie: Tie::Parenthesis });
    }
    for place in lexical.within(start, end) {
        let Some((entity, form)) = place.place() else { continue };
        if !lexicon.entities[entity].is_country {
            continue;
        }
        let top = top_of(tree, place.start(), place.end());
        let tie = match tie_of(mention, words, tree, top) {
            // "officials in Baghdad": a capital is a town like others.
            Tie::In if form == PlaceForm::Seat => Tie::TownIn,
            _ if form == PlaceForm::Adjective || form == PlaceForm::People => adjective(mention, tree, top),
            tie => tie,
        };
        found.push(Modifier { country: entity, tie });
    }
    // Towns that no table of countries holds.
    let mut at = start;
    while at < end {
        let town = lexicon.cities.longest(at, |idx| (idx < end).then(|| words.text(idx)));
        let is_free = lexical.around(at).is_none_or(|around| around.place().is_none());
        match town {
            Some((length, &country)) if is_free && !is_person_name(mention, at) => {
                let top = top_of(tree, at, at + length);
                let tie = match tie_of(mention, words, tree, top) {
                    Tie::In | Tie::From | Tie::Other | Tie::To => Tie::TownIn,
                    _ => Tie::Town,
                };
                found.push(Modifier { country, tie });
                at += length;
            }
            _ => at += 1,
        }
    }
    found
}

fn is_person_name(mention: &Mention, token: usize) -> bool {
    mention.sort == Sort::Person && mention.name.is_some_and(|name| name.contains_token(token))
}

fn top_of(tree: &Tree<'_>, start: usize, end: usize) -> usize {
    (start..end).find(|&token| tree.head(token).is_none_or(|head| head < start || head >= end)).unwrap_or(end - 1)
}

/// An adjective of the head itself, or of something else in the phrase ("critics of the Norwegian minister").
fn adjective(mention: &Mention, tree: &Tree<'_>, top: usize) -> Tie {
    let above = tree.head(top);
    let is_own = top == mention.head
        || above.is_some_and(|above| {
            above == mention.head || tree.is_part(above) && tree.head(above) == Some(mention.head)
        })
        || mention.name.is_some_and(|name| above.is_some_and(|above| name.contains_token(above)));
    match above {
        _ if is_own => Tie::Adjective,
        Some(above) if tree.preposition(above).is_some_and(|at| matches!(tree.doc.token_text(at), "of" | "for")) => {
            Tie::Of
        }
        _ => Tie::Other,
    }
}

fn tie_of(mention: &Mention, words: &Words<'_>, tree: &Tree<'_>, top: usize) -> Tie {
    if mention.sort != Sort::Person && mention.name.is_some_and(|name| name.contains_token(top)) {
        return Tie::Name;
    }
    let is_own = |token: usize| {
        tree.head(token)
            .is_some_and(|above| above == mention.head || tree.is_part(above) && tree.head(above) == Some(mention.head))
    };
    let preposition = tree.preposition(top).map(|at| words.lower(at));
    match (tree.relation(top), preposition) {
        (Deprel::NmodPoss, _) if is_own(top) => Tie::Possessive,
        (_, Some("of")) => Tie::Of,
        (_, Some("for")) => Tie::For,
        (_, Some("to")) => Tie::To,
        (_, Some("in" | "at" | "inside")) => Tie::In,
        (_, Some("from")) => Tie::From,
        (_, Some(_)) => Tie::Other,
        (_, None) if is_own(top) => Tie::Compound,
        // "Norway's foreign minister's aide".
        (Deprel::NmodPoss, _) => Tie::Of,
        _ => Tie::Other,
    }
}
