//! Dead letters: a refused message with its bytes, key and headers untouched, and headers of ours behind them that say
//! why it was refused and where it stood.

use super::message::{Channel, Header, Message, OutgoingRecord};
use super::rejection::Rejection;

/// Why: one of the closed reasons ([`super::RejectionReason`]).
pub const REASON: &str = "demarche-reason";
/// The particulars, for a person.
pub const DETAIL: &str = "demarche-detail";
/// Topic that the message came from.
pub const TOPIC: &str = "demarche-topic";
/// Partition, decimal.
pub const PARTITION: &str = "demarche-partition";
/// Offset, decimal.
pub const OFFSET: &str = "demarche-offset";
/// The message's own time in milliseconds since 1970, decimal; absent where it has none.
pub const TIMESTAMP: &str = "demarche-timestamp";

/// The dead letter of a refused message. A letter that is replayed and refused again carries our headers twice: the
/// last ones are the latest.
pub fn encode(message: &Message, rejection: &Rejection) -> OutgoingRecord {
    let origin = &message.origin;
    let ours = [
        header(REASON, rejection.reason.as_str()),
        header(DETAIL, &rejection.detail),
        header(TOPIC, &origin.topic),
        header(PARTITION, &origin.partition.to_string()),
        header(OFFSET, &origin.offset.to_string()),
    ];
    let timestamp = origin.timestamp_ms.map(|ms| header(TIMESTAMP, &ms.to_string()));
    OutgoingRecord {
        channel: Channel::DeadLetter,
        key: message.key.clone(),
        payload: message.payload.clone(),
        headers: message.headers.iter().cloned().chain(ours).chain(timestamp).collect(),
    }
}

fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), Some(value.as_bytes().to_vec()))
}
