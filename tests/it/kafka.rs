//! The service on librdkafka's mock cluster, in this process. The mock forgets offsets that were committed in a
//! transaction and shows aborted records to every reader, so what is asserted here is that nothing is lost, that members
//! share the work, and that errors of the broker are got over; that nothing comes twice is for the real broker to show.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use demarche::kafka::{EmbeddedBroker, Error, Feeder, Options, Reader, Start, Topics, service};
use demarche::pipeline::{self, Brake, Ended, Outcome, Process, ProcessFactory, Stop};
use demarche::record::{Channel, Message, Origin, OutgoingRecord};
use demarche::telemetry::{Health, Metrics};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Only ends a test that hangs. What a test waits for is an event, and on a busy machine that may be long in coming.
const LIMIT: Duration = Duration::from_mins(10);

const N_PARTITIONS: i32 = 4;

const RESTARTS: &str = "demarche_lane_restarts_total";
const CONSUMED: &str = "demarche_articles_consumed_total";
const COMMITTED: &str = "demarche_transactions_total{outcome=\"committed\"}";
const ABORTED: &str = "demarche_transactions_total{outcome=\"aborted\"}";

/// Work that copies the value to the statements.
struct Copy;

impl ProcessFactory for Copy {
    type Process = Self;

    fn build(&self) -> Self {
        Self
    }

    fn channels(&self) -> Vec<(Channel, usize)> {
        vec![(Channel::Statements, 1_000_000)]
    }
}

impl Process for Copy {
    fn process(&mut self, message: &Message) -> Outcome {
        let record = OutgoingRecord {
            channel: Channel::Statements,
            key: message.key.clone(),
            payload: message.payload.clone(),
            headers: message.headers.clone(),
            class: None,
        };
        Outcome::analyzed(vec![record])
    }
}

fn options(broker: &EmbeddedBroker, instance: &str) -> Options {
    let mut options =
        Options { brokers: broker.brokers(), instance_id: Some(instance.to_owned()), ..Options::default() };
    // A short heartbeat makes a rebalance short.
    for (key, value) in [("session.timeout.ms", "12000"), ("heartbeat.interval.ms", "200"), ("linger.ms", "0")] {
        options.options.insert(key.to_owned(), value.to_owned());
    }
    options
}

/// What every test here begins with: a broker, somebody who feeds it, somebody who reads what comes out.
struct Ground {
    runtime: Runtime,
    broker: EmbeddedBroker,
    /// Of the member "one".
    options: Options,
    feeder: Feeder,
    reader: Reader,
}

impl Ground {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let topics = Topics::default();
        let broker = EmbeddedBroker::start(topics.all().into_iter().map(|topic| (topic, N_PARTITIONS))).unwrap();
        let options = options(&broker, "one");
        let feeder = Feeder::new(&options).unwrap();
        let reader = {
            // Its background tasks belong to the runtime.
            let _entered = runtime.enter();
            Reader::open(&options, &["statements"], Start::Beginning).unwrap()
        };
        Self { runtime, broker, options, feeder, reader }
    }
}

fn metric(metrics: &Metrics, name: &str) -> u64 {
    let text = metrics.encode();
    let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no metric `{name}` in\n{text}")).parse().unwrap()
}

/// A running service.
struct Service {
    stop: Stop,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    task: JoinHandle<Result<Ended, Error>>,
}

/// Two threads, and all the time they want to finish in when they are stopped.
fn unhurried() -> pipeline::Options {
    pipeline::Options { workers: 2, grace: LIMIT, ..pipeline::Options::default() }
}

impl Service {
    fn start(runtime: &Runtime, options: Options) -> Self {
        Self::start_with(runtime, options, unhurried())
    }

