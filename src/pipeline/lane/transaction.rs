//! How results become visible: released into the transaction in order, committed with their offsets, or aborted and
//! done again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Lane, MAX_BACKOFF, SHORT_WAIT, weight_of_records};
use crate::pipeline::ports::{Consumer, Enqueued, Failure, Partition, Polled, Position, Producer};
use crate::pipeline::worker::Finished;
use crate::pipeline::{CrashPoint, Delivery, StopState, crash_at};
use crate::telemetry::TransactionOutcome;

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    /// Moves the transaction on: releases what is ready, closes it when it is due, commits it when all is delivered.
    /// While deliveries are awaited the lane keeps reading, so that its threads have work.
    pub(super) fn advance(&mut self, wait: Duration) -> Result<(), Failure> {
        if !self.epoch.is_closing() {
            self.release()?;
            if self.epoch.is_due(&self.context.options, self.now()) {
                self.epoch.close();
            }
        }
        // Serving deliveries costs nothing when there are none, and keeps the client's queue short when there are.
        let may_wait = self.epoch.is_closing() && self.tracker.n_open() > 0 && self.has_no_room();
        let n_in_flight =
            if self.epoch.is_open() { self.producer.poll(if may_wait { wait } else { Duration::ZERO })? } else { 0 };
        self.epoch.set_in_flight(n_in_flight);
        if self.epoch.is_closing() && n_in_flight == 0 {
            self.commit()?;
        }
        Ok(())
    }

    fn release(&mut self) -> Result<(), Failure> {
        while !self.context.brake.is_on() && !self.epoch.is_full(&self.context.options) && !self.epoch.is_clogged() {
            let Some(finished) = self.tracker.release() else { return Ok(()) };
            // Taken off the scales first: it is gone even if the call below fails.
            self.put_down_records(weight_of_records(&finished));
            // A message without records needs the transaction too: its offset goes with it.
            if !self.epoch.is_open() {
                self.producer.begin()?;
                self.epoch.begin(self.context.clock.now());
            }
            self.enqueue(&finished)?;
        }
        Ok(())
    }

    fn enqueue(&mut self, finished: &Finished) -> Result<(), Failure> {
        self.epoch.add_message(finished);
        self.show(finished);
        for record in finished.outcome.iter().flat_map(|outcome| &outcome.records) {
            while self.producer.enqueue(record)? == Enqueued::Full {
                // A slow broker: wait here, which stops everything behind. The client gives up on a record after the
                // transaction's time limit, so this ends.
                self.beat();
                let n_in_flight = self.producer.poll(SHORT_WAIT)?;
                self.epoch.set_in_flight(n_in_flight);
                if self.context.stop.state() == StopState::Abandon {
                    return Err(Failure::Abortable("told to stop at once".to_owned()));
                }
            }
            self.epoch.add_record(record);
            crash_at(CrashPoint::AfterEnqueue);
        }
        Ok(())
    }

    /// Remembers what the tap is shown of a message once the transaction commits.
    fn show(&mut self, finished: &Finished) {
        let (Some(tap), Some(outcome)) = (&self.tap, &finished.outcome) else { return };
        let refused = || Some(tap.of_dead_letter(outcome.records.last()?, outcome.rejection?));
        self.epoch.add_sight(outcome.sight.clone().or_else(refused));
    }

    /// Commits records and offsets together. Everything is delivered by now: rdkafka's `flush` and
    /// `commit_transaction` wait in steps of 100 ms while anything is in flight (9.9k against 51k records/s).
    fn commit(&mut self) -> Result<(), Failure> {
        if self.consumer.assignment_lost() {
            return Err(Failure::Abortable("the assignment was lost before the commit".to_owned()));
        }
        let positions = self.tracker.committable();
        crash_at(CrashPoint::BeforeOffsets);
        match self.context.options.delivery {
            Delivery::ExactlyOnce => {
                let group = self.consumer.group()?;
                self.producer.commit(&positions, &group)?;
                self.context.metrics.count_transaction(TransactionOutcome::Committed);
            }
            Delivery::AtLeastOnce => self.consumer.commit(&positions)?,
        }
        self.tracker.committed(&positions);
        let sights = self.epoch.commit(&self.context.metrics, &self.context.brake);
        if let Some(tap) = self.tap.as_ref().filter(|_| !sights.is_empty()) {
            tap.committed(sights);
        }
        self.n_aborts = 0;
        self.context.pulse.committed();
        self.end_hold();
        Ok(())
    }

    /// Finishes what is under way in some partitions and commits all that was released, until the deadline. Says
    /// whether everything was finished.
    pub(super) fn finish(&mut self, partitions: &[Partition], deadline: Instant) -> Result<bool, Failure> {
        let stop = self.context.stop.clone();
        let brake = Arc::clone(&self.context.brake);
        let clock = self.context.clock.clone();
        let out_of_time = || clock.now() >= deadline || stop.state() == StopState::Abandon || brake.is_on();
        while self.tracker.is_open(partitions) && !out_of_time() {
            self.beat();
            self.hand_out();
            self.collect(SHORT_WAIT);
            self.advance(SHORT_WAIT)?;
            if self.consumer.assignment_lost() {
                return Err(Failure::Abortable("the assignment was lost while draining".to_owned()));
            }
        }
        let complete = !self.tracker.is_open(partitions);
        // What is open now is committed even when the time is up: it is done, and deliveries end by themselves.
        loop {
            if !self.epoch.is_closing() {
                self.release()?;
                self.epoch.close();
            }
            if !self.epoch.is_open() {
                return Ok(complete);
            }
            loop {
                let n_in_flight = self.producer.poll(SHORT_WAIT)?;
                self.epoch.set_in_flight(n_in_flight);
                self.beat();
                if n_in_flight == 0 {
                    break;
                }
                if stop.state() == StopState::Abandon {
                    return Ok(false);
                }
            }
            self.commit()?;
        }
    }

    /// What follows a failure: an abortable one is aborted and read again, a refused one after a while, a fatal one ends the
    /// lane.
    pub(super) fn recover(&mut self, result: Result<(), Failure>) -> Result<(), Failure> {
        match result {
            Ok(()) => Ok(()),
            Err(Failure::Abortable(reason)) => self.abort(&reason),
            Err(Failure::Refused(reason)) => {
                self.abort(&reason)?;
                self.hold(&reason, false);
                Ok(())
            }
            Err(fatal @ Failure::Fatal(_)) => Err(fatal),
        }
    }

    /// Aborts the transaction, forgets what was pending, and remembers where to read again. ILLEGAL_GENERATION ends
    /// here too: another member has our partitions, ours to do is to abort and to learn it from the next poll.
    pub(super) fn abort(&mut self, reason: &str) -> Result<(), Failure> {
        let lane = self.context.index;
        tracing::warn!(lane, reason, n_open = self.tracker.n_open(), "aborting, going back to what was committed");
        if self.epoch.is_open() && self.context.options.delivery == Delivery::ExactlyOnce {
            self.context.metrics.count_transaction(TransactionOutcome::Aborted);
        }
        self.producer.abort()?;
        self.forget_pending();
        self.n_aborts = self.n_aborts.saturating_add(1);
        self.back_off();
        Ok(())
    }

    /// Drops all that is under way. Threads may still hold some of it; its tickets are stale from now on, and its
    /// weight counts until it comes back.
    fn forget_pending(&mut self) {
        let unbegun = self.waiting.clear();
        let waiting: usize = self.tracker.results().map(weight_of_records).sum();
        self.put_down(unbegun);
        self.put_down_records(waiting);
        let mut again: Vec<Position> = self.tracker.rewind();
        // A rewind that had not taken place yet knows positions that this one does not.
        again.extend(self.rewind.drain(..).filter(|old| self.tracker.low_position(&old.partition).is_none()));
        self.rewind = again;
        self.pool.forget_below(self.tracker.oldest_lease());
        self.epoch.forget();
    }

    /// Serves the group's events, which may make a rewind needless. Messages of partitions that are still to go back are
    /// dropped, for they will come again.
    pub(super) fn serve_group(&mut self, wait: Duration) -> Result<(), Failure> {
        match self.poll_once(wait)? {
            Polled::Idle => {}
            Polled::Message(message) => {
                let origin = &message.origin;
                let comes_again = self.rewind.iter().any(|Position { partition, .. }| {
                    partition.index == origin.partition && partition.topic == origin.topic
                });
                if !comes_again {
                    self.begin(message)?;
                }
            }
            event => self.answer(event)?,
        }
        let assigned = self.tracker.partitions();
        self.rewind.retain(|position| assigned.contains(&position.partition));
        self.restarted.retain(|position| assigned.contains(&position.partition));
        Ok(())
    }

    /// Reads again from the committed positions.
    pub(super) fn go_back(&mut self) -> Result<(), Failure> {
        self.collect(Duration::ZERO);
        // Not without a wait: a poll of no length serves one event, be it a line of the log, and going back takes seconds while the
        // broker is away. The news that it is away would come after as many turns as there were lines before it.
        self.serve_group(SHORT_WAIT)?;
        if self.rewind.is_empty() {
            return Ok(());
        }
        match self.tell_restarted().and_then(|()| self.consumer.rewind(&self.rewind)) {
            Ok(()) => self.rewind.clear(),
            Err(Failure::Abortable(reason) | Failure::Refused(reason)) => {
                tracing::warn!(lane = self.context.index, reason, "cannot go back yet");
                self.n_aborts = self.n_aborts.saturating_add(1);
                self.back_off();
            }
            Err(fatal @ Failure::Fatal(_)) => return Err(fatal),
        }
        Ok(())
    }

    /// Commits where partitions that began anew do so. What the group has committed of the logs before them would be taken
    /// for a position in these.
    fn tell_restarted(&mut self) -> Result<(), Failure> {
        if !self.restarted.is_empty() {
            self.consumer.commit(&self.restarted)?;
            self.restarted.clear();
        }
        Ok(())
    }

    /// The first abort is followed at once; those after it wait longer each, so that a broker in trouble is not
    /// hammered.
    fn back_off(&self) {
        if self.n_aborts > 1 {
            let wait = Duration::from_millis(5) * 2u32.saturating_pow(self.n_aborts.min(16) - 1);
            self.context.clock.sleep(wait.min(MAX_BACKOFF));
        }
    }
}
