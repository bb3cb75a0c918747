//! A client that has lost its brokers for good. Where a broker answers a question for metadata without naming any, as one does that
//! is coming up, librdkafka forgets all that it knew (#5301), and finds none again. From inside that looks like a broker that is
//! away, so the lane asks by another client. As long as nobody answers that one either, there is nothing to gain by building
//! anything anew; if somebody does, and goes on doing so while the lane still hears nothing, its own client is of no use any more.

use std::time::{Duration, Instant};

use super::Lane;
use crate::pipeline::ports::{Consumer, Failure, Producer};

/// A silence of this length is looked into.
const TOO_LONG: Duration = Duration::from_mins(1);

/// How often, and so how long a client has to find a broker again that answers others: several times the longest pause
/// between two of its attempts.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is known of a silence.
#[derive(Debug, Default)]
pub(super) struct Lookout {
    /// When to ask again; `None`: as soon as there is a silence.
    again: Option<Instant>,
    /// Whether somebody answered another client the last time.
    was_answered: bool,
}

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    /// Ends the lane, to be built anew, if its client does not hear a broker that others hear.
    pub(super) fn look_out(&mut self) -> Result<(), Failure> {
        let silence = self.consumer.silence();
        if silence < TOO_LONG {
            self.lookout = Lookout::default();
            return Ok(());
        }
        let now = self.now();
        if self.lookout.again.is_some_and(|again| now < again) {
            return Ok(());
        }
        let is_answered = self.consumer.is_anyone_there();
        if is_answered && self.lookout.was_answered {
            let n_seconds = silence.as_secs();
            return Err(Failure::Fatal(format!(
                "the client hears no broker, nothing for {n_seconds} s, though one answers another client"
            )));
        }
        self.lookout = Lookout { again: Some(now + PATIENCE), was_answered: is_answered };
        Ok(())
    }
}
