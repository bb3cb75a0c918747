//! What a broker says about the topics, before anything is promised and when it takes no records: each time a sentence that
//! names the topic and the remedy.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use crossbeam_channel::bounded;
use rdkafka::ClientContext;
use rdkafka::admin::{AdminClient, AdminOptions, OwnedResourceSpecifier, ResourceSpecifier};
use rdkafka::client::Client;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer as _};

use crate::kafka::Topics;
use crate::kafka::log::Logged;
use crate::pipeline::ports::Answer;
use crate::record::Channel;

/// How long to ask about one topic. A broker that does not answer says nothing about it.
const ASK_WAIT: Duration = Duration::from_secs(3);

/// How long another client may take to be answered by anybody: it has to connect first.
const NEWCOMER_WAIT: Duration = Duration::from_secs(3);

/// How often a topic that is not there is asked for, and how long after the last time: where brokers make topics by themselves,
/// they do for a producer that asks, and say so at the next asking.
const ASKINGS: u32 = 3;
const BETWEEN_ASKINGS: Duration = Duration::from_millis(300);

/// What is done with a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// A topic with the setting that names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) key: &'static str,
    pub(crate) topic: String,
    pub(crate) access: Access,
    /// The largest record that may have to be written, and the setting that says so.
    largest: Option<(usize, &'static str)>,
}

impl Wanted {
    /// The topics of these channels, with the largest record of each. (A producer asks for them: where brokers make topics by
    /// themselves, they do for a producer that asks.)
    pub(crate) fn outputs(topics: &Topics, channels: &[(Channel, usize)]) -> Vec<Self> {
        let wanted = |&(channel, largest): &(Channel, usize)| {
            let (key, setting) = match channel {
                Channel::Statements => ("kafka.topics.statements", Some("output.max_record_bytes")),
                Channel::Events => ("kafka.topics.events", Some("output.max_record_bytes")),
                Channel::Analyses => ("kafka.topics.analyses", Some("output.max_analysis_bytes")),
                // As large as what was refused, which the input topics decide.
                Channel::DeadLetter => ("kafka.topics.dead_letters", None),
            };
            let topic = topics.of(channel).to_owned();
            Self { key, topic, access: Access::Write, largest: setting.map(|setting| (largest, setting)) }
        };
        channels.iter().map(wanted).collect()
    }

    /// The topics that are read. Of a pattern nobody knows which topics it means.
    pub(crate) fn inputs(topics: &Topics) -> Vec<Self> {
        let named = topics.articles.iter().filter(|topic| !topic.starts_with('^'));
        let wanted = |topic: &String| Self {
            key: "kafka.topics.articles",
            topic: topic.clone(),
            access: Access::Read,
            largest: None,
        };
        named.map(wanted).collect()
    }
}

/// Why the first of these that cannot be used cannot.
pub(crate) fn ask<C: ClientContext>(client: &Client<C>, wanted: &[Wanted]) -> Answer {
    for Wanted { key, topic, access, .. } in wanted {
        let Ok(metadata) = client.fetch_metadata(Some(topic), ASK_WAIT) else { return Answer::Silent };
        let error = metadata.topics().iter().find(|found| found.name() == topic).and_then(|found| found.error());
        if let Some(sentence) = error.and_then(|error| sentence(error.into(), topic, *access)) {
            return Answer::Refused(format!("{sentence} ({key})"));
        }
    }
    Answer::Fine
}

/// Whether a broker answers a client that is made for this question. It names brokers, itself among them; one that names none is
/// not up yet. (No topic is named: where brokers make topics by themselves, they would for this question.)
pub(crate) fn is_anyone_there(config: &ClientConfig) -> bool {
    let (answer, answered) = bounded(1);
    let config = config.clone();
    let ask = move || -> KafkaResult<()> {
        let client: BaseProducer<Logged> = config.create_with_context(Logged("question"))?;
        let metadata = client.client().fetch_metadata(None, NEWCOMER_WAIT)?;
        // Nobody waits for it any more only if it comes too late.
        let _ = answer.send(!metadata.brokers().is_empty());
        Ok(())
    };
    // On a thread of its own: a client that looks for an address is not gone before that was found.
    let asking = thread::Builder::new().name("question".to_owned()).spawn(move || {
        if let Err(error) = ask() {
            tracing::debug!(%error, "nobody answers another client either");
        }
    });
    asking.is_ok() && answered.recv_timeout(2 * NEWCOMER_WAIT).unwrap_or(false)
}

/// How many partitions a topic has, or why it cannot be used.
pub(crate) fn n_partitions<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    access: Access,
    wait: Duration,
) -> Result<i32, String> {
    let mut reason = format!("topic `{topic}` has no partitions yet");
    for asking in 0..ASKINGS {
        if asking > 0 {
            thread::sleep(BETWEEN_ASKINGS);
        }
        let metadata = client.fetch_metadata(Some(topic), wait).map_err(|error| unanswered(&error, wait))?;
        let Some(found) = metadata.topics().iter().find(|found| found.name() == topic) else { continue };
        match found.error().map(RDKafkaErrorCode::from) {
            None if !found.partitions().is_empty() => {
                return i32::try_from(found.partitions().len()).map_err(|error| error.to_string());
            }
            None => {}
            Some(code) => reason = sentence(code, topic, access).unwrap_or_else(|| code.to_string()),
        }
    }
    Err(reason)
}

