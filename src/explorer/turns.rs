//! Reading takes turns: what is held is written out for one who asks at a time, and while the topic needs every core or did lately, whoever comes next
//! waits some time after each. So people who read, however many they are and however often they ask, take a twentieth of one core from the
//! topic at most.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::gate::{Gate, REST};

/// One turn, and who waits for it.
#[derive(Debug)]
pub(super) struct Turns {
    turn: Arc<Semaphore>,
    gate: Arc<Gate>,
    /// How long whoever asks waits for it.
    patience: Duration,
}

impl Turns {
    pub(super) fn new(gate: Arc<Gate>, patience: Duration) -> Self {
        Self { turn: Arc::new(Semaphore::new(1)), gate, patience }
    }

    /// Makes an answer when it is its turn; `None` where that did not come.
    pub(super) async fn take<T>(&self, make: impl FnOnce() -> T) -> Option<T> {
        let turn = timeout(self.patience, Arc::clone(&self.turn).acquire_owned()).await.ok()?.ok()?;
        let begun = Instant::now();
        let answer = make();
        let pause = pause_after(begun.elapsed(), self.gate.is_calm_now());
        if !pause.is_zero() {
            tokio::spawn(async move {
                sleep(pause).await;
                drop(turn);
            });
        }
        Some(answer)
    }
}

fn pause_after(spent: Duration, is_calm: bool) -> Duration {
    if is_calm { Duration::ZERO } else { spent.saturating_mul(REST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a second one gets its turn right behind a first one.
    fn has_turn_at_once(gate: Gate) -> bool {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let turns = Turns::new(Arc::new(gate), Duration::ZERO);
            // It takes longer than no time at all, on any clock.
            let first = turns.take(|| while Instant::now().elapsed().is_zero() {}).await;
            assert!(first.is_some(), "nobody was before it");
            turns.take(|| ()).await.is_some()
        })
    }

    #[test]
    fn while_the_topic_needs_every_core_who_reads_leaves_it_to_the_topic_for_a_while() {
        let idle = Gate::new(1, Duration::ZERO);
        assert!(has_turn_at_once(idle), "the topic is idle");
        let busy = Gate::new(1, Duration::ZERO);
        busy.begun();
        assert!(!has_turn_at_once(busy), "the topic is at work");
        assert_eq!(pause_after(Duration::from_millis(10), false), Duration::from_millis(190));
    }
}
