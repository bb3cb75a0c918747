//! A thread that looks at the lanes from outside. `send_offsets_to_transaction` can hang past its timeout (librdkafka
//! #5456), and then nothing in the lane can act; so the process ends, and starts again. Exactly-once makes that safe: what
//! was open is aborted by the broker, or by the next run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::pipeline::Pulse;
use crate::telemetry::{Health, Obstacle};

/// How often it looks.
const PERIOD: Duration = Duration::from_secs(1);

/// A lane that has had no answer of its broker for this long is told to wait for one, whether a call does not come back or
/// records are not acknowledged. Nothing else that it does takes as long.
const LONG_CALL: Duration = Duration::from_secs(5);

/// The lanes that are looked at. Ends its thread when dropped.
pub(crate) struct Watchdog {
    lanes: Arc<Mutex<BTreeMap<usize, Arc<Pulse>>>>,
    _running: Sender<()>,
}

impl Watchdog {
    /// Starts to look. `on_stall` is called with the lane that has shown no sign of life for longer than `stall`.
    pub(crate) fn start(
        stall: Duration,
        poll_interval: Duration,
        health: Arc<Health>,
        on_stall: impl Fn(usize, Duration) + Send + 'static,
    ) -> std::io::Result<Self> {
        let lanes = Arc::new(Mutex::new(BTreeMap::<usize, Arc<Pulse>>::new()));
        let (running, ended) = bounded::<()>(0);
        let watched = Arc::clone(&lanes);
        thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
            while ended.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                for (lane, pulse) in &*lock(&watched) {
                    if pulse.since_beat() > stall {
                        on_stall(*lane, pulse.since_beat());
                    }
                    if pulse.since_poll() > poll_interval {
                        let why = format!("no poll for {} s", pulse.since_poll().as_secs());
                        health.set_obstacle(*lane, Obstacle::LatePoll, why);
                    }
                    if pulse.since_answer() > LONG_CALL {
                        let why = format!("none for {} s", pulse.since_answer().as_secs());
                        health.set_obstacle(*lane, Obstacle::LongCall, why);
                    } else {
                        health.clear_obstacle(*lane, Obstacle::LongCall);
                    }
                }
            }
        })?;
        Ok(Self { lanes, _running: running })
    }

    /// Looks at this lane from now on.
    pub(crate) fn watch(&self, lane: usize, pulse: Arc<Pulse>) {
        lock(&self.lanes).insert(lane, pulse);
    }

    /// Looks at it no more.
    pub(crate) fn forget(&self, lane: usize) {
        lock(&self.lanes).remove(&lane);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_without_a_sign_of_life_is_reported() {
        let (stalled, reports) = bounded(1);
        let watchdog =
            Watchdog::start(Duration::from_millis(1), Duration::from_hours(1), Health::new(), move |lane, _| {
                let _ = stalled.try_send(lane);
            })
            .unwrap();
        watchdog.watch(7, Arc::new(Pulse::default()));
        assert_eq!(reports.recv_timeout(Duration::from_mins(10)), Ok(7));
    }
}
