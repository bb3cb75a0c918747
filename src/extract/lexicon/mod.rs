//! The knowledge of the rules: tables under `data/lexicon`, read once, immutable afterwards.
//!
//! Holds facts about words and names, nothing about any text.

mod attitudes;
mod confidence;
mod cue_nouns;
mod gazetteer;
mod inflection;
mod latin;
mod listed;
mod officeholders;
mod phrases;
mod roles;
mod sorted;
mod triggers;
mod verbs;
mod words;

use crate::extract::codebook::Codebook;
use crate::finding::Attitude;
use crate::nlp::tables::{self, Row, TableError};
use crate::text::TokenRange;

use attitudes::Attitudes;
use confidence::Confidences;
pub(crate) use confidence::Reliability;
use cue_nouns::CueNouns;
use gazetteer::Gazetteer;
pub(crate) use gazetteer::{RegionRow, TownRow, key as place_key};
use inflection::Inflections;
pub(crate) use inflection::VerbForm;
pub(crate) use listed::{Listed, name_key};
use officeholders::Officeholders;
pub(crate) use officeholders::Term;
pub(crate) use phrases::PhraseMap;
pub(crate) use roles::{BodyWords, GivenNames, RolePart, RoleWord, Sex};
pub(crate) use triggers::Triggers;
pub(crate) use verbs::{CueFrame, CueRule, Opening, VerbIndex};
pub(crate) use words::{WordClass, WordClasses, Words};

/// How a form names a country or a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceForm {
    /// "Norway", "the European Union".
    Name,
    /// "Norwegian".
    Adjective,
    /// "Norwegians".
    People,
    /// The capital that stands for its government, or is just a place.
    Seat,
    /// "Downing Street".
    Metonym,
}

/// A country or an international body.
#[derive(Debug)]
pub(crate) struct Entity {
    /// ISO alpha-3 for countries, CAMEO actor code for bodies.
    pub(crate) code: &'static str,
    /// Its usual name.
    pub(crate) name: &'static str,
    /// Country (true) or body.
    pub(crate) is_country: bool,
}

/// A form that names an entity.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlaceName {
    /// Index into [`Lexicon::entities`].
    pub(crate) entity: usize,
    /// What kind of form.
    pub(crate) form: PlaceForm,
}

/// Everything that the rules know.
#[derive(Debug)]
pub(crate) struct Lexicon {
    pub(crate) entities: Vec<Entity>,
    /// Case counts here.
    pub(crate) places: PhraseMap<PlaceName>,
    /// Towns and regions, to the index of their country in [`Lexicon::entities`]. Case counts.
    pub(crate) cities: PhraseMap<usize>,
    /// Towns on the map, and regions.
    pub(crate) gazetteer: Gazetteer,
    /// Lower case.
    pub(crate) roles: PhraseMap<RoleWord>,
    pub(crate) bodies: BodyWords,
    pub(crate) given_names: GivenNames,
    pub(crate) officeholders: Officeholders,
    pub(crate) listed: Listed,
    pub(crate) word_classes: WordClasses,
    pub(crate) cues: VerbIndex<CueRule>,
    pub(crate) cue_nouns: CueNouns,
    /// Of the user's own; none are built in.
    pub(crate) triggers: Triggers,
    /// Attitudes of cues that `cues` lacks.
    attitudes: Attitudes,
    confidences: Confidences,
}

impl Lexicon {
    /// Reads the tables that are built into the binary, and lays a user's own over them.
    pub(crate) fn load(codebook: &Codebook) -> Result<Self, TableError> {
        let inflections = Inflections::load()?;
        let (entities, places) = load_places(codebook)?;
        let (roles, bodies) = roles::load()?;
        Ok(Self {
            cities: load_cities(&entities, codebook)?,
            gazetteer: Gazetteer::load(codebook)?,
            entities,
            places,
            roles,
            bodies,
            given_names: GivenNames::load()?,
            officeholders: Officeholders::load(codebook),
            listed: Listed::load()?,
            word_classes: WordClasses::load()?,
            cues: verbs::load_cues(&inflections)?,
            cue_nouns: CueNouns::load()?,
            attitudes: attitudes::load(&inflections)?,
            confidences: Confidences::load()?,
            triggers: Triggers::new(codebook, &inflections),
        })
    }

    /// The index of the country with this ISO alpha-3 code.
    pub(crate) fn country(&self, code: &str) -> Option<usize> {
        self.entities.iter().position(|entity| entity.is_country && entity.code == code)
    }

    /// Dictionary form and attitude of the words of a cue; `content` is the first word of what follows it.
    pub(crate) fn attitude_of(&self, words: &Words<'_>, cue: TokenRange, content: Option<usize>) -> (String, Attitude) {
        self.attitudes.of_cue(&self.cues, words, cue, content)
    }

    /// What a feature of statements of the trained core weighs (`core.FEATURE` in the table); nothing where it is silent.
    pub(crate) fn weight_of_feature(&self, feature: &str) -> f32 {
        self.confidences.weight_of(feature)
    }

    /// What a feature of events weighs (`event.FEATURE` in the table); nothing where it is silent.
    pub(crate) fn weight_of_event(&self, feature: &str) -> f32 {
        self.confidences.weight_of_event(feature)
    }

    /// How sure a finding of the rules is.
    pub(crate) fn confidence(&self, rule: Reliability) -> f32 {
        self.confidences.of(rule)
    }
}

