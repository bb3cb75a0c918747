//! The time as the loop sees it: the machine's, or one that a test turns. What the loop decides by time (when a transaction is due,
//! how long to wait after a failure, when a topic is asked for again) it decides by this one clock; only the short waits for other
//! threads and for the broker are the machine's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A clock. Clones of it show the same time.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    /// `None`: the machine's.
    turned: Option<Arc<Turned>>,
}

/// A clock that stands still unless it is turned.
#[derive(Debug)]
struct Turned {
    began: Instant,
    elapsed_ns: AtomicU64,
}

impl Clock {
    /// A clock that a test turns. Who waits by it turns it himself, and does not wait.
    pub fn turned_by_hand() -> Self {
        Self { turned: Some(Arc::new(Turned { began: Instant::now(), elapsed_ns: AtomicU64::new(0) })) }
    }

    /// What it shows.
    pub fn now(&self) -> Instant {
        self.turned.as_ref().map_or_else(Instant::now, |turned| {
            turned.began + Duration::from_nanos(turned.elapsed_ns.load(Ordering::Acquire))
        })
    }

    /// Time since something that it showed.
    pub fn since(&self, before: Instant) -> Duration {
        self.now().saturating_duration_since(before)
    }

    /// Waits.
    pub fn sleep(&self, duration: Duration) {
        if self.turned.is_some() { self.turn(duration) } else { thread::sleep(duration) }
    }

    /// Lets time pass. The machine's clock cannot be turned.
    pub fn turn(&self, by: Duration) {
        if let Some(turned) = &self.turned {
            let by_ns = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
            turned.elapsed_ns.fetch_add(by_ns, Ordering::AcqRel);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_turned_by_hand_goes_no_other_way() {
        let clock = Clock::turned_by_hand();
        let began = clock.now();
        let same = clock.clone();
        assert_eq!(clock.since(began), Duration::ZERO);
        same.turn(Duration::from_hours(1));
        clock.sleep(Duration::from_hours(2));
        assert_eq!(clock.since(began), Duration::from_hours(3));
    }
}
