//! What a sender may send and what is written: the settings of both conversions.

use super::Channel;

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputOptions {
    /// Largest text in bytes; a message may have [`InputOptions::max_page_bytes`]. 2 MiB is some fifty times a long news article, so that
    /// what exceeds it is not one; a larger limit costs memory per analysis thread.
    pub max_bytes: usize,
    /// Most tokens of title and text together. The time that an article takes goes with them: some 15,000 are a second of a
    /// core where names and events stand close (1.9 MB of nothing else: 27 seconds), and its partition waits. News of the largest size has 400,000.
    pub max_tokens: usize,
    /// Whether an article that is reliably in another language than English is refused.
    pub check_language: bool,
}

/// How many times as large as a text its message may be: most of a page is markup and scripts, whether it comes by itself or in JSON, and
/// costs little.
const PAGE_FACTOR: usize = 2;

impl InputOptions {
    /// Largest message value of any format, in bytes, compressed or not.
    pub const fn max_page_bytes(&self) -> usize {
        self.max_bytes.saturating_mul(PAGE_FACTOR)
    }
}

impl Default for InputOptions {
    fn default() -> Self {
        Self { max_bytes: 2 * 1024 * 1024, max_tokens: 300_000, check_language: true }
    }
}

/// What is written.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputOptions {
    /// `ce_source` of every record: a URI reference that names this pipeline (CloudEvents 1.0, section 3.1.1).
    pub source: String,
    /// Whether statement records are written.
    pub statements: bool,
    /// Whether event records are written.
    pub events: bool,
    /// Whether one analysis record an article is written. They hold the whole text, hence off by default.
    pub analyses: bool,
    /// Findings below these confidences are left out of every record.
    pub min_confidence: MinConfidence,
    /// Largest statement or event, in bytes of key, value and headers. An article that needs a larger one is refused.
    /// Below what the topics take, 1,048,588 bytes unless told otherwise (Kafka's `max.message.bytes`).
    pub max_record_bytes: usize,
    /// Largest analysis, likewise.
    pub max_analysis_bytes: usize,
}

/// How sure findings must be, 0 to 1. 0 keeps all. Apart, for the two are not equally hard: an event that is sure for an event would be a doubtful statement.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MinConfidence {
    /// Statements.
    pub statements: f32,
    /// Events.
    pub events: f32,
}

impl MinConfidence {
    /// The same for both.
    pub const fn of_all(least: f32) -> Self {
        Self { statements: least, events: least }
    }
}

impl OutputOptions {
    /// The channels that are written to.
    pub fn channels(&self) -> Vec<Channel> {
        let switched = [
            (self.statements, Channel::Statements),
            (self.events, Channel::Events),
            (self.analyses, Channel::Analyses),
        ];
        let on = switched.into_iter().filter_map(|(is_on, channel)| is_on.then_some(channel));
        on.chain([Channel::DeadLetter]).collect()
    }

    /// Largest record of a channel. A dead letter is as large as what was refused.
    pub(crate) fn max_bytes_of(&self, channel: Channel) -> usize {
        match channel {
            Channel::Statements | Channel::Events => self.max_record_bytes,
            Channel::Analyses => self.max_analysis_bytes,
            Channel::DeadLetter => usize::MAX,
        }
    }
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self {
            source: "/demarche".into(),
            statements: true,
            events: true,
            analyses: false,
            min_confidence: MinConfidence::default(),
            max_record_bytes: 1_000_000,
            max_analysis_bytes: 16_000_000,
        }
    }
}
