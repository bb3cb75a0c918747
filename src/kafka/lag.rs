//! How far the partitions reach, and whether a broker is there, from librdkafka's statistics.
//!
//! Its own `consumer_lag` does not serve: it compares with the offset that the *consumer* committed, and ours are
//! committed by the producer, inside of transactions. So only the ends are taken from here; the lane knows the rest.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::statistics::Statistics;

use crate::pipeline::ports::{EndOffset, Partition};

/// Ends of all partitions that this client follows, in order. The end is the last stable offset: what lies above it
/// belongs to open transactions and cannot be read yet.
pub(crate) fn ends(statistics: &Statistics) -> Vec<EndOffset> {
    let mut ends: Vec<EndOffset> = statistics
        .topics
        .values()
        .flat_map(|topic| {
            let name: Arc<str> = topic.topic.as_str().into();
            topic
                .partitions
                .values()
                // Partition −1 is the library's own; a negative end is not known yet.
                .filter(|found| found.partition >= 0 && found.ls_offset >= 0 && found.fetch_state == "active")
                .map(move |found| EndOffset {
                    partition: Partition { topic: Arc::clone(&name), index: found.partition },
                    end: found.ls_offset,
                    fetched: found.next_offset,
                })
        })
        .collect();
    ends.sort_by(|one, other| one.partition.cmp(&other.partition));
    ends
}

/// Whether a connection to a broker stands.
pub(crate) fn is_connected(statistics: &Statistics) -> bool {
    statistics.brokers.values().any(|broker| broker.state == "UP")
}

/// Since when no broker has said anything. The statistics tell the time since the last answer of each connection, which ends
/// with the connection: of a broker that refuses new ones they tell nothing. What they always tell is how many answers came.
#[derive(Debug)]
pub(crate) struct Silence {
    n_answers: u64,
    since: Instant,
}

impl Default for Silence {
    fn default() -> Self {
        Self { n_answers: 0, since: Instant::now() }
    }
}

impl Silence {
    /// Time since the last answer, as far as these statistics and those before them tell.
    pub(crate) fn notice(&mut self, statistics: &Statistics) -> Duration {
        let n_answers: u64 = statistics.brokers.values().map(|broker| broker.rx).sum();
        if n_answers > self.n_answers {
            let idle_us = statistics.brokers.values().filter_map(|broker| u64::try_from(broker.rxidle).ok()).min();
            let now = Instant::now();
            let told = idle_us.and_then(|idle_us| now.checked_sub(Duration::from_micros(idle_us))).unwrap_or(now);
            self.since = self.since.max(told);
        }
        // A broker that is not there any more takes its answers with it.
        self.n_answers = n_answers;
        self.since.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rdkafka::statistics::Broker;

    use super::*;

    fn statistics(rx: u64, rxidle: i64) -> Statistics {
        let broker = Broker { rx, rxidle, ..Broker::default() };
        Statistics { brokers: HashMap::from([("one".to_owned(), broker)]), ..Statistics::default() }
    }

    #[test]
    fn a_broker_that_takes_no_connection_is_silent_all_the_same() {
        let mut silence = Silence { n_answers: 0, since: Instant::now() - Duration::from_mins(2) };
        assert!(
            silence.notice(&statistics(7, 30_000_000)) >= Duration::from_secs(30),
            "as long as the connection tells"
        );
        // The connection is gone, and with it what it told.
        assert!(silence.notice(&statistics(7, -1)) >= Duration::from_secs(30));
        assert!(silence.notice(&statistics(8, 0)) < Duration::from_secs(30), "an answer ends it");
    }
}
