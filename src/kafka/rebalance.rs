//! Events of the group, stored instead of handled, and the consumer's other callbacks.
//!
//! librdkafka does not assign or unassign by itself when the application listens for rebalance events: the group waits
//! in its state "wait for (un)assign call" until the application makes that call, whenever that is
//! (`rd_kafka_rebalance_op`). So the callback needs to do nothing but remember; the lane, back from its poll, drains and
//! commits while it still owns its partitions, and then makes the call itself. A commit "inside the callback" is the
//! same thing with a deeper stack.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::TopicPartitionList;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;
use rdkafka::types::RDKafkaRespErr;

use crate::kafka::lag::{self, Silence};
use crate::kafka::log;
use crate::kafka::outage::Outage;
use crate::pipeline::Pulse;
use crate::pipeline::ports::{EndOffset, Partition};
use crate::telemetry::{Health, Obstacle};

/// An event of the group that the lane has to answer.
#[derive(Debug)]
pub(crate) enum GroupEvent {
    Assign(TopicPartitionList),
    Revoke(TopicPartitionList),
}

/// Context of a lane's consumer. Its callbacks run on the lane's thread, inside of `poll`.
#[derive(Debug)]
pub(crate) struct ConsumerCallbacks {
    lane: usize,
    health: Arc<Health>,
    pulse: Arc<Pulse>,
    events: Mutex<VecDeque<GroupEvent>>,
    /// The lane is gone: events are answered on the spot, else closing would wait for ever.
    closing: AtomicBool,
    outage: Outage,
    /// A broker that has said nothing for this long does not answer.
    silence_limit: Duration,
    silence: Mutex<Silence>,
    /// How long a member may have to wait for the others of its group to join. Over a connection that stands it hears nothing
    /// meanwhile.
    join_limit: Duration,
    /// Milliseconds of silence beyond that.
    unusual_ms: AtomicU64,
    ends: Mutex<Option<Vec<EndOffset>>>,
    has_ends: AtomicBool,
    /// Positions that the broker did not have any more.
    resets: Mutex<BTreeMap<Partition, i64>>,
    has_resets: AtomicBool,
    /// Topics that were made again.
    recreated: Mutex<BTreeSet<String>>,
    has_recreated: AtomicBool,
}

impl ConsumerCallbacks {
    pub(crate) fn new(
        lane: usize,
        health: Arc<Health>,
        pulse: Arc<Pulse>,
        silence_limit: Duration,
        join_limit: Duration,
    ) -> Self {
        Self {
            lane,
            health,
            pulse,
            events: Mutex::default(),
            closing: AtomicBool::new(false),
            outage: Outage::default(),
            silence_limit,
            silence: Mutex::default(),
            join_limit,
            unusual_ms: AtomicU64::new(0),
            ends: Mutex::default(),
            has_ends: AtomicBool::new(false),
            resets: Mutex::default(),
            has_resets: AtomicBool::new(false),
            recreated: Mutex::default(),
            has_recreated: AtomicBool::new(false),
        }
    }

    /// The next event to answer.
    pub(crate) fn take_event(&self) -> Option<GroupEvent> {
        lock(&self.events).pop_front()
    }

    /// Ends of the partitions, if statistics came since the last call.
    pub(crate) fn take_ends(&self) -> Option<Vec<EndOffset>> {
        // Asked at every turn of the lane: a flag spares the lock.
        if !self.has_ends.swap(false, Ordering::Acquire) {
            return None;
        }
        lock(&self.ends).take()
    }

    /// The position of a partition that the broker did not have any more, told once.
    pub(crate) fn take_reset(&self, partition: &Partition) -> Option<i64> {
        // Asked for each message: a flag spares the lock.
        if !self.has_resets.load(Ordering::Acquire) {
            return None;
        }
        let mut resets = lock(&self.resets);
        let position = resets.remove(partition);
        self.has_resets.store(!resets.is_empty(), Ordering::Release);
        position
    }

    /// Topics that were made again since the last call.
    pub(crate) fn take_recreated(&self) -> BTreeSet<String> {
        if !self.has_recreated.swap(false, Ordering::Acquire) {
            return BTreeSet::new();
        }
        std::mem::take(&mut *lock(&self.recreated))
    }

    /// How long no broker has said anything that had something to say, as the last statistics told.
    pub(crate) fn silence(&self) -> Duration {
        Duration::from_millis(self.unusual_ms.load(Ordering::Relaxed))
    }

