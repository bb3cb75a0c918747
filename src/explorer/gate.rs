//! Admission: an analysis that a person asked for begins only where the topic leaves a core idle. So a page, however many
//! people look at it, never makes the topic wait. An idle thread is no proof of an idle core, though: where other processes take the cores,
//! the threads of the topic wait for its loop, which waits for a core. So as long as the topic has lately needed all its threads, whoever was
//! served rests for many times as long as that took.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two transactions that wait for a busy machine the threads of the topic may be idle for hundreds of milliseconds.
const CALM: Duration = Duration::from_secs(2);

/// How many times as long as a service took whoever serves rests behind it, while the topic is not calm: a twentieth of one core is left to it.
pub(super) const REST: u32 = 19;

/// Which threads of the topic are at work.
#[derive(Debug)]
pub(super) struct Gate {
    n_threads: usize,
    /// How long a core must have been idle.
    idle: Duration,
    /// How long the topic must not have needed all its threads, so that nobody rests.
    calm: Duration,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    n_at_work: usize,
    /// When all of them were at work last.
    was_full: Option<Instant>,
    /// Until when nobody is served, unless the topic is calm.
    resting: Option<Instant>,
}

impl Gate {
    /// A gate beside so many threads; beside none it is always open.
    pub(super) fn new(n_threads: usize, idle: Duration) -> Self {
        Self { n_threads, idle, calm: CALM, state: Mutex::default(), freed: Condvar::new() }
    }

    /// A thread of the topic begins with an article.
    pub(super) fn begun(&self) {
        let mut state = self.state();
        state.n_at_work += 1;
        self.note_full(&mut state);
    }

    /// It has ended.
    pub(super) fn ended(&self) {
        let mut state = self.state();
        self.note_full(&mut state);
        state.n_at_work = state.n_at_work.saturating_sub(1);
        drop(state);
        self.freed.notify_all();
    }

    /// Whether the topic has not needed all its threads lately.
    pub(super) fn is_calm_now(&self) -> bool {
        self.is_calm(&self.state())
    }

    /// Somebody was served, and this long that took.
    pub(super) fn served(&self, spent: Duration) {
        self.state().resting = Some(Instant::now() + spent.saturating_mul(REST));
    }

    /// Waits until a core is idle and nobody rests, at most this long; whether it is so.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let begun = Instant::now();
        let mut state = self.state();
        loop {
            if self.is_open(&state) {
                return true;
            }
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                return false;
            }
            let waited = self.freed.wait_timeout(state, left.min(self.idle)).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
        }
    }

    fn is_open(&self, state: &State) -> bool {
        let is_full = self.n_threads > 0 && state.n_at_work >= self.n_threads;
        let is_idle = !is_full && state.was_full.is_none_or(|when| when.elapsed() >= self.idle);
        is_idle && (state.resting.is_none_or(|until| until <= Instant::now()) || self.is_calm(state))
    }

    fn is_calm(&self, state: &State) -> bool {
        let is_full = self.n_threads > 0 && state.n_at_work >= self.n_threads;
        !is_full && state.was_full.is_none_or(|when| when.elapsed() >= self.calm)
    }

    fn note_full(&self, state: &mut State) {
        if self.n_threads > 0 && state.n_at_work >= self.n_threads {
            state.was_full = Some(Instant::now());
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock leaves plain values behind, each of them valid.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_waits_while_the_topic_needs_every_core_and_goes_on_when_one_is_free() {
        let gate = Gate::new(2, Duration::from_millis(20));
        gate.begun();
        assert!(gate.wait(Duration::ZERO), "one of two is idle");
        gate.begun();
        assert!(!gate.wait(Duration::ZERO), "both are needed");
        gate.ended();
        assert!(!gate.wait(Duration::ZERO), "between two articles of a thread");
        assert!(gate.wait(Duration::from_mins(10)), "it stays idle");
    }

    #[test]
    fn behind_a_request_the_next_one_rests_as_long_as_the_topic_has_lately_needed_every_core() {
        let served = |calm: Duration| {
            let gate = Gate { calm, ..Gate::new(1, Duration::ZERO) };
            gate.served(Duration::from_hours(1));
            assert!(gate.wait(Duration::ZERO), "the topic was idle all along");
            gate.begun();
            gate.ended();
            gate
        };
        assert!(!served(Duration::from_hours(1)).wait(Duration::ZERO), "its thread is idle, and needed a core lately");
        assert!(served(Duration::ZERO).wait(Duration::ZERO), "that was long ago, and nobody has to rest");
    }
}
