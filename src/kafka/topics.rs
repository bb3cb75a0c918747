//! What a broker says about the topics, before anything is promised and when it takes no records: each time a sentence that
//! names the topic and the remedy.

use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::client::Client;
use rdkafka::error::RDKafkaErrorCode;

use crate::kafka::Topics;
use crate::record::Channel;

/// How long to ask about one topic. A broker that does not answer says nothing about it.
const ASK_WAIT: Duration = Duration::from_secs(3);

/// A topic with the setting that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    key: &'static str,
    topic: String,
}

impl Wanted {
    /// The topics of these channels. (Not those that are read from: it is a producer that asks, and where brokers make
    /// topics by themselves, they do for a producer that asks.)
    pub(crate) fn of(topics: &Topics, channels: &[Channel]) -> Vec<Self> {
        channels.iter().map(|channel| Self { key: key(*channel), topic: topics.of(*channel).to_owned() }).collect()
    }
}

fn key(channel: Channel) -> &'static str {
    match channel {
        Channel::Statements => "kafka.topics.statements",
        Channel::Events => "kafka.topics.events",
        Channel::Analyses => "kafka.topics.analyses",
        Channel::DeadLetter => "kafka.topics.dead_letters",
    }
}

/// Why the first of these that cannot be used cannot. Nothing where the broker does not answer.
pub(crate) fn refusal<C: ClientContext>(client: &Client<C>, wanted: &[Wanted]) -> Option<String> {
    for Wanted { key, topic } in wanted {
        let metadata = client.fetch_metadata(Some(topic), ASK_WAIT).ok()?;
        let error = metadata.topics().iter().find(|found| found.name() == topic)?.error();
        if let Some(sentence) = error.and_then(|error| sentence(error.into(), topic)) {
            return Some(format!("{sentence} ({key})"));
        }
    }
    None
}

/// What an error says about a topic, and what helps; nothing if it is no refusal.
pub(crate) fn sentence(error: RDKafkaErrorCode, topic: &str) -> Option<String> {
    match error {
        RDKafkaErrorCode::UnknownTopicOrPartition
        | RDKafkaErrorCode::UnknownTopic
        | RDKafkaErrorCode::UnknownPartition => Some(format!(
            "topic `{topic}` does not exist: make it, as deploy/kafka/make-topics does, or name another one"
        )),
        RDKafkaErrorCode::InvalidTopic => Some(format!("`{topic}` is no name that a topic can have: name another one")),
        RDKafkaErrorCode::TopicAuthorizationFailed => {
            Some(format!("topic `{topic}` is forbidden to this user: grant it write"))
        }
        RDKafkaErrorCode::MessageSizeTooLarge => Some(format!(
            "topic `{topic}` takes no record as large: raise its max.message.bytes above output.max_record_bytes; for dead letters above the largest article"
        )),
        RDKafkaErrorCode::PolicyViolation => {
            Some(format!("topic `{topic}` has a rule against the record: change the rule"))
        }
        _ => None,
    }
}