    fn start_with(runtime: &Runtime, options: Options, pipeline: pipeline::Options) -> Self {
        let (stop, metrics, health) = (Stop::new(), Metrics::new(), Health::new());
        let task = runtime.spawn({
            let (stop, metrics, health) = (stop.clone(), Arc::clone(&metrics), Arc::clone(&health));
            async move {
                let brake = Brake::new(pipeline.brake);
                service::run(&options, &pipeline, &Arc::new(Copy), &metrics, &health, &brake, &stop).await
            }
        });
        Self { stop, metrics, health, task }
    }

    /// Looks again and again until something holds of the running service.
    async fn wait_until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let held = async {
            while !holds(self) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = timeout(LIMIT, held).await;
        assert!(waited.is_ok(), "never came to be: {what}; {:?}\n{}", self.health.ready(), self.metrics.encode());
    }

    async fn wait_until_ready(&self) {
        self.wait_until("ready", |service| service.health.ready().is_ok()).await;
    }

    fn metric(&self, name: &str) -> u64 {
        metric(&self.metrics, name)
    }

    async fn drain(self) -> Result<Ended, Error> {
        self.stop.drain();
        timeout(LIMIT, self.task).await.expect("the service does not end").expect("the service panicked")
    }
}

fn article(name: &str) -> Message {
    Message {
        origin: Origin { topic: "test".into(), partition: 0, offset: 0, timestamp_ms: None },
        key: Some(name.as_bytes().to_vec()),
        payload: Some(name.as_bytes().to_vec()),
        headers: vec![("content-type".to_owned(), Some(b"text/plain".to_vec())), ("empty".to_owned(), None)],
    }
}

async fn feed(feeder: &Feeder, names: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let names: BTreeSet<String> = names.into_iter().collect();
    let sent = names.iter().map(|name| async move { feeder.send(&article(name)).await });
    for delivered in futures::future::join_all(sent).await {
        delivered.unwrap();
    }
    names
}

/// Reads statements until all of these have come.
async fn read_all(reader: &Reader, expected: &BTreeSet<String>) {
    let mut missing = expected.clone();
    let reading = async {
        while !missing.is_empty() {
            let message = reader.next().await.unwrap();
            missing.remove(std::str::from_utf8(message.payload.as_deref().unwrap()).unwrap());
        }
    };
    if timeout(LIMIT, reading).await.is_err() {
        panic!("{} of {} messages were lost: {missing:?}", missing.len(), expected.len());
    }
}

#[test]
fn articles_go_through_the_broker_and_come_out() {
    let Ground { runtime, broker: _broker, options, feeder, reader } = Ground::new();
    runtime.block_on(async {
        let names = feed(&feeder, (0..300).map(|n| format!("article {n}"))).await;
        let service = Service::start(&runtime, options.clone());
        read_all(&reader, &names).await;
        service.wait_until("all committed", |service| service.metric(CONSUMED) == 300).await;
        service.wait_until_ready().await;
        assert_eq!(service.metric(ABORTED), 0);
        // What comes while it runs is not forgotten either, headers and all.
        feed(&feeder, ["late".to_owned()]).await;
        let late = timeout(LIMIT, reader.next()).await.unwrap().unwrap();
        assert_eq!(late.payload, article("late").payload);
        assert_eq!(late.headers, article("late").headers);
        assert_eq!(service.drain().await, Ok(Ended::Drained));
    });
}

#[test]
fn the_embedded_broker_is_read_from_a_time_on_as_well() {
    let ground = Ground::new();
    ground.runtime.block_on(async {
        let sent = feed(&ground.feeder, (0..3).map(|n| format!("old-{n}"))).await;
        assert_eq!(sent.len(), 3);
        let articles = ["articles"];
        let open = |since_ms| Reader::open(&options(&ground.broker, "one"), &articles, Start::Since(since_ms)).unwrap();
        let all = open(0);
        for _ in 0..3 {
            all.next().await.unwrap();
        }
        // Nothing is as young as that: what comes is read, and what is there is not.
        let none = open(i64::MAX);
        let new = feed(&ground.feeder, ["new".to_owned()]).await;
        let read = timeout(LIMIT, none.next()).await.unwrap().unwrap();
        assert!(new.contains(std::str::from_utf8(read.key.as_deref().unwrap()).unwrap()), "{read:?}");
    });
}

