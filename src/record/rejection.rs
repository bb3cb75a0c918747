//! Why an input was refused: a closed list, so that every message ends in exactly one counted outcome.

use std::fmt;

/// Reason of a rejection. Its text is a metric label and a header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RejectionReason {
    /// More bytes than the limit, or records about it that would be.
    TooLarge,
    /// More tokens than the limit, or more than its bytes give reason for: its analysis would take too long.
    TooManyTokens,
    /// The bytes are a text neither in UTF-8 nor in the charset that is declared or seems to be used.
    NotUtf8,
    /// Recognized, and not read: another format, or several articles in one message.
    UnsupportedFormat,
    /// Not the JSON (or HTML) that it claims or seems to be, or a field of the wrong type.
    Malformed,
    /// Readable, but without a text to analyze. A tombstone is one of these.
    NoText,
    /// Not English.
    UnsupportedLanguage,
    /// The analysis panicked: a defect of ours.
    AnalysisPanicked,
}

impl RejectionReason {
    /// Every reason, in the order of the wire documentation.
    pub const ALL: [Self; 8] = [
        Self::TooLarge,
        Self::TooManyTokens,
        Self::NotUtf8,
        Self::UnsupportedFormat,
        Self::Malformed,
        Self::NoText,
        Self::UnsupportedLanguage,
        Self::AnalysisPanicked,
    ];

    /// The reason of this name on the wire.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::TooManyTokens => "too_many_tokens",
            Self::NotUtf8 => "not_utf8",
            Self::UnsupportedFormat => "unsupported_format",
            Self::Malformed => "malformed",
            Self::NoText => "no_text",
            Self::UnsupportedLanguage => "unsupported_language",
            Self::AnalysisPanicked => "analysis_panicked",
        }
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Longest [`Rejection::detail`]: it quotes what the sender wrote, and becomes a header and a log line.
const MAX_DETAIL_BYTES: usize = 300;

/// A refusal: the reason, and the particulars for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct Rejection {
    /// The closed reason.
    pub reason: RejectionReason,
    /// What exactly was wrong; lower case, no full stop, bounded in length.
    pub detail: String,
}

impl Rejection {
    /// A rejection with its particulars, cut after 300 bytes.
    pub fn new(reason: RejectionReason, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        detail.truncate(detail.floor_char_boundary(MAX_DETAIL_BYTES));
        Self { reason, detail }
    }
}
