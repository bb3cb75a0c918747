//! A message as it stands in a topic, and a record as it will stand in one.

use std::sync::Arc;

use super::class::FindingClass;

/// A header: name and value, in order; names may repeat.
pub type Header = (String, Option<Vec<u8>>);

/// Where a message came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Origin {
    /// Topic, or the file's name.
    pub topic: Arc<str>,
    /// Partition; 0 for files.
    pub partition: i32,
    /// Offset in the partition; line or file number for files.
    pub offset: i64,
    /// The message's own time in milliseconds since 1970, if it has one.
    pub timestamp_ms: Option<i64>,
}

/// An input message, unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it came from.
    pub origin: Origin,
    /// Its key; may be absent, empty, or no UTF-8.
    pub key: Option<Vec<u8>>,
    /// Its value; absent in a tombstone.
    pub payload: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Vec<Header>,
}

impl Message {
    /// Value of the last header of this name (names compare without regard to case), if it is UTF-8.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().rev().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(value.as_deref()?).ok()
    }

    /// Bytes of key, value and headers: what bounded memory counts.
    pub fn n_bytes(&self) -> usize {
        n_bytes(self.key.as_deref(), self.payload.as_deref(), &self.headers)
    }
}

fn n_bytes(key: Option<&[u8]>, payload: Option<&[u8]>, headers: &[Header]) -> usize {
    let length = |value: Option<&[u8]>| value.map_or(0, <[u8]>::len);
    let headers: usize = headers.iter().map(|(name, value)| name.len() + length(value.as_deref())).sum();
    length(key) + length(payload) + headers
}

/// Which of the output topics a record goes to; the configuration names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// One record a statement.
    Statements,
    /// One record an event.
    Events,
    /// One record an article, off by default.
    Analyses,
    /// Refused messages, untouched.
    DeadLetter,
}

impl Channel {
    /// Where the record of such a finding goes.
    pub const fn of_finding(class: FindingClass) -> Self {
        match class {
            FindingClass::Statement(_) => Self::Statements,
            FindingClass::Event(..) => Self::Events,
        }
    }
}

/// A record to be produced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// Where to.
    pub channel: Channel,
    /// The article id; for dead letters the key as received.
    pub key: Option<Vec<u8>>,
    /// The value; absent only in the dead letter of a tombstone.
    pub payload: Option<Vec<u8>>,
    /// CloudEvents attributes, content type, trace context; for dead letters the headers as received, then ours.
    pub headers: Vec<Header>,
    /// What it is counted as, where it is one finding. Not part of what is written.
    pub class: Option<FindingClass>,
}

impl OutgoingRecord {
    /// Bytes of key, value and headers.
    pub fn n_bytes(&self) -> usize {
        n_bytes(self.key.as_deref(), self.payload.as_deref(), &self.headers)
    }
}
