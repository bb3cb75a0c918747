//! What can go wrong at the border to Kafka, in words for the operator.

use rdkafka::error::KafkaError;

use crate::kafka::options::refusal;

/// A failure of a client or of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The settings cannot work.
    #[error("{key}: {problem}")]
    Options {
        /// librdkafka's or our own key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A client call failed.
    #[error("cannot {action}: {reason}")]
    Client {
        /// What was attempted, as a verb phrase.
        action: String,
        /// What the client said.
        reason: String,
    },
    /// Another process has taken a lane's name or transactional id.
    #[error("lane {lane} was replaced by another process of the same instance_id or transactional_id: {reason}")]
    Replaced {
        /// Which lane.
        lane: usize,
        /// What the client said.
        reason: String,
    },
    /// A lane failed so often that it was given up.
    #[error("lane {lane} gave up after {restarts} restarts: {reason}")]
    Lane {
        /// Which lane.
        lane: usize,
        /// How often it had been built anew.
        restarts: u32,
        /// The last fatal reason.
        reason: String,
    },
}

impl Error {
    /// A failed call, with what was attempted.
    pub(crate) fn client(action: impl Into<String>, error: &KafkaError) -> Self {
        match error {
            // The library's text holds the refused value, which may be a password.
            KafkaError::ClientConfig(_, description, key, _) => {
                Self::Options { key: key.clone(), problem: refusal(key, description) }
            }
            other => Self::Client { action: action.into(), reason: other.to_string() },
        }
    }
}
