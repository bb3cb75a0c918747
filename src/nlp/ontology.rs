//! What follows from a code: CAMEO's codes, and the modes of PLOVER's types. Tables in `data/ontology`.
//!
//! CAMEO codebook 1.1b3 (2012), PLOVER manual draft 2.0 (2024). Facts only; which words evoke which code stands elsewhere.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::LazyLock;

use super::tables::{self, Row, TableError};
use crate::text::{Context, EventType, Mode, UnknownLabel};

static EMBEDDED: LazyLock<Ontology> = LazyLock::new(|| {
    Ontology::load().expect("the tables built into the binary are well-formed, a unit test holds that")
});

/// What a CAMEO code says by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct CameoCode {
    /// Short label: "Expel or deport individuals".
    pub label: &'static str,
    /// 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; by root, as GDELT assigns it.
    pub quad_class: u8,
    /// Goldstein value, −10 to 10.
    pub goldstein: f32,
    /// PLOVER type; none for public statements (root 01).
    pub plover_type: Option<EventType>,
    /// PLOVER mode, where the code settles it.
    pub mode: Option<Mode>,
}

/// The inventory of codes.
#[derive(Debug)]
pub struct Ontology {
    cameo: BTreeMap<&'static str, CameoCode>,
    types: BTreeMap<EventType, TypeEntry>,
}

/// What a PLOVER type says by itself.
#[derive(Debug)]
struct TypeEntry {
    score: f32,
    /// Its modes, with their scores where the manual gives them one.
    modes: Vec<(Mode, Option<f32>)>,
}

impl Ontology {
    /// The ontology that is built into the binary.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    fn load() -> Result<Self, TableError> {
        let text = include_str!("../../data/ontology/plover_types.tsv");
        let rows = tables::read("data/ontology/plover_types.tsv", text, 4)?;
        let mut types: BTreeMap<EventType, TypeEntry> = BTreeMap::new();
        for row in &rows {
            types.insert(member(row, 0)?, TypeEntry { score: row.number(3)?, modes: Vec::new() });
        }
        let text = include_str!("../../data/ontology/plover_modes.tsv");
        for row in tables::read("data/ontology/plover_modes.tsv", text, 3)? {
            let of_type = types.get_mut(&member(&row, 0)?);
            let of_type = of_type.ok_or_else(|| row.error(format!("type {} has no row", row.cell(0))))?;
            let score = row.optional(2).map(|_| row.number(2)).transpose()?;
            of_type.modes.push((member(&row, 1)?, score));
        }
        let text = include_str!("../../data/ontology/plover_contexts.tsv");
        for row in tables::read("data/ontology/plover_contexts.tsv", text, 1)? {
            member::<Context>(&row, 0)?;
        }
        let mut ontology = Self { cameo: BTreeMap::new(), types };
        let text = include_str!("../../data/ontology/cameo.tsv");
        for row in tables::read("data/ontology/cameo.tsv", text, 6)? {
            let quad_class = match row.cell(2) {
                "1" => 1,
                "2" => 2,
                "3" => 3,
                "4" => 4,
                other => return Err(row.error(format!("expected a quad class 1 to 4, found {other:?}"))),
            };
            let plover_type = row.optional(4).map(|_| member(&row, 4)).transpose()?;
            let mode = plover_type.map(|of_type| ontology.mode(&row, 5, of_type)).transpose()?.flatten();
            let code = CameoCode { label: row.cell(1), quad_class, goldstein: row.number(3)?, plover_type, mode };
            ontology.cameo.insert(row.cell(0), code);
        }
        Ok(ontology)
    }

    /// The mode in a cell, which its type must have; none where the cell is empty.
    pub(crate) fn mode(&self, row: &Row, column: usize, of_type: EventType) -> Result<Option<Mode>, TableError> {
        if row.optional(column).is_none() {
            return Ok(None);
        }
        let mode = member(row, column)?;
        if self.has_mode(of_type, mode) {
            Ok(Some(mode))
        } else {
            Err(row.error(format!("type {of_type} has no mode {mode}")))
        }
    }

    /// What a CAMEO code says; none if there is no such code.
    pub fn cameo(&self, code: &str) -> Option<&CameoCode> {
        self.cameo.get(code)
    }

    /// A CAMEO code as the table writes it, with what it says; none if there is no such code.
    pub fn entry(&self, code: &str) -> Option<(&'static str, &CameoCode)> {
        self.cameo.get_key_value(code).map(|(code, entry)| (*code, entry))
    }

    /// The most general code of a PLOVER type: the shortest, of those the first.
    pub fn root_of(&self, of_type: EventType) -> &'static str {
        let of_type = self.cameo.iter().filter(|(_, entry)| entry.plover_type == Some(of_type)).map(|(code, _)| *code);
        of_type.min_by_key(|code| (code.len(), *code)).unwrap_or_default()
    }

    /// Every CAMEO code with what it says, ascending as text.
    pub fn cameo_codes(&self) -> impl Iterator<Item = (&'static str, &CameoCode)> {
        self.cameo.iter().map(|(code, entry)| (*code, entry))
    }

    /// Whether a PLOVER type has a mode.
    pub fn has_mode(&self, of_type: EventType, mode: Mode) -> bool {
        self.types.get(&of_type).is_some_and(|entry| entry.modes.iter().any(|(known, _)| *known == mode))
    }

    /// PLOVER's own score of an event, -10 (conflict) to 10 (cooperation): that of its mode where the manual gives one, else that of its type.
    pub fn score(&self, of_type: EventType, mode: Option<Mode>) -> Option<f32> {
        let entry = self.types.get(&of_type)?;
        let of_mode = mode.and_then(|mode| entry.modes.iter().find(|(known, _)| *known == mode)?.1);
        Some(of_mode.unwrap_or(entry.score))
    }
}

/// The member of a closed set that a cell names.
fn member<T: FromStr<Err = UnknownLabel>>(row: &Row, column: usize) -> Result<T, TableError> {
    row.cell(column).parse().map_err(|error: UnknownLabel| row.error(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_class_score_and_type() {
        let ontology = Ontology::load().unwrap_or_else(|error| panic!("{error}"));
        let expel = ontology.cameo("161").unwrap();
        assert_eq!((expel.quad_class, expel.plover_type), (4, Some(EventType::Sanction)));
        assert_eq!(ontology.cameo("044").unwrap().goldstein, 2.5);
        assert_eq!(ontology.cameo("44"), None, "a leading zero counts");
        assert_eq!(ontology.score(EventType::Consult, Some(Mode::Phone)), Some(1.5));
        assert_eq!(ontology.score(EventType::Consult, None), Some(2.5));
    }

    #[test]
    fn the_closed_sets_are_those_of_the_tables() {
        let ontology = Ontology::load().unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(ontology.types.keys().copied().collect::<Vec<_>>(), EventType::ALL);
        let mut modes: Vec<Mode> =
            ontology.types.values().flat_map(|entry| &entry.modes).map(|(mode, _)| *mode).collect();
        modes.sort_unstable();
        modes.dedup();
        assert_eq!(modes, Mode::ALL);
        let table =
            include_str!("../../data/ontology/plover_contexts.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(
            table.skip(1).collect::<Vec<_>>(),
            Context::ALL.iter().map(|context| context.name()).collect::<Vec<_>>()
        );
    }
}
