//! What made a record: program, model and tables, on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::analyzer::Provenance;

/// What made the record. Where two records of one article differ, one of these does, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Model")]
pub struct ModelRecord {
    /// Version of the program.
    pub program: String,
    /// Name and version of the trained model; null where the rules read alone.
    pub model: Option<String>,
    /// Hash of the tables of names, words and codes: the first 16 hexadecimal digits of a SHA-256.
    pub data: String,
}

impl From<&Provenance> for ModelRecord {
    fn from(provenance: &Provenance) -> Self {
        let Provenance { program, model, data } = provenance.clone();
        Self { program, model, data }
    }
}