#[test]
fn two_members_share_the_partitions_and_lose_nothing() {
    let Ground { runtime, broker, options: one, feeder, reader } = Ground::new();
    runtime.block_on(async {
        let first = Service::start(&runtime, one);
        first.wait_until_ready().await;
        let mut names = feed(&feeder, (0..100).map(|n| format!("before {n}"))).await;
        let second = Service::start(&runtime, options(&broker, "two"));
        second.wait_until_ready().await;
        names.extend(feed(&feeder, (0..200).map(|n| format!("after {n}"))).await);
        read_all(&reader, &names).await;
        // What it wrote is seen before its offsets are committed and counted.
        second.wait_until("the second member has done something", |second| second.metric(CONSUMED) > 0).await;
        assert_eq!(second.drain().await, Ok(Ended::Drained));
        assert_eq!(first.drain().await, Ok(Ended::Drained));
    });
}

#[test]
fn errors_of_the_broker_are_aborted_and_got_over() {
    use RDKafkaRespErr as Code;
    let cases = [
        (RDKafkaApiKey::TxnOffsetCommit, Code::RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, Trouble::Abort),
        (RDKafkaApiKey::TxnOffsetCommit, Code::RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID, Trouble::Abort),
        (RDKafkaApiKey::AddPartitionsToTxn, Code::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Trouble::Abort),
        (RDKafkaApiKey::Produce, Code::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Trouble::Abort),
        (RDKafkaApiKey::Produce, Code::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Trouble::Abort),
        (RDKafkaApiKey::EndTxn, Code::RD_KAFKA_RESP_ERR_PRODUCER_FENCED, Trouble::End),
    ];
    // Side by side, for most of the time is the group's waiting for members.
    thread::scope(|scope| {
        for (request, code, trouble) in cases {
            scope.spawn(move || check_error(request, code, trouble));
        }
    });
}

/// What an error leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    /// The transaction is aborted, the same clients go on.
    Abort,
    /// Another process has its place: the service ends, and does not fight for it.
    End,
}

#[test]
fn a_fence_after_an_outage_of_its_own_is_no_proof_of_another_process() {
    let Ground { runtime, broker, options, feeder, reader } = Ground::new();
    runtime.block_on(async {
        let service = Service::start(&runtime, options.clone());
        service.wait_until_ready().await;
        // Away for so long that the service notices, and no longer than its session lasts.
        broker.mock().broker_down(1).unwrap();
        service.wait_until("not ready", |service| service.health.ready().is_err()).await;
        broker.mock().request_errors(RDKafkaApiKey::Heartbeat, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID]);
        broker.mock().broker_up(1).unwrap();
        service.wait_until("the lane is built anew", |service| service.metric(RESTARTS) > 0).await;
        let names = feed(&feeder, ["after the outage".to_owned()]).await;
        read_all(&reader, &names).await;
        service.wait_until_ready().await;
        // Once more, and out of the blue: somebody else is there.
        broker.mock().request_errors(RDKafkaApiKey::Heartbeat, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID]);
        let ended = timeout(LIMIT, service.task).await.expect("a replaced service goes on").unwrap();
        assert!(matches!(ended, Err(Error::Replaced { .. })), "{ended:?}");
    });
}

