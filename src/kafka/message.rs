//! rdkafka's borrowed messages to ours: one copy of key, value and headers, the topic's name shared.

use std::sync::Arc;

use rdkafka::Message as _;
use rdkafka::message::{BorrowedMessage, Headers};

use crate::record::{Message, Origin};

/// Copies a message out of the client's memory. `intern` gives the shared name of a topic.
pub(crate) fn detach(borrowed: &BorrowedMessage<'_>, intern: impl FnOnce(&str) -> Arc<str>) -> Message {
    Message {
        origin: Origin {
            topic: intern(borrowed.topic()),
            partition: borrowed.partition(),
            offset: borrowed.offset(),
            timestamp_ms: borrowed.timestamp().to_millis(),
        },
        key: borrowed.key().map(<[u8]>::to_vec),
        payload: borrowed.payload().map(<[u8]>::to_vec),
        headers: borrowed.headers().map_or_else(Vec::new, |headers| {
            headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
        }),
    }
}
