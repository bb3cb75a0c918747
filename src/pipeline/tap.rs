//! Looking on: somebody who is shown what was committed, and nothing that was not. The loop does not wait for a tap, and
//! what a tap does changes no outcome.

use std::fmt;
use std::sync::Arc;

use super::ports::Partition;
use crate::record::{AnalysisRecord, Message, Origin, OutgoingRecord, RejectionReason};

/// What a tap keeps of one message between its analysis and its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// Where the message stood, as far as that is known.
    pub origin: Option<Origin>,
    /// Why it was refused, if it was.
    pub rejection: Option<RejectionReason>,
    /// What the tap wants to show of it, in a form of its own.
    pub shown: Vec<Arc<[u8]>>,
}

impl Sight {
    /// What it weighs while it waits for its commit.
    pub fn n_bytes(&self) -> usize {
        self.shown.iter().map(|part| part.len()).sum()
    }
}

/// Somebody who looks on.
pub trait Tap: Send + Sync + fmt::Debug + 'static {
    /// An analysis thread begins to work on a message of the topic. Others who want its core wait.
    fn begun(&self);

    /// It has ended with it.
    fn ended(&self);

    /// What is to be shown of an article; called on the thread that analyzed it.
    fn of_analysis(&self, message: &Message, record: &AnalysisRecord) -> Sight;

    /// What is to be shown of a refused message, by its dead letter.
    fn of_dead_letter(&self, letter: &OutgoingRecord, reason: RejectionReason) -> Sight;

    /// These were committed, in this order. Called on the lane's thread: it must not wait for anybody.
    fn committed(&self, sights: Vec<Sight>);

    /// So many messages of a partition are still to be read; none is said of one that is read here no more. Called as `committed` is.
    fn lag(&self, _partition: &Partition, _lag: Option<i64>) {}
}

/// Tells a tap, as long as it lives, that a thread works on a message; also where the work panics.
pub(crate) struct AtWork<'t>(Option<&'t dyn Tap>);

impl<'t> AtWork<'t> {
    pub(crate) fn new(tap: Option<&'t Arc<dyn Tap>>) -> Self {
        let tap = tap.map(AsRef::as_ref);
        if let Some(tap) = tap {
            tap.begun();
        }
        Self(tap)
    }
}

impl Drop for AtWork<'_> {
    fn drop(&mut self) {
        if let Some(tap) = self.0 {
            tap.ended();
        }
    }
}
