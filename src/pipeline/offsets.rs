//! Which offset may be committed: results come back in any order, are released per partition in the order of their
//! offsets, and only what was released counts.
//!
//! Offsets have gaps (compaction, transaction markers), so the order is that in which messages were begun, not
//! arithmetic on offsets. Every assignment and every rewind gives a partition a new *lease*; a result that carries an
//! old one is stale and is dropped. That is how "forget what is pending" works while threads still hold it.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

use crate::pipeline::ports::{Partition, Position};

/// Identifies a message under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The lease of its partition. Leases only grow.
    pub lease: u64,
    /// Its place in the lease, from 0 without gaps.
    sequence: u64,
}

/// Why a message cannot be begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BeginError {
    /// Its partition is not assigned; the message is someone else's by now.
    #[error("{0} is not assigned")]
    NotAssigned(Partition),
    /// It is not after the message before it: the consumer went back on its own.
    #[error("{partition} gave offset {offset} after {last}")]
    OutOfOrder {
        /// The partition.
        partition: Partition,
        /// Its offset.
        offset: i64,
        /// The offset begun before.
        last: i64,
    },
}

/// Tracks messages under way, with the result `T` of those that are done.
#[derive(Debug)]
pub struct OffsetTracker<T> {
    leases: BTreeMap<Partition, u64>,
    tracks: BTreeMap<u64, Track<T>>,
    next_lease: u64,
    /// The lease released from last.
    served: u64,
    n_open: usize,
}

#[derive(Debug)]
struct Track<T> {
    partition: Partition,
    /// The first offset begun under this assignment: where reading began when nothing had been committed.
    first: Option<i64>,
    /// The last offset begun.
    last: Option<i64>,
    /// Messages begun and not released, in order.
    slots: VecDeque<Slot<T>>,
    /// Sequence of the slot in front.
    front: u64,
    /// Next offset after the last one released.
    released: Option<i64>,
    /// What was committed under this assignment.
    committed: Option<i64>,
}

#[derive(Debug)]
struct Slot<T> {
    offset: i64,
    result: Option<T>,
}

impl<T> Default for OffsetTracker<T> {
    fn default() -> Self {
        Self { leases: BTreeMap::new(), tracks: BTreeMap::new(), next_lease: 1, served: 0, n_open: 0 }
    }
}

impl<T> OffsetTracker<T> {
    /// Starts to track partitions.
    pub fn assign(&mut self, partitions: &[Partition]) {
        self.revoke(partitions);
        for partition in partitions {
            self.lease(Track {
                partition: partition.clone(),
                first: None,
                last: None,
                slots: VecDeque::new(),
                front: 0,
                released: None,
                committed: None,
            });
        }
    }

    /// Forgets partitions and what is under way in them.
    pub fn revoke(&mut self, partitions: &[Partition]) {
        for partition in partitions {
            if let Some(track) = self.leases.remove(partition).and_then(|lease| self.tracks.remove(&lease)) {
                self.n_open -= track.slots.len();
            }
        }
    }

    /// Forgets what is under way everywhere, and says where each partition was to go on: at what was committed, else
    /// where reading began. A partition in which nothing was begun is not named; it has nothing to go back over.
    pub fn rewind(&mut self) -> Vec<Position> {
        let tracks = std::mem::take(&mut self.tracks);
        self.leases.clear();
        self.n_open = 0;
        let mut positions = Vec::new();
        for mut track in tracks.into_values() {
            if let Some(next) = track.committed.or(track.first) {
                positions.push(Position { partition: track.partition.clone(), next });
            }
            track.last = None;
            track.slots.clear();
            track.front = 0;
            track.released = None;
            self.lease(track);
        }
        positions
    }

    /// The log of a partition is another one from this offset on: what was committed in the one before says nothing about
    /// it. To be followed by a rewind.
    pub fn restart(&mut self, partition: &Partition, offset: i64) {
        if let Some(track) = self.leases.get(partition).and_then(|lease| self.tracks.get_mut(lease)) {
            track.first = Some(offset);
            track.committed = None;
        }
    }

    /// A message is under way.
    ///
    /// # Errors
    /// It does not belong to us, or comes out of order.
    pub fn begin(&mut self, partition: &Partition, offset: i64) -> Result<Ticket, BeginError> {
        let (lease, track) = self
            .leases
            .get(partition)
            .and_then(|lease| Some((*lease, self.tracks.get_mut(lease)?)))
            .ok_or_else(|| BeginError::NotAssigned(partition.clone()))?;
        if let Some(last) = track.last.filter(|last| offset <= *last) {
            return Err(BeginError::OutOfOrder { partition: partition.clone(), offset, last });
        }
        track.first.get_or_insert(offset);
        track.last = Some(offset);
        let sequence = track.front + track.slots.len() as u64;
        track.slots.push_back(Slot { offset, result: None });
        self.n_open += 1;
        Ok(Ticket { lease, sequence })
    }

