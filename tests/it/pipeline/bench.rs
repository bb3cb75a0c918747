//! A lane on a thread, the broker in memory under it, work that does as the message says, and what tests ask of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender, bounded, never, unbounded};
use demarche::pipeline::local::Broker;
use demarche::pipeline::ports::Partition;
use demarche::pipeline::{
    Brake, Clock, Delivery, Ended, LaneContext, LaneError, Options, Outcome, Process, ProcessFactory, Sight, Stop, Tap,
    lane,
};
use demarche::record::{Channel, Message, Origin, OutgoingRecord, Rejection, RejectionReason};
use demarche::telemetry::{Health, Metrics};

/// Only ends a test that hangs. What a test waits for is an event, and on a busy machine that may be long in coming.
pub(super) const LIMIT: Duration = Duration::from_mins(10);

/// Bytes of the record that a `large` gives.
pub(super) const LARGE: usize = 100_000;

/// A message whose value says what is to become of it.
pub(super) fn message(partition: i32, offset: i64, value: &str) -> Message {
    Message {
        origin: Origin { topic: "articles".into(), partition, offset, timestamp_ms: Some(1_700_000_000_000) },
        key: Some(format!("{partition}").into_bytes()),
        payload: Some(value.as_bytes().to_vec()),
        headers: Vec::new(),
    }
}

/// Work of the tests: `echo` gives one record, `twice` two, `nothing` none, `bad` a rejection, `panic` a panic, `large` a large
/// record, `wait` waits until the test lets it go.
#[derive(Clone)]
struct Script {
    gate: Receiver<()>,
    /// Told each time that a `wait` has begun.
    waiting: Sender<()>,
    n_built: Arc<AtomicUsize>,
    /// Who looks on, if anybody does.
    tap: Option<Arc<dyn Tap>>,
}

/// Tells who looks on that a thread is at work, for as long as this lives.
struct AtWork(Option<Arc<dyn Tap>>);

impl AtWork {
    fn begin(tap: Option<Arc<dyn Tap>>) -> Self {
        if let Some(tap) = &tap {
            tap.begun();
        }
        Self(tap)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Some(tap) = &self.0 {
            tap.ended();
        }
    }
}

impl ProcessFactory for Script {
    type Process = Self;

    fn tap(&self) -> Option<Arc<dyn Tap>> {
        self.tap.clone()
    }

    fn build(&self) -> Self {
        self.n_built.fetch_add(1, Ordering::Relaxed);
        self.clone()
    }
}

impl Process for Script {
    fn process(&mut self, message: &Message) -> Outcome {
        let _at_work = AtWork::begin(self.tap.clone());
        let origin = &message.origin;
        let record = |channel, n: usize| OutgoingRecord {
            channel,
            key: message.key.clone(),
            payload: Some(format!("{}/{}/{n}", origin.partition, origin.offset).into_bytes()),
            headers: Vec::new(),
            class: None,
        };
        let payload = message.payload.as_deref().unwrap_or_default();
        let word = std::str::from_utf8(payload).unwrap_or_default().split(' ').next().unwrap_or_default();
        let records = match word {
            "nothing" => Vec::new(),
            "twice" => vec![record(Channel::Statements, 0), record(Channel::Events, 1)],
            "bad" => return Outcome::rejected(message, &Rejection::new(RejectionReason::Malformed, "bad")),
            "large" => vec![OutgoingRecord { payload: Some(vec![b'x'; LARGE]), ..record(Channel::Statements, 0) }],
            "panic" => panic!("poison at offset {}", origin.offset),
            "wait" => {
                let _ = self.waiting.send(());
                // A closed gate lets everybody through.
                let _ = self.gate.recv();
                vec![record(Channel::Statements, 0)]
            }
            _ => vec![record(Channel::Statements, 0)],
        };
        let shown = records.iter().filter_map(|record| record.payload.as_deref()).map(Arc::from).collect();
        let sight = Sight { origin: Some(origin.clone()), rejection: None, shown };
        Outcome { sight: self.tap.is_some().then_some(sight), ..Outcome::analyzed(records) }
    }
}

/// One lane on its thread, and what the tests do to it.
pub(super) struct Bench {
    broker: Broker,
    pub(super) member: usize,
    pub(super) stop: Stop,
    pub(super) metrics: Arc<Metrics>,
    pub(super) health: Arc<Health>,
    pub(super) brake: Arc<Brake>,
    /// Lets one `wait` go; dropped, lets all go.
    gate: Option<Sender<()>>,
    pub(super) waiting: Receiver<()>,
    pub(super) n_built: Arc<AtomicUsize>,
    thread: Option<JoinHandle<Result<Ended, LaneError>>>,
}

/// Many transactions, and all the time they want for what is under way when a stop or a revocation comes.
pub(super) fn options() -> Options {
    let epoch = Duration::from_millis(2);
    Options { workers: 3, epoch, grace: LIMIT, revocation_drain: LIMIT, ..Options::default() }
}

impl Bench {
    /// A lane with all partitions of the broker.
    pub(super) fn start(broker: &Broker, options: Options) -> Self {
        Self::start_with(broker, options, &broker.partitions())
    }

    /// A lane with these partitions.
    pub(super) fn start_with(broker: &Broker, options: Options, partitions: &[Partition]) -> Self {
        Self::start_before(broker, options, partitions, None, Clock::default())
    }

