//! librdkafka's own log, handed to `tracing`, and read for the lines that say what no error says.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};

use crate::pipeline::ports::Partition;

/// Facility of the line that says a poll interval was missed.
pub(crate) const MAX_POLL: &str = "MAXPOLL";

/// Facility of the line that says the group heard nothing of us for too long.
pub(crate) const SESSION_TIMEOUT: &str = "SESSTMOUT";

/// Facility of the line that says a position was out of range, and where reading goes on. Of a partition that has no
/// committed position there is none at this level.
pub(crate) const OFFSET: &str = "OFFSET";

/// The position that a line of [`OFFSET`] says the broker did not have:
/// `[thrd:main]: articles [3]: offset reset (at offset 120 (leader epoch 0), broker 1) to …` (`rd_kafka_offset_reset`).
pub(crate) fn lost_position(line: &str) -> Option<(Partition, i64)> {
    let (partition, rest) = line.split_once("]: offset reset (at offset ")?;
    let (topic, index) = partition.rsplit_once(" [")?;
    // A topic's name has no spaces; what stands before it names the thread.
    let topic = topic.rsplit(' ').next()?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    Some((Partition { topic: topic.into(), index: index.parse().ok()? }, rest[..end].parse().ok()?))
}

/// Facility of the lines that say which partitions the broker lets no transaction write to. The error of the call that fails
/// names none.
pub(crate) const ADD_PARTITIONS: &str = "ADDPARTS";

/// The topic of such a line, unless it only was not tried because another one is refused:
/// `[thrd:main]: TxnCoordinator/1: Failed to add partition "statements" [0] to transaction: Broker: Topic authorization failed`.
pub(crate) fn refused_topic(line: &str) -> Option<&str> {
    let (topic, rest) = line.split_once("Failed to add partition \"")?.1.split_once('"')?;
    (!rest.ends_with("Operation not attempted")).then_some(topic)
}

/// Facility of the lines about metadata, which only a client with `debug=metadata` writes.
pub(crate) const METADATA: &str = "METADATA";

/// The topic that a line of [`METADATA`] says was made again, since a broker gives each topic an id of its own (KIP-516):
/// `[thrd:main]: Topic articles changed id from 0LAQ… to wIhb…` (`rd_kafka_topic_metadata_update`). No error and no event
/// says so, and the client goes on at its old position.
pub(crate) fn recreated_topic(line: &str) -> Option<&str> {
    let (before, ids) = line.split_once(" changed id from ")?;
    let (from, to) = ids.split_once(" to ")?;
    // The id of a topic that was not known before, or of a broker that has none, is zero.
    let is_known = |id: &str| id.trim_end_matches('=').contains(|c| c != 'A');
    if !is_known(from) || !is_known(to) {
        return None;
    }
    before.rsplit_once("Topic ").map(|(_, topic)| topic)
}

/// Passes a line on.
pub(crate) fn forward(client: &'static str, level: RDKafkaLogLevel, facility: &str, line: &str) {
    match level {
        // A lost connection is told by an error too, which says the same; but a client that only asks hears of no error until it is polled.
        _ if facility == "FAIL" && is_unreachable_news(line) => {}
        _ if facility == "FAIL" || facility == "ERROR" => {
            tracing::debug!(target: "librdkafka", client, facility, "{line}");
        }
        // Every client gets the whole options map; that a producer ignores a consumer's key is no news.
        _ if facility == "CONFWARN" => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            tracing::error!(target: "librdkafka", client, facility, "{line}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", client, facility, "{line}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", client, facility, "{line}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
    }
}

/// Passes an error on that the client reports outside of any call. The reason of a refused connection (wrong password,
/// unknown authority) stands here and nowhere else.
pub(crate) fn trouble(client: &'static str, lane: Option<usize>, error: &KafkaError, reason: &str) {
    let told = Trouble::of(reason);
    // That all are down is said again at each attempt to connect, several times a second, after a line that names the broker and the cause.
    if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) || !is_news(&told) {
        tracing::debug!(client, lane, %error, "{reason}");
    } else {
        match told {
            Trouble::Unreachable { broker, cause } => {
                tracing::warn!(client, lane, "cannot reach {broker}: {cause}; still trying");
            }
            Trouble::Other(reason) => tracing::warn!(client, lane, %error, "{reason}"),
        }
    }
}

/// Tells of a broker that cannot be reached, if this line of the log says so and nothing has yet.
fn is_unreachable_news(line: &str) -> bool {
    let told = Trouble::of(line.split_once("]: ").map_or(line, |(_, line)| line));
    let Trouble::Unreachable { broker, cause } = &told else { return false };
    let is_news = is_news(&told);
    if is_news {
        tracing::warn!("cannot reach {broker}: {cause}; still trying");
    }
    is_news
}

/// What a client reports.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    /// No connection to a broker: which one, and why.
    Unreachable {
        broker: String,
        cause: String,
    },
    Other(String),
}