    /// A message is done. Says whether anybody still waits for it.
    pub fn done(&mut self, ticket: Ticket, result: T) -> bool {
        let Some(track) = self.tracks.get_mut(&ticket.lease) else { return false };
        let slot = ticket
            .sequence
            .checked_sub(track.front)
            .and_then(|place| track.slots.get_mut(usize::try_from(place).ok()?))
            .expect("a ticket of a live lease names a slot that was not released");
        slot.result = Some(result);
        true
    }

    /// Takes the next result whose turn it is: in each partition, nothing before it is open. Partitions take turns, so
    /// that none waits for another's backlog, and so that what follows is spread over the output partitions too.
    pub fn release(&mut self) -> Option<T> {
        let (before, after) = (..=self.served, (Bound::Excluded(self.served), Bound::Unbounded));
        let is_ready = |(_, track): &(&u64, &Track<T>)| track.slots.front().is_some_and(|slot| slot.result.is_some());
        let (lease, _) = self.tracks.range(after).chain(self.tracks.range(before)).find(is_ready)?;
        self.served = *lease;
        let track = self.tracks.get_mut(&self.served)?;
        let slot = track.slots.pop_front()?;
        track.front += 1;
        track.released = Some(slot.offset + 1);
        self.n_open -= 1;
        slot.result
    }

    /// Whether [`OffsetTracker::release`] would give something.
    pub fn has_ready(&self) -> bool {
        self.tracks.values().any(|track| track.slots.front().is_some_and(|slot| slot.result.is_some()))
    }

    /// Positions that were released and not committed yet.
    pub fn committable(&self) -> Vec<Position> {
        let moved = |track: &&Track<T>| track.released.is_some() && track.released != track.committed;
        self.tracks
            .values()
            .filter(moved)
            .filter_map(|track| Some(Position { partition: track.partition.clone(), next: track.released? }))
            .collect()
    }

    /// These positions were committed.
    pub fn committed(&mut self, positions: &[Position]) {
        for position in positions {
            let track = self.leases.get(&position.partition).and_then(|lease| self.tracks.get_mut(lease));
            if let Some(track) = track {
                track.committed = Some(position.next);
            }
        }
    }

    /// Where reading would go on after a failure, if we know it: at what was committed, else where it began.
    pub fn low_position(&self, partition: &Partition) -> Option<i64> {
        let track = self.tracks.get(self.leases.get(partition)?)?;
        track.committed.or(track.first)
    }

    /// The offset that is read next at the earliest, if we know it.
    pub fn next_position(&self, partition: &Partition) -> Option<i64> {
        let track = self.tracks.get(self.leases.get(partition)?)?;
        track.last.map(|last| last + 1).or(track.committed).or(track.first)
    }

    /// Messages begun and not released.
    pub fn n_open(&self) -> usize {
        self.n_open
    }

    /// Whether messages of these partitions are begun and not released.
    pub fn is_open(&self, partitions: &[Partition]) -> bool {
        self.n_open_of(partitions) > 0
    }

    /// Messages of these partitions that are begun and not released.
    pub fn n_open_of(&self, partitions: &[Partition]) -> usize {
        let tracks = partitions.iter().filter_map(|partition| self.tracks.get(self.leases.get(partition)?));
        tracks.map(|track| track.slots.len()).sum()
    }

    /// Results that wait for an earlier message.
    pub fn results(&self) -> impl Iterator<Item = &T> {
        self.tracks.values().flat_map(Track::results)
    }

    /// Results of these partitions that wait for an earlier message.
    pub fn results_of(&self, partitions: &[Partition]) -> impl Iterator<Item = &T> {
        partitions.iter().filter_map(|partition| self.tracks.get(self.leases.get(partition)?)).flat_map(Track::results)
    }

    /// The assigned partitions, in order.
    pub fn partitions(&self) -> Vec<Partition> {
        self.leases.keys().cloned().collect()
    }

    /// Tickets of a lease below this one are stale.
    pub fn oldest_lease(&self) -> u64 {
        self.tracks.keys().next().copied().unwrap_or(self.next_lease)
    }

    fn lease(&mut self, track: Track<T>) {
        let lease = self.next_lease;
        self.next_lease += 1;
        self.leases.insert(track.partition.clone(), lease);
        self.tracks.insert(lease, track);
    }
}

