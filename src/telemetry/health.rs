//! Whether the service is alive and ready. Ready means: every lane has its assignment, nothing stands in the way of one
//! ([`Obstacle`]), nothing fatal happened, and no drain has begun. Alive means: nothing fatal happened.
//!
//! An assignment of no partitions counts: a replica beyond the number of partitions is a warm standby, not a failure.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Condition of the service, set by lanes and supervisor, read by `/livez` and `/readyz`.
#[derive(Debug, Default)]
pub struct Health {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    lanes: BTreeMap<usize, Lane>,
    draining: bool,
    fatal: Option<String>,
}

#[derive(Debug, Default)]
struct Lane {
    assigned: bool,
    obstacles: BTreeMap<Obstacle, String>,
}

/// What keeps a lane that has its assignment from doing its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Obstacle {
    /// It is past its poll interval.
    LatePoll,
    /// No broker has said anything for some time.
    SilentBroker,
    /// A call to the broker has had no answer for some time.
    LongCall,
    /// An input topic is missing, or may not be read.
    InputRefused,
    /// A topic is missing, or may not be written to.
    TopicRefused,
    /// Whether the input topics can be read has not been told yet.
    InputsUnknown,
    /// Whether the others can be written to has not been told yet.
    OutputsUnknown,
    /// Too much was refused; the service stopped by itself.
    Braked,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LatePoll => "polls too late",
            Self::SilentBroker => "hears no broker",
            Self::LongCall => "waits for an answer",
            Self::InputRefused => "cannot read",
            Self::TopicRefused => "cannot write",
            Self::InputsUnknown => "does not know whether it can read",
            Self::OutputsUnknown => "does not know whether it can write",
            Self::Braked => "has stopped by itself",
        })
    }
}

impl Health {
    /// Not ready: no lane has an assignment yet.
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Says that this lane exists; readiness waits for it.
    pub fn expect_lane(&self, lane: usize) {
        self.state().lanes.entry(lane).or_default();
    }

    /// Says whether a lane has its assignment. A fresh one also ends its lateness: after a missed poll interval the
    /// group takes the member back by a new assignment.
    pub fn set_assigned(&self, lane: usize, assigned: bool) {
        let mut state = self.state();
        let lane = state.lanes.entry(lane).or_default();
        lane.assigned = assigned;
        if assigned {
            lane.obstacles.remove(&Obstacle::LatePoll);
        }
    }

    /// Whether a lane has its assignment.
    pub fn is_assigned(&self, lane: usize) -> bool {
        self.state().lanes.get(&lane).is_some_and(|lane| lane.assigned)
    }

    /// Says what stands in the way of a lane, and why we think so. Tells whether that is news.
    pub fn set_obstacle(&self, lane: usize, obstacle: Obstacle, why: impl Into<String>) -> bool {
        let why = why.into();
        let mut state = self.state();
        let obstacles = &mut state.lanes.entry(lane).or_default().obstacles;
        obstacles.insert(obstacle, why.clone()) != Some(why)
    }

    /// Says that it does so no more.
    pub fn clear_obstacle(&self, lane: usize, obstacle: Obstacle) {
        self.state().lanes.entry(lane).or_default().obstacles.remove(&obstacle);
    }

    /// Says that the service is on its way out.
    pub fn set_draining(&self) {
        self.state().draining = true;
    }

    /// Says that the service cannot go on. The first reason stays.
    pub fn set_fatal(&self, reason: impl Into<String>) {
        self.state().fatal.get_or_insert_with(|| reason.into());
    }

    /// Ready for traffic, or why not.
    ///
    /// # Errors
    /// The first reason that holds, for people.
    pub fn ready(&self) -> Result<(), String> {
        let state = self.state();
        if let Some(reason) = &state.fatal {
            return Err(format!("fatal: {reason}"));
        }
        if state.draining {
            return Err("draining".to_owned());
        }
        if state.lanes.is_empty() {
            return Err("starting".to_owned());
        }
        for (index, lane) in &state.lanes {
            // The cause before what it leads to.
            if let Some((obstacle, why)) = lane.obstacles.first_key_value() {
                return Err(format!("lane {index} {obstacle}: {why}"));
            }
            if !lane.assigned {
                return Err(format!("lane {index} has no assignment yet"));
            }
        }
        Ok(())
    }

    /// Alive, or why not: a probe that fails here should restart the process.
    ///
    /// # Errors
    /// The fatal reason, for people.
    pub fn live(&self) -> Result<(), String> {
        match &self.state().fatal {
            None => Ok(()),
            Some(reason) => Err(format!("fatal: {reason}")),
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
    fn readiness_waits_for_every_lane_and_ends_with_the_drain() {
        let health = Health::new();
        assert_eq!(health.ready(), Err("starting".to_owned()));
        health.expect_lane(0);
        health.expect_lane(1);
        health.set_assigned(0, true);
        assert_eq!(health.ready(), Err("lane 1 has no assignment yet".to_owned()));
        health.set_assigned(1, true);
        assert_eq!(health.ready(), Ok(()));
        health.set_obstacle(1, Obstacle::LatePoll, "no poll for 300 s");
        assert_eq!(health.ready(), Err("lane 1 polls too late: no poll for 300 s".to_owned()));
        health.set_assigned(1, true);
        assert_eq!(health.ready(), Ok(()));
        health.set_obstacle(0, Obstacle::SilentBroker, "nothing for 6 s");
        health.set_assigned(0, true);
        assert_eq!(health.ready(), Err("lane 0 hears no broker: nothing for 6 s".to_owned()));
        health.clear_obstacle(0, Obstacle::SilentBroker);
        assert_eq!(health.ready(), Ok(()));
        health.set_draining();
        assert_eq!(health.ready(), Err("draining".to_owned()));
        assert_eq!(health.live(), Ok(()));
        health.set_fatal("fenced");
        assert_eq!(health.live(), Err("fatal: fenced".to_owned()));
    }
}
