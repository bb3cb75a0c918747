//! The event on the wire.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::ModelRecord;
use super::shared::Shared;
use super::span::{ArticleRecord, SentenceRecord, SpanRecord, SpanWriter, rounded};
use crate::finding::{Actor, Event, EventDate, EventPlace, EventStatus, Precision};

/// Who did what to whom, when, where, and whether it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Event")]
pub struct EventRecord {
    /// UUIDv5 over article id, PLOVER type and trigger: the same article always gives the same id.
    pub id: Uuid,
    /// The article it stands in.
    pub article: ArticleRecord,
    /// The sentence that holds the trigger.
    pub sentence: SentenceRecord,
    /// The words that evoke it where the article tells it most clearly; in the title only where the text does not tell it.
    pub trigger: TriggerRecord,
    /// The words that evoke it wherever else it is told, in the order of the article, the title's first.
    #[serde(default)]
    pub mentions: Vec<SpanRecord>,
    /// Type, mode and contexts in PLOVER (manual, draft 2.0 of 2024).
    pub plover: PloverRecord,
    /// CAMEO code, 2 to 4 digits; text, because a leading zero counts.
    #[schemars(regex(pattern = "^[0-9]{2,4}$"))]
    pub cameo: String,
    /// The CAMEO code's root: its first two digits.
    #[schemars(regex(pattern = "^[0-9]{2}$"))]
    pub root: String,
    /// 1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict; by the root, as GDELT has it.
    #[schemars(range(min = 1, max = 4))]
    pub quad_class: u8,
    /// Goldstein value of the CAMEO code, -10 (conflict) to 10 (cooperation); null where the scale has none.
    #[schemars(range(min = -10.0, max = 10.0))]
    pub goldstein: Option<f64>,
    /// Who did it; both sides of a mutual event. Empty where the article leaves it open ("was shelled", "the arrest of"), as it often does for ASSAULT, COERCE,
    /// SANCTION, PROTEST and MOBILIZE, and may for every type.
    pub actors: Vec<ActorRecord>,
    /// To whom.
    pub recipients: Vec<ActorRecord>,
    /// Whether it happened.
    pub status: EventStatusRecord,
    /// Whether it lies well before the article and is told as background.
    pub historical: bool,
    /// When, where the text dates it.
    pub date: Option<EventDateRecord>,
    /// Where, where the text says so.
    pub location: Option<LocationRecord>,
    /// Id of the statement it stands in.
    pub statement: Option<Uuid>,
    /// Probability that the finding is right.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub confidence: f64,
    /// What found it.
    #[serde(default)]
    pub model: ModelRecord,
}

/// The words that evoke an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Trigger")]
pub struct TriggerRecord {
    /// The words and where they stand.
    #[serde(flatten)]
    pub span: SpanRecord,
    /// Their dictionary form.
    pub lemma: String,
}

/// What, how and why in PLOVER.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Plover")]
pub struct PloverRecord {
    /// What: one of the 16 event types, in upper case.
    #[serde(rename = "type")]
    pub event_type: String,
    /// How.
    pub mode: Option<String>,
    /// Why: what the event was about, as far as its sentences tell; several, or none.
    pub contexts: Vec<String>,
    /// PLOVER's own score, by mode where it has one, else by type, -10 (conflict) to 10 (cooperation).
    #[serde(default)]
    #[schemars(range(min = -10.0, max = 10.0))]
    pub score: Option<f64>,
}

/// Somebody who takes part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Actor")]
pub struct ActorRecord {
    /// The words and where they stand.
    #[serde(flatten)]
    pub span: SpanRecord,
    /// The fullest name that the article gives.
    pub name: String,
    /// CAMEO actor code, country before sector: "RUSGOV"; "---" stands for a state that is not known: "---REB".
    pub code: String,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub country: Option<String>,
    /// Three-letter sector: GOV, MIL, LEG, …
    pub sector: Option<String>,
    /// Wikidata item.
    #[schemars(regex(pattern = "^Q[0-9]+$"))]
    pub wikidata: Option<String>,
    /// Id of the entity that this is.
    pub entity: Option<Uuid>,
}

/// Whether it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "EventStatus")]
pub enum EventStatusRecord {
    /// It happened or is happening.
    Occurred,
    /// It is announced.
    Planned,
    /// It hangs on a condition.
    Conditional,
    /// It did not happen.
    Negated,
    /// Somebody claims it of somebody else.
    Alleged,
}

impl EventStatusRecord {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Occurred, Self::Planned, Self::Conditional, Self::Negated, Self::Alleged];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Occurred => "occurred",
            Self::Planned => "planned",
            Self::Conditional => "conditional",
            Self::Negated => "negated",
            Self::Alleged => "alleged",
        }
    }
}

