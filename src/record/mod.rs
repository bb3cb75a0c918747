//! The wire: what comes in, what goes out, and both conversions. Wire types are apart from working types, so that
//! neither freezes the other.
//!
//! A [`Message`] is what a topic (or a file) holds; decoding it gives an article or a [`Rejection`]; encoding an
//! analysis gives [`OutgoingRecord`]s. Nothing here knows which broker carries them.

pub mod dead_letter;
pub mod files;
pub mod input;
pub mod output;
pub mod samples;
pub mod schema;

mod analysis;
mod bounds;
mod class;
mod compression;
mod entity;
mod event;
mod ids;
mod message;
mod model;
mod options;
mod rejection;
mod shared;
mod span;
mod statement;
mod table;
pub(crate) mod usual_names;

pub use analysis::AnalysisRecord;
pub use class::FindingClass;
pub use entity::{EntityKindRecord, EntityRecord};
pub use event::{
    ActorRecord, EventDateRecord, EventRecord, EventStatusRecord, LocationRecord, PloverRecord, PrecisionRecord,
    RegionRecord, TriggerRecord,
};
pub use ids::NAMESPACE;
pub use message::{Channel, Header, Message, Origin, OutgoingRecord};
pub use model::ModelRecord;
pub use options::{InputOptions, MinConfidence, OutputOptions};
pub use rejection::{Rejection, RejectionReason};
pub use span::{ArticleRecord, FieldRecord, SentenceRecord, SpanRecord};
pub use statement::{
    AttitudeRecord, CueRecord, SpeakerFormRecord, SpeakerRecord, StatementKindRecord, StatementRecord, WhenRecord,
};
