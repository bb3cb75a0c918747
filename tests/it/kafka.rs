//! The service on librdkafka's mock cluster, in this process. The mock forgets offsets that were committed in a
//! transaction and shows aborted records to every reader, so what is asserted here is that nothing is lost, that members
//! share the work, and that errors of the broker are got over; that nothing comes twice is for the real broker to show.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use demarche::kafka::{EmbeddedBroker, Error, Feeder, Options, Reader, Start, Topics, service};
use demarche::pipeline::{self, Ended, Outcome, Process, ProcessFactory, Stop};
use demarche::record::{Channel, Message, Origin, OutgoingRecord};
use demarche::telemetry::{Health, Metrics};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Longer than anything here takes; a test that waits this long has failed.
const LIMIT: Duration = Duration::from_secs(60);

const N_PARTITIONS: i32 = 4;

/// More than these services need to finish.
const GRACE: Duration = Duration::from_secs(5);

/// Work that copies the value to the statements.
struct Copy;

impl ProcessFactory for Copy {
    type Process = Self;

    fn build(&self) -> Self {
        Self
    }
}

impl Process for Copy {
    fn process(&mut self, message: &Message) -> Outcome {
        let record = OutgoingRecord {
            channel: Channel::Statements,
            key: message.key.clone(),
            payload: message.payload.clone(),
            headers: message.headers.clone(),
        };
        Outcome { records: vec![record], rejection: None }
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

/// A running service.
struct Service {
    stop: Stop,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    task: JoinHandle<Result<Ended, Error>>,
}

impl Service {
    fn start(runtime: &Runtime, options: Options) -> Self {
        let (stop, metrics, health) = (Stop::new(), Metrics::new(), Health::new());
        let task = runtime.spawn({
            let (stop, metrics, health) = (stop.clone(), Arc::clone(&metrics), Arc::clone(&health));
            let pipeline = pipeline::Options { workers: 2, grace: GRACE, ..pipeline::Options::default() };
            async move { service::run(&options, &pipeline, &Arc::new(Copy), &metrics, &health, &stop).await }
        });
        Self { stop, metrics, health, task }
    }

    async fn wait_until_ready(&self) {
        let ready = async {
            while self.health.ready().is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let waited = timeout(LIMIT, ready).await;
        assert!(waited.is_ok(), "the service is not ready: {:?}", self.health.ready());
    }

    fn metric(&self, name: &str) -> u64 {
        let text = self.metrics.encode();
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        found.unwrap_or_else(|| panic!("no metric `{name}` in\n{text}")).parse().unwrap()
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
        service.wait_until_ready().await;
        assert_eq!(service.metric("demarche_transactions_total{outcome=\"aborted\"}"), 0);
        // What comes while it runs is not forgotten either, headers and all.
        feed(&feeder, ["late".to_owned()]).await;
        let late = timeout(LIMIT, reader.next()).await.unwrap().unwrap();
        assert_eq!(late.payload, article("late").payload);
        assert_eq!(late.headers, article("late").headers);
        assert_eq!(service.drain().await, Ok(Ended::Drained));
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
        assert!(second.metric("demarche_articles_consumed_total") > 0, "the second member did nothing");
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
        (RDKafkaApiKey::Produce, Code::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Trouble::Restart),
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
    /// The lane is built anew.
    Restart,
    /// Another process has its place: the service ends, and does not fight for it.
    End,
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
        let n_aborted = service.metric("demarche_transactions_total{outcome=\"aborted\"}");
        let seen = match trouble {
            Trouble::Abort => n_aborted,
            // Of several records in a batch, another one's delivery may fail first, and for the batch's sake alone: an abort.
            Trouble::Restart | Trouble::End => service.metric("demarche_lane_restarts_total") + n_aborted,
        };
        assert!(seen > 0, "{code:?} at {request:?} should lead to some {trouble:?}\n{}", service.metrics.encode());
        assert_eq!(service.drain().await, Ok(Ended::Drained), "{code:?} at {request:?}");
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
    runtime.block_on(async {
        // Its commits get no answer, so that a transaction is open when the broker goes.
        let answer = RDKafkaRespErr::RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
        broker.mock().request_errors(RDKafkaApiKey::EndTxn, &[answer; 1000]);
        let service = Service::start(&runtime, options);
        let names = feed(&feeder, (0..50).map(|n| format!("article {n}"))).await;
        read_all(&reader, &names).await;
        broker.mock().broker_down(1).unwrap();
        let begun = Instant::now();
        assert_eq!(service.drain().await, Ok(Ended::Abandoned));
        assert!(begun.elapsed() < GRACE + Duration::from_secs(8), "the stop took {:?}", begun.elapsed());
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
