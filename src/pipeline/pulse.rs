//! Signs of life of a lane, for whoever watches it from another thread.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// When a lane last went round its loop, and when it last polled. Cheap enough to set at every turn.
#[derive(Debug)]
pub struct Pulse {
    origin: Instant,
    /// Milliseconds since `origin`.
    beat: AtomicU64,
    polled: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self { origin: Instant::now(), beat: AtomicU64::new(0), polled: AtomicU64::new(0) }
    }
}

impl Pulse {
    /// The lane is alive.
    pub fn beat(&self) {
        self.beat.store(self.now(), Ordering::Relaxed);
    }

    /// The lane is alive and polls its consumer.
    pub fn polled(&self) {
        let now = self.now();
        self.beat.store(now, Ordering::Relaxed);
        self.polled.store(now, Ordering::Relaxed);
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
