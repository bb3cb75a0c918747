//! The bench's topics: made before a run, filled, removed afterwards.

use std::time::Duration;

use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

const CALL: Duration = Duration::from_secs(30);

/// A topic that goes when this is dropped: a round's output is a gigabyte.
pub(crate) struct Topic {
    brokers: String,
    pub(crate) name: String,
}

impl Topic {
    pub(crate) fn make(brokers: &str, name: &str, n_partitions: i32) -> Self {
        let topic = NewTopic::new(name, n_partitions, TopicReplication::Fixed(1));
        let made = block_on(admin(brokers).create_topics([&topic], &AdminOptions::new().operation_timeout(Some(CALL))));
        made.expect("the broker answers")[0].as_ref().expect("the broker makes a topic");
        Self { brokers: brokers.to_owned(), name: name.to_owned() }
    }

    /// Fills it with keyed records of this size, spread evenly over the partitions.
    pub(crate) fn fill(&self, n_records: usize, n_bytes: usize) {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .set("enable.idempotence", "true")
            .set("linger.ms", "5")
            .create()
            .expect("a producer");
        // Text-like bytes that no codec could fold away.
        let value: Vec<u8> = (0..n_bytes).map(|at| b' ' + u8::try_from(at * at % 89).expect("below 89")).collect();
        for number in 0..n_records {
            let key = format!("story-{number}");
            let mut record = BaseRecord::<[u8], [u8]>::to(&self.name).key(key.as_bytes()).payload(&value);
            while let Err((error, again)) = producer.send(record) {
                assert!(
                    matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)),
                    "cannot produce: {error}"
                );
                producer.poll(Duration::from_millis(1));
                record = again;
            }
        }
        producer.flush(CALL).expect("the broker acknowledges");
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        // What failed before matters more than a topic left behind.
        drop(block_on(admin(&self.brokers).delete_topics(&[&self.name], &AdminOptions::new())));
    }
}

fn admin(brokers: &str) -> AdminClient<DefaultClientContext> {
    ClientConfig::new().set("bootstrap.servers", brokers).create().expect("an admin client")
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}