    /// A lane with all partitions that goes by this clock.
    pub(super) fn start_by(clock: &Clock, broker: &Broker, options: Options) -> Self {
        Self::start_before(broker, options, &broker.partitions(), None, clock.clone())
    }

    /// A lane with all partitions, and somebody who looks on.
    pub(super) fn start_watched(broker: &Broker, options: Options, tap: Arc<dyn Tap>) -> Self {
        Self::start_before(broker, options, &broker.partitions(), Some(tap), Clock::default())
    }

    fn start_before(
        broker: &Broker,
        options: Options,
        partitions: &[Partition],
        tap: Option<Arc<dyn Tap>>,
        clock: Clock,
    ) -> Self {
        let (gate, gate_out) = unbounded();
        let (waiting_in, waiting) = bounded(1000);
        let n_built = Arc::new(AtomicUsize::new(0));
        let script = Script { gate: gate_out, waiting: waiting_in, n_built: Arc::clone(&n_built), tap };
        let mut bench = Self::start_with_work(broker, options, partitions, clock, script);
        (bench.gate, bench.waiting, bench.n_built) = (Some(gate), waiting, n_built);
        bench
    }

    /// A lane with these partitions that does this work, in place of the tests' own.
    pub(super) fn start_with_work(
        broker: &Broker,
        options: Options,
        partitions: &[Partition],
        clock: Clock,
        work: impl ProcessFactory,
    ) -> Self {
        let (stop, metrics, health) = (Stop::new(), Metrics::new(), Health::new());
        let brake = Brake::new(options.brake);
        let consumer = broker.join();
        let member = consumer.member();
        broker.assign(member, partitions);
        let producer = broker.producer(options.delivery == Delivery::ExactlyOnce);
        let context = LaneContext {
            index: 0,
            options,
            metrics: Arc::clone(&metrics),
            health: Arc::clone(&health),
            stop: stop.clone(),
            brake: Arc::clone(&brake),
            pulse: Arc::default(),
            clock,
        };
        let thread = Some(thread::spawn(move || lane::run(context, consumer, producer, &Arc::new(work))));
        Self {
            broker: broker.clone(),
            member,
            stop,
            metrics,
            health,
            brake,
            gate: None,
            waiting: never(),
            n_built: Arc::default(),
            thread,
        }
    }

    pub(super) fn wait(&self, what: &str, holds: impl Fn(&Broker) -> bool) {
        assert!(
            self.broker.wait_until(LIMIT, holds),
            "never came to be: {what}; committed {:?}, visible {:?}",
            self.broker.committed(),
            payloads(&self.broker)
        );
    }

    pub(super) fn wait_until_read(&self) {
        self.wait("everything read and committed", |broker| broker.lag() == 0);
    }

    pub(super) fn let_one_go(&self) {
        self.gate.as_ref().expect("not all have been let go").send(()).unwrap();
    }

    pub(super) fn let_all_go(&mut self) {
        self.gate = None;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    pub(super) fn join(&mut self) -> Result<Ended, LaneError> {
        self.thread.take().unwrap().join().expect("the lane panicked")
    }

    pub(super) fn drain(&mut self) -> Result<Ended, LaneError> {
        self.stop.drain();
        self.join()
    }

    pub(super) fn metric(&self, line: &str) -> u64 {
        metric(&self.metrics, line).unwrap_or_else(|| panic!("no metric `{line}` in\n{}", self.metrics.encode()))
    }

    /// What the lane has said last of its bytes in flight; none before the end of its first turn.
    pub(super) fn in_flight_bytes(&self) -> usize {
        let told = metric(&self.metrics, "demarche_in_flight_bytes{lane=\"0\"}").unwrap_or(0);
        usize::try_from(told).unwrap()
    }
}

impl Drop for Bench {
    /// A failed test must not leave a thread that waits.
    fn drop(&mut self) {
        self.gate = None;
        self.stop.abandon();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn metric(metrics: &Metrics, name: &str) -> Option<u64> {
    let text = metrics.encode();
    text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).map(|value| value.parse().unwrap())
}

pub(super) fn payloads(broker: &Broker) -> Vec<String> {
    let text = |record: &OutgoingRecord| String::from_utf8(record.payload.clone().unwrap_or_default()).unwrap();
    broker.visible().iter().map(text).collect()
}

pub(super) fn partition(index: i32) -> Partition {
    Partition { topic: "articles".into(), index }
}

/// What a reader should see of messages that echo: each once.
pub(super) fn expected_echoes(messages: impl IntoIterator<Item = (i32, i64)>) -> Vec<String> {
    let mut expected: Vec<String> =
        messages.into_iter().map(|(partition, offset)| format!("{partition}/{offset}/0")).collect();
    expected.sort();
    expected
}

/// The same, as seen.
pub(super) fn seen(broker: &Broker) -> Vec<String> {
    let mut seen = payloads(broker);
    seen.sort();
    seen
}

/// Fills all partitions with echoes.
pub(super) fn fill(broker: &Broker, n_each: i64) -> Vec<(i32, i64)> {
    let mut messages = Vec::new();
    for partition in broker.partitions() {
        for offset in 0..n_each {
            broker.append(message(partition.index, offset, "echo"));
            messages.push((partition.index, offset));
        }
    }
    messages
}
