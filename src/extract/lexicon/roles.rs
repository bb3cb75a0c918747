//! Words for offices, groups and bodies, from `data/lexicon/roles.tsv`.

use std::collections::HashMap;

use crate::finding::Sector;
use crate::nlp::tables::{self, Row, TableError};

use super::PhraseMap;

/// Sex, where a word tells it ("spokeswoman", "Mr").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sex {
    Male,
    Female,
}

/// What a word does in the name of an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RolePart {
    /// "minister": names the office.
    Head,
    /// "deputy", and topics such as "foreign": stand before a head.
    Before,
    /// "foreign ministry": a body in lower case.
    Body,
    /// "Mr".
    Honorific,
}

/// A word or phrase of an office.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleWord {
    pub(crate) part: RolePart,
    /// CAMEO role: GOV, MIL, …
    pub(crate) sector: Option<&'static str>,
    pub(crate) sex: Option<Sex>,
}

/// Words that make a capitalized run the name of a body, with its sector, and words for outlets.
#[derive(Debug, Default)]
pub(crate) struct BodyWords {
    heads: HashMap<&'static str, Option<&'static str>>,
    outlets: Vec<&'static str>,
}

impl BodyWords {
    /// If the word is the head of a body's name, its sector (or none).
    pub(crate) fn head(&self, lower: &str) -> Option<Option<&'static str>> {
        self.heads.get(lower).copied()
    }

    /// Whether the word names a news outlet.
    pub(crate) fn is_outlet(&self, lower: &str) -> bool {
        self.outlets.contains(&lower)
    }
}

/// Given names and the sex that they tell. A name that the table lacks is unknown, never guessed.
#[derive(Debug)]
pub(crate) struct GivenNames(HashMap<&'static str, Option<Sex>>);

impl GivenNames {
    pub(super) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/given_names.tsv");
        let mut names = HashMap::new();
        for row in tables::read("data/lexicon/given_names.tsv", text, 2)? {
            let sex = if row.cell(0) == "u" { None } else { sex(&row, 0)? };
            for name in row.cell(1).split_whitespace() {
                if names.insert(name, sex).is_some() {
                    return Err(row.error(format!("{name:?} stands here twice")));
                }
            }
        }
        Ok(Self(names))
    }

    /// The sex of who is called so, by the first word of a name that has several.
    pub(crate) fn sex_of(&self, name: &str) -> Option<Sex> {
        let (first, _) = name.split_once(char::is_whitespace)?;
        self.0.get(first).copied().flatten()
    }

    /// Whether a word is a given name.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.0.contains_key(word)
    }
}

fn sex(row: &Row, column: usize) -> Result<Option<Sex>, TableError> {
    Ok(match row.cell(column) {
        "m" => Some(Sex::Male),
        "f" => Some(Sex::Female),
        "" => None,
        other => return Err(row.error(format!("expected m, f or nothing as sex, found {other:?}"))),
    })
}

pub(super) fn load() -> Result<(PhraseMap<RoleWord>, BodyWords), TableError> {
    let text = include_str!("../../../data/lexicon/roles.tsv");
    let mut roles = PhraseMap::default();
    let mut bodies = BodyWords::default();
    for row in tables::read("data/lexicon/roles.tsv", text, 4)? {
        let sector = row.optional(1);
        if let Some(Err(error)) = sector.map(str::parse::<Sector>) {
            return Err(row.error(error.to_string()));
        }
        let sex = sex(&row, 2)?;
        let part = match row.cell(0) {
            "head" => RolePart::Head,
            "modifier" | "topic" => RolePart::Before,
            "body" => RolePart::Body,
            "honorific" => RolePart::Honorific,
            "body_head" => {
                bodies.heads.extend(row.values(3).map(|word| (word, sector)));
                continue;
            }
            "outlet" => {
                bodies.outlets.extend(row.values(3));
                continue;
            }
            other => return Err(row.error(format!("unknown part {other:?}"))),
        };
        for phrase in row.values(3) {
            roles.insert(phrase, RoleWord { part, sector, sex });
        }
    }
    Ok((roles, bodies))
}
