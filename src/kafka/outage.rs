//! When a client last lost its broker, or its place in the group, by itself.
//!
//! A broker fences whoever comes back too late in the same words as one whom another process has replaced. Which of the
//! two it was tells only what the client had lived through before.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// For how long an outage may be behind a fence. A lane may have to wait for several answers, one after the other, before
/// it hears of the fence.
const REMEMBERED: Duration = Duration::from_mins(2);

/// The last outage that a client has seen.
#[derive(Debug, Default)]
pub(crate) struct Outage(Mutex<Option<Instant>>);

impl Outage {
    /// It is cut off now, or out of its group.
    pub(crate) fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    /// The same, if that is what an error says.
    pub(crate) fn note_error(&self, error: &KafkaError) {
        if let Some(
            RDKafkaErrorCode::AllBrokersDown
            | RDKafkaErrorCode::BrokerTransportFailure
            | RDKafkaErrorCode::OperationTimedOut
            | RDKafkaErrorCode::RequestTimedOut
            | RDKafkaErrorCode::Resolve,
        ) = error.rdkafka_error_code()
        {
            self.note();
        }
    }

    /// Whether what the broker says now may come from it.
    pub(crate) fn is_recent(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < REMEMBERED)
    }
}