/// Countries and bodies with their forms. Of two that a form names the first one holds: one of the user's tables before those that are built in, and these
/// before a dictionary, in which adjectives and seats are not told from names.
fn load_places(codebook: &Codebook) -> Result<(Vec<Entity>, PhraseMap<PlaceName>), TableError> {
    let countries = tables::read("data/lexicon/countries.tsv", tables::embedded("lexicon/countries.tsv"), 7)?;
    let bodies = tables::read("data/lexicon/organizations.tsv", tables::embedded("lexicon/organizations.tsv"), 3)?;
    let entity = |row: &Row, is_country| Entity { code: row.cell(0), name: row.cell(1), is_country };
    let mut entities: Vec<Entity> = countries.iter().map(|row| entity(row, true)).collect();
    entities.extend(bodies.iter().map(|row| entity(row, false)));
    let mut places = PhraseMap::default();
    let own = &codebook.rows;
    for row in &own.countries {
        let known = entities.iter().position(|entity| entity.is_country && entity.code == row.code);
        let entity = known.unwrap_or(entities.len());
        match known {
            Some(known) if !row.name.is_empty() => entities[known].name = row.name,
            Some(_) => {}
            None => entities.push(Entity { code: row.code, name: row.name, is_country: true }),
        }
        let forms = [
            (&row.other_names, PlaceForm::Name),
            (&row.people, PlaceForm::People),
            (&row.adjectives, PlaceForm::Adjective),
            (&row.seats, PlaceForm::Seat),
            (&row.metonyms, PlaceForm::Metonym),
        ];
        places.insert(row.name, PlaceName { entity, form: PlaceForm::Name });
        for (names, form) in forms {
            names.iter().for_each(|name| places.insert(name, PlaceName { entity, form }));
        }
    }
    for row in &own.bodies {
        let place = PlaceName { entity: entities.len(), form: PlaceForm::Name };
        entities.push(Entity { code: row.code, name: row.names[0], is_country: false });
        row.names.iter().for_each(|name| places.insert(name, place));
    }
    for (entity, row) in countries.iter().enumerate() {
        let forms = [
            (2, PlaceForm::Name),
            (4, PlaceForm::People),
            (3, PlaceForm::Adjective),
            (5, PlaceForm::Seat),
            (6, PlaceForm::Metonym),
        ];
        places.insert(row.cell(1), PlaceName { entity, form: PlaceForm::Name });
        for (column, form) in forms {
            for name in row.values(column) {
                places.insert(name, PlaceName { entity, form });
            }
        }
    }
    for (entity, row) in (countries.len()..).zip(&bodies) {
        for name in std::iter::once(row.cell(1)).chain(row.values(2)) {
            places.insert(name, PlaceName { entity, form: PlaceForm::Name });
        }
    }
    for row in &own.actors {
        let country = row
            .country_alone()
            .and_then(|code| entities.iter().position(|entity| entity.is_country && entity.code == code));
        let Some(entity) = country else { continue };
        for name in row.names.iter().flat_map(|name| spellings(name)) {
            places.insert(&name, PlaceName { entity, form: PlaceForm::Name });
        }
    }
    Ok((entities, places))
}

/// A name as it stands, and one in capitals as texts write it: "BAY OF EELS", "Bay of Eels".
fn spellings(name: &str) -> Vec<String> {
    let mut all = vec![name.to_owned()];
    if !name.chars().any(char::is_lowercase) {
        let capitalized =
            |(at, word): (usize, &str)| {
                let lower = word.to_lowercase();
                if at > 0 && matches!(lower.as_str(), "of" | "the" | "and" | "de" | "al") {
                    return lower;
                }
                let mut begins = true;
                lower
                    .chars()
                    .map(|c| {
                        if std::mem::replace(&mut begins, c == '-') {
                            c.to_uppercase().collect()
                        } else {
                            c.to_string()
                        }
                    })
                    .collect()
            };
        all.push(name.split(' ').enumerate().map(capitalized).collect::<Vec<String>>().join(" "));
    }
    all
}

fn load_cities(entities: &[Entity], codebook: &Codebook) -> Result<PhraseMap<usize>, TableError> {
    let mut cities = PhraseMap::default();
    let country = |code: &str| entities.iter().position(|entity| entity.is_country && entity.code == code);
    for town in &codebook.rows.towns {
        let of = country(town.country);
        town.names.iter().for_each(|name| of.into_iter().for_each(|of| cities.insert(name, of)));
    }
    for (file, name) in [
        ("data/lexicon/cities.tsv", "lexicon/cities.tsv"),
        ("data/lexicon/region_names.tsv", "lexicon/region_names.tsv"),
    ] {
        for row in tables::read(file, tables::embedded(name), 2)? {
            let Some(country) = country(row.cell(0)) else {
                return Err(row.error(format!("no country has the code {:?}", row.cell(0))));
            };
            row.values(1).for_each(|name| cities.insert(name, country));
        }
    }
    Ok(cities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_tables_load() {
        let lexicon = Lexicon::load(&Codebook::default()).unwrap_or_else(|error| panic!("{error}"));
        assert!(lexicon.country("KOS").is_some());
        for code in lexicon.officeholders.countries() {
            assert!(lexicon.country(code).is_some(), "offices of {code}, which is no country");
        }
        for code in lexicon.listed.countries() {
            assert!(lexicon.country(code).is_some(), "{code} is listed, which is no country");
        }
    }
}
