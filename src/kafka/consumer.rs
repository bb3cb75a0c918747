//! The consumer port over rdkafka's `BaseConsumer`.
//!
//! One queue, polled by one thread. (Queues per partition lose wake-ups: rust-rdkafka #665, PR #840; so
//! `split_partition_queue` is not used.)

use std::collections::BTreeSet;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerGroupMetadata};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::BorrowedMessage;
use rdkafka::{Offset, TopicPartitionList};

use crate::kafka::rebalance::{ConsumerCallbacks, GroupEvent, assign, decline, unassign};
use crate::kafka::topics::{self, Wanted};
use crate::kafka::{Error, Options, message};
use crate::pipeline::Pulse;
use crate::pipeline::ports::{Answer, Consumer, EndOffset, Failure, Partition, Polled, Position};
use crate::record::Message;
use crate::telemetry::Health;

/// How long one request for committed offsets, or one seek, may take. The lane repeats it.
const REQUEST_WAIT: Duration = Duration::from_secs(5);

/// A member of the group.
pub(crate) struct KafkaConsumer {
    client: BaseConsumer<ConsumerCallbacks>,
    topics: Vec<Arc<str>>,
    /// What the broker is asked about.
    wanted: Vec<Wanted>,
    /// What another client is built from.
    plain: ClientConfig,
    /// The event that was given to the lane last, until the lane has answered it. librdkafka closes no consumer that owes
    /// the group an answer: it would wait for one for ever.
    unanswered: Option<GroupEvent>,
    /// A message that came together with news that had to be told first.
    held: Option<Message>,
}

impl KafkaConsumer {
    /// Joins the group.
    pub(crate) fn join(options: &Options, lane: usize, health: Arc<Health>, pulse: Arc<Pulse>) -> Result<Self, Error> {
        let (silence_limit, join_limit) = (options.silence_limit(), options.poll_interval());
        let callbacks = ConsumerCallbacks::new(lane, health, pulse, silence_limit, join_limit);
        let client: BaseConsumer<ConsumerCallbacks> = options
            .consumer_config(lane)
            .create_with_context(callbacks)
            .map_err(|error| Error::client("make a consumer", &error))?;
        let topics: Vec<&str> = options.topics.articles.iter().map(String::as_str).collect();
        client.subscribe(&topics).map_err(|error| Error::client("subscribe", &error))?;
        Ok(Self {
            client,
            topics: topics.into_iter().map(Arc::from).collect(),
            wanted: Wanted::inputs(&options.topics),
            plain: options.plain_config(),
            unanswered: None,
            held: None,
        })
    }

    fn detach(&self, borrowed: &BorrowedMessage<'_>) -> Message {
        message::detach(borrowed, |name| self.intern(name))
    }

    /// The shared copy of a topic's name; a handful of topics, so looking through them is the fastest way. (A pattern
    /// subscription brings names that are not listed; those are copied.)
    fn intern(&self, name: &str) -> Arc<str> {
        self.topics.iter().find(|topic| &***topic == name).map_or_else(|| Arc::from(name), Arc::clone)
    }

    fn partitions(&self, list: &TopicPartitionList) -> Vec<Partition> {
        let to_partition = |element: &rdkafka::topic_partition_list::TopicPartitionListElem<'_>| Partition {
            topic: self.intern(element.topic()),
            index: element.partition(),
        };
        list.elements().iter().map(to_partition).collect()
    }
}

impl KafkaConsumer {
    fn next_event(&mut self) -> Polled {
        let Some(event) = self.client.context().take_event() else { return Polled::Idle };
        let polled = match &event {
            GroupEvent::Assign(list) => Polled::Assigned(self.partitions(list)),
            GroupEvent::Revoke(list) => {
                Polled::Revoking { partitions: self.partitions(list), lost: self.client.assignment_lost() }
            }
        };
        self.unanswered = Some(event);
        polled
    }

    /// The partitions of some topics that this member has.
    fn assigned_of(&self, topics: &BTreeSet<String>) -> Result<Vec<Partition>, Failure> {
        let all = self.client.assignment().map_err(|error| abortable("list what is assigned", &error))?;
        Ok(self.partitions(&all).into_iter().filter(|partition| topics.contains(&*partition.topic)).collect())
    }
}

impl Consumer for KafkaConsumer {
    type Group = Arc<ConsumerGroupMetadata>;

    fn ask(&mut self) -> Answer {
        topics::ask(self.client.client(), &self.wanted)
    }

