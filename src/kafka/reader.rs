//! Reads topics as any consumer of ours would, under `read_committed`, outside of any group: what `tail`, `explore` and `demo` use.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use rdkafka::consumer::{Consumer, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::metadata::MetadataTopic;
use rdkafka::{Offset, TopicPartitionList};

use crate::kafka::log::Logged;
use crate::kafka::topics::{self, Access};
use crate::kafka::{Error, Options, message};
use crate::record::Message;

/// How long to ask for the partitions of a topic.
const METADATA_WAIT: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Everything that is there.
    Beginning,
    /// What was written at or after this time, milliseconds since 1970, by the brokers' clock or the writers', as the topic has it.
    Since(i64),
    /// Only what comes from now on.
    End,
}

/// A reader of all partitions of some topics.
pub struct Reader {
    consumer: StreamConsumer<Logged>,
    topics: HashMap<String, Arc<str>>,
    /// What was there already and is passed over where it is older than asked for.
    passed: Option<Passed>,
}

/// The embedded broker finds nothing by its time: there what it holds is read from the beginning, and looked at here.
struct Passed {
    since_ms: i64,
    /// Where each partition ended when it was opened.
    ends: HashMap<(String, i32), i64>,
}

impl Passed {
    fn has(&self, message: &BorrowedMessage<'_>) -> bool {
        let end = self.ends.get(&(message.topic().to_owned(), message.partition()));
        end.is_some_and(|end| message.offset() < *end)
            && message.timestamp().to_millis().is_some_and(|time| time < self.since_ms)
    }
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
        let mut passed = match start {
            Start::Since(since_ms) if is_embedded(&consumer) => Some(Passed { since_ms, ends: HashMap::new() }),
            _ => None,
        };
        let mut assignment = TopicPartitionList::new();
        for topic in topics {
            let action = || format!("read `{topic}`");
            let n_partitions = topics::n_partitions(consumer.client(), topic, Access::Read, METADATA_WAIT)
                .map_err(|reason| Error::Client { action: action(), reason })?;
            let start = match &mut passed {
                Some(passed) => {
                    for partition in 0..n_partitions {
                        passed.ends.insert(((*topic).to_owned(), partition), end(&consumer, topic, partition)?);
                    }
                    Start::Beginning
                }
                None => start,
            };
            for (partition, offset) in beginnings(&consumer, topic, n_partitions, start)? {
                assignment
                    .add_partition_offset(topic, partition, offset)
                    .map_err(|error| Error::client(action(), &error))?;
            }
        }
        consumer.assign(&assignment).map_err(|error| Error::client("read the topics", &error))?;
        let topics = topics.iter().map(|topic| ((*topic).to_owned(), Arc::from(*topic))).collect();
        Ok(Self { consumer, topics, passed })
    }

    /// How many messages each of these topics holds, those that there are. Blocks until the brokers have said so.
    ///
    /// # Errors
    /// No broker answers, or librdkafka refuses the settings.
    pub fn survey(options: &Options, topics: &[&str]) -> Result<BTreeMap<String, i64>, Error> {
        let consumer: StreamConsumer<Logged> = options
            .reader_config("reader")
            .create_with_context(Logged("reader"))
            .map_err(|error| Error::client("make a consumer", &error))?;
        let mut held = BTreeMap::new();
        for topic in topics {
            let action = || format!("look at `{topic}`");
            let metadata =
                consumer.fetch_metadata(Some(topic), METADATA_WAIT).map_err(|error| Error::client(action(), &error))?;
            let found = metadata.topics().iter().find(|found| found.name() == *topic && found.error().is_none());
            let Some(partitions) = found.map(MetadataTopic::partitions).filter(|all| !all.is_empty()) else { continue };
            let mut n_messages = 0;
            for partition in partitions {
                let (first, end) = consumer
                    .fetch_watermarks(topic, partition.id(), METADATA_WAIT)
                    .map_err(|error| Error::client(action(), &error))?;
                n_messages += end - first;
            }
            held.insert((*topic).to_owned(), n_messages);
        }
        Ok(held)
    }

    /// The next message of any of the topics. Waits for it; may be dropped and called again.
    ///
    /// # Errors
    /// The client cannot go on (authorization, a deleted topic); passing troubles are logged and waited out.
    pub async fn next(&self) -> Result<Message, Error> {
        loop {
            match self.consumer.recv().await {
                Ok(message) if self.passed.as_ref().is_some_and(|passed| passed.has(&message)) => {}
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

/// Whether the broker is the one in this program.
fn is_embedded(consumer: &StreamConsumer<Logged>) -> bool {
    consumer.client().fetch_cluster_id(METADATA_WAIT).is_some_and(|id| id.starts_with("mockCluster"))
}

/// Where a partition ends. A fixed number: `Offset::End` is resolved later, and what is written until then would be missed.
fn end(consumer: &StreamConsumer<Logged>, topic: &str, partition: i32) -> Result<i64, Error> {
    let marks = consumer.fetch_watermarks(topic, partition, METADATA_WAIT);
    let (_, end) = marks.map_err(|error| Error::client(format!("find the end of `{topic}`"), &error))?;
    Ok(end)
}

/// Where each partition of a topic is read from.
fn beginnings(
    consumer: &StreamConsumer<Logged>,
    topic: &str,
    n_partitions: i32,
    start: Start,
) -> Result<Vec<(i32, Offset)>, Error> {
    let end = |partition| Ok((partition, Offset::Offset(end(consumer, topic, partition)?)));
    let Start::Since(since_ms) = start else {
        let beginning = |partition| Ok((partition, Offset::Beginning));
        return (0..n_partitions)
            .map(|partition| if start == Start::End { end(partition) } else { beginning(partition) })
            .collect();
    };
    let mut asked = TopicPartitionList::new();
    let action = || format!("find that time in `{topic}`");
    for partition in 0..n_partitions {
        let time = asked.add_partition_offset(topic, partition, Offset::Offset(since_ms));
        time.map_err(|error| Error::client(action(), &error))?;
    }
    let found = consumer.offsets_for_times(asked, METADATA_WAIT).map_err(|error| Error::client(action(), &error))?;
    let place = |partition| {
        let Some(place) = found.find_partition(topic, partition) else { return end(partition) };
        place.error().map_err(|error| Error::client(action(), &error))?;
        match place.offset() {
            Offset::Offset(offset) => Ok((partition, Offset::Offset(offset))),
            // Nothing is as young.
            _ => end(partition),
        }
    };
    (0..n_partitions).map(place).collect()
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
