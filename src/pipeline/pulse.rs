//! Signs of life of a lane, for whoever watches it from another thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::pipeline::Clock;

/// When a lane last went round its loop, when its broker last gave it what it waits for, when a broker last said anything, and when
/// it last polled. Cheap enough to set at every turn.
#[derive(Debug)]
pub struct Pulse {
    clock: Clock,
    origin: Instant,
    /// Milliseconds since `origin`.
    beat: AtomicU64,
    answered: AtomicU64,
    heard: AtomicU64,
    polled: AtomicU64,
    committed: AtomicBool,
}

impl Default for Pulse {
    fn default() -> Self {
        Self::new(Clock::default())
    }
}

impl Pulse {
    /// Of a lane that begins now.
    pub fn new(clock: Clock) -> Self {
        let origin = clock.now();
        let zero = || AtomicU64::new(0);
        Self {
            clock,
            origin,
            beat: zero(),
            answered: zero(),
            heard: zero(),
            polled: zero(),
            committed: AtomicBool::new(false),
        }
    }

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

    /// A broker last said something this long ago.
    pub fn heard(&self, ago: Duration) {
        let ago_ms = u64::try_from(ago.as_millis()).unwrap_or(u64::MAX);
        self.heard.fetch_max(self.now().saturating_sub(ago_ms), Ordering::Relaxed);
    }

    /// The lane has committed something.
    pub fn committed(&self) {
        self.heard(Duration::ZERO);
        self.committed.store(true, Ordering::Relaxed);
    }

    /// Whether it ever has.
    pub fn has_committed(&self) -> bool {
        self.committed.load(Ordering::Relaxed)
    }

    /// Time since it last had all the answers that it wanted.
    pub fn since_answer(&self) -> Duration {
        self.since(&self.answered)
    }

    /// Time since a broker last said anything, as far as the lane has learned by now.
    pub fn since_heard(&self) -> Duration {
        self.since(&self.heard)
    }

    /// Time since the last sign of life.
    pub fn since_beat(&self) -> Duration {
        self.since(&self.beat)
    }

    /// Time since the last poll.
    pub fn since_poll(&self) -> Duration {
        self.since(&self.polled)
    }

    fn since(&self, event: &AtomicU64) -> Duration {
        Duration::from_millis(self.now().saturating_sub(event.load(Ordering::Relaxed)))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.clock.since(self.origin).as_millis()).unwrap_or(u64::MAX)
    }
}
