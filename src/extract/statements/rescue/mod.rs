//! What the trained core was not taught or overlooked: rules beside it, one file a family. `docs/accuracy.md` has what each is worth.

pub(super) mod covered;
mod marked;
pub(super) mod nominal;
pub(super) mod overlooked;
pub(super) mod own_words;
pub(super) mod signed;
pub(super) mod transcript;
pub(super) mod uncued;
