//! From scores to an answer, whatever the head: the best label, the best sequence of labels, the best tree, what a stretch of
//! words belongs to. Nothing here fills a layer or knows what the labels mean.

mod antecedent;
mod argmax;
mod attachment;
mod bio;
mod ends;
mod marginals;
mod pointer;
mod relation;
mod spanning_tree;

pub(super) use antecedent::{Antecedent, Likeness};
pub(super) use argmax::argmax;
pub(super) use attachment::Attachment;
pub(super) use bio::{Transitions, probability};
pub(super) use ends::Ends;
pub(super) use marginals::{MarginalSpace, Marginals};
pub(super) use pointer::{Pointer, PointerSpace};
pub(super) use relation::N_RELATIONS;
pub(super) use spanning_tree::{Trees, best_tree};
