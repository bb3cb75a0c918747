//! What a lane does when the group gives it partitions or takes them away.

use std::time::Instant;

use super::{Lane, weight_of_records};
use crate::pipeline::ports::{Consumer, Failure, Partition, Producer};
use crate::pipeline::worker::{Task, weight};

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    pub(super) fn assigned(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        tracing::info!(lane = self.context.index, n_partitions = partitions.len(), "partitions assigned");
        self.context.metrics.count_rebalance();
        self.tracker.assign(partitions);
        self.consumer.complete_assignment(partitions)?;
        if self.paused {
            // There is still no room: these would go on filling it, a message at each poll.
            self.consumer.pause(partitions)?;
        }
        self.context.health.set_assigned(self.context.index, true);
        Ok(())
    }

    /// The group waits while we finish and commit what is under way, within a bound; what is not finished then is read
    /// by the next owner. Partitions that were lost are another's already: nothing of them may be committed.
    pub(super) fn revoking(&mut self, partitions: &[Partition], lost: bool) -> Result<(), Failure> {
        let lane = self.context.index;
        let lost = lost || self.consumer.assignment_lost();
        tracing::info!(lane, n_partitions = partitions.len(), lost, "partitions revoked");
        self.context.metrics.count_rebalance();
        let finished = if lost {
            Err(Failure::Abortable("the assignment was lost".to_owned()))
        } else if self.rewind.is_empty() {
            self.finish(partitions, Instant::now() + self.context.options.revocation_drain)
        } else {
            Ok(true)
        };
        match &finished {
            Ok(true) | Err(Failure::Abortable(_)) => {}
            Ok(false) => tracing::info!(lane, "what was not finished is left to the partitions' next owner"),
            Err(Failure::Fatal(_)) => return finished.map(drop),
        }
        // Answered before anything is aborted: nothing more will be committed in any case, an abort takes as long as the
        // broker is away, and a client that owes an answer meanwhile is not taken back by its group, but fenced.
        self.give_up(partitions)?;
        self.recover(finished.map(drop))
    }

    fn give_up(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        self.release_weight_of(partitions);
        self.tracker.revoke(partitions);
        self.forget_lag(partitions);
        self.consumer.complete_revocation(partitions)?;
        self.context.health.set_assigned(self.context.index, !self.tracker.partitions().is_empty());
        Ok(())
    }

    /// Takes what is pending in these partitions off the scales.
    fn release_weight_of(&mut self, partitions: &[Partition]) {
        let is_revoked = |task: &Task| {
            let origin = &task.message.origin;
            partitions.iter().any(|partition| partition.index == origin.partition && partition.topic == origin.topic)
        };
        let (revoked, kept): (Vec<Task>, Vec<Task>) =
            std::mem::take(&mut self.pending).into_iter().partition(is_revoked);
        self.pending = kept;
        let pending: usize = revoked.iter().map(|task| weight(&task.message)).sum();
        let waiting: usize = self.tracker.results_of(partitions).map(weight_of_records).sum();
        self.put_down(pending);
        self.put_down_records(waiting);
    }
}