impl<T> Track<T> {
    fn results(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| slot.result.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn partition(index: i32) -> Partition {
        Partition { topic: "articles".into(), index }
    }

    fn position(index: i32, next: i64) -> Position {
        Position { partition: partition(index), next }
    }

    #[test]
    fn only_what_has_nothing_open_before_it_is_released_and_committable() {
        let mut tracker = OffsetTracker::default();
        tracker.assign(&[partition(0), partition(1)]);
        let first = tracker.begin(&partition(0), 10).unwrap();
        let second = tracker.begin(&partition(0), 17).unwrap();
        let other = tracker.begin(&partition(1), 5).unwrap();
        assert!(tracker.done(second, "second"));
        assert_eq!(tracker.release(), None, "offset 17 was released while 10 was open");
        assert!(tracker.done(other, "other"));
        assert_eq!(tracker.release(), Some("other"), "partition 1 waited for partition 0");
        assert_eq!(tracker.committable(), [position(1, 6)]);
        assert!(tracker.done(first, "first"));
        assert_eq!((tracker.release(), tracker.release(), tracker.release()), (Some("first"), Some("second"), None));
        assert_eq!(tracker.committable(), [position(0, 18), position(1, 6)]);
        tracker.committed(&[position(0, 18)]);
        assert_eq!(tracker.committable(), [position(1, 6)]);
        assert_eq!(tracker.n_open(), 0);
    }

    #[test]
    fn a_rewind_makes_old_tickets_stale_and_goes_back_to_what_was_committed() {
        let mut tracker = OffsetTracker::default();
        tracker.assign(&[partition(0), partition(1), partition(2)]);
        let done = tracker.begin(&partition(0), 3).unwrap();
        tracker.done(done, 'a');
        tracker.release();
        tracker.committed(&[position(0, 4)]);
        let late = tracker.begin(&partition(0), 4).unwrap();
        tracker.begin(&partition(1), 8).unwrap();
        assert_eq!(tracker.rewind(), [position(0, 4), position(1, 8)]);
        assert!(!tracker.done(late, 'b'), "a result from before the rewind was taken");
        assert_eq!(tracker.committable(), []);
        assert!(late.lease < tracker.oldest_lease());
        assert!(tracker.begin(&partition(0), 4).is_ok(), "the same offset must come again after a rewind");
    }

    #[test]
    fn a_log_that_begins_anew_is_read_from_where_it_does() {
        let mut tracker = OffsetTracker::default();
        tracker.assign(&[partition(0), partition(1)]);
        for index in [0, 1] {
            let ticket = tracker.begin(&partition(index), 9).unwrap();
            tracker.done(ticket, 'a');
            tracker.release();
            tracker.committed(&[position(index, 10)]);
        }
        assert_eq!(tracker.next_position(&partition(0)), Some(10));
        tracker.restart(&partition(0), 2);
        assert_eq!(tracker.rewind(), [position(0, 2), position(1, 10)]);
        assert_eq!((tracker.next_position(&partition(0)), tracker.next_position(&partition(1))), (Some(2), Some(10)));
        assert!(tracker.begin(&partition(0), 2).is_ok());
    }

    #[test]
    fn messages_of_others_and_steps_back_are_refused() {
        let mut tracker: OffsetTracker<()> = OffsetTracker::default();
        assert_eq!(tracker.begin(&partition(0), 1), Err(BeginError::NotAssigned(partition(0))));
        tracker.assign(&[partition(0)]);
        tracker.begin(&partition(0), 5).unwrap();
        let error = BeginError::OutOfOrder { partition: partition(0), offset: 5, last: 5 };
        assert_eq!(tracker.begin(&partition(0), 5), Err(error));
        tracker.revoke(&[partition(0)]);
        assert_eq!(tracker.n_open(), 0);
        assert_eq!(tracker.begin(&partition(0), 6), Err(BeginError::NotAssigned(partition(0))));
    }

    proptest! {
        /// Whatever the order in which results come back, the committable position never passes an open message, and
        /// results leave in the order in which their messages came.
        #[test]
        fn the_watermark_never_passes_open_work(gaps in prop::collection::vec(1i64..5, 1..60), seed in any::<u64>()) {
            let mut tracker = OffsetTracker::default();
            tracker.assign(&[partition(0)]);
            let offsets: Vec<i64> = gaps.iter().scan(0, |offset, gap| { *offset += gap; Some(*offset) }).collect();
            let mut open: Vec<(i64, Ticket)> =
                offsets.iter().map(|offset| (*offset, tracker.begin(&partition(0), *offset).unwrap())).collect();
            let mut released = Vec::new();
            let mut state = seed;
            while !open.is_empty() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let (offset, ticket) = open.swap_remove(usize::try_from(state >> 33).unwrap() % open.len());
                tracker.done(ticket, offset);
                released.extend(std::iter::from_fn(|| tracker.release()));
                let watermark = tracker.committable().first().map_or(0, |position| position.next);
                prop_assert!(open.iter().all(|(open, _)| *open >= watermark), "{watermark} passes an open message");
            }
            prop_assert_eq!(released, offsets);
        }
    }
}
