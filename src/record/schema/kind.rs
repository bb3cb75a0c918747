//! The kinds of records that have a schema, and how it is made from their types.

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

use super::super::analysis::AnalysisRecord;
use super::super::event::EventRecord;
use super::super::message::Channel;
use super::super::statement::StatementRecord;

/// A kind of record that has a schema. The version in its type and URI is raised when a reader of the old one would fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One statement.
    Statement,
    /// One event.
    Event,
    /// Everything found in one article.
    Analysis,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Statement, Self::Event, Self::Analysis];

    /// What a channel carries; `None` for dead letters, which are the sender's bytes.
    pub const fn of(channel: Channel) -> Option<Self> {
        match channel {
            Channel::Statements => Some(Self::Statement),
            Channel::Events => Some(Self::Event),
            Channel::Analyses => Some(Self::Analysis),
            Channel::DeadLetter => None,
        }
    }

    /// CloudEvents `type`.
    pub const fn ce_type(self) -> &'static str {
        match self {
            Self::Statement => "demarche.statement.v2",
            Self::Event => "demarche.event.v2",
            Self::Analysis => "demarche.analysis.v2",
        }
    }

    /// CloudEvents `dataschema`, and the schema's `$id`.
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Statement => "urn:demarche:schema:statement:2",
            Self::Event => "urn:demarche:schema:event:2",
            Self::Analysis => "urn:demarche:schema:analysis:2",
        }
    }

    /// Its file under `schemas/`.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Statement => "statement.schema.json",
            Self::Event => "event.schema.json",
            Self::Analysis => "analysis.schema.json",
        }
    }

    /// Its JSON Schema (2020-12).
    pub fn schema(self) -> Value {
        match self {
            Self::Statement => schema_of::<StatementRecord>(self.uri()),
            Self::Event => schema_of::<EventRecord>(self.uri()),
            Self::Analysis => schema_of::<AnalysisRecord>(self.uri()),
        }
    }
}

fn schema_of<T: JsonSchema>(uri: &str) -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(drop_width))
        .with_transform(RecursiveTransform(close));
    let generator = settings.into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), uri.into());
    schema.to_value()
}

/// Drops the width of Rust's numbers, which is no format that JSON Schema knows.
fn drop_width(schema: &mut Schema) {
    let is_width = |format: &str| format.starts_with("uint") || format.starts_with("int") || format == "double";
    if schema.get("format").and_then(Value::as_str).is_some_and(is_width) {
        schema.remove("format");
    }
}

/// Closes an object: a producer writes these properties and no others, which lets a schema registry prove that a property may be added later. A
/// record of this version always has all of them, so that no default counts.
fn close(schema: &mut Schema) {
    schema.remove("default");
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}