fn check_error(request: RDKafkaApiKey, code: RDKafkaRespErr, trouble: Trouble) {
    let Ground { runtime, broker, options, feeder, reader } = Ground::new();
    runtime.block_on(async {
        let names = feed(&feeder, (0..50).map(|n| format!("article {n}"))).await;
        broker.mock().request_errors(request, &[code]);
        let service = Service::start(&runtime, options.clone());
        if trouble == Trouble::End {
            // What had come by its first commit is in no transaction that counts, so nothing is asked of the output.
            let ended = timeout(LIMIT, service.task).await.expect("a replaced service goes on").unwrap();
            assert!(matches!(ended, Err(Error::Replaced { .. })), "{code:?} at {request:?} led to {ended:?}");
            return;
        }
        read_all(&reader, &names).await;
        service.wait_until_ready().await;
        // The mock shows records before they are committed, so that the error may be yet to come.
        let what = format!("{code:?} at {request:?} leads to some {trouble:?}");
        let has_happened = |service: &Service| match trouble {
            Trouble::Abort => service.metric(ABORTED) > 0,
            Trouble::End => service.metric(RESTARTS) + service.metric(ABORTED) > 0,
        };
        service.wait_until(&what, has_happened).await;
        assert_eq!(service.drain().await, Ok(Ended::Drained), "{code:?} at {request:?}");
    });
}

#[test]
fn a_topic_that_is_missing_is_named_and_waited_for() {
    let Ground { runtime, broker, options, feeder, reader } = Ground::new();
    runtime.block_on(async {
        broker.mock().topic_error("statements", RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
        let service = Service::start(&runtime, options.clone());
        let names = feed(&feeder, (0..50).map(|n| format!("article {n}"))).await;
        let reason = "cannot write: topic `statements` does not exist: make it";
        let names_topic = |service: &Service| service.health.ready().is_err_and(|told| told.contains(reason));
        service.wait_until("a reason that names the topic", names_topic).await;
        assert_eq!(service.metric(ABORTED), 0, "transactions are tried although the broker has said what is wrong");
        broker.mock().topic_error("statements", RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR).unwrap();
        read_all(&reader, &names).await;
        service.wait_until_ready().await;
        assert_eq!(service.drain().await, Ok(Ended::Drained));
    });
}

#[test]
fn an_article_of_some_megabytes_goes_through() {
    let Ground { runtime, broker: _broker, options, feeder, reader } = Ground::new();
    runtime.block_on(async {
        let names = feed(&feeder, ["long ".repeat(600_000)]).await;
        let service = Service::start(&runtime, options.clone());
        read_all(&reader, &names).await;
        assert_eq!(service.drain().await, Ok(Ended::Drained));
    });
}

#[test]
fn a_stop_does_not_wait_for_a_broker_that_is_away() {
    let Ground { runtime, broker, options, feeder, reader } = Ground::new();
    // One transaction takes all, and is open until the stop: what the stop then has to commit, no broker answers.
    let pipeline = pipeline::Options { epoch: LIMIT, grace: Duration::ZERO, ..unhurried() };
    runtime.block_on(async {
        let names = feed(&feeder, (0..50).map(|n| format!("article {n}"))).await;
        let service = Service::start_with(&runtime, options, pipeline);
        read_all(&reader, &names).await;
        broker.mock().broker_down(1).unwrap();
        let metrics = Arc::clone(&service.metrics);
        let n_ended = || (metric(&metrics, COMMITTED), metric(&metrics, ABORTED));
        let before = n_ended();
        assert_eq!(service.drain().await, Ok(Ended::Abandoned));
        // A lane that gets no answer to its commit aborts after a quarter of a minute, and only then ends by itself. Nothing of
        // that has happened: it waits still, and was not waited for.
        assert_eq!(n_ended(), before, "the stop waited for the broker");
    });
}

#[test]
fn settings_that_cannot_work_are_refused_before_anything_starts() {
    let Ground { runtime, broker: _broker, mut options, .. } = Ground::new();
    options.options.insert("isolation.level".to_owned(), "read_uncommitted".to_owned());
    runtime.block_on(async {
        let error = Service::start(&runtime, options).drain().await.expect_err("the override was accepted");
        assert_eq!(error.to_string(), "options.isolation.level: must stay read_committed, exactly-once rests on it");
    });
}
