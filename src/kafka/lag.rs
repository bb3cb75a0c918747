//! How far the partitions reach, and whether a broker is there, from librdkafka's statistics.
//!
//! Its own `consumer_lag` does not serve: it compares with the offset that the *consumer* committed, and ours are
//! committed by the producer, inside of transactions. So only the ends are taken from here; the lane knows the rest.

use std::sync::Arc;
use std::time::Duration;

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

/// Time since any broker said anything; nothing if none ever has.
pub(crate) fn silence(statistics: &Statistics) -> Option<Duration> {
    let idle_us = statistics.brokers.values().filter_map(|broker| u64::try_from(broker.rxidle).ok());
    idle_us.min().map(Duration::from_micros)
}
