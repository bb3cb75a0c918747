//! The settings of the page.

use std::path::PathBuf;
use std::time::Duration;

use crate::telemetry::Token;

/// When a request has its turn beside the topic. No key of the configuration: it is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    /// How long a core must have been idle. Between two articles a thread of the topic is idle for some microseconds; to take its core then
    /// would be to take it away.
    pub idle: Duration,
    /// How long a request waits for such a core.
    pub patience: Duration,
}

impl Default for Admission {
    fn default() -> Self {
        Self { idle: Duration::from_millis(20), patience: Duration::from_secs(5) }
    }
}

/// What the page may keep, and who may ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplorerOptions {
    /// Whether there is a page and an API at all. Health and metrics are there without.
    pub page: bool,
    /// Most bytes of articles and findings that are kept to be looked at; the oldest go first.
    pub history: usize,
    /// How long they are kept at most.
    pub history_age: Duration,
    /// What whoever asks must know, where others than this machine may ask.
    pub token: Option<Token>,
    /// The file that it stands in.
    pub token_file: Option<PathBuf>,
    /// When a request has its turn.
    pub admission: Admission,
}

impl Default for ExplorerOptions {
    fn default() -> Self {
        Self {
            page: true,
            history: 64 << 20,
            history_age: Duration::from_hours(24),
            token: None,
            token_file: None,
            admission: Admission::default(),
        }
    }
}
