//! The yardstick: what rdkafka does when it only copies. One thread polls a `BaseConsumer` and sends each value on through a
//! `BaseProducer`, idempotent with `acks=all` like the lane's, with the same queue sizes; offsets are stored and committed in
//! the background. No transactions, no epochs, no threads to hand work to.

use std::time::{Duration, Instant};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

/// Copies `n_records` from one topic to another. Seconds from the first record in hand to the last one acknowledged.
pub(crate) fn run(brokers: &str, group: &str, from: &str, to: &str, n_records: usize) -> f64 {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", group)
        .set("auto.offset.reset", "earliest")
        .set("isolation.level", "read_committed")
        .set("queued.max.messages.kbytes", "16384")
        .set("fetch.queue.backoff.ms", "5")
        .create()
        .expect("a consumer");
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "5")
        .create()
        .expect("a producer");
    consumer.subscribe(&[from]).expect("a subscription");
    let (mut begin, mut n_copied) = (None, 0);
    while n_copied < n_records {
        let Some(message) = consumer.poll(Duration::from_millis(100)) else { continue };
        let message = message.expect("a record");
        begin.get_or_insert_with(Instant::now);
        let mut record = BaseRecord::<[u8], [u8]>::to(to).payload(message.payload().expect("a value"));
        if let Some(key) = message.key() {
            record = record.key(key);
        }
        while let Err((error, again)) = producer.send(record) {
            assert!(
                matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)),
                "cannot produce: {error}"
            );
            producer.poll(Duration::from_millis(1));
            record = again;
        }
        producer.poll(Duration::ZERO);
        n_copied += 1;
    }
    // `flush` waits in steps of 100 ms, which would count against the copy.
    while producer.in_flight_count() > 0 {
        producer.poll(Duration::from_millis(1));
    }
    begin.expect("a record came").elapsed().as_secs_f64()
}
