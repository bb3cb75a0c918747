//! What is found in an article, as plain data: statements, events, and who takes part in them.
//!
//! `extract` makes them, `record`, `score` and `cli` take them from here; nothing in here looks at a text. `record` holds their form on the wire.

mod event;
mod period;
mod statement;
mod status;
mod who;

pub use event::{Actor, Event, EventDate, EventPlace, Region, Town};
pub use period::{Period, Precision};
pub use statement::{Attitude, ContentForm, Cue, Speaker, SpeakerForm, Statement, StatementKind, When};
pub use who::{Entity, EntityMention, Kind, MentionForm, Reason, actor_code};

// Labels of the layers that findings are made of.
pub use crate::text::{Context, EventStatus, EventType, Mode, Sector};
