//! Admission: an analysis that a person asked for begins only where the topic leaves a core idle. So a page, however many
//! people look at it, never makes the topic wait.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Which threads of the topic are at work.
#[derive(Debug)]
pub(super) struct Gate {
    n_threads: usize,
    /// How long a core must have been idle.
    idle: Duration,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    n_at_work: usize,
    /// When all of them were at work last.
    was_full: Option<Instant>,
}

impl Gate {
    /// A gate beside so many threads; beside none it is always open.
    pub(super) fn new(n_threads: usize, idle: Duration) -> Self {
        Self { n_threads, idle, state: Mutex::default(), freed: Condvar::new() }
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

    /// Whether the topic leaves a core idle now.
    pub(super) fn is_open_now(&self) -> bool {
        self.is_open(&self.state())
    }

    /// Waits until a core is idle, at most this long; whether it is.
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
        !is_full && state.was_full.is_none_or(|when| when.elapsed() >= self.idle)
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
}
