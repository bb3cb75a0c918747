//! Which fields records have, by their own schemas.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::record::schema::Kind;

/// Fields of a refused message as `tail` prints it.
pub(in crate::cli) const LETTER: [&str; 7] = ["reason", "detail", "topic", "partition", "offset", "key", "value"];

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum RecordKind {
    /// A statement.
    Statement,
    /// An event.
    Event,
    /// A whole analysis.
    Analysis,
    /// A refused message.
    Letter,
}

impl RecordKind {
    pub(super) const ALL: [Self; 4] = [Self::Statement, Self::Event, Self::Analysis, Self::Letter];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Event => "event",
            Self::Analysis => "analysis",
            Self::Letter => "letter",
        }
    }

    fn schema(self) -> Value {
        match self {
            Self::Statement => Kind::Statement.schema(),
            Self::Event => Kind::Event.schema(),
            Self::Analysis => Kind::Analysis.schema(),
            Self::Letter => {
                let fields = LETTER.map(|name| (name.to_owned(), Value::Bool(true)));
                serde_json::json!({ "properties": serde_json::Map::from_iter(fields) })
            }
        }
    }
}

/// Why there is no such field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// The first name that nothing has.
    pub(super) index: usize,
    /// Names that there are.
    pub(super) known: BTreeSet<String>,
}

/// Whether a record of one of these kinds can have this field.
pub(super) fn check(kinds: &[RecordKind], names: &[String]) -> Result<(), Unknown> {
    let roots: Vec<Value> = kinds.iter().map(|kind| kind.schema()).collect();
    let mut here: Vec<(&Value, &Value)> = roots.iter().map(|root| (root, root)).collect();
    for (index, name) in names.iter().enumerate() {
        let properties: Vec<_> = here.iter().flat_map(|(root, at)| properties(root, at)).collect();
        let next: Vec<_> =
            properties.iter().filter(|(known, ..)| *known == name).map(|(_, root, at)| (*root, *at)).collect();
        if next.is_empty() {
            return Err(Unknown { index, known: properties.into_iter().map(|(known, ..)| known.clone()).collect() });
        }
        here = next;
    }
    Ok(())
}

/// The properties of a schema and of what it refers to, each with the document it stands in.
fn properties<'s>(root: &'s Value, at: &'s Value) -> Vec<(&'s String, &'s Value, &'s Value)> {
    let own = at["properties"].as_object().into_iter().flatten().map(|(name, schema)| (name, root, schema));
    let referred = at["$ref"].as_str().and_then(|reference| root.pointer(reference.strip_prefix('#')?));
    let parts = ["anyOf", "oneOf", "allOf"].into_iter().filter_map(|key| at[key].as_array()).flatten();
    let items = at.get("items");
    own.chain(referred.into_iter().chain(parts).chain(items).flat_map(|part| properties(root, part))).collect()
}
