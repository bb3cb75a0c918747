//! A thread of its own for the transactional calls of a producer, so that one that does not come back does not keep the lane.
//!
//! `rd_kafka_send_offsets_to_transaction` ignores its timeout: once its request has found the group's coordinator away, it waits
//! for a change of that connection, and if none comes, for ever (librdkafka #5456, #5511). Nothing outside of the client can end
//! such a call. So the client is left to it: the lane builds another one of the same transactional id, which fences this one at
//! the broker, and whatever the call still does when it comes back is refused. Thread and client go when it does.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use rdkafka::error::KafkaResult;

/// How long a call may take. Its own time limit is a second; one that waits for an answer that was sent for comes back when the
/// request times out, which is as long as the transaction may take. By then that is over.
const PATIENCE: Duration = Duration::from_secs(8);

/// A call with a client.
type Call<C> = Box<dyn FnOnce(&C) -> KafkaResult<()> + Send>;

/// The thread, and the client that it shares with its lane.
pub(crate) struct Caller<C> {
    calls: Option<Sender<Call<C>>>,
    answers: Receiver<KafkaResult<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A call did not come back, and the client is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost;

impl<C: Send + Sync + 'static> Caller<C> {
    pub(crate) fn start(name: String, client: Arc<C>) -> std::io::Result<Self> {
        let (calls, to_make) = bounded::<Call<C>>(0);
        let (made, answers) = bounded(1);
        let thread = thread::Builder::new().name(name).spawn(move || {
            for call in to_make {
                // Of a call that was given up nobody wants to know.
                let _ = made.send(call(&client));
            }
        })?;
        Ok(Self { calls: Some(calls), answers, thread: Some(thread) })
    }

    /// Makes a call, and waits for it.
    pub(crate) fn call(&mut self, call: Call<C>) -> Result<KafkaResult<()>, Lost> {
        self.call_within(PATIENCE, call)
    }

    fn call_within(&mut self, patience: Duration, call: Call<C>) -> Result<KafkaResult<()>, Lost> {
        let calls = self.calls.as_ref().ok_or(Lost)?;
        calls.send(call).map_err(|_| Lost)?;
        self.answers.recv_timeout(patience).map_err(|error| {
            if error == RecvTimeoutError::Timeout {
                // Nobody waits for this thread: it may never end.
                self.thread = None;
            }
            self.calls = None;
            Lost
        })
    }
}

impl<C> Drop for Caller<C> {
    /// A thread that is idle ends with this; the client then goes with its lane.
    fn drop(&mut self) {
        self.calls = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a thread that made calls has panicked");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rdkafka::error::KafkaError;

    use super::*;

    #[test]
    fn a_call_that_does_not_come_back_keeps_nobody_and_its_client_goes_when_it_does() {
        let client = Arc::new(());
        let mut caller = Caller::start("caller".to_owned(), Arc::clone(&client)).unwrap();
        assert_eq!(caller.call(Box::new(|()| Err(KafkaError::Canceled))), Ok(Err(KafkaError::Canceled)));
        let gate = Arc::new(Mutex::new(()));
        let closed = gate.lock().unwrap();
        let blocked = Arc::clone(&gate);
        let hang = move |(): &()| {
            drop(blocked.lock());
            Ok(())
        };
        assert_eq!(caller.call_within(Duration::ZERO, Box::new(hang)), Err(Lost));
        assert_eq!(caller.call(Box::new(|()| Ok(()))), Err(Lost), "what was given up is not used again");
        drop(caller);
        assert_eq!(Arc::strong_count(&client), 2, "the call still has it");
        drop(closed);
        while Arc::strong_count(&client) > 1 {
            thread::yield_now();
        }
    }
}
