//! What is found in an article, as plain data: statements, events, and who takes part in them.
//!
//! `extract` makes them, `record`, `score` and `cli` take them from here; nothing in here looks at a text. `record` holds their form on the wire.

mod event;
mod ontology;
mod period;
mod statement;
mod status;
mod who;

pub use event::{Actor, Event, EventDate, EventPlace, Region, Town};
pub use ontology::{Context, EventType, Mode};
pub use period::{Period, Precision};
pub use statement::{Attitude, ContentForm, Cue, Speaker, SpeakerForm, Statement, StatementKind, When};
pub use status::EventStatus;
pub use who::{Entity, EntityMention, Kind, MentionForm, Reason, Sector};
