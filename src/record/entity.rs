//! The entity on the wire.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::span::{SpanRecord, SpanWriter, rounded};
use crate::finding::{Entity, Kind};

/// A person, body, state or group of an article, with every mention of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Entity")]
pub struct EntityRecord {
    /// UUIDv5 over article id, kind and first mention: the same article always gives the same id.
    pub id: Uuid,
    /// What it is.
    pub kind: EntityKindRecord,
    /// The fullest name that the article gives; null where it gives none.
    pub name: Option<String>,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo); null for international bodies and where the article leaves it open.
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub country: Option<String>,
    /// Three-letter sector: GOV, MIL, LEG, …
    pub sector: Option<String>,
    /// Office in the article's words.
    pub role: Option<String>,
    /// Wikidata item.
    #[schemars(regex(pattern = "^Q[0-9]+$"))]
    pub wikidata: Option<String>,
    /// Probability that `country` is right; null counts as an answer.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// Where it is spoken of, by name, description or pronoun, in the order of the article, the title's first.
    #[schemars(length(min = 1))]
    pub mentions: Vec<SpanRecord>,
}

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "EntityKind")]
pub enum EntityKindRecord {
    /// A person.
    Person,
    /// A ministry, a company, an international organization.
    Body,
    /// A country, or its government as one.
    State,
    /// Several people who are no body: "protesters", "the two ministers".
    Group,
}

/// The entity's record; its id comes from the caller, who knows all findings.
pub(super) fn record(entity: &Entity, writer: &SpanWriter<'_>, id: Uuid) -> EntityRecord {
    EntityRecord {
        id,
        kind: match entity.kind {
            Kind::Person => EntityKindRecord::Person,
            Kind::Body => EntityKindRecord::Body,
            Kind::State => EntityKindRecord::State,
            Kind::Group => EntityKindRecord::Group,
        },
        name: entity.name.clone(),
        country: entity.country.clone(),
        sector: entity.sector.map(|sector| sector.name().to_owned()),
        role: entity.role.clone(),
        wikidata: entity.wikidata.clone(),
        confidence: rounded(entity.confidence),
        mentions: entity.mentions.iter().map(|mention| writer.range(mention.tokens)).collect(),
    }
}
