//! The analysis threads of a lane. They take small batches from a bounded channel, do the work, and hand the results
//! back. The work never fails; if it panics all the same, that message becomes a dead letter and the thread goes on with
//! everything built anew, since nobody knows in what state a panic left it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use crate::pipeline::offsets::Ticket;
use crate::pipeline::tap::{Sight, Tap};
use crate::pipeline::{CrashPoint, crash_at};
use crate::record::{Channel, Message, OutgoingRecord, Rejection, RejectionReason, dead_letter};

/// Work on one message after which somebody should know which it was: a partition waits for it. A megabyte of news has
/// 200,000 tokens; what they take, `InputOptions::max_tokens` says.
const SLOW: Duration = Duration::from_secs(10);

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Records to produce, in order.
    pub records: Vec<OutgoingRecord>,
    /// Why it was refused, if it was; the dead letter is among the records then.
    pub rejection: Option<RejectionReason>,
    /// What a tap shows of it once it is committed.
    pub sight: Option<Sight>,
}

impl Outcome {
    /// The outcome of an analyzed message: its records.
    pub fn analyzed(records: Vec<OutgoingRecord>) -> Self {
        Self { records, rejection: None, sight: None }
    }

    /// What it weighs until the producer has its records.
    pub(crate) fn n_bytes(&self) -> usize {
        let records: usize = self.records.iter().map(OutgoingRecord::n_bytes).sum();
        records + self.sight.as_ref().map_or(0, Sight::n_bytes)
    }

    /// The outcome of a refused message: its dead letter.
    pub fn rejected(message: &Message, rejection: &Rejection) -> Self {
        let letter = dead_letter::encode(message, rejection);
        Self { records: vec![letter], rejection: Some(rejection.reason), sight: None }
    }
}

/// The work on one message. Each thread has its own, with its own buffers.
pub trait Process {
    /// Does it. Same message, same outcome.
    fn process(&mut self, message: &Message) -> Outcome;
}

/// Builds the work for a thread, at its start and again after a panic. Shared by all threads.
pub trait ProcessFactory: Send + Sync + 'static {
    /// What it builds.
    type Process: Process;

    /// Builds it.
    fn build(&self) -> Self::Process;

    /// The channels that its records go to, with the bytes of the largest record of each, as far as it says; their topics are
    /// asked for before anything is read.
    fn channels(&self) -> Vec<(Channel, usize)> {
        Vec::new()
    }

    /// Who looks on, if anybody does.
    fn tap(&self) -> Option<Arc<dyn Tap>> {
        None
    }
}

/// A message on its way to a thread.
#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) ticket: Ticket,
    pub(crate) message: Message,
}

/// A message on its way back.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) ticket: Ticket,
    /// The message's own time, milliseconds since 1970.
    pub(crate) timestamp_ms: Option<i64>,
    /// What the message weighed on its way in.
    pub(crate) n_bytes_in: usize,
    /// Absent when the ticket was stale before the work began.
    pub(crate) outcome: Option<Outcome>,
}

/// What a message weighs while it is under way: its bytes, and what the records about it take, so that a flood of empty
/// messages is bounded too.
pub(crate) fn weight(message: &Message) -> usize {
    const BOOKKEEPING: usize = 256;
    message.n_bytes() + BOOKKEEPING
}

/// The threads and the two channels. Both channels are bounded; the lane never blocks on the first and always empties
/// the second, so the two cannot wait for each other.
pub(crate) struct Pool {
    tasks: Option<Sender<Vec<Task>>>,
    results: Receiver<Vec<Finished>>,
    /// Tickets with a lease below this one are stale; no need to work on them.
    oldest_lease: Arc<AtomicU64>,
    /// A thread has died outside of the work; what it held never comes back.
    is_broken: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    n_threads: usize,
}

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(crate) fn start<F: ProcessFactory>(lane: usize, n_threads: usize, factory: &Arc<F>) -> std::io::Result<Self> {
        let n_threads = n_threads.max(1);
        // Two batches a thread: one in work, one waiting, so that no thread is idle while the lane commits.
        let (tasks, tasks_out) = bounded::<Vec<Task>>(2 * n_threads);
        let (results_in, results) = bounded::<Vec<Finished>>(4 * n_threads);
        let oldest_lease = Arc::new(AtomicU64::new(0));
        let is_broken = Arc::new(AtomicBool::new(false));
        let threads = (0..n_threads)
            .map(|index| {
                let worker = Worker {
                    factory: Arc::clone(factory),
                    tasks: tasks_out.clone(),
                    results: results_in.clone(),
                    oldest_lease: Arc::clone(&oldest_lease),
                };
                let is_broken = Arc::clone(&is_broken);
                thread::Builder::new().name(format!("analysis-{lane}-{index}")).spawn(move || {
                    if catch_unwind(AssertUnwindSafe(|| worker.run())).is_err() {
                        is_broken.store(true, Ordering::Release);
                    }
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { tasks: Some(tasks), results, oldest_lease, is_broken, threads, n_threads })
    }

    /// Number of threads.
    pub(crate) fn n_threads(&self) -> usize {
        self.n_threads
    }

    /// Hands a batch over, or gives it back when every thread has enough to do.
    pub(crate) fn submit(&self, batch: Vec<Task>) -> Result<(), Vec<Task>> {
        match self.tasks.as_ref().map(|tasks| tasks.try_send(batch)) {
            Some(Ok(())) | None => Ok(()),
            Some(Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch))) => Err(batch),
        }
    }

    /// The next results, waiting at most this long.
    pub(crate) fn results(&self, wait: Duration) -> Option<Vec<Finished>> {
        if wait.is_zero() {
            return self.results.try_recv().ok();
        }
        self.results.recv_timeout(wait).ok()
    }

    /// Whether results are waiting.
    pub(crate) fn has_results(&self) -> bool {
        !self.results.is_empty()
    }

    /// Whether a thread has died: its work could not even be built.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// Lets the threads skip what is stale.
    pub(crate) fn forget_below(&self, lease: u64) {
        self.oldest_lease.store(lease, Ordering::Relaxed);
    }

    /// Ends the threads after the work that they have, and waits for them.
    pub(crate) fn join(mut self) {
        self.tasks = None;
        for thread in std::mem::take(&mut self.threads) {
            // Emptied meanwhile, for a thread may wait for room to put its last batch.
            while !thread.is_finished() {
                drop(self.results(Duration::from_millis(1)));
            }
            // A thread that panicked outside of the work has told so on standard error.
            let _ = thread.join();
        }
    }
}

