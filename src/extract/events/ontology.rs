//! The inventory of codes: CAMEO with what follows from a code, PLOVER types, modes and contexts. Tables in `data/ontology`.
//!
//! CAMEO codebook 1.1b3 (2012), PLOVER manual draft 2.0 (2024). Facts only; which words evoke which code stands elsewhere.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::nlp::tables::{self, TableError};

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
    pub plover_type: Option<&'static str>,
    /// PLOVER mode, where the code settles it.
    pub mode: Option<&'static str>,
}

/// The inventory of codes.
#[derive(Debug)]
pub struct Ontology {
    cameo: BTreeMap<&'static str, CameoCode>,
    /// PLOVER types with their modes.
    types: BTreeMap<&'static str, Vec<&'static str>>,
    contexts: Vec<&'static str>,
}

impl Ontology {
    /// The ontology that is built into the binary.
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    fn load() -> Result<Self, TableError> {
        let mut types = BTreeMap::new();
        let text = include_str!("../../../data/ontology/plover_types.tsv");
        for row in tables::read("data/ontology/plover_types.tsv", text, 4)? {
            types.insert(row.cell(0), Vec::new());
        }
        let text = include_str!("../../../data/ontology/plover_modes.tsv");
        for row in tables::read("data/ontology/plover_modes.tsv", text, 3)? {
            let modes = types.get_mut(row.cell(0));
            modes.ok_or_else(|| row.error(format!("unknown type {:?}", row.cell(0))))?.push(row.cell(1));
        }
        let text = include_str!("../../../data/ontology/plover_contexts.tsv");
        let contexts =
            tables::read("data/ontology/plover_contexts.tsv", text, 1)?.iter().map(|row| row.cell(0)).collect();
        let mut cameo = BTreeMap::new();
        let text = include_str!("../../../data/ontology/cameo.tsv");
        for row in tables::read("data/ontology/cameo.tsv", text, 6)? {
            let quad_class = match row.cell(2) {
                "1" => 1,
                "2" => 2,
                "3" => 3,
                "4" => 4,
                other => return Err(row.error(format!("expected a quad class 1 to 4, found {other:?}"))),
            };
            let plover_type = row.optional(4);
            let mode = row.optional(5);
            if let Some(name) = plover_type {
                let modes: &Vec<_> = types.get(name).ok_or_else(|| row.error(format!("unknown type {name:?}")))?;
                if mode.is_some_and(|mode| !modes.contains(&mode)) {
                    return Err(row.error(format!("type {name} has no mode {:?}", row.cell(5))));
                }
            }
            let code = CameoCode { label: row.cell(1), quad_class, goldstein: row.number(3)?, plover_type, mode };
            cameo.insert(row.cell(0), code);
        }
        Ok(Self { cameo, types, contexts })
    }

    /// What a CAMEO code says; none if there is no such code.
    pub fn cameo(&self, code: &str) -> Option<&CameoCode> {
        self.cameo.get(code)
    }

    /// Every CAMEO code with what it says, ascending as text.
    pub fn cameo_codes(&self) -> impl Iterator<Item = (&'static str, &CameoCode)> {
        self.cameo.iter().map(|(code, entry)| (*code, entry))
    }

    /// The PLOVER types, in alphabetical order.
    pub fn plover_types(&self) -> impl Iterator<Item = &'static str> {
        self.types.keys().copied()
    }

    /// The modes of a PLOVER type; none if the type is unknown or has none.
    pub fn modes(&self, plover_type: &str) -> &[&'static str] {
        self.types.get(plover_type).map_or(&[], Vec::as_slice)
    }

    /// The PLOVER contexts.
    pub fn contexts(&self) -> &[&'static str] {
        &self.contexts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_carry_class_score_and_type() {
        let ontology = Ontology::load().unwrap_or_else(|error| panic!("{error}"));
        let expel = ontology.cameo("161").unwrap();
        assert_eq!((expel.quad_class, expel.plover_type), (4, Some("SANCTION")));
        assert_eq!(ontology.cameo("044").unwrap().goldstein, 2.5);
        assert_eq!(ontology.cameo("44"), None, "a leading zero counts");
        assert_eq!(ontology.plover_types().count(), 16);
    }
}