/// That a broker could not be asked. Why it cannot be reached was said by the client, in words of ours.
fn unanswered(error: &KafkaError, wait: Duration) -> String {
    match error.rdkafka_error_code() {
        Some(code) if is_silence(code) => format!("no broker answers within {} seconds", wait.as_secs()),
        _ => format!("no broker answers: {error}"),
    }
}

/// The `max.message.bytes` of topics, as far as the broker tells: that takes the right to describe their configuration. `None`: it
/// does not answer.
pub(crate) fn limits(config: &ClientConfig, topics: &[&str]) -> Option<BTreeMap<String, usize>> {
    // The answer comes on the client's own thread; there is nothing to drive but this.
    let runtime = tokio::runtime::Builder::new_current_thread().build().ok()?;
    let asked = || -> KafkaResult<_> {
        let admin: AdminClient<Logged> = config.create_with_context(Logged("admin"))?;
        let resources: Vec<_> = topics.iter().map(|topic| ResourceSpecifier::Topic(topic)).collect();
        let options = AdminOptions::new().request_timeout(Some(ASK_WAIT));
        runtime.block_on(admin.describe_configs(&resources, &options))
    };
    let answers = match asked() {
        Ok(answers) => answers,
        Err(KafkaError::AdminOp(code)) if is_silence(code) => return None,
        Err(error) => {
            tracing::debug!(%error, "the broker does not tell how large records may be");
            Vec::new()
        }
    };
    if answers.iter().any(|answer| answer.as_ref().is_err_and(|code| is_silence(*code))) {
        return None;
    }
    let limit = |resource: rdkafka::admin::ConfigResource| {
        let bytes = resource.get("max.message.bytes")?.value.as_deref()?.parse().ok()?;
        match resource.specifier {
            OwnedResourceSpecifier::Topic(topic) => Some((topic, bytes)),
            _ => None,
        }
    };
    Some(answers.into_iter().filter_map(Result::ok).filter_map(limit).collect())
}

/// Whether an error says that there was no answer; any other one is an answer.
fn is_silence(code: RDKafkaErrorCode) -> bool {
    matches!(
        code,
        RDKafkaErrorCode::OperationTimedOut
            | RDKafkaErrorCode::RequestTimedOut
            | RDKafkaErrorCode::MessageTimedOut
            | RDKafkaErrorCode::BrokerTransportFailure
            | RDKafkaErrorCode::AllBrokersDown
    )
}

/// Why the first of these that takes too small records does.
pub(crate) fn too_small(wanted: &[Wanted], limits: &BTreeMap<String, usize>) -> Option<String> {
    wanted.iter().find_map(|Wanted { key, topic, largest, .. }| {
        let ((largest, setting), limit) = (largest.as_ref()?, limits.get(topic)?);
        (limit <= largest).then(|| {
            format!(
                "topic `{topic}` takes records of up to {limit} bytes, and {setting} is {largest}: raise its max.message.bytes above that, or lower the setting ({key})"
            )
        })
    })
}

/// What an error says about a topic, and what helps; nothing if it is no refusal.
pub(crate) fn sentence(error: RDKafkaErrorCode, topic: &str, access: Access) -> Option<String> {
    let right = match access {
        Access::Read => "read",
        Access::Write => "write",
    };
    match error {
        RDKafkaErrorCode::UnknownTopicOrPartition
        | RDKafkaErrorCode::UnknownTopic
        | RDKafkaErrorCode::UnknownPartition => Some(format!(
            "topic `{topic}` does not exist: make it, as deploy/kafka/make-topics does, or name another one"
        )),
        RDKafkaErrorCode::InvalidTopic => Some(format!("`{topic}` is no name that a topic can have: name another one")),
        RDKafkaErrorCode::TopicAuthorizationFailed => {
            Some(format!("topic `{topic}` is forbidden to this user: grant it {right}"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{EmbeddedBroker, Options};

    #[test]
    fn a_broker_that_is_there_answers_another_client_and_one_that_is_away_does_not() {
        let broker = EmbeddedBroker::start([]).unwrap();
        let config = Options { brokers: broker.brokers(), ..Options::default() }.plain_config();
        assert!(is_anyone_there(&config));
        drop(broker);
        assert!(!is_anyone_there(&config));
    }

    #[test]
    fn a_topic_that_takes_less_than_may_have_to_be_written_is_named_with_both_remedies() {
        let wanted = Wanted::outputs(
            &Topics::default(),
            &[(Channel::Statements, 1_000_000), (Channel::Events, 1_000_000), (Channel::DeadLetter, usize::MAX)],
        );
        let limits = |events| {
            BTreeMap::from([
                ("statements".to_owned(), 1_048_588),
                ("events".to_owned(), events),
                ("articles.dead-letter".to_owned(), 10),
            ])
        };
        assert_eq!(too_small(&wanted, &limits(1_048_588)), None);
        let told = too_small(&wanted, &limits(500_000)).unwrap();
        assert_eq!(
            told,
            "topic `events` takes records of up to 500000 bytes, and output.max_record_bytes is 1000000: raise its max.message.bytes above that, or lower the setting (kafka.topics.events)"
        );
        assert_eq!(too_small(&wanted, &BTreeMap::new()), None, "a broker that does not tell says nothing against it");
    }
}