/// When it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EventDate")]
pub struct EventDateRecord {
    /// The words: "on Sunday", "last month".
    #[serde(flatten)]
    pub span: SpanRecord,
    /// ISO 8601 as far as it is known: "2022-01-09", "2022-01" or "2022"; of a week its Monday. Null where the words tell no date ("recently"), or none
    /// without a day of publication ("on Sunday").
    #[schemars(regex(pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"))]
    pub value: Option<String>,
    /// The last day, week, month or year in the same form, where the words name several: "March 3 to 5", "between 1998 and 2000".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"))]
    pub until: Option<String>,
    /// How exactly it is known; null where `value` is.
    pub precision: Option<PrecisionRecord>,
}

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Precision")]
pub enum PrecisionRecord {
    /// To the day.
    Day,
    /// To the week, Monday to Sunday.
    Week,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// Where it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Location")]
pub struct LocationRecord {
    /// The words and where they stand.
    #[serde(flatten)]
    pub span: SpanRecord,
    /// The place's usual name; the words themselves where no table knows it.
    pub name: String,
    /// ISO 3166-1 alpha-3 (KOS for Kosovo).
    #[schemars(regex(pattern = "^[A-Z]{3}$"))]
    pub country: Option<String>,
    /// The region of the first level that it lies in, or is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionRecord>,
    /// Id of the town in GeoNames, where the article leaves no doubt which one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub geonames_id: Option<u32>,
    /// Degrees north (WGS 84), where there is a `geonames_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -90.0, max = 90.0))]
    pub latitude: Option<f64>,
    /// Degrees east (WGS 84), where there is a `geonames_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = -180.0, max = 180.0))]
    pub longitude: Option<f64>,
}

/// A region of the first level below a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Region")]
pub struct RegionRecord {
    /// Code of GeoNames: ISO 3166-1 alpha-2, a dot, and the region's own, "AF.10".
    pub code: String,
    /// Its usual name.
    pub name: String,
}

/// The event's record; the ids come from the caller, who knows all findings.
pub(super) fn record(event: &Event, shared: &Shared<'_>, id: Uuid, statement: Option<Uuid>) -> EventRecord {
    let writer = shared.writer;
    let actors = |actors: &[Actor]| actors.iter().map(|actor| actor_record(actor, shared)).collect();
    EventRecord {
        id,
        article: shared.article.clone(),
        sentence: writer.sentence(event.sentence),
        trigger: TriggerRecord { span: writer.range(event.trigger), lemma: event.lemma.clone() },
        mentions: writer.ranges(&event.mentions),
        plover: PloverRecord {
            event_type: event.plover_type.name().to_owned(),
            mode: event.mode.map(|mode| mode.name().to_owned()),
            contexts: event.contexts.iter().map(|context| context.name().to_owned()).collect(),
            score: event.plover_score.map(one_decimal),
        },
        cameo: event.cameo.clone(),
        root: event.cameo.chars().take(2).collect(),
        quad_class: event.quad_class,
        goldstein: event.goldstein.map(one_decimal),
        actors: actors(&event.actors),
        recipients: actors(&event.recipients),
        status: match event.status {
            EventStatus::Occurred => EventStatusRecord::Occurred,
            EventStatus::Planned => EventStatusRecord::Planned,
            EventStatus::Conditional => EventStatusRecord::Conditional,
            EventStatus::Negated => EventStatusRecord::Negated,
            EventStatus::Alleged => EventStatusRecord::Alleged,
        },
        historical: event.historical,
        date: event.date.as_ref().map(|date| date_record(date, writer)),
        location: event.location.as_ref().map(|place| location_record(place, writer)),
        statement,
        confidence: rounded(event.confidence),
        model: shared.model.clone(),
    }
}

/// A value of a scale that has one decimal.
fn one_decimal(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}

fn actor_record(actor: &Actor, shared: &Shared<'_>) -> ActorRecord {
    ActorRecord {
        span: shared.writer.range(actor.tokens),
        name: actor.name.clone(),
        code: actor.code.clone(),
        country: actor.country.clone(),
        sector: actor.sector.map(|sector| sector.name().to_owned()),
        wikidata: actor.wikidata.clone(),
        entity: shared.entity(actor.entity),
    }
}

fn date_record(date: &EventDate, writer: &SpanWriter<'_>) -> EventDateRecord {
    let span = writer.range(date.tokens);
    let Some(period) = date.period else { return EventDateRecord { span, value: None, until: None, precision: None } };
    let (format, precision) = match period.precision {
        Precision::Day => ("%Y-%m-%d", PrecisionRecord::Day),
        Precision::Week => ("%Y-%m-%d", PrecisionRecord::Week),
        Precision::Month => ("%Y-%m", PrecisionRecord::Month),
        Precision::Year => ("%Y", PrecisionRecord::Year),
    };
    let written = |date: Date| date.strftime(format).to_string();
    EventDateRecord {
        span,
        value: Some(written(period.first)),
        until: period.last.map(written),
        precision: Some(precision),
    }
}

fn location_record(place: &EventPlace, writer: &SpanWriter<'_>) -> LocationRecord {
    LocationRecord {
        span: writer.range(place.tokens),
        name: place.name.clone(),
        country: place.country.clone(),
        region: place.region.map(|region| RegionRecord { code: region.code.to_owned(), name: region.name.to_owned() }),
        geonames_id: place.town.map(|town| town.geonames_id),
        latitude: place.town.map(|town| town.latitude),
        longitude: place.town.map(|town| town.longitude),
    }
}
