//! Messages that were begun and that no thread has yet, and how they are shared out: small ones in batches, giants one at a time, and
//! never to all threads, so that the other partitions do not wait for a giant of one.

use std::collections::VecDeque;

use crate::pipeline::ports::Partition;
use crate::pipeline::worker::{Pool, Task, weight};

/// Most messages of a batch for an analysis thread: passing a batch costs about as much as copying one message, and a
/// thread should not sit on more articles than it does in some tens of milliseconds.
const BATCH: usize = 32;

/// What weighs more is a giant: more than half a second of a thread. News has some five thousand bytes.
const GIANT: usize = 64 << 10;

/// What waits for a thread.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    small: Vec<Task>,
    giants: VecDeque<Task>,
    /// Giants that threads have.
    n_giants_out: usize,
}

impl Waiting {
    pub(super) fn push(&mut self, task: Task) {
        if weight(&task.message) > GIANT {
            self.giants.push_back(task);
        } else {
            self.small.push(task);
        }
    }

    /// Whether the threads have more to do than they come to. A giant that is kept back says nothing of that.
    pub(super) fn is_behind(&self) -> bool {
        !self.small.is_empty()
    }

    /// Hands the next giant over, if a thread that may take one has room.
    pub(super) fn hand_out_giant(&mut self, pool: &Pool) -> bool {
        let n_most = pool.n_threads().saturating_sub(1).max(1);
        if self.n_giants_out >= n_most {
            return false;
        }
        let Some(giant) = self.giants.pop_front() else { return false };
        match pool.submit(vec![giant]) {
            Ok(()) => {
                self.n_giants_out += 1;
                true
            }
            Err(kept) => {
                kept.into_iter().rev().for_each(|giant| self.giants.push_front(giant));
                false
            }
        }
    }

    /// Hands a batch of small ones over, as many as give each thread some, if a thread has room.
    pub(super) fn hand_out_batch(&mut self, pool: &Pool) -> bool {
        if self.small.is_empty() {
            return false;
        }
        let n_batch = self.small.len().div_ceil(pool.n_threads()).clamp(1, BATCH);
        let rest = self.small.split_off(n_batch.min(self.small.len()));
        let batch = std::mem::replace(&mut self.small, rest);
        let Err(mut kept) = pool.submit(batch) else { return true };
        kept.append(&mut self.small);
        self.small = kept;
        false
    }

    /// A thread has done what came in with this weight.
    pub(super) fn came_back(&mut self, n_bytes: usize) {
        if n_bytes > GIANT {
            self.n_giants_out = self.n_giants_out.saturating_sub(1);
        }
    }

    /// Drops everything; what it weighed.
    pub(super) fn clear(&mut self) -> usize {
        self.small.drain(..).chain(self.giants.drain(..)).map(|task| weight(&task.message)).sum()
    }

    /// Drops what came of these partitions; what it weighed.
    pub(super) fn clear_of(&mut self, partitions: &[Partition]) -> usize {
        let mut dropped = 0;
        let mut keep = |task: &Task| {
            let origin = &task.message.origin;
            let is_of = |partition: &Partition| partition.index == origin.partition && partition.topic == origin.topic;
            let is_kept = !partitions.iter().any(is_of);
            dropped += if is_kept { 0 } else { weight(&task.message) };
            is_kept
        };
        self.small.retain(&mut keep);
        self.giants.retain(&mut keep);
        dropped
    }
}
