//! A member of the in-memory group.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::{Broker, Call, Event};
use crate::pipeline::ports::{Answer, Consumer, EndOffset, Failure, Partition, Polled, Position};
use crate::record::Message;

/// Reads the partitions it was given, round robin.
#[derive(Debug)]
pub struct LocalConsumer {
    broker: Broker,
    member: usize,
    /// Offset of the next message to give, by assigned partition.
    next: BTreeMap<Partition, i64>,
    /// The partition served last.
    turn: Option<Partition>,
    /// Positions that their partitions did not have any more.
    resets: BTreeMap<Partition, i64>,
}

/// Proof of membership: the member and the generation it had when asked.
#[derive(Debug, Clone, Copy)]
pub struct LocalGroup {
    pub(super) member: usize,
    pub(super) generation: u64,
}

impl LocalConsumer {
    pub(super) fn new(broker: Broker, member: usize) -> Self {
        Self { broker, member, next: BTreeMap::new(), turn: None, resets: BTreeMap::new() }
    }

    /// Its number in the group, for [`Broker::assign`] and [`Broker::revoke`].
    pub fn member(&self) -> usize {
        self.member
    }

    /// As a client does that is told to begin at the earliest message: a position that is out of its partition's range
    /// becomes the first offset in it.
    fn reset_positions(&mut self) {
        let state = self.broker.state();
        for (partition, next) in &mut self.next {
            let Some(log) = state.partitions.get(partition) else { continue };
            let begin = state.begins.get(partition).copied().unwrap_or(0);
            let end = log.last().map_or(begin, |message| message.origin.offset + 1);
            if *next < begin || *next > end {
                self.resets.insert(partition.clone(), *next);
                *next = begin;
            }
        }
    }

    fn next_message(&mut self) -> Option<Message> {
        self.reset_positions();
        let state = self.broker.state();
        let paused = &state.members[self.member].paused;
        let candidates = self.next.iter().filter(|(partition, _)| !paused.contains(*partition));
        let (after, before): (Vec<_>, Vec<_>) =
            candidates.partition(|(partition, _)| self.turn.as_ref().is_none_or(|turn| *partition > turn));
        let found = after.into_iter().chain(before).find_map(|(partition, next)| {
            let messages = state.partitions.get(partition)?;
            let index = messages.partition_point(|message| message.origin.offset < *next);
            Some((partition.clone(), messages.get(index)?.clone()))
        });
        drop(state);
        let (partition, message) = found?;
        self.next.insert(partition.clone(), message.origin.offset + 1);
        self.turn = Some(partition);
        Some(message)
    }

    fn next_event(&self) -> Option<Polled> {
        match self.broker.state().members[self.member].events.pop_front()? {
            Event::Recreated(partitions) => Some(Polled::Recreated(partitions)),
            Event::Assign(partitions) => Some(Polled::Assigned(partitions)),
            Event::Revoke { partitions, lost } => Some(Polled::Revoking { partitions, lost }),
        }
    }
}

impl Consumer for LocalConsumer {
    type Group = LocalGroup;

    fn ask(&mut self) -> Answer {
        self.broker.state().asked(|state| &state.inputs)
    }

    fn poll(&mut self, timeout: Duration) -> Result<Polled, Failure> {
        self.broker.state().enter(Call::Poll)?;
        let begun = Instant::now();
        loop {
            if let Some(event) = self.next_event() {
                return Ok(event);
            }
            if let Some(message) = self.next_message() {
                return Ok(Polled::Message(message));
            }
            let Some(remaining) = timeout.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) else {
                return Ok(Polled::Idle);
            };
            drop(self.broker.wait(self.broker.state(), remaining));
        }
    }

    fn complete_assignment(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Assign)?;
        let member = &mut state.members[self.member];
        member.lost = false;
        member.is_assigned = true;
        for partition in partitions {
            let next = state.committed.get(partition).copied().unwrap_or(0);
            self.next.insert(partition.clone(), next);
        }
        Ok(())
    }

    fn complete_revocation(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Revoke)?;
        let member = &mut state.members[self.member];
        for partition in partitions {
            self.next.remove(partition);
            member.paused.remove(partition);
        }
        member.generation += 1;
        member.is_assigned = !self.next.is_empty();
        drop(state);
        self.broker.shared.changed.notify_all();
        Ok(())
    }

    fn assignment_lost(&self) -> bool {
        self.broker.state().members[self.member].lost
    }

    fn take_reset(&mut self, partition: &Partition) -> Option<i64> {
        self.resets.remove(partition)
    }

    fn rewind(&mut self, fallback: &[Position]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Rewind)?;
        for position in fallback {
            let next = state.committed.get(&position.partition).copied().unwrap_or(position.next);
            self.next.insert(position.partition.clone(), next);
        }
        Ok(())
    }

    fn pause(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Pause)?;
        state.members[self.member].paused.extend(partitions.iter().cloned());
        drop(state);
        self.broker.shared.changed.notify_all();
        Ok(())
    }

    fn resume(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Resume)?;
        state.members[self.member].paused.retain(|paused| !partitions.contains(paused));
        Ok(())
    }

    fn group(&self) -> Result<LocalGroup, Failure> {
        let mut state = self.broker.state();
        state.enter(Call::Group)?;
        Ok(LocalGroup { member: self.member, generation: state.members[self.member].generation })
    }

    fn commit(&mut self, positions: &[Position]) -> Result<(), Failure> {
        let mut state = self.broker.state();
        let fault = state.enter(Call::Commit)?;
        for position in positions {
            state.committed.insert(position.partition.clone(), position.next);
        }
        drop(state);
        self.broker.answer(fault)
    }

    fn is_replaced(&self) -> bool {
        false
    }

    fn silence(&self) -> Duration {
        self.broker.state().members[self.member].silence
    }

    fn is_anyone_there(&mut self) -> bool {
        let mut state = self.broker.state();
        *state.n_calls.entry(Call::LookOut).or_default() += 1;
        let answers = state.answers_others;
        drop(state);
        self.broker.shared.changed.notify_all();
        answers
    }

    fn end_offsets(&mut self) -> Option<Vec<EndOffset>> {
        let state = self.broker.state();
        let ends = self.next.iter().map(|(partition, next)| EndOffset {
            partition: partition.clone(),
            end: state
                .partitions
                .get(partition)
                .and_then(|messages| messages.last())
                .map_or(0, |message| message.origin.offset + 1),
            fetched: *next,
        });
        Some(ends.collect())
    }

    fn close(&mut self) {
        self.next.clear();
        self.broker.state().members[self.member].closed = true;
        self.broker.shared.changed.notify_all();
    }
}
