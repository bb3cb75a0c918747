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

/// How often the message has been put back on its topic, decimal; absent: never. A header of the message itself, which the dead
/// letter keeps as it keeps all others.
pub const ATTEMPTS: &str = "demarche-attempts";

/// Whether a header is one of ours, and not the message's own.
pub fn is_ours(name: &str) -> bool {
    [REASON, DETAIL, TOPIC, PARTITION, OFFSET, TIMESTAMP, ATTEMPTS].contains(&name)
}

/// What a dead letter was made of; key and value are the letter's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Original {
    /// Topic that it came from.
    pub topic: String,
    /// Partition there.
    pub partition: i32,
    /// How often it had been put back before.
    pub attempts: u32,
    /// Its headers, with one behind them that counts this attempt ([`ATTEMPTS`]).
    pub headers: Vec<Header>,
}

/// The message of a dead letter, to be put back. None where the letter does not say where it came from.
pub fn original(letter: &Message) -> Option<Original> {
    let topic = letter.header(TOPIC)?.to_owned();
    let partition = letter.header(PARTITION)?.parse().ok()?;
    let attempts = letter.header(ATTEMPTS).map_or(Some(0), |text| text.parse::<u32>().ok())?;
    let own = letter.headers.iter().filter(|(name, _)| !is_ours(name)).cloned();
    let headers = own.chain([header(ATTEMPTS, &attempts.saturating_add(1).to_string())]).collect();
    Some(Original { topic, partition, attempts, headers })
}

/// The dead letter of a refused message. A letter that was put back by other means than ours and refused again carries our
/// headers twice: the last ones are the latest.
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
        class: None,
    }
}

fn header(name: &str, value: &str) -> Header {
    (name.to_owned(), Some(value.as_bytes().to_vec()))
}
