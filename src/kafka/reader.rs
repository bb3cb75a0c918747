//! Reads topics as any consumer of ours would, under `read_committed`, outside of any group: what `tail` and `demo` use.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Offset, TopicPartitionList};

use crate::kafka::log::Logged;
use crate::kafka::{Error, Options, message};
use crate::record::Message;

/// How long to ask for the partitions of a topic.
const METADATA_WAIT: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everything that is there.
    Beginning,
    /// Only what comes from now on.
    End,
}

/// A reader of all partitions of some topics.
pub struct Reader {
    consumer: StreamConsumer<Logged>,
    topics: HashMap<String, Arc<str>>,
}

impl Reader {
    /// Opens the topics. Blocks until the brokers have named their partitions.
    ///
    /// # Errors
    /// A topic does not exist, no broker answers, or librdkafka refuses the settings.
    pub fn open(options: &Options, topics: &[&str], start: Start) -> Result<Self, Error> {
        let consumer: StreamConsumer<Logged> = options
            .reader_config("reader")
            .create_with_context(Logged("reader"))
            .map_err(|error| Error::client("make a consumer", &error))?;
        let mut assignment = TopicPartitionList::new();
        for topic in topics {
            for partition in partitions(&consumer, topic)? {
                let offset = match start {
                    Start::Beginning => Offset::Beginning,
                    // A fixed number: `Offset::End` is resolved later, and what is written until then would be missed.
                    Start::End => {
                        let (_, end) = consumer
                            .fetch_watermarks(topic, partition, METADATA_WAIT)
                            .map_err(|error| Error::client(format!("find the end of `{topic}`"), &error))?;
                        Offset::Offset(end)
                    }
                };
                assignment
                    .add_partition_offset(topic, partition, offset)
                    .map_err(|error| Error::client(format!("read `{topic}`"), &error))?;
            }
        }
        consumer.assign(&assignment).map_err(|error| Error::client("read the topics", &error))?;
        let topics = topics.iter().map(|topic| ((*topic).to_owned(), Arc::from(*topic))).collect();
        Ok(Self { consumer, topics })
    }

    /// The next message of any of the topics. Waits for it; may be dropped and called again.
    ///
    /// # Errors
    /// The client cannot go on (authorization, a deleted topic); passing troubles are logged and waited out.
    pub async fn next(&self) -> Result<Message, Error> {
        loop {
            match self.consumer.recv().await {
                Ok(message) => return Ok(self.detach(&message)),
                Err(KafkaError::MessageConsumption(code)) if is_passing(code) => {
                    tracing::debug!(client = "reader", %code, "waiting");
                }
                Err(error) => return Err(Error::client("read the topics", &error)),
            }
        }
    }

    fn detach(&self, borrowed: &BorrowedMessage<'_>) -> Message {
        message::detach(borrowed, |topic| self.topics.get(topic).map_or_else(|| Arc::from(topic), Arc::clone))
    }
}

fn partitions(consumer: &StreamConsumer<Logged>, topic: &str) -> Result<Vec<i32>, Error> {
    let action = || format!("find the partitions of `{topic}`");
    let metadata =
        consumer.fetch_metadata(Some(topic), METADATA_WAIT).map_err(|error| Error::client(action(), &error))?;
    let partitions: Vec<i32> = metadata
        .topics()
        .iter()
        .filter(|found| found.name() == topic)
        .flat_map(|found| found.partitions().iter().map(rdkafka::metadata::MetadataPartition::id))
        .collect();
    if partitions.is_empty() {
        return Err(Error::Client { action: action(), reason: "no such topic".to_owned() });
    }
    Ok(partitions)
}

/// Troubles that the library gets over by itself.
fn is_passing(code: RDKafkaErrorCode) -> bool {
    !matches!(
        code,
        RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::Authentication
            | RDKafkaErrorCode::UnknownTopicOrPartition
    )
}