    fn poll(&mut self, timeout: Duration) -> Result<Polled, Failure> {
        if let Some(message) = self.held.take() {
            return Ok(Polled::Message(message));
        }
        let message = match self.client.poll(timeout) {
            Some(Ok(message)) => Some(self.detach(&message)),
            Some(Err(error)) => return classify_poll(error).map(|()| Polled::Idle),
            None => None,
        };
        let recreated = self.client.context().take_recreated();
        if !recreated.is_empty() {
            // What came of these topics with the news comes again; events of the group are asked for anew.
            self.held = message.filter(|message| !recreated.contains(&*message.origin.topic));
            return self.assigned_of(&recreated).map(Polled::Recreated);
        }
        // A poll that served an event of the group comes back at once, with nothing.
        Ok(message.map_or_else(|| self.next_event(), Polled::Message))
    }

    fn complete_assignment(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        // Without offsets: each partition starts where the group has committed. That fetch waits for transactions that
        // are still open (require-stable, on with `isolation.level=read_committed`).
        assign(&self.client, &list(partitions)).map_err(|error| fatal("accept partitions", &error))?;
        self.unanswered = None;
        Ok(())
    }

    fn complete_revocation(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        unassign(&self.client, &list(partitions)).map_err(|error| fatal("give partitions up", &error))?;
        self.unanswered = None;
        Ok(())
    }

    fn assignment_lost(&self) -> bool {
        self.client.assignment_lost()
    }

    fn take_reset(&mut self, partition: &Partition) -> Option<i64> {
        self.client.context().take_reset(partition)
    }

    fn rewind(&mut self, fallback: &[Position]) -> Result<(), Failure> {
        let partitions: Vec<Partition> = fallback.iter().map(|position| position.partition.clone()).collect();
        let committed = self
            .client
            .committed_offsets(list(&partitions), REQUEST_WAIT)
            .map_err(|error| abortable("fetch committed offsets", &error))?;
        let mut targets = TopicPartitionList::with_capacity(fallback.len());
        for Position { partition, next } in fallback {
            let found = committed
                .find_partition(&partition.topic, partition.index)
                .ok_or_else(|| Failure::Abortable(format!("no committed offset was told for {partition}")))?;
            found.error().map_err(|error| abortable("fetch committed offsets", &error))?;
            let target = match found.offset() {
                Offset::Offset(committed) => committed,
                // Nothing committed yet: back to where reading began, which the reset policy had decided.
                _ => *next,
            };
            targets
                .add_partition_offset(&partition.topic, partition.index, Offset::Offset(target))
                .map_err(|error| abortable("go back", &error))?;
        }
        let sought =
            self.client.seek_partitions(targets, REQUEST_WAIT).map_err(|error| abortable("go back", &error))?;
        for element in sought.elements() {
            element.error().map_err(|error| abortable("go back", &error))?;
        }
        Ok(())
    }

    fn pause(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        self.client.pause(&list(partitions)).map_err(|error| abortable("pause", &error))
    }

    fn resume(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        self.client.resume(&list(partitions)).map_err(|error| abortable("resume", &error))
    }

    fn group(&self) -> Result<Self::Group, Failure> {
        self.client
            .group_metadata()
            .map(Arc::new)
            .ok_or_else(|| Failure::Fatal("the consumer is in no group".to_owned()))
    }

    fn commit(&mut self, positions: &[Position]) -> Result<(), Failure> {
        self.client.commit(&offsets(positions)?, CommitMode::Sync).map_err(|error| abortable("commit offsets", &error))
    }

    fn is_replaced(&self) -> bool {
        let error = self.client.client().fatal_error();
        let is_fenced = error.is_some_and(|(code, _)| code == RDKafkaErrorCode::FencedInstanceId);
        // After an outage longer than the session timeout a member of a name is fenced too, in the same words. If there is
        // another process all the same, the client that is built next is fenced as well, and without an outage.
        is_fenced && !self.client.context().outage().is_recent()
    }

    fn silence(&self) -> Duration {
        self.client.context().silence()
    }

    fn is_anyone_there(&mut self) -> bool {
        topics::is_anyone_there(&self.plain)
    }

    fn end_offsets(&mut self) -> Option<Vec<EndOffset>> {
        self.client.context().take_ends()
    }

    fn close(&mut self) {
        self.client.context().close();
    }
}

impl Drop for KafkaConsumer {
    /// Dropping the client closes it, and closing revokes what is still assigned: from here on that is answered by the
    /// callback. What it had asked before and was not answered (a lane that ended in between) is answered now.
    fn drop(&mut self) {
        let callbacks = self.client.context();
        callbacks.close();
        for event in self.unanswered.take().into_iter().chain(iter::from_fn(|| callbacks.take_event())) {
            if let Err(error) = decline(&self.client, &event) {
                tracing::debug!(%error, "cannot give partitions up while closing");
            }
        }
    }
}

/// Partitions as the library wants them, without offsets.
fn list(partitions: &[Partition]) -> TopicPartitionList {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for partition in partitions {
        list.add_partition(&partition.topic, partition.index);
    }
    list
}

