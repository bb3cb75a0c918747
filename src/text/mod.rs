//! The annotated document: a text that is never altered, and layers of spans over it. Depends on nothing of the crate.
//!
//! Offsets inside the crate are half-open **byte** ranges ([`Span`]) and half-open **token** ranges ([`TokenRange`]).
//! Code points exist on the wire only: [`CodePoints`] converts.

mod closed_set;
mod code_points;
mod document;
mod events;
mod labels;
mod lemmas;
mod plover;
mod span;
mod tree;
mod unread;
pub mod work;

pub use closed_set::UnknownLabel;
pub(crate) use closed_set::labels;
pub use code_points::CodePoints;
pub use document::{Document, Entity, Field, Layer, Role, RoleSpan, Sentence, SentenceKind};
pub use events::{
    Contexts, EventLink, EventMention, EventMentions, EventSpan, EventSpanKind, LinkRole, TriggerChances,
};
pub use labels::{Deprel, EntityKind, Feats, Upos, Xpos};
pub use lemmas::Lemmas;
pub use plover::{Context, EventStatus, EventType, Mode, Sector};
pub use span::{Span, TokenRange};
pub(crate) use tree::Tree;
