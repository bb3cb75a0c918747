//! What tables know of a name: who holds or held an office, whose persons and bodies are, whom news call so.

use super::chains::Chain;
use super::evidence::StateEvidence as State;
use super::mention::Sort;
use super::scene::Scene;
use super::scorer::Found;

/// Mentions of one entity that are looked at: a text may speak of one a thousand times.
pub(super) const MENTIONS: usize = 24;

/// What tables know of a name.
#[derive(Debug, Default)]
pub(super) struct ByName {
    pub(super) in_office: Vec<usize>,
    pub(super) in_career: Vec<usize>,
    /// In an office of an international body.
    pub(super) is_international: bool,
    /// The state under which a table has a person or body of this name.
    pub(super) listed: Option<usize>,
    /// That is a person whose country the article does not speak of.
    is_listed_only: bool,
    /// Countries of those whom news call so, with their share.
    pub(super) known: Vec<(usize, f32)>,
    /// The share of those who are of none.
    pub(super) known_none: f32,
}

impl ByName {
    pub(super) fn look_up(scene: &Scene<'_, '_>, chain: &Chain) -> Self {
        let mut tables = Self::default();
        let lexicon = scene.lexicon;
        let named = chain.mentions.iter().take(MENTIONS).map(|&index| &scene.mentions[index]);
        let names: Vec<&str> =
            named.filter_map(|mention| mention.name).map(|name| scene.words.doc.range_text(name)).collect();
        let Some(fullest) = names.iter().copied().max_by_key(|name| name.len()) else { return tables };
        let day = scene.circumstances.published;
        let country = |code: Option<&'static str>| code.and_then(|code| lexicon.country(code));
        if chain.sort == Sort::Person {
            for term in lexicon.officeholders.terms_of(fullest) {
                let Some(country) = country(term.country) else {
                    tables.is_international |= day.is_some_and(|day| term.covers(day));
                    continue;
                };
                // A namesake must not be given somebody else's country: the article has to speak of it.
                if scene.places_of(country).is_empty() {
                    continue;
                }
                if day.is_some_and(|day| term.covers(day)) {
                    tables.in_office.push(country);
                } else if day.is_none_or(|day| term.is_in_career(day)) {
                    tables.in_career.push(country);
                }
            }
        }
        let home = match chain.sort {
            Sort::Person => lexicon.listed.person(fullest),
            _ => names.iter().find_map(|name| lexicon.listed.body(name)),
        };
        tables.listed = country(home.map(|home| home.country));
        tables.is_listed_only =
            chain.sort == Sort::Person && tables.listed.is_some_and(|country| scene.places_of(country).is_empty());
        if let Some(known) = scene.tables.known.look_up(fullest) {
            for &(code, share) in &known.countries {
                match lexicon.country(code) {
                    Some(country) => tables.known.push((country, share)),
                    None => tables.known_none = share,
                }
            }
        }
        tables
    }

    /// Adds what speaks for a country.
    pub(super) fn evidence(&self, country: usize, found: &mut Found<State>) {
        if self.in_office.contains(&country) {
            found.push((State::InOffice, 1.0));
        } else if self.in_career.contains(&country) {
            found.push((State::InCareer, 1.0));
        }
        if self.listed == Some(country) {
            found.push((if self.is_listed_only { State::ListedOnly } else { State::Listed }, 1.0));
        }
        if let Some((_, share)) = self.known.iter().find(|(known, _)| *known == country) {
            found.push((State::KnownName, *share));
        }
    }
}