/// Positions as the library wants them.
pub(crate) fn offsets(positions: &[Position]) -> Result<TopicPartitionList, Failure> {
    let mut list = TopicPartitionList::with_capacity(positions.len());
    for Position { partition, next } in positions {
        list.add_partition_offset(&partition.topic, partition.index, Offset::Offset(*next))
            .map_err(|error| abortable("name the offsets", &error))?;
    }
    Ok(list)
}

/// Most of what a poll reports is passing: a broker is away, a topic is not there yet. The client goes on by itself,
/// and the callback has logged it.
fn classify_poll(error: KafkaError) -> Result<(), Failure> {
    match error {
        KafkaError::MessageConsumption(
            RDKafkaErrorCode::TopicAuthorizationFailed
            | RDKafkaErrorCode::GroupAuthorizationFailed
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            // `auto.offset.reset=error`: the operator wants to be asked.
            | RDKafkaErrorCode::AutoOffsetReset
            | RDKafkaErrorCode::Fatal,
        )
        | KafkaError::MessageConsumptionFatal(_) => {
            Err(Failure::Fatal(format!("cannot read: {error}{}", remedy(&error))))
        }
        KafkaError::MessageConsumption(_) | KafkaError::PartitionEOF(_) => Ok(()),
        other => Err(abortable("read", &other)),
    }
}

/// What helps against a refusal.
fn remedy(error: &KafkaError) -> &'static str {
    match error.rdkafka_error_code() {
        Some(RDKafkaErrorCode::TopicAuthorizationFailed) => ": grant this user read on kafka.topics.articles",
        Some(RDKafkaErrorCode::GroupAuthorizationFailed) => ": grant this user read on kafka.group",
        _ => "",
    }
}

fn abortable(action: &str, error: &KafkaError) -> Failure {
    Failure::Abortable(format!("cannot {action}: {error}"))
}

fn fatal(action: &str, error: &KafkaError) -> Failure {
    Failure::Fatal(format!("cannot {action}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::mpsc;
    use std::thread;

    use super::*;
    use crate::kafka::EmbeddedBroker;

    /// Only ends a test that hangs.
    const LIMIT: Duration = Duration::from_mins(10);

    fn join(broker: &EmbeddedBroker, strategy: &str) -> KafkaConsumer {
        let given = [("partition.assignment.strategy", strategy), ("heartbeat.interval.ms", "100")];
        let options = Options {
            brokers: broker.brokers(),
            options: BTreeMap::from(given.map(|(key, value)| (key.to_owned(), value.to_owned()))),
            ..Options::default()
        };
        KafkaConsumer::join(&options, 0, Health::new(), Arc::default()).unwrap()
    }

    /// Polls until the group says something.
    fn next_event(consumer: &mut KafkaConsumer) -> Polled {
        loop {
            match consumer.poll(Duration::from_millis(20)).unwrap() {
                Polled::Idle | Polled::Message(_) => {}
                event => return event,
            }
        }
    }

    fn accept(consumer: &mut KafkaConsumer) {
        match next_event(consumer) {
            Polled::Assigned(partitions) => consumer.complete_assignment(&partitions).unwrap(),
            other => panic!("expected partitions, got {other:?}"),
        }
    }

    /// Makes a consumer owe the group an answer, drops it, and lets another one join.
    fn leave_unanswered(strategy: &str, revoked: bool) {
        let broker = EmbeddedBroker::start([("articles", 4)]).unwrap();
        let mut leaving = join(&broker, strategy);
        let successor = if revoked {
            accept(&mut leaving);
            // Its partitions are wanted for another member.
            let successor = join(&broker, strategy);
            assert!(matches!(next_event(&mut leaving), Polled::Revoking { lost: false, .. }));
            Some(successor)
        } else {
            assert!(matches!(next_event(&mut leaving), Polled::Assigned(_)));
            None
        };
        drop(leaving);
        let mut successor = successor.unwrap_or_else(|| join(&broker, strategy));
        accept(&mut successor);
    }

    #[test]
    fn a_consumer_that_owes_the_group_an_answer_can_be_dropped_and_leaves_it() {
        let cases =
            ["range", "cooperative-sticky"].into_iter().flat_map(|strategy| [(strategy, true), (strategy, false)]);
        let under_way: Vec<_> = cases
            .map(|(strategy, revoked)| {
                let (ended, has_ended) = mpsc::channel();
                thread::spawn(move || {
                    leave_unanswered(strategy, revoked);
                    ended.send(())
                });
                (strategy, revoked, has_ended)
            })
            .collect();
        for (strategy, revoked, has_ended) in under_way {
            let ended = has_ended.recv_timeout(LIMIT);
            assert_eq!(ended, Ok(()), "a lane of the strategy {strategy} hangs, revoked: {revoked}");
        }
    }
}
