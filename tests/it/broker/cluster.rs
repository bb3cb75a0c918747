//! The broker that the tests run on: a real one where `DEMARCHE_TEST_BROKERS` names it, else librdkafka's mock cluster. Topics
//! have a random suffix and go when the test ends.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};
use std::io::Write as _;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Header as KafkaHeader, Headers as _, Message as _, OwnedHeaders};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer as _};
use rdkafka::{Offset, TopicPartitionList};

use super::articles::Input;

/// What any single wait may take. Only ends a test that hangs, for a busy machine may be slow without end.
pub(crate) const PATIENCE: Duration = Duration::from_mins(10);
/// What one request may take.
pub(crate) const CALL: Duration = Duration::from_mins(2);

/// A broker and the topics that one test made on it.
pub(crate) struct Cluster {
    brokers: String,
    /// Alive as long as the test; absent beside a real broker.
    mock: Option<MockCluster<'static, DefaultProducerContext>>,
    producer: BaseProducer,
    suffix: String,
    topics: Vec<String>,
}

/// A record as it stands in a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Stored {
    fn new(message: &BorrowedMessage<'_>) -> Self {
        let headers = message.headers().map_or_else(Vec::new, |headers| {
            headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
        });
        Self {
            partition: message.partition(),
            offset: message.offset(),
            key: message.key().map(<[u8]>::to_vec),
            payload: message.payload().map(<[u8]>::to_vec),
            headers,
        }
    }

    /// Its value, which is JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(self.payload.as_deref().expect("a value")).expect("a value of JSON")
    }

    /// The last header of this name, which is text.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().rev().find(|(key, _)| key == name);
        let value = found.unwrap_or_else(|| panic!("no header {name} among {:?}", self.headers)).1.as_deref();
        std::str::from_utf8(value.expect("a value")).expect("UTF-8")
    }
}

