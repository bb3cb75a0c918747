//! The ports in memory: partitions, a consumer group and transactions as Kafka has them, in the little that the loop
//! relies on. Records become visible together with the offsets, at the commit; a member that lost its partitions cannot
//! commit. Faults are injected by call. Nothing here sleeps: who waits is woken by what he waits for.

mod consumer;
mod producer;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub use consumer::{LocalConsumer, LocalGroup};
pub use producer::LocalProducer;

use crate::pipeline::ports::{Answer, Failure, Partition};
use crate::record::{Message, OutgoingRecord};

/// A call into a port, at which a fault can be injected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    /// [`crate::pipeline::ports::Consumer::is_anyone_there`]. It is answered as the broker was told to, and has no faults.
    LookOut,
    /// Whether topics can be used: of either port. It is answered as the broker was told to, and has no faults.
    Ask,
    /// [`crate::pipeline::ports::Producer::begin`].
    Begin,
    /// [`crate::pipeline::ports::Producer::enqueue`].
    Enqueue,
    /// [`crate::pipeline::ports::Producer::poll`].
    Deliver,
    /// The commit of either port.
    Commit,
    /// [`crate::pipeline::ports::Producer::abort`]; it fails for good or not at all.
    Abort,
    /// [`crate::pipeline::ports::Consumer::rewind`].
    Rewind,
    /// [`crate::pipeline::ports::Consumer::poll`].
    Poll,
    /// [`crate::pipeline::ports::Consumer::complete_assignment`]; it fails for good or not at all.
    Assign,
    /// [`crate::pipeline::ports::Consumer::complete_revocation`]; it fails for good or not at all.
    Revoke,
    /// [`crate::pipeline::ports::Consumer::pause`].
    Pause,
    /// [`crate::pipeline::ports::Consumer::resume`].
    Resume,
    /// [`crate::pipeline::ports::Consumer::group`].
    Group,
}

/// What goes wrong there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The transaction has to be aborted.
    Abortable,
    /// A topic takes no records.
    Refused,
    /// The client is finished.
    Fatal,
    /// The queue has no room, once ([`Call::Enqueue`] only).
    Full,
    /// The commit takes place, and yet its answer is lost ([`Call::Commit`] only).
    AnswerLost,
}

/// A broker in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Broker {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// What the broker holds.
#[derive(Debug, Default)]
struct State {
    partitions: BTreeMap<Partition, Vec<Message>>,
    /// First offset of the partitions that lost messages at their beginning.
    begins: BTreeMap<Partition, i64>,
    committed: BTreeMap<Partition, i64>,
    visible: Vec<OutgoingRecord>,
    members: Vec<Member>,
    faults: BTreeMap<Call, VecDeque<Fault>>,
    /// What is told to who asks about the topics that are written to.
    outputs: Answer,
    /// The same of the topics that are read.
    inputs: Answer,
    /// Whether other clients than the members are answered.
    answers_others: bool,
    /// Calls made so far, those that failed included.
    n_calls: BTreeMap<Call, usize>,
    /// Records that one poll of a producer acknowledges at most; `None`: all.
    deliveries_per_poll: Option<usize>,
}

/// A member of the group, as the broker sees it.
#[derive(Debug, Default)]
struct Member {
    events: VecDeque<Event>,
    /// Goes up when its partitions are given away; what it then commits with the old one is refused.
    generation: u64,
    lost: bool,
    /// It holds partitions: it has accepted some and not given them up again.
    is_assigned: bool,
    /// Gives no messages of these.
    paused: BTreeSet<Partition>,
    closed: bool,
    /// How long it has heard nothing.
    silence: Duration,
}

#[derive(Debug)]
enum Event {
    Recreated(Vec<Partition>),
    Assign(Vec<Partition>),
    Revoke { partitions: Vec<Partition>, lost: bool },
}

impl Broker {
    /// A broker with one topic.
    pub fn new(topic: &str, n_partitions: i32) -> Self {
        let broker = Self::default();
        let topic: Arc<str> = topic.into();
        for index in 0..n_partitions {
            let partition = Partition { topic: Arc::clone(&topic), index };
            broker.state().partitions.insert(partition, Vec::new());
        }
        broker
    }

    /// Its partitions.
    pub fn partitions(&self) -> Vec<Partition> {
        self.state().partitions.keys().cloned().collect()
    }

    /// Appends a message to its origin's partition, at its origin's offset, which must be past those before it.
    pub fn append(&self, message: Message) {
        let partition = Partition { topic: Arc::clone(&message.origin.topic), index: message.origin.partition };
        self.state().partitions.entry(partition).or_default().push(message);
        self.shared.changed.notify_all();
    }

    /// Removes the messages of a partition that are below an offset, as retention does.
    pub fn truncate(&self, partition: &Partition, begin: i64) {
        let mut state = self.state();
        let log = state.partitions.entry(partition.clone()).or_default();
        log.retain(|message| message.origin.offset >= begin);
        state.begins.insert(partition.clone(), begin);
    }

    /// Removes the messages of a partition, so that its next offset is 0. The group's committed position stays.
    pub fn empty(&self, partition: &Partition) {
        let mut state = self.state();
        state.partitions.insert(partition.clone(), Vec::new());
        state.begins.remove(partition);
    }

