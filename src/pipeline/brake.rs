//! The brake: a service that refuses nearly everything stops, before a bad deployment has turned a topic into dead letters.
//!
//! It looks at outcomes as they are committed. What is wrong with a topic of mixed quality is left to people who look at
//! metrics; the brake is for what no topic has by nature: hundreds of refusals in a row, or most of thousands of messages.
//! Messages in other languages and messages without a text are no trouble, and are passed over. All lanes of a process share
//! one brake, since what it is for, a broken program or a broken sender, strikes all of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::record::RejectionReason;

/// When the service stops by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BrakeOptions {
    /// Refusals without an analysis between them; 0: as many as there are.
    pub streak: usize,
    /// Share of refusals among the last messages of [`BrakeOptions::window`]; 1: never too many.
    pub ratio: f32,
    /// How many messages the share is taken of.
    pub window: usize,
}

impl Default for BrakeOptions {
    fn default() -> Self {
        Self { streak: 500, ratio: 0.5, window: 2_000 }
    }
}

/// Whether to go on, and why not. Shared by the lanes of a process and whoever tells them to go on.
#[derive(Debug, Default)]
pub struct Brake {
    options: BrakeOptions,
    /// Asked at every turn of a lane: a flag spares the lock.
    is_on: AtomicBool,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Refusals since the last analysis.
    streak: usize,
    /// What became of the last messages, round and round.
    window: Vec<bool>,
    /// Where the oldest of them stands, once the window is full.
    oldest: usize,
    n_refused: usize,
    /// Why the service stopped.
    reason: Option<String>,
}

impl Brake {
    /// A brake that is off.
    pub fn new(options: BrakeOptions) -> Arc<Self> {
        Arc::new(Self { options, ..Self::default() })
    }

    /// Whether the service is to release nothing more.
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Acquire)
    }

    /// Why the service is to read nothing more, if it is not.
    pub fn reason(&self) -> Option<String> {
        if self.is_on() { self.state().reason.clone() } else { None }
    }

    /// Goes on; says whether there was anything to go on from. What was counted is forgotten.
    pub fn release(&self) -> bool {
        let mut state = self.state();
        let had_stopped = state.reason.is_some();
        *state = State::default();
        self.is_on.store(false, Ordering::Release);
        had_stopped
    }

    /// Looks at what was committed, in the order of the messages.
    pub(crate) fn notice(&self, outcomes: &[Option<RejectionReason>]) {
        let mut state = self.state();
        for outcome in outcomes {
            let is_refused = match outcome {
                None => false,
                Some(reason) if is_trouble(*reason) => true,
                Some(_) => continue,
            };
            state.count(is_refused, self.options.window);
            if state.reason.is_none()
                && let Some(reason) = state.complaint(&self.options)
            {
                let last = outcome.map_or_else(String::new, |reason| format!(" (the last one: {reason})"));
                state.reason = Some(format!("{reason}{last}"));
                self.is_on.store(true, Ordering::Release);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while holding the lock leaves plain values behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn count(&mut self, is_refused: bool, window: usize) {
        self.streak = if is_refused { self.streak + 1 } else { 0 };
        self.n_refused += usize::from(is_refused);
        if self.window.len() < window {
            self.window.push(is_refused);
        } else if let Some(oldest) = self.window.get_mut(self.oldest) {
            self.n_refused -= usize::from(std::mem::replace(oldest, is_refused));
            self.oldest = (self.oldest + 1) % window;
        }
    }

    fn complaint(&self, options: &BrakeOptions) -> Option<String> {
        if options.streak > 0 && self.streak >= options.streak {
            return Some(format!("{} dead letters in a row", self.streak));
        }
        let (n_refused, n_seen) = (self.n_refused, self.window.len());
        #[expect(clippy::cast_precision_loss, reason = "windows are far below 2^23")]
        let share = n_refused as f32 / n_seen.max(1) as f32;
        let is_too_much = n_seen >= options.window && share > options.ratio;
        is_too_much.then(|| format!("{n_refused} dead letters among {n_seen} messages"))
    }
}

/// Whether a refusal is something that a topic has only when a sender or this program is broken.
fn is_trouble(reason: RejectionReason) -> bool {
    match reason {
        RejectionReason::TooLarge
        | RejectionReason::TooManyTokens
        | RejectionReason::NotUtf8
        | RejectionReason::UnsupportedFormat
        | RejectionReason::Malformed
        | RejectionReason::AnalysisPanicked => true,
        // Deletions, and articles of other desks.
        RejectionReason::NoText | RejectionReason::UnsupportedLanguage => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BAD: Option<RejectionReason> = Some(RejectionReason::AnalysisPanicked);
    const FOREIGN: Option<RejectionReason> = Some(RejectionReason::UnsupportedLanguage);

    fn brake(streak: usize, ratio: f32, window: usize) -> Arc<Brake> {
        Brake::new(BrakeOptions { streak, ratio, window })
    }

    #[test]
    fn a_streak_stops_the_service_and_a_release_begins_to_count_anew() {
        let brake = brake(3, 1.0, 100);
        brake.notice(&[BAD, BAD, None, BAD, BAD]);
        assert_eq!(brake.reason(), None, "an analysis ends a streak");
        brake.notice(&[FOREIGN, BAD, BAD]);
        let expected = "3 dead letters in a row (the last one: analysis_panicked)";
        assert_eq!(brake.reason().as_deref(), Some(expected), "articles in other languages count neither way");
        assert!(brake.release());
        assert!(!brake.release(), "there is nothing to go on from any more");
        brake.notice(&[BAD, BAD]);
        assert_eq!(brake.reason(), None);
    }

    #[test]
    fn a_share_is_taken_of_the_last_messages_alone() {
        let brake = brake(0, 0.5, 4);
        brake.notice(&[BAD, BAD, BAD]);
        assert_eq!(brake.reason(), None, "too few to judge by");
        brake.notice(&[None, None]);
        assert!(brake.reason().is_some(), "three of the first four: {:?}", brake.reason());
        brake.release();
        brake.notice(&[None, BAD, BAD, None, None, BAD, BAD, None, None, BAD]);
        assert_eq!(brake.reason(), None, "never more than half of four");
    }

    #[test]
    fn what_no_healthy_topic_lacks_never_stops_it() {
        let brake = Brake::new(BrakeOptions::default());
        for _ in 0..10_000 {
            brake.notice(&[FOREIGN, Some(RejectionReason::NoText), FOREIGN, BAD, None]);
        }
        assert_eq!(brake.reason(), None);
    }

    #[test]
    fn both_limits_can_be_turned_off() {
        let brake = brake(0, 1.0, 10);
        brake.notice(&[BAD; 1000]);
        assert_eq!(brake.reason(), None);
    }
}
