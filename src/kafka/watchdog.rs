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
const PERIOD: Duration = Duration::from_millis(500);

/// A lane that has had no answer of its broker for this long is told to wait for one, whether a call does not come back or
/// records are not acknowledged. Nothing else that it does takes as long.
const LONG_CALL: Duration = Duration::from_secs(5);

/// The same where no broker has said anything for too long before. A lane within a call hears of no silence, for that is told by
/// the statistics, which are served by polling; and if it began the call just before the silence was too long, the two times would
/// add up to more than the ten seconds within which an outage is to be seen.
const LONG_CALL_IN_SILENCE: Duration = Duration::from_secs(2);

/// What is too long.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Without a sign of life.
    pub(crate) stall: Duration,
    /// Without a poll.
    pub(crate) poll_interval: Duration,
    /// Without a word of any broker.
    pub(crate) silence: Duration,
}

/// The lanes that are looked at. Ends its thread when dropped.
pub(crate) struct Watchdog {
    lanes: Arc<Mutex<BTreeMap<usize, Arc<Pulse>>>>,
    _running: Sender<()>,
}

impl Watchdog {
    /// Starts to look. `on_stall` is called with the lane that has shown no sign of life for longer than `stall`.
    pub(crate) fn start(
        limits: Limits,
        health: Arc<Health>,
        on_stall: impl Fn(usize, Duration) + Send + 'static,
    ) -> std::io::Result<Self> {
        let lanes = Arc::new(Mutex::new(BTreeMap::<usize, Arc<Pulse>>::new()));
        let (running, ended) = bounded::<()>(0);
        let watched = Arc::clone(&lanes);
        thread::Builder::new().name("watchdog".to_owned()).spawn(move || {
            while ended.recv_timeout(PERIOD) == Err(RecvTimeoutError::Timeout) {
                for (lane, pulse) in &*lock(&watched) {
                    if pulse.since_beat() > limits.stall {
                        on_stall(*lane, pulse.since_beat());
                    }
                    look_at(*lane, pulse, limits, &health);
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

/// Tells what keeps a lane from its work, as far as that is seen from outside.
fn look_at(lane: usize, pulse: &Pulse, limits: Limits, health: &Health) {
    if pulse.since_poll() > limits.poll_interval {
        let why = format!("no poll for {} s", pulse.since_poll().as_secs());
        health.set_obstacle(lane, Obstacle::LatePoll, why);
    }
    let waits = pulse.since_answer();
    if waits > LONG_CALL || waits > LONG_CALL_IN_SILENCE && pulse.since_heard() > limits.silence {
        health.set_obstacle(lane, Obstacle::LongCall, format!("none for {} s", waits.as_secs()));
    } else {
        health.clear_obstacle(lane, Obstacle::LongCall);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::Clock;

    /// Nothing is too long.
    const PATIENT: Limits =
        Limits { stall: Duration::MAX, poll_interval: Duration::MAX, silence: Duration::from_secs(5) };

    #[test]
    fn a_lane_without_a_sign_of_life_is_reported() {
        let (stalled, reports) = bounded(1);
        let hasty = Limits { stall: Duration::from_millis(1), ..PATIENT };
        let watchdog = Watchdog::start(hasty, Health::new(), move |lane, _| {
            let _ = stalled.try_send(lane);
        })
        .unwrap();
        watchdog.watch(7, Arc::new(Pulse::default()));
        assert_eq!(reports.recv_timeout(Duration::from_mins(10)), Ok(7));
    }

    /// A lane that is ready but for what is seen from outside.
    fn lane() -> (Clock, Pulse, Arc<Health>) {
        let (clock, health) = (Clock::turned_by_hand(), Health::new());
        health.set_assigned(0, true);
        let pulse = Pulse::new(clock.clone());
        pulse.beat();
        (clock, pulse, health)
    }

    #[test]
    fn a_call_that_began_late_in_a_silence_is_told_before_ten_seconds_are_over() {
        let (clock, pulse, health) = lane();
        // The line is cut. As long as the lane polls, the statistics tell how long ago.
        for seconds in 1..=5 {
            clock.turn(Duration::from_secs(1));
            pulse.beat();
            pulse.heard(Duration::from_secs(seconds));
            look_at(0, &pulse, PATIENT, &health);
            assert_eq!(health.ready(), Ok(()), "after {seconds} s");
        }
        // Then it makes a call that does not come back.
        clock.turn(Duration::from_millis(2500));
        look_at(0, &pulse, PATIENT, &health);
        assert_eq!(health.ready(), Err("lane 0 waits for an answer: none for 2 s".to_owned()));
        pulse.committed();
        pulse.beat();
        look_at(0, &pulse, PATIENT, &health);
        assert_eq!(health.ready(), Ok(()));
    }

    #[test]
    fn a_slow_call_to_a_broker_that_speaks_is_no_trouble_yet() {
        let (clock, pulse, health) = lane();
        clock.turn(Duration::from_secs(4));
        pulse.heard(Duration::ZERO);
        look_at(0, &pulse, PATIENT, &health);
        assert_eq!(health.ready(), Ok(()));
        clock.turn(Duration::from_millis(1500));
        look_at(0, &pulse, PATIENT, &health);
        assert_eq!(health.ready(), Err("lane 0 waits for an answer: none for 5 s".to_owned()));
    }

    #[test]
    fn a_lane_that_does_not_come_to_poll_is_told() {
        let (clock, pulse, health) = lane();
        clock.turn(Duration::from_mins(6));
        pulse.beat();
        look_at(0, &pulse, Limits { poll_interval: Duration::from_mins(5), ..PATIENT }, &health);
        assert_eq!(health.ready(), Err("lane 0 polls too late: no poll for 360 s".to_owned()));
    }
}
