//! What librdkafka is told unless the configuration says otherwise, and what it may not be told at all; each with its reason.

/// Keys that have a setting of their own, or on whose value a promise rests, and why.
pub(super) const REFUSED: [(&str, &str); 12] = [
    ("bootstrap.servers", "set `brokers` instead"),
    ("metadata.broker.list", "set `brokers` instead"),
    ("group.id", "set `group` instead"),
    ("group.instance.id", "set `instance_id` instead; each lane needs its own"),
    ("transactional.id", "set `transactional_id` instead; each lane needs its own"),
    (
        // It also makes the fetch of committed offsets wait for pending transactions (require-stable, KIP-447);
        // without that a rebalance in the middle of a commit doubles records.
        "isolation.level",
        "must stay read_committed, exactly-once rests on it",
    ),
    ("enable.auto.commit", "must stay false, offsets are committed with the records they led to"),
    ("auto.commit.enable", "must stay false, offsets are committed with the records they led to"),
    ("enable.auto.offset.store", "must stay false, offsets are committed with the records they led to"),
    ("enable.idempotence", "must stay true, else a retry doubles or reorders records"),
    ("log.queue", "must stay true, the loop reads the log to notice missed poll intervals"),
    ("test.mock.num.brokers", "`demo` has the embedded broker"),
];

/// Largest message that our producers try to send; librdkafka's own default is a million bytes.
pub(super) const MESSAGE_MAX_BYTES: &str = "67108864";

/// Defaults of the consumer. Overridable.
pub(super) const CONSUMER_DEFAULTS: [(&str, &str); 9] = [
    ("auto.offset.reset", "earliest"),
    // Eager: with static membership a restart moves nothing anyway, and a lane never holds half an assignment.
    ("partition.assignment.strategy", "range,roundrobin"),
    ("session.timeout.ms", "15000"),
    ("heartbeat.interval.ms", "3000"),
    // librdkafka prefetches this much per client (64 MB by default, outside of our in-flight bytes): 4–16 MB are
    // enough to hide a round trip and keep memory bounded.
    ("queued.max.messages.kbytes", "8192"),
    // When the prefetch queue was full, librdkafka looks again after this long: at its default of a second the lane
    // runs dry in between.
    ("fetch.queue.backoff.ms", "5"),
    // Statistics pile up on the queue if nobody polls. The consumer is always polled within the poll interval; the
    // producer gets none (see `producer_config`). They tell that a broker is silent, which is to be seen within ten
    // seconds: this twice, and `silence_limit`.
    ("statistics.interval.ms", "1000"),
    // Ten seconds by its own default: a broker that is back would be noticed that much later.
    ("reconnect.backoff.max.ms", "2000"),
    ("client.id", "demarche"),
];

/// Defaults of the producer. Overridable.
pub(super) const PRODUCER_DEFAULTS: [(&str, &str); 7] = [
    // Below the session timeout: when partitions of a dead member move, its open transaction ends soon after, and
    // readers are not held up. A transaction that times out fences its producer: fatal, the lane is built anew.
    ("transaction.timeout.ms", "10000"),
    ("linger.ms", "2"),
    // Bounds what a slow broker can pile up here; several epochs fit.
    ("queue.buffering.max.kbytes", "65536"),
    // A dead letter carries the original bytes, whatever their size; the topic's own limit decides.
    ("message.max.bytes", MESSAGE_MAX_BYTES),
    ("sticky.partitioning.linger.ms", "4"),
    ("reconnect.backoff.max.ms", "2000"),
    ("client.id", "demarche"),
];

/// Keys that the members of a group decide in the classic protocol, and the broker in the newer one (KIP-848): there librdkafka
/// refuses them.
pub(super) const CLASSIC_ONLY: [&str; 3] =
    ["partition.assignment.strategy", "session.timeout.ms", "heartbeat.interval.ms"];

/// How often a member of the newer protocol gives a sign of life, unless its broker was told otherwise.
pub(super) const BROKERS_HEARTBEAT_MS: u64 = 5000;