impl Drop for Pool {
    /// Ends the threads without waiting: one may be deep in an article.
    fn drop(&mut self) {
        self.forget_below(u64::MAX);
    }
}

struct Worker<F> {
    factory: Arc<F>,
    tasks: Receiver<Vec<Task>>,
    results: Sender<Vec<Finished>>,
    oldest_lease: Arc<AtomicU64>,
}

impl<F: ProcessFactory> Worker<F> {
    fn run(self) {
        let mut process = self.factory.build();
        while let Ok(batch) = self.tasks.recv() {
            let mut finished = Vec::with_capacity(batch.len());
            for task in batch {
                let stale = task.ticket.lease < self.oldest_lease.load(Ordering::Relaxed);
                finished.push(Finished {
                    ticket: task.ticket,
                    timestamp_ms: task.message.origin.timestamp_ms,
                    n_bytes_in: weight(&task.message),
                    outcome: (!stale).then(|| self.process(&mut process, &task.message)),
                });
            }
            if self.results.send(finished).is_err() {
                return;
            }
        }
    }

    fn process(&self, process: &mut F::Process, message: &Message) -> Outcome {
        crash_at(CrashPoint::InWorker);
        let begun = Instant::now();
        let outcome = guarded(&*self.factory, process, message);
        name_if_slow(message, begun.elapsed());
        outcome
    }
}

/// Processes a message; a panic becomes a rejection.
pub(crate) fn guarded<F: ProcessFactory>(factory: &F, process: &mut F::Process, message: &Message) -> Outcome {
    // Unwind safety: `process` may be half-changed after a panic; it is thrown away, the message was only read.
    catch_unwind(AssertUnwindSafe(|| process.process(message))).unwrap_or_else(|panic| {
        let origin = &message.origin;
        let detail = panic_text(panic.as_ref());
        tracing::error!(
            topic = &*origin.topic,
            partition = origin.partition,
            offset = origin.offset,
            detail,
            "the analysis panicked"
        );
        *process = factory.build();
        Outcome::rejected(message, &Rejection::new(RejectionReason::AnalysisPanicked, detail))
    })
}

fn name_if_slow(message: &Message, spent: Duration) {
    if spent >= SLOW {
        let origin = &message.origin;
        tracing::warn!(
            topic = &*origin.topic,
            partition = origin.partition,
            offset = origin.offset,
            n_bytes = message.n_bytes(),
            seconds = spent.as_secs_f64(),
            "an article took long, and its partition waited"
        );
    }
}

/// What a panic said, bounded.
fn panic_text(panic: &(dyn Any + Send)) -> &str {
    const MAX_CHARS: usize = 300;
    let text = panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panicked without words");
    text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use std::fmt::{self, Write as _};
    use std::sync::Mutex;

    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    use super::*;
    use crate::record::Origin;

    /// Writes the fields of every event down.
    #[derive(Default, Clone)]
    struct Log(Arc<Mutex<String>>);

    impl Visit for Log {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            let mut text = self.0.lock().unwrap();
            write!(text, "{}={value:?} ", field.name()).unwrap();
        }
    }

    impl Subscriber for Log {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            event.record(&mut self.clone());
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn log_after(spent: Duration) -> String {
        let origin = Origin { topic: Arc::from("articles"), partition: 3, offset: 41, timestamp_ms: None };
        let message = Message { origin, key: None, payload: Some(b"text".to_vec()), headers: Vec::new() };
        let log = Log::default();
        tracing::subscriber::with_default(log.clone(), || name_if_slow(&message, spent));
        let text = log.0.lock().unwrap();
        text.clone()
    }

    #[test]
    fn an_article_that_keeps_its_partition_waiting_is_named_in_the_log() {
        let line = log_after(SLOW);
        for part in ["topic=\"articles\"", "partition=3", "offset=41", "n_bytes=4", "seconds=10.0"] {
            assert!(line.contains(part), "no {part} in: {line}");
        }
        assert_eq!(log_after(SLOW - Duration::from_millis(1)), "", "a line about an article that was fast enough");
    }
}
