//! What a sender may send and what is written: the settings of both conversions.

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputOptions {
    /// Largest message value in bytes. 2 MiB is some fifty times a long news article, so that what exceeds it is not
    /// one; a larger limit costs memory per analysis thread.
    pub max_bytes: usize,
    /// Whether an article that is reliably in another language than English is refused.
    pub check_language: bool,
}

impl Default for InputOptions {
    fn default() -> Self {
        Self { max_bytes: 2 * 1024 * 1024, check_language: true }
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
    /// Findings below this confidence are left out of every record. 0 keeps all.
    pub min_confidence: f32,
}

impl Default for OutputOptions {
    fn default() -> Self {
        Self { source: "/demarche".into(), statements: true, events: true, analyses: false, min_confidence: 0.0 }
    }
}
