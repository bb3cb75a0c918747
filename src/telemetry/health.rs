//! Whether the service is alive and ready. Ready means: every lane has its assignment, none is past its poll interval,
//! nothing fatal happened, and no drain has begun. Alive means: nothing fatal happened.
//!
//! An assignment of no partitions counts: a replica beyond the number of partitions is a warm standby, not a failure.

use std::collections::BTreeMap;
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
    late: Option<String>,
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
            lane.late = None;
        }
    }

    /// Says that a lane polls too late, and why we think so.
    pub fn set_late(&self, lane: usize, why: impl Into<String>) {
        self.state().lanes.entry(lane).or_default().late = Some(why.into());
    }

    /// Says that a lane polls in time again.
    pub fn clear_late(&self, lane: usize) {
        self.state().lanes.entry(lane).or_default().late = None;
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
            if !lane.assigned {
                return Err(format!("lane {index} has no assignment yet"));
            }
            if let Some(why) = &lane.late {
                return Err(format!("lane {index} polls too late: {why}"));
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
        health.set_late(1, "no poll for 300 s");
        assert_eq!(health.ready(), Err("lane 1 polls too late: no poll for 300 s".to_owned()));
        health.set_assigned(1, true);
        assert_eq!(health.ready(), Ok(()));
        health.set_draining();
        assert_eq!(health.ready(), Err("draining".to_owned()));
        assert_eq!(health.live(), Ok(()));
        health.set_fatal("fenced");
        assert_eq!(health.live(), Err("fatal: fenced".to_owned()));
    }
}