    /// What it has lived through.
    pub(crate) fn outage(&self) -> &Outage {
        &self.outage
    }

    /// From now on events are answered on the spot.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }
}

impl ClientContext for ConsumerCallbacks {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        // No error and no event says that the poll interval was missed, only this line. The watchdog notices too, from
        // outside; this one also tells of an interval that was missed between two of its looks.
        if facility == log::MAX_POLL {
            let why = "the poll interval was exceeded, waiting for a new assignment";
            self.health.set_obstacle(self.lane, Obstacle::LatePoll, why);
        }
        if facility == log::MAX_POLL || facility == log::SESSION_TIMEOUT {
            self.outage.note();
        }
        if facility == log::OFFSET
            && let Some((partition, position)) = log::lost_position(line)
        {
            lock(&self.resets).insert(partition, position);
            self.has_resets.store(true, Ordering::Release);
        }
        if facility == log::METADATA
            && let Some(topic) = log::recreated_topic(line)
        {
            lock(&self.recreated).insert(topic.to_owned());
            self.has_recreated.store(true, Ordering::Release);
        }
        log::forward("consumer", level, facility, line);
    }

    fn stats(&self, statistics: Statistics) {
        let silence = lock(&self.silence).notice(&statistics);
        self.pulse.heard(silence);
        let usual = if lag::is_connected(&statistics) { self.join_limit } else { Duration::ZERO };
        let unusual = silence.saturating_sub(usual).as_millis();
        self.unusual_ms.store(u64::try_from(unusual).unwrap_or(u64::MAX), Ordering::Relaxed);
        if silence > self.silence_limit {
            let why = format!("nothing for {} s", silence.as_secs());
            self.health.set_obstacle(self.lane, Obstacle::SilentBroker, why);
        } else {
            self.health.clear_obstacle(self.lane, Obstacle::SilentBroker);
        }
        *lock(&self.ends) = Some(lag::ends(&statistics));
        self.has_ends.store(true, Ordering::Release);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.outage.note_error(&error);
        log::trouble("consumer", Some(self.lane), &error, reason);
    }
}

impl ConsumerContext for ConsumerCallbacks {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, error: RDKafkaRespErr, partitions: &mut TopicPartitionList) {
        let event = match error {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => GroupEvent::Assign(partitions.clone()),
            _ => GroupEvent::Revoke(partitions.clone()),
        };
        if self.closing.load(Ordering::Acquire) {
            if let Err(error) = decline(consumer, &event) {
                tracing::debug!(lane = self.lane, %error, "cannot give partitions up while closing");
            }
            return;
        }
        lock(&self.events).push_back(event);
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        // At-least-once commits are synchronous and report to their caller; this is only an echo.
        if let Err(error) = result
            && error.rdkafka_error_code() != Some(RDKafkaErrorCode::NoOffset)
        {
            tracing::debug!(lane = self.lane, %error, "a commit failed");
        }
    }
}

/// Accepts partitions, in the group's own protocol.
pub(crate) fn assign<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    partitions: &TopicPartitionList,
) -> KafkaResult<()> {
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_assign(partitions),
        RebalanceProtocol::Eager | RebalanceProtocol::None => consumer.assign(partitions),
    }
}

/// Gives partitions up, in the group's own protocol.
pub(crate) fn unassign<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    partitions: &TopicPartitionList,
) -> KafkaResult<()> {
    match consumer.rebalance_protocol() {
        RebalanceProtocol::Cooperative => consumer.incremental_unassign(partitions),
        RebalanceProtocol::Eager | RebalanceProtocol::None => consumer.unassign(),
    }
}

/// Answers an event of the group for a lane that is gone; the client is closed next.
pub(crate) fn decline<C: ConsumerContext>(consumer: &BaseConsumer<C>, event: &GroupEvent) -> KafkaResult<()> {
    match (event, consumer.rebalance_protocol()) {
        // Cooperative members cannot refuse what they were given: it is taken back by the close.
        (GroupEvent::Assign(partitions), RebalanceProtocol::Cooperative) => consumer.incremental_assign(partitions),
        (GroupEvent::Assign(_), RebalanceProtocol::Eager | RebalanceProtocol::None) => consumer.unassign(),
        (GroupEvent::Revoke(partitions), _) => unassign(consumer, partitions),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