/// Looks again and again until `observe` yields something; `what` tells what never came.
pub(crate) fn until<T>(what: &str, mut observe: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(seen) = observe() {
            return seen;
        }
        assert!(begin.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        // A breath between two looks, no more: what is waited for needs the processor too.
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// Says something on the terminal even when the test passes: the harness captures the macros only.
pub(crate) fn announce(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).expect("standard error is open");
}

impl Cluster {
    /// The real broker if there is one, else a mock cluster.
    pub(crate) fn new() -> Self {
        let suffix = format!("{:016x}", RandomState::new().hash_one(std::process::id()));
        let real = std::env::var("DEMARCHE_TEST_BROKERS").ok().filter(|brokers| !brokers.is_empty());
        let mock = real.is_none().then(|| MockCluster::new(1).expect("a mock cluster starts"));
        let brokers = real.unwrap_or_else(|| mock.as_ref().expect("made above").bootstrap_servers());
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &brokers).set("enable.idempotence", "true").set("linger.ms", "0");
        let producer = config.create().expect("a producer");
        Self { brokers, mock, producer, suffix, topics: Vec::new() }
    }

    /// The real broker; without one, says what is not shown.
    pub(crate) fn real_or_skip(what: &str) -> Option<Self> {
        let cluster = Self::new();
        if cluster.is_real() {
            return Some(cluster);
        }
        cluster.skipped(what);
        None
    }

    /// Its addresses.
    pub(crate) fn brokers(&self) -> &str {
        &self.brokers
    }

    /// Whether transactions mean something here: the mock takes them and ignores them.
    pub(crate) fn is_real(&self) -> bool {
        self.mock.is_none()
    }

    /// Says what is not tested here.
    pub(crate) fn skipped(&self, what: &str) {
        assert!(!self.is_real(), "nothing is skipped beside a real broker");
        announce(&format!("skipped without a real broker (tests/broker/with-broker cargo test): {what}"));
    }

    /// A name of this test's own.
    pub(crate) fn name(&self, stem: &str) -> String {
        format!("{stem}-{}", self.suffix)
    }

    /// Makes a topic of this test's own and gives its name.
    pub(crate) fn topic(&mut self, stem: &str, n_partitions: i32) -> String {
        let name = self.name(stem);
        if let Some(mock) = &self.mock {
            mock.create_topic(&name, n_partitions, 1).expect("the mock makes a topic");
        } else {
            self.make(&name, n_partitions);
        }
        self.topics.push(name.clone());
        name
    }

    /// Makes a topic on a real broker, as soon as another one of that name is gone.
    pub(crate) fn make(&self, name: &str, n_partitions: i32) {
        let topic = NewTopic::new(name, n_partitions, TopicReplication::Fixed(1));
        let admin = self.admin();
        until(&format!("the broker makes {name}"), || {
            let made = block_on(admin.create_topics([&topic], &AdminOptions::new().operation_timeout(Some(CALL))));
            match &made.expect("the broker answers")[0] {
                Ok(_) => Some(()),
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => None,
                Err((_, error)) => panic!("the broker does not make {name}: {error}"),
            }
        });
    }

    /// Deletes a topic of a real broker, and waits until nothing is written there any more.
    pub(crate) fn delete(&self, name: &str) {
        let deleted = block_on(self.admin().delete_topics(&[name], &AdminOptions::new().operation_timeout(Some(CALL))));
        deleted.expect("the broker answers")[0].as_ref().expect("the broker deletes a topic");
        // The answer is that it will be: until then records are taken for it, and lost with it.
        let consumer = self.observer("nobody", "read_committed");
        until(&format!("{name} is gone"), || {
            let metadata = consumer.fetch_metadata(None, CALL).expect("the broker answers");
            metadata.topics().iter().all(|topic| topic.name() != name).then_some(())
        });
    }

    /// Deletes what stands below an offset in every partition of a topic, as retention does.
    pub(crate) fn truncate(&self, name: &str, ends: impl IntoIterator<Item = (i32, i64)>) {
        let mut offsets = TopicPartitionList::new();
        for (partition, end) in ends {
            offsets.add_partition_offset(name, partition, Offset::Offset(end)).expect("a valid offset");
        }
        let deleted = block_on(self.admin().delete_records(&offsets, &AdminOptions::new()));
        deleted.expect("the broker deletes records");
    }

    fn admin(&self) -> AdminClient<DefaultClientContext> {
        ClientConfig::new().set("bootstrap.servers", &self.brokers).create().expect("an admin client")
    }

    /// A consumer that joins no group; `group` names the one whose offsets it may ask for.
    pub(crate) fn observer(&self, group: &str, isolation: &str) -> BaseConsumer {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.brokers).set("group.id", group).set("isolation.level", isolation);
        config.set("enable.auto.commit", "false").set("auto.offset.reset", "earliest");
        config.set("enable.partition.eof", "true").set("fetch.wait.max.ms", "20");
        config.create().expect("a consumer")
    }

    /// Produces the inputs in order, and returns once the broker has acknowledged all of them.
    pub(crate) fn produce(&self, topic: &str, inputs: &[Input]) {
        for input in inputs {
            let mut record = BaseRecord::<[u8], [u8]>::to(topic);
            if let Some(key) = &input.key {
                record = record.key(key);
            }
            if let Some(payload) = &input.payload {
                record = record.payload(payload);
            }
            let headers = input.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(KafkaHeader { key, value: value.as_deref() })
            });
            self.producer.send(record.headers(headers)).map_err(|(error, _)| error).expect("room in the queue");
        }
        self.producer.flush(CALL).expect("the broker acknowledges");
    }

    /// Everything in a topic, partition by partition, up to where a reader of this isolation gets today.
    pub(crate) fn read(&self, topic: &str, isolation: &str) -> Vec<Stored> {
        let consumer = self.observer("nobody", isolation);
        let metadata = consumer.fetch_metadata(Some(topic), CALL).expect("metadata");
        let mut assignment = TopicPartitionList::new();
        for partition in metadata.topics()[0].partitions() {
            assignment.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("a valid offset");
        }
        consumer.assign(&assignment).expect("an assignment");
        let (mut records, mut at_end) = (Vec::new(), BTreeSet::new());
        until(&format!("a reader comes to the end of {topic}"), || {
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => records.push(Stored::new(&message)),
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    at_end.insert(partition);
                }
                Some(Err(error)) => panic!("cannot read {topic}: {error}"),
                None => {}
            }
            (at_end.len() == assignment.count()).then_some(())
        });
        records.sort_by_key(|record| (record.partition, record.offset));
        records
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.is_real() && !self.topics.is_empty() {
            let names: Vec<&str> = self.topics.iter().map(String::as_str).collect();
            // A failed deletion must not hide the failure that ends the test.
            drop(block_on(self.admin().delete_topics(&names, &AdminOptions::new())));
        }
    }
}
