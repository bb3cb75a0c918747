//! The heads: what is made of the encoder's numbers, one layer of the document each.
//!
//! A head is a type that is a [`Head`], in a file of its own, and a line in [`HEADS`]. The core knows the list only.

mod bio_labels;
mod events;
mod head;
mod lemmas;
mod names;
mod projections;
mod roles;
mod sparse;
mod tags;
mod tree;

use head::{Entry, are_in_order};

pub use events::{Asked, AskedParty, AskedTrigger, AskedWord};

pub(super) use events::EventSpace;
pub(super) use head::{AnyHead, Reading, Weights};
pub(super) use projections::Projections;

/// Every head, in the order in which they work.
pub(super) const HEADS: [Entry; 6] = [
    Entry::of::<tags::Tags>(),
    Entry::of::<lemmas::Lemmatizer>(),
    Entry::of::<names::Names>(),
    Entry::of::<roles::Roles>(),
    Entry::of::<tree::Parser>(),
    Entry::of::<events::Events>(),
];

const _: () = assert!(are_in_order(&HEADS), "a head needs a layer that no head before it fills");

#[cfg(test)]
pub(super) use {head::Head, lemmas::Lemmatizer, names::NameSpace, roles::RoleSpace, tree::ParseSpace};
