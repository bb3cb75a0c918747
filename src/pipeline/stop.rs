//! The one switch by which lanes are told to end: first finish what is under way, then, if told again, leave it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What lanes are asked to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopState {
    /// Go on.
    Running,
    /// Poll no more, finish and commit what is under way within the grace, close.
    Drain,
    /// Abort and leave at once; the input is read again by the next run.
    Abandon,
}

/// A switch that only moves toward the end. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicU8>);

impl Stop {
    /// A switch that says "go on".
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for a clean end (the first signal).
    pub fn drain(&self) {
        self.0.fetch_max(1, Ordering::Release);
    }

    /// Asks for an immediate end (the second signal).
    pub fn abandon(&self) {
        self.0.fetch_max(2, Ordering::Release);
    }

    /// What is asked.
    pub fn state(&self) -> StopState {
        match self.0.load(Ordering::Acquire) {
            0 => StopState::Running,
            1 => StopState::Drain,
            _ => StopState::Abandon,
        }
    }
}