impl Trouble {
    /// Reads it from the library's sentence, without what differs at each attempt (how long it took, which of the addresses):
    /// `host:9092/bootstrap: Connect to ipv4#192.0.2.1:9092 failed: Connection refused (after 0ms in state CONNECT)`, or
    /// `host:9092/1: Failed to resolve 'host:9092': Name or service not known (after 3ms in state CONNECT)`.
    fn of(reason: &str) -> Self {
        let what = reason.split(" (after ").next().unwrap_or(reason);
        let read = || {
            let refused = || Some((what.split_once(": Connect to ")?, " failed: "));
            let unknown = || Some((what.split_once(": Failed to resolve ")?, ": "));
            let ((broker, rest), before_cause) = refused().or_else(unknown)?;
            let (_, cause) = rest.split_once(before_cause)?;
            // "TxnCoordinator: host:9092": a coordinator has its part before the address.
            let broker = broker.rsplit_once(": ").map_or(broker, |(_, broker)| broker);
            let broker = broker.rsplit_once('/').map_or(broker, |(broker, _)| broker);
            // With TLS or SASL the address begins with the protocol.
            let broker = broker.rsplit_once("://").map_or(broker, |(_, broker)| broker);
            Some(Self::Unreachable { broker: broker.to_owned(), cause: cause.to_owned() })
        };
        read().unwrap_or_else(|| Self::Other(what.to_owned()))
    }
}

/// How long the same trouble is not told again.
const QUIET: Duration = Duration::from_mins(1);

/// Whether a trouble was not told within the last minute, whichever client had it. A broker that is away is tried several times a
/// second, by every client.
fn is_news(trouble: &Trouble) -> bool {
    static TOLD: Mutex<BTreeMap<Trouble, Instant>> = Mutex::new(BTreeMap::new());
    let now = Instant::now();
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.retain(|_, at| now.duration_since(*at) < QUIET);
    match told.entry(trouble.clone()) {
        Entry::Occupied(_) => false,
        Entry::Vacant(entry) => {
            entry.insert(now);
            true
        }
    }
}

/// Context of a client that does nothing but log, under this name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logged(pub(crate) &'static str);

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        forward(self.0, level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        trouble(self.0, None, &error, reason);
    }
}

impl ConsumerContext for Logged {}

/// Whether records were delivered tells the commit of their transaction.
impl ProducerContext for Logged {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &DeliveryResult<'_>, (): ()) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_that_is_out_of_range_is_read_from_the_log() {
        let line = "[thrd:main]: news.in [3]: offset reset (at offset 120 (leader epoch 0), broker 1) to offset BEGINNING (leader epoch -1): fetch failed due to requested offset not available on the broker: Broker: Offset out of range";
        assert_eq!(lost_position(line), Some((Partition { topic: "news.in".into(), index: 3 }, 120)));
        assert_eq!(lost_position("news.in [3]: offset reset (at offset INVALID (leader epoch 0))"), None);
        assert_eq!(lost_position("something else"), None);
    }

    #[test]
    fn a_topic_that_no_transaction_may_write_to_is_read_from_the_log() {
        let line = |why: &str| {
            format!(
                "[thrd:main]: TxnCoordinator/1: Failed to add partition \"found.out\" [1] to transaction: Broker: {why}"
            )
        };
        assert_eq!(refused_topic(&line("Topic authorization failed")), Some("found.out"));
        assert_eq!(refused_topic(&line("Operation not attempted")), None, "another one is refused");
    }

    #[test]
    fn the_same_trouble_is_told_once_a_minute_in_words_of_ours() {
        let refused = |address: &str, ms: u32| {
            Trouble::of(&format!(
                "test.example:1/bootstrap: Connect to {address} failed: Connection refused (after {ms}ms in state CONNECT)"
            ))
        };
        let expected =
            Trouble::Unreachable { broker: "test.example:1".to_owned(), cause: "Connection refused".to_owned() };
        assert_eq!(refused("ipv4#192.0.2.1:1", 0), expected);
        assert!(is_news(&refused("ipv4#192.0.2.1:1", 0)));
        assert!(!is_news(&refused("ipv6#[2001:db8::1]:1", 3)), "another address of the same broker");
        let coordinator = "TxnCoordinator: test.example:1: Connect to ipv4#192.0.2.1:1 failed: Connection refused (after 0ms in state CONNECT)";
        assert!(!is_news(&Trouble::of(coordinator)), "the same broker in another part");
        assert!(is_news(&Trouble::of("another trouble")));
        let named = "sasl_ssl://no.example:1/bootstrap: Failed to resolve 'no.example:1': Name or service not known (after 2ms in state CONNECT)";
        let unknown =
            Trouble::Unreachable { broker: "no.example:1".to_owned(), cause: "Name or service not known".to_owned() };
        assert_eq!(Trouble::of(named), unknown);
    }

    #[test]
    fn a_topic_that_is_made_again_is_read_from_the_log() {
        let line = |from: &str| format!("[thrd:main]: Topic news.in changed id from {from} to wIhbVQ4nRk2aSeJQ5rXz1A");
        assert_eq!(recreated_topic(&line("0LAQ6h2fT0Wc0Qm3oDq8_g")), Some("news.in"));
        assert_eq!(recreated_topic(&line("AAAAAAAAAAAAAAAAAAAAAA")), None, "a topic that is seen for the first time");
        assert_eq!(recreated_topic("[thrd:main]: Topic news.in [0] Leader 1 Epoch 0"), None);
    }
}
