//! What a lane does when the group gives it partitions or takes them away.

use super::{Lane, weight_of_records};
use crate::pipeline::ports::{Consumer, Failure, Partition, Polled, Position, Producer};
use crate::pipeline::{CrashPoint, crash_at};

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    /// Does what an event asks for; a message is none.
    pub(super) fn answer(&mut self, event: Polled) -> Result<(), Failure> {
        match event {
            Polled::Message(message) => self.begin(message),
            Polled::Idle => Ok(()),
            Polled::Assigned(partitions) => self.assigned(&partitions),
            Polled::Revoking { partitions, lost } => self.revoking(&partitions, lost),
            Polled::Recreated(partitions) => self.recreated(&partitions),
        }
    }

    fn assigned(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
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
    fn revoking(&mut self, partitions: &[Partition], lost: bool) -> Result<(), Failure> {
        let lane = self.context.index;
        let lost = lost || self.consumer.assignment_lost();
        tracing::info!(lane, n_partitions = partitions.len(), lost, "partitions revoked");
        self.context.metrics.count_rebalance();
        let finished = if lost {
            Err(Failure::Abortable("the assignment was lost".to_owned()))
        } else if self.rewind.is_empty() {
            self.finish(partitions, self.now() + self.context.options.revocation_drain)
        } else {
            Ok(true)
        };
        match &finished {
            Ok(true) | Err(Failure::Abortable(_) | Failure::Refused(_)) => {}
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
        crash_at(CrashPoint::BeforeRevocation);
        self.consumer.complete_revocation(partitions)?;
        self.context.health.set_assigned(self.context.index, !self.tracker.partitions().is_empty());
        Ok(())
    }

    /// The broker had the next position of a partition no more. What it still has is read; what it has no more is told.
    pub(super) fn notice_reset(&mut self, partition: &Partition, sought: i64, offset: i64) -> Result<(), Failure> {
        let (topic, index) = (&*partition.topic, partition.index);
        if offset < self.tracker.next_position(partition).unwrap_or(sought) {
            tracing::error!(
                topic,
                partition = index,
                offset,
                position = sought,
                "the partition begins anew below what was read of it; reading all that is there"
            );
            self.begin_anew(partition, offset);
            return Err(Failure::Abortable(format!("{partition} begins anew at offset {offset}")));
        }
        if offset > sought {
            tracing::error!(
                topic,
                partition = index,
                from = sought,
                to = offset,
                "the broker removed messages before they were read"
            );
            self.context.metrics.count_missed_offsets(offset.abs_diff(sought));
        }
        Ok(())
    }

    /// A topic was made again. What was read of the one before is nowhere else any more, so it is finished and committed as
    /// far as it goes; then reading begins at the beginning.
    fn recreated(&mut self, partitions: &[Partition]) -> Result<(), Failure> {
        let lane = self.context.index;
        for Partition { topic, index } in partitions {
            tracing::error!(
                lane,
                topic = &**topic,
                partition = index,
                "the topic was made again; reading it from its beginning"
            );
        }
        if self.rewind.is_empty() {
            let finished = self.finish(partitions, self.now() + self.context.options.revocation_drain);
            if let Err(fatal @ Failure::Fatal(_)) = finished {
                return Err(fatal);
            }
        }
        let n_open = self.tracker.n_open_of(partitions);
        if n_open > 0 {
            tracing::error!(
                lane,
                n_open,
                "messages of the topic before were read and not finished; they are lost with it"
            );
        }
        partitions.iter().for_each(|partition| self.begin_anew(partition, 0));
        self.abort("a topic was made again")
    }

    fn begin_anew(&mut self, partition: &Partition, offset: i64) {
        self.context.metrics.count_input_restart();
        self.tracker.restart(partition, offset);
        self.restarted.retain(|other| other.partition != *partition);
        self.restarted.push(Position { partition: partition.clone(), next: offset });
    }

    /// Takes what is under way in these partitions off the scales.
    fn release_weight_of(&mut self, partitions: &[Partition]) {
        let unbegun = self.waiting.clear_of(partitions);
        let waiting: usize = self.tracker.results_of(partitions).map(weight_of_records).sum();
        self.put_down(unbegun);
        self.put_down_records(waiting);
    }
}
