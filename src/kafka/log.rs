//! librdkafka's own log, handed to `tracing`, and read for the lines that say what no error says.

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

/// Facility of the line that says a poll interval was missed.
pub(crate) const MAX_POLL: &str = "MAXPOLL";

/// Facility of the line that says the group heard nothing of us for too long.
pub(crate) const SESSION_TIMEOUT: &str = "SESSTMOUT";

/// Passes a line on.
pub(crate) fn forward(client: &'static str, level: RDKafkaLogLevel, facility: &str, line: &str) {
    match level {
        // Every client gets the whole options map; that a producer ignores a consumer's key is no news.
        _ if facility == "CONFWARN" => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
        RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
            tracing::error!(target: "librdkafka", client, facility, "{line}");
        }
        RDKafkaLogLevel::Warning => tracing::warn!(target: "librdkafka", client, facility, "{line}"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
            tracing::info!(target: "librdkafka", client, facility, "{line}");
        }
        RDKafkaLogLevel::Debug => tracing::debug!(target: "librdkafka", client, facility, "{line}"),
    }
}

/// Passes an error on that the client reports outside of any call. The reason of a refused connection (wrong password,
/// unknown authority) stands here and nowhere else.
pub(crate) fn trouble(client: &'static str, lane: Option<usize>, error: &KafkaError, reason: &str) {
    // Said again at each attempt to connect, several times a second, after a line that names the broker and the cause.
    if error.rdkafka_error_code() == Some(RDKafkaErrorCode::AllBrokersDown) {
        tracing::debug!(client, lane, %error, "{reason}");
    } else {
        tracing::warn!(client, lane, %error, "{reason}");
    }
}

/// Context of a client that does nothing but log, under this name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logged(pub(crate) &'static str);

impl ClientContext for Logged {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        forward(self.0, level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        trouble(self.0, None, &error, reason);
    }
}

impl ConsumerContext for Logged {}
