//! Persons by the table of office holders, where the words beside a name leave country or office out.
//!
//! A namesake must not be given somebody else's country. So the full name has to match, the article has to name the country, its date has to
//! lie in the term, and all holders of that name who pass have to be of one country. A person whom the article gives an office of state may have held
//! the listed one some years before or after; somebody whom it describes as anything else is not looked up.

use jiff::civil::Date;

use crate::extract::lexicon::{Lexicon, Term};

use super::{Mention, Mentions, homes};

/// What the article itself says of a person.
#[derive(Debug, Clone, Copy)]
pub(super) struct Described<'a> {
    pub(super) name: &'a str,
    /// Whether it has an office or a body.
    pub(super) is_described: bool,
    pub(super) sector: Option<&'static str>,
    /// ISO 3166-1 alpha-3.
    pub(super) country: Option<&'static str>,
}

/// Whom the table knows by that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    /// Index into the lexicon's entities; none for offices of international bodies.
    pub(super) country: Option<usize>,
    pub(super) sector: Option<&'static str>,
    /// The one office that the person held on the day of publication.
    pub(super) office: Option<&'static str>,
    pub(super) wikidata: Option<&'static str>,
}

/// The countries and international bodies that an article names.
#[derive(Debug)]
pub(super) struct Named {
    /// By index into the lexicon's entities.
    is_named: Vec<bool>,
    any_body: bool,
}

impl Named {
    pub(super) fn find(mentions: &Mentions, lexicon: &Lexicon) -> Self {
        let mut named = Self { is_named: vec![false; lexicon.entities.len()], any_body: false };
        for (entity, _) in mentions.all().iter().filter_map(Mention::place) {
            named.is_named[entity] = true;
            named.any_body |= !lexicon.entities[entity].is_country;
        }
        named
    }

    /// Whether the article speaks of the country; of an office without one, whether it speaks of any international body.
    fn holds(&self, country: Option<usize>) -> bool {
        country.map_or(self.any_body, |entity| self.is_named[entity])
    }
}

/// Looks a person up.
pub(super) fn identify(
    person: Described<'_>,
    named: &Named,
    lexicon: &Lexicon,
    published: Option<Date>,
) -> Option<Known> {
    let is_official = homes::is_of_state(person.sector);
    if person.is_described && !is_official {
        return None;
    }
    let mut terms = lexicon.officeholders.terms_of(person.name);
    terms.retain(|term| person.country.is_none() || term.country == person.country);
    let covers = |term: &Term| published.is_some_and(|day| term.covers(day));
    let in_career = |term: &Term| is_official && published.is_none_or(|day| term.is_in_career(day));
    let holds_now = terms.iter().any(covers);
    terms.retain(|term| if holds_now { covers(term) } else { in_career(term) });
    let first = *terms.first()?;
    let country = first.country.and_then(|code| lexicon.country(code));
    if terms.iter().any(|term| term.country != first.country) || !named.holds(country) {
        return None;
    }
    let mut items: Vec<&str> = terms.iter().filter_map(|term| term.wikidata).collect();
    items.dedup();
    let one = |found: &[&'static str]| if let [one] = found { Some(*one) } else { None };
    // "Minister of Foreign Affairs" and "Minister of Foreign Affairs of Canada" are one office.
    let shortest = terms.iter().map(|term| term.office).min_by_key(|office| office.len());
    let office = shortest.filter(|&one| terms.iter().all(|term| term.office.starts_with(one)));
    Some(Known {
        country,
        sector: first.sector.filter(|_| terms.iter().all(|term| term.sector == first.sector)),
        office: office.filter(|_| holds_now && items.len() < 2),
        wikidata: one(&items),
    })
}
