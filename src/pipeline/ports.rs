//! What the loop asks of a broker: a consumer and a producer, as traits. [`crate::pipeline::local`] has them in memory,
//! [`crate::kafka`] over rdkafka.
//!
//! Words: a *position* is a partition and the offset of the **next** message to read in it (last + 1, as Kafka commits
//! it). *Committed* is what the group has stored; a message below it is never read again.
//!
//! Four kinds of trouble are kept apart. *Cannot take it now* is [`Enqueued::Full`]: wait, then try the same again.
//! *This transaction cannot commit* is [`Failure::Abortable`]: abort, go back to the committed positions, read again.
//! *The broker does not take this* is [`Failure::Refused`]: abort, and try again when somebody has mended a topic.
//! *This client is finished* is [`Failure::Fatal`]: drop it, build another. (A message that is bad is none of these: it
//! becomes a dead letter.)

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::record::{Message, OutgoingRecord};

/// A partition of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition {
    /// Its topic.
    pub topic: Arc<str>,
    /// Its number.
    pub index: i32,
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.topic, self.index)
    }
}

/// Where reading goes on in a partition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The partition.
    pub partition: Partition,
    /// Offset of the next message to read: the last one done, plus one.
    pub next: i64,
}

/// How far a partition reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndOffset {
    /// The partition.
    pub partition: Partition,
    /// Offset that the next readable message will have (the last stable offset).
    pub end: i64,
    /// Offset that is fetched next; what lies below it has reached this client.
    pub fetched: i64,
}

/// Why a call failed, by what has to be done about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Abort the transaction, forget what is pending, read again from the committed positions.
    #[error("{0}")]
    Abortable(String),
    /// Abort as well, and try again after a while: the broker takes no records of a topic until somebody has mended that.
    /// The text names the topic and the remedy.
    #[error("{0}")]
    Refused(String),
    /// The client can do nothing any more.
    #[error("{0}")]
    Fatal(String),
}

/// What a broker says of topics when it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Answer {
    /// Nothing against any of them.
    #[default]
    Fine,
    /// Why one cannot be used: one sentence that names topic and remedy.
    Refused(String),
    /// Nothing at all. What it said before still holds; if it said nothing, nobody knows.
    Silent,
}

/// What a poll brought.
#[derive(Debug)]
pub enum Polled {
    /// A message.
    Message(Message),
    /// Nothing within the timeout.
    Idle,
    /// Partitions were given to this member. To be acknowledged by [`Consumer::complete_assignment`].
    Assigned(Vec<Partition>),
    /// The topic of these was deleted and made again: their next message has offset 0, and what the group has committed is
    /// of the log before. Messages of the new log were not given yet.
    Recreated(Vec<Partition>),
    /// Partitions are about to be taken away; the group waits. To be acknowledged by
    /// [`Consumer::complete_revocation`], after what is under way has been committed.
    Revoking {
        /// Which.
        partitions: Vec<Partition>,
        /// They belong to someone else already: nothing may be committed any more.
        lost: bool,
    },
}

/// The reading side. One thread owns it.
pub trait Consumer {
    /// Proof of membership that goes with committed offsets, so that a broker refuses those of a member that was
    /// replaced. To be asked for freshly at each commit, for it changes with every rebalance.
    type Group;

    /// Asks the broker whether the topics can be read, as far as it tells.
    fn ask(&mut self) -> Answer;

    /// Waits for a message or an event of the group.
    ///
    /// # Errors
    /// As [`Failure`] says. Passing troubles of the network are none; they look like [`Polled::Idle`].
    fn poll(&mut self, timeout: Duration) -> Result<Polled, Failure>;

    /// Accepts partitions; reading starts at their committed positions.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn complete_assignment(&mut self, partitions: &[Partition]) -> Result<(), Failure>;

    /// Gives partitions up.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn complete_revocation(&mut self, partitions: &[Partition]) -> Result<(), Failure>;

    /// Whether the group has given our partitions away without asking (a missed poll interval, a lost session).
    fn assignment_lost(&self) -> bool;

    /// The position from which a partition was to be read when the broker had it no more, and the client went elsewhere by
    /// itself: the log has lost its beginning or its end. Told once, before the first message from elsewhere is begun.
    fn take_reset(&mut self, partition: &Partition) -> Option<i64>;

    /// Goes back to the committed position in every partition of `fallback`, or, where the group has committed none
    /// yet, to the position given there. Messages that were fetched before do not come any more.
    ///
    /// # Errors
    /// As [`Failure`] says; the call may be repeated.
    fn rewind(&mut self, fallback: &[Position]) -> Result<(), Failure>;

    /// Stops fetching; what was fetched is thrown away and fetched again later.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn pause(&mut self, partitions: &[Partition]) -> Result<(), Failure>;

    /// Undoes [`Consumer::pause`].
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn resume(&mut self, partitions: &[Partition]) -> Result<(), Failure>;

    /// Proof of membership, as of now.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn group(&self) -> Result<Self::Group, Failure>;

    /// Commits positions outside of any transaction, and waits for the answer: at-least-once.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn commit(&mut self, positions: &[Position]) -> Result<(), Failure>;

    /// Whether another member has taken this one's name in the group. Coming back would only drive that one out.
    fn is_replaced(&self) -> bool;

    /// How long no broker has said anything that had something to say, as this client knew last.
    fn silence(&self) -> Duration;

    /// Whether a broker answers another client, made for this question. Waits some seconds at most.
    fn is_anyone_there(&mut self) -> bool;

    /// Ends of the assigned partitions, if there is news since the last call.
    fn end_offsets(&mut self) -> Option<Vec<EndOffset>>;

    /// Leaves the group. Nothing may be called afterwards.
    fn close(&mut self);
}

/// Whether a record found room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// It is under way.
    Taken,
    /// No room: serve deliveries, then try the same record again.
    Full,
}

/// The writing side. One thread owns it. With at-least-once delivery `begin` and `abort` open and hide nothing.
pub trait Producer {
    /// As [`Consumer::Group`].
    type Group;

    /// Asks the broker whether the topics can be written to, as far as it tells.
    fn ask(&mut self) -> Answer;

    /// Opens a transaction.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn begin(&mut self) -> Result<(), Failure>;

    /// Adds a record to the open transaction. Does not wait.
    ///
    /// # Errors
    /// As [`Failure`] says.
    fn enqueue(&mut self, record: &OutgoingRecord) -> Result<Enqueued, Failure>;

    /// Serves deliveries for at most `wait`, and returns how many records are not acknowledged yet.
    ///
    /// # Errors
    /// A record of the open transaction could not be delivered.
    fn poll(&mut self, wait: Duration) -> Result<usize, Failure>;

    /// Commits records and positions together. To be called when [`Producer::poll`] has said 0.
    ///
    /// # Errors
    /// As [`Failure`] says. Whether an abortable commit took place is for [`Consumer::rewind`] to find out.
    fn commit(&mut self, positions: &[Position], group: &Self::Group) -> Result<(), Failure>;

    /// Whether another producer has taken over this one's transactional id. Coming back would only fence that one.
    fn is_replaced(&self) -> bool;

    /// Aborts the open transaction, if there is one. What is on its way is dropped.
    ///
    /// # Errors
    /// Only [`Failure::Fatal`].
    fn abort(&mut self) -> Result<(), Failure>;
}
