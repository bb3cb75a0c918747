//! The knowledge of the rules: tables under `data/lexicon`, read once, immutable afterwards.
//!
//! Holds facts about words and names, nothing about any text.

mod attitudes;
mod confidence;
mod gazetteer;
mod inflection;
mod latin;
mod officeholders;
mod phrases;
mod roles;
mod verbs;
mod words;

use crate::finding::Attitude;
use crate::nlp::tables::{self, TableError};
use crate::text::TokenRange;

use attitudes::Attitudes;
use confidence::Confidences;
pub(crate) use confidence::Reliability;
use gazetteer::Gazetteer;
pub(crate) use gazetteer::{RegionRow, TownRow, key as place_key};
use inflection::Inflections;
pub(crate) use inflection::VerbForm;
use officeholders::Officeholders;
pub(crate) use officeholders::Term;
pub(crate) use phrases::PhraseMap;
pub(crate) use roles::{BodyWords, GivenNames, RolePart, RoleWord, Sex};
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
    /// Towns, to the index of their country in [`Lexicon::entities`]. Case counts.
    pub(crate) cities: PhraseMap<usize>,
    /// Towns on the map, and regions.
    pub(crate) gazetteer: Gazetteer,
    /// Lower case.
    pub(crate) roles: PhraseMap<RoleWord>,
    pub(crate) bodies: BodyWords,
    pub(crate) given_names: GivenNames,
    pub(crate) officeholders: Officeholders,
    pub(crate) word_classes: WordClasses,
    pub(crate) cues: VerbIndex<CueRule>,
    /// Attitudes of cues that `cues` lacks.
    attitudes: Attitudes,
    confidences: Confidences,
}

impl Lexicon {
    /// Reads the tables that are built into the binary.
    pub(crate) fn load() -> Result<Self, TableError> {
        let inflections = Inflections::load()?;
        let (entities, places) = load_places()?;
        let (roles, bodies) = roles::load()?;
        Ok(Self {
            cities: load_cities(&entities)?,
            gazetteer: Gazetteer::load()?,
            entities,
            places,
            roles,
            bodies,
            given_names: GivenNames::load()?,
            officeholders: Officeholders::default(),
            word_classes: WordClasses::load()?,
            cues: verbs::load_cues(&inflections)?,
            attitudes: attitudes::load(&inflections)?,
            confidences: Confidences::load()?,
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

fn load_places() -> Result<(Vec<Entity>, PhraseMap<PlaceName>), TableError> {
    let mut entities = Vec::new();
    let mut places = PhraseMap::default();
    let text = include_str!("../../../data/lexicon/countries.tsv");
    for row in tables::read("data/lexicon/countries.tsv", text, 7)? {
        let entity = entities.len();
        entities.push(Entity { code: row.cell(0), name: row.cell(1), is_country: true });
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
    let text = include_str!("../../../data/lexicon/organizations.tsv");
    for row in tables::read("data/lexicon/organizations.tsv", text, 3)? {
        let entity = entities.len();
        entities.push(Entity { code: row.cell(0), name: row.cell(1), is_country: false });
        places.insert(row.cell(1), PlaceName { entity, form: PlaceForm::Name });
        for name in row.values(2) {
            places.insert(name, PlaceName { entity, form: PlaceForm::Name });
        }
    }
    Ok((entities, places))
}

fn load_cities(entities: &[Entity]) -> Result<PhraseMap<usize>, TableError> {
    let mut cities = PhraseMap::default();
    let text = tables::embedded("lexicon/cities.tsv");
    for row in tables::read("data/lexicon/cities.tsv", text, 2)? {
        let Some(country) = entities.iter().position(|entity| entity.is_country && entity.code == row.cell(0)) else {
            return Err(row.error(format!("no country has the code {:?}", row.cell(0))));
        };
        for name in row.values(1) {
            cities.insert(name, country);
        }
    }
    Ok(cities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_tables_load() {
        let lexicon = Lexicon::load().unwrap_or_else(|error| panic!("{error}"));
        assert!(lexicon.country("KOS").is_some());
        for code in lexicon.officeholders.countries() {
            assert!(lexicon.country(code).is_some(), "offices of {code}, which is no country");
        }
    }
}
