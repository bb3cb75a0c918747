//! How long a record is under way at half load: from its append to the input until a reader of committed records has its
//! result. Each value says when it was sent.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

use crate::{N_PARTITIONS, RECORD_BYTES, lane};

/// Sent first, and not counted: the group forms, the connections are made.
const N_WARM_UP: usize = 2000;

/// Hexadecimal digits at the beginning of a value: microseconds since the epoch.
const STAMP_DIGITS: usize = 16;

/// What half of all records are faster than, and what 99 in a hundred are.
pub(crate) struct Latency {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// Sends `per_second` records a second through a lane without work, and `n_records` in all.
pub(crate) fn run(brokers: &str, group: &str, from: &str, to: &str, n_records: usize, per_second: f64) -> Latency {
    thread::scope(|scope| {
        scope.spawn(|| lane::run(brokers, group, from, to, N_WARM_UP + n_records));
        let producer = producer(brokers);
        let reader = reader(brokers, to);
        (0..N_WARM_UP).for_each(|number| send(&producer, from, number));
        producer.flush(Duration::from_secs(30)).expect("the broker acknowledges");
        for _ in 0..N_WARM_UP {
            next(&reader);
        }
        scope.spawn(move || send_paced(&producer, from, n_records, per_second));
        let mut times: Vec<Duration> = (0..n_records).map(|_| next(&reader)).collect();
        times.sort_unstable();
        Latency { p50: times[n_records / 2], p99: times[n_records * 99 / 100] }
    })
}

/// The default settings of a producer that does not wait for a batch to fill: its part of the way is small.
fn producer(brokers: &str) -> BaseProducer {
    ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("enable.idempotence", "true")
        .set("linger.ms", "0")
        .create()
        .expect("a producer")
}

fn reader(brokers: &str, topic: &str) -> BaseConsumer {
    let reader: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "reads-along")
        .set("isolation.level", "read_committed")
        .set("fetch.queue.backoff.ms", "5")
        .create()
        .expect("a reader");
    let mut partitions = TopicPartitionList::new();
    partitions.add_partition_range(topic, 0, N_PARTITIONS - 1);
    partitions.set_all_offsets(Offset::Beginning).expect("an offset");
    reader.assign(&partitions).expect("partitions");
    reader
}

/// As many as are due, then a rest of a millisecond: a record is at most so much late, whatever the rate.
fn send_paced(producer: &BaseProducer, topic: &str, n_records: usize, per_second: f64) {
    let begin = Instant::now();
    let mut n_sent = 0;
    while n_sent < n_records {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands a second")]
        let n_due = ((begin.elapsed().as_secs_f64() * per_second) as usize).min(n_records);
        (n_sent..n_due).for_each(|number| send(producer, topic, number));
        n_sent = n_due;
        producer.poll(Duration::from_millis(1));
    }
    producer.flush(Duration::from_secs(30)).expect("the broker acknowledges");
}

fn send(producer: &BaseProducer, topic: &str, number: usize) {
    let key = format!("story-{number}");
    let value = format!("{:0STAMP_DIGITS$x}{:.<2$}", micros(), "", RECORD_BYTES - STAMP_DIGITS);
    let mut record = BaseRecord::to(topic).key(&key).payload(&value);
    // A full queue is part of the way: the value says when it was due.
    while let Err((error, again)) = producer.send(record) {
        let is_full = matches!(error, KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull));
        assert!(is_full, "cannot produce: {error}");
        producer.poll(Duration::from_millis(1));
        record = again;
    }
}

/// How long the next record was under way.
fn next(reader: &BaseConsumer) -> Duration {
    loop {
        let Some(message) = reader.poll(Duration::from_millis(100)) else { continue };
        let message = message.expect("a record");
        let stamp = message.payload_view::<str>().expect("a value").expect("a text");
        let sent = u64::from_str_radix(&stamp[..STAMP_DIGITS], 16).expect("a time");
        return Duration::from_micros(micros().saturating_sub(sent));
    }
}

fn micros() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    u64::try_from(now.as_micros()).expect("a clock before the year 586,000")
}