    /// The same because its topic is deleted and made again, which its member is told; these messages are there at once.
    pub fn recreate(&self, partition: &Partition, member: usize, messages: Vec<Message>) {
        self.empty(partition);
        let mut state = self.state();
        state.partitions.insert(partition.clone(), messages);
        state.members[member].events.push_back(Event::Recreated(vec![partition.clone()]));
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Joins the group. The member has no partitions until it is given some.
    pub fn join(&self) -> LocalConsumer {
        let member = {
            let mut state = self.state();
            state.members.push(Member::default());
            state.members.len() - 1
        };
        LocalConsumer::new(self.clone(), member)
    }

    /// A producer. Without transactions records are visible as soon as they are delivered.
    pub fn producer(&self, transactional: bool) -> LocalProducer {
        LocalProducer::new(self.clone(), transactional)
    }

    /// Gives partitions to a member.
    pub fn assign(&self, member: usize, partitions: &[Partition]) {
        self.state().members[member].events.push_back(Event::Assign(partitions.to_vec()));
        self.shared.changed.notify_all();
    }

    /// Takes partitions from a member: after it has agreed, or, when they are `lost`, at once.
    pub fn revoke(&self, member: usize, partitions: &[Partition], lost: bool) {
        let mut state = self.state();
        let held = &mut state.members[member];
        held.events.push_back(Event::Revoke { partitions: partitions.to_vec(), lost });
        if lost {
            held.generation += 1;
            held.lost = true;
        }
        drop(state);
        self.shared.changed.notify_all();
    }

    /// Lets the next call of this kind that has no fault yet fail.
    pub fn inject(&self, call: Call, fault: Fault) {
        self.state().faults.entry(call).or_default().push_back(fault);
    }

    /// Sets what is told to who asks about the topics that are read.
    pub fn answer_about_inputs(&self, answer: Answer) {
        self.state().inputs = answer;
    }

    /// Sets what is told to who asks about the topics that are written to.
    pub fn answer_about_outputs(&self, answer: Answer) {
        self.state().outputs = answer;
    }

    /// Sets for how long a member has heard nothing.
    pub fn set_silence(&self, member: usize, silence: Duration) {
        self.state().members[member].silence = silence;
    }

    /// Sets whether another client than the members would be answered.
    pub fn answer_others(&self, answers: bool) {
        self.state().answers_others = answers;
    }

    /// Sets how many records one poll acknowledges at most; 0 holds all back.
    pub fn set_deliveries_per_poll(&self, n_records: usize) {
        self.state().deliveries_per_poll = Some(n_records);
        self.shared.changed.notify_all();
    }

    /// Records that a `read_committed` reader sees, in order.
    pub fn visible(&self) -> Vec<OutgoingRecord> {
        self.state().visible.clone()
    }

    /// Next offset of the group, by partition.
    pub fn committed(&self) -> BTreeMap<Partition, i64> {
        self.state().committed.clone()
    }

    /// How often a call was made.
    pub fn n_calls(&self, call: Call) -> usize {
        self.state().n_calls.get(&call).copied().unwrap_or(0)
    }

    /// Whether a member has accepted partitions and not given them up again; a group gives them to others only then.
    pub fn is_assigned(&self, member: usize) -> bool {
        self.state().members[member].is_assigned
    }

    /// The partitions that a member has paused.
    pub fn paused(&self, member: usize) -> Vec<Partition> {
        self.state().members[member].paused.iter().cloned().collect()
    }

    /// Whether a member has left.
    pub fn has_left(&self, member: usize) -> bool {
        self.state().members[member].closed
    }

    /// Messages that the group has not committed yet.
    pub fn lag(&self) -> usize {
        let state = self.state();
        let open = |(partition, messages): (&Partition, &Vec<Message>)| {
            let next = state.committed.get(partition).copied().unwrap_or(0);
            messages.iter().filter(|message| message.origin.offset >= next).count()
        };
        state.partitions.iter().map(open).sum()
    }

    /// Waits until something holds that changes with a call or a commit; says whether it came to hold.
    pub fn wait_until(&self, limit: Duration, holds: impl Fn(&Self) -> bool) -> bool {
        let begun = std::time::Instant::now();
        loop {
            if holds(self) {
                return true;
            }
            let Some(remaining) = limit.checked_sub(begun.elapsed()) else { return false };
            // The condition is looked at without the lock, so a change may slip in between; hence the short wait.
            drop(self.wait(self.state(), remaining.min(Duration::from_millis(5))));
        }
    }

    /// Answers a commit that has taken place.
    fn answer(&self, fault: Option<Fault>) -> Result<(), Failure> {
        self.shared.changed.notify_all();
        match fault {
            Some(Fault::AnswerLost) => Err(Failure::Abortable("the answer to the commit was lost".to_owned())),
            _ => Ok(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State>, timeout: Duration) -> MutexGuard<'s, State> {
        self.shared.changed.wait_timeout(state, timeout).unwrap_or_else(PoisonError::into_inner).0
    }
}

impl State {
    /// Counts a question, and answers it.
    fn asked(&mut self, about: impl Fn(&Self) -> &Answer) -> Answer {
        *self.n_calls.entry(Call::Ask).or_default() += 1;
        about(self).clone()
    }

    /// Counts a call and takes the fault that waits for it.
    fn enter(&mut self, call: Call) -> Result<Option<Fault>, Failure> {
        *self.n_calls.entry(call).or_default() += 1;
        match self.faults.get_mut(&call).and_then(VecDeque::pop_front) {
            Some(Fault::Abortable) => Err(Failure::Abortable(format!("injected at {call:?}"))),
            Some(Fault::Refused) => Err(Failure::Refused(format!("injected at {call:?}"))),
            Some(Fault::Fatal) => Err(Failure::Fatal(format!("injected at {call:?}"))),
            other => Ok(other),
        }
    }
}
