//! Signs of life of a lane, for whoever watches it from another thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When a lane last went round its loop, when its broker last gave it what it waits for, and when it last polled. Cheap enough
/// to set at every turn.
#[derive(Debug)]
pub struct Pulse {
    origin: Instant,
    /// Milliseconds since `origin`.
    beat: AtomicU64,
    answered: AtomicU64,
    polled: AtomicU64,
    committed: AtomicBool,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            origin: Instant::now(),
            beat: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            polled: AtomicU64::new(0),
            committed: AtomicBool::new(false),
        }
    }
}

impl Pulse {
    /// The lane is alive, and waits for no answer.
    pub fn beat(&self) {
        let now = self.now();
        self.beat.store(now, Ordering::Relaxed);
        self.answered.store(now, Ordering::Relaxed);
    }

    /// The lane is alive, and still waits for an answer.
    pub fn wait(&self) {
        self.beat.store(self.now(), Ordering::Relaxed);
    }

    /// The lane is alive and polls its consumer.
    pub fn polled(&self) {
        let now = self.now();
        self.beat.store(now, Ordering::Relaxed);
        self.polled.store(now, Ordering::Relaxed);
    }

    /// The lane has committed something.
    pub fn committed(&self) {
        self.committed.store(true, Ordering::Relaxed);
    }

    /// Whether it ever has.
    pub fn has_committed(&self) -> bool {
        self.committed.load(Ordering::Relaxed)
    }

    /// Time since it last had all the answers that it wanted.
    pub fn since_answer(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.answered.load(Ordering::Relaxed)))
    }

    /// Time since the last sign of life.
    pub fn since_beat(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.beat.load(Ordering::Relaxed)))
    }

    /// Time since the last poll.
    pub fn since_poll(&self) -> Duration {
        Duration::from_millis(self.now().saturating_sub(self.polled.load(Ordering::Relaxed)))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
