//! A lane: one thread that owns a consumer and a producer and turns one loop.
//!
//! Each turn takes results back, releases them into the transaction, closes it if it is due, and takes in new messages.
//! The three questions of exactly-once are answered in three places: *what may be committed* in
//! [`OffsetTracker`], *how a transaction commits* in `commit`, *what happens when it cannot* in `abort`.

mod hold;
mod lookout;
mod membership;
mod transaction;
mod waiting;

use std::sync::Arc;
use std::time::{Duration, Instant};

use hold::Hold;
use lookout::Lookout;
use waiting::Waiting;

use crate::pipeline::epoch::Epoch;
use crate::pipeline::offsets::{BeginError, OffsetTracker};
use crate::pipeline::ports::{Consumer, Failure, Partition, Polled, Position, Producer};
use crate::pipeline::worker::{Finished, Outcome, Pool, ProcessFactory, Task, weight};
use crate::pipeline::{Brake, Clock, Options, Pulse, Stop, StopState, Tap};
use crate::record::Message;
use crate::telemetry::{Health, Metrics};

/// Most messages taken in one turn: enough to make the turn's other work cheap by comparison, few enough that results
/// do not wait.
const BURST: usize = 256;

/// How long the lane waits for messages when it has nothing else to do. Bounds how late it notices a stop.
const IDLE_WAIT: Duration = Duration::from_millis(50);

/// How long it waits for one thing while another may happen (deliveries, results).
const SHORT_WAIT: Duration = Duration::from_millis(1);

/// Longest pause after a transaction that failed again and again.
const MAX_BACKOFF: Duration = Duration::from_secs(1);

/// What a lane shares with the rest of the service.
#[derive(Debug, Clone)]
pub struct LaneContext {
    /// Its number, from 0.
    pub index: usize,
    /// How it runs.
    pub options: Options,
    /// Where it counts.
    pub metrics: Arc<Metrics>,
    /// Where it tells its condition.
    pub health: Arc<Health>,
    /// When to end.
    pub stop: Stop,
    /// Whether too much is refused to go on; shared by all lanes.
    pub brake: Arc<Brake>,
    /// Its signs of life.
    pub pulse: Arc<Pulse>,
    /// The time that it goes by.
    pub clock: Clock,
}

/// Why a lane ended early. Nothing was lost: what had not committed is read again by whoever comes next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// A client of it can do nothing any more. The caller may build both anew and run again.
    #[error("{0}")]
    Failed(String),
    /// Somebody else has taken its place: another process of the same instance name or transactional id. To run again
    /// would drive that one out, which would come back in turn, and so on.
    #[error("{0}")]
    Replaced(String),
}

/// How a lane ended when it was told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was under way has been committed.
    Drained,
    /// Some of it was left to the next run.
    Abandoned,
}

/// Runs a lane on the calling thread until it is told to stop.
///
/// # Errors
/// As [`LaneError`] says.
pub fn run<C, P, F>(context: LaneContext, consumer: C, producer: P, factory: &Arc<F>) -> Result<Ended, LaneError>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
    F: ProcessFactory,
{
    let pool = Pool::start(context.index, context.options.workers, factory)
        .map_err(|error| LaneError::Failed(format!("cannot start an analysis thread: {error}")))?;
    context.health.expect_lane(context.index);
    let now = context.clock.now();
    let mut lane = Lane {
        context,
        consumer,
        producer,
        pool,
        tracker: OffsetTracker::default(),
        epoch: Epoch::default(),
        tap: factory.tap(),
        waiting: Waiting::default(),
        in_flight_bytes: 0,
        waiting_bytes: 0,
        paused: false,
        rewind: Vec::new(),
        restarted: Vec::new(),
        hold: Hold::default(),
        lookout: Lookout::default(),
        ask_inputs: Some(now),
        is_braked: false,
        n_aborts: 0,
        last_poll: now,
    };
    let ended = lane.run();
    lane.context.health.set_assigned(lane.context.index, false);
    lane.forget_lag(&lane.tracker.partitions());
    let Lane { mut consumer, producer, pool, in_flight_bytes, .. } = lane;
    let result = match ended {
        Ok(ended) => {
            consumer.close();
            // What weighs still is with a thread, and stale: nobody waits for it.
            if ended == Ended::Drained && in_flight_bytes == 0 {
                pool.join();
            }
            Ok(ended)
        }
        Err(Failure::Abortable(reason) | Failure::Refused(reason) | Failure::Fatal(reason)) => {
            let is_replaced = consumer.is_replaced() || producer.is_replaced();
            Err(if is_replaced { LaneError::Replaced(reason) } else { LaneError::Failed(reason) })
        }
    };
    // The producer goes last: were it to go first, another member could get our partitions while our transaction is
    // still open, and would wait for its end.
    drop(consumer);
    drop(producer);
    result
}

struct Lane<C, P> {
    context: LaneContext,
    consumer: C,
    producer: P,
    pool: Pool,
    tracker: OffsetTracker<Finished>,
    epoch: Epoch,
    /// Who is shown what was committed.
    tap: Option<Arc<dyn Tap>>,
    /// Begun, and not yet handed to a thread.
    waiting: Waiting,
    /// Weight of messages begun and of records not yet handed to the producer.
    in_flight_bytes: usize,
    /// The records' part of it.
    waiting_bytes: usize,
    paused: bool,
    /// Where to go back to before anything else is read; empty when there is no need.
    rewind: Vec<Position>,
    /// Partitions that began anew, with their first offsets; the group is told so before anything else is read.
    restarted: Vec<Position>,
    /// Whether it waits for a topic to be mended.
    hold: Hold,
    /// Whether its client may have lost its brokers for good.
    lookout: Lookout,
    /// When to ask about the topics that are read; `None`: there is nothing against them.
    ask_inputs: Option<Instant>,
    /// Whether it stands still because too much was refused.
    is_braked: bool,
    /// Aborts since the last commit.
    n_aborts: u32,
    last_poll: Instant,
}

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    fn run(&mut self) -> Result<Ended, Failure> {
        self.ask_about_topics();
        loop {
            self.beat();
            if self.pool.is_broken() {
                return Err(Failure::Fatal("an analysis thread has died".to_owned()));
            }
            match self.context.stop.state() {
                StopState::Running => {
                    let turned = self.turn();
                    self.recover(turned)?;
                }
                StopState::Drain => {
                    let deadline = self.now() + self.context.options.grace;
                    self.context.health.set_draining();
                    let partitions = self.tracker.partitions();
                    return match self.finish(&partitions, deadline) {
                        Ok(true) => Ok(Ended::Drained),
                        Ok(false) | Err(Failure::Abortable(_) | Failure::Refused(_)) => self.leave_the_rest(),
                        Err(fatal @ Failure::Fatal(_)) => Err(fatal),
                    };
                }
                StopState::Abandon => return self.leave_the_rest(),
            }
        }
    }

    /// Gives a sign of life; who looks at it learns, too, whether the broker keeps the lane waiting.
    fn beat(&self) {
        if self.epoch.is_stuck() {
            self.context.pulse.wait();
        } else {
            self.context.pulse.beat();
        }
    }

    fn now(&self) -> Instant {
        self.context.clock.now()
    }

    fn turn(&mut self) -> Result<(), Failure> {
        self.look_out()?;
        self.ask_about_inputs();
        if self.stand_still()? || self.stand_by()? {
            return Ok(());
        }
        if !self.rewind.is_empty() {
            return self.go_back();
        }
        self.collect(Duration::ZERO);
        self.advance(SHORT_WAIT)?;
        self.take_in()?;
        self.report();
        Ok(())
    }

    /// Takes back what the threads have done, waiting at most this long for the first.
    fn collect(&mut self, wait: Duration) {
        let mut wait = wait;
        while let Some(batch) = self.pool.results(wait) {
            wait = Duration::ZERO;
            for finished in batch {
                self.put_down(finished.n_bytes_in);
                self.waiting.came_back(finished.n_bytes_in);
                let records = weight_of_records(&finished);
                if finished.outcome.is_some() && self.tracker.done(finished.ticket, finished) {
                    self.in_flight_bytes += records;
                    self.waiting_bytes += records;
                }
            }
        }
    }

    /// Polls, unless that would bring more than there is room for.
    fn take_in(&mut self) -> Result<(), Failure> {
        self.hand_out();
        if self.has_no_room() {
            return self.wait_for_room();
        }
        if self.paused {
            self.consumer.resume(&self.tracker.partitions())?;
            self.paused = false;
        }
        let mut timeout = self.poll_timeout();
        self.note_poll();
        for _ in 0..BURST {
            match self.consumer.poll(timeout)? {
                Polled::Message(message) => self.begin(message)?,
                Polled::Idle => break,
                event => return self.answer(event),
            }
            if self.in_flight_bytes >= self.context.options.in_flight_bytes {
                break;
            }
            timeout = Duration::ZERO;
        }
        self.hand_out();
        Ok(())
    }

    /// One poll outside of a burst.
    fn poll_once(&mut self, wait: Duration) -> Result<Polled, Failure> {
        self.note_poll();
        self.consumer.poll(wait)
    }

    /// Once a burst, not once a message: on some machines a look at the clock costs as much as a poll.
    fn note_poll(&mut self) {
        self.last_poll = self.now();
        self.context.pulse.polled();
    }

    /// How long a poll may wait for its first message: not past anything else that is to be done.
    fn poll_timeout(&self) -> Duration {
        if self.pool.has_results() {
            return Duration::ZERO;
        }
        if self.tracker.n_open() > 0 || self.epoch.is_closing() || self.epoch.is_clogged() {
            return SHORT_WAIT;
        }
        self.epoch.remaining(&self.context.options, self.now()).map_or(IDLE_WAIT, |remaining| remaining.min(IDLE_WAIT))
    }

    fn begin(&mut self, message: Message) -> Result<(), Failure> {
        let partition = Partition { topic: Arc::clone(&message.origin.topic), index: message.origin.partition };
        if let Some(sought) = self.consumer.take_reset(&partition) {
            self.notice_reset(&partition, sought, message.origin.offset)?;
        }
        match self.tracker.begin(&partition, message.origin.offset) {
            Ok(ticket) => {
                self.in_flight_bytes += weight(&message);
                self.waiting.push(Task { ticket, message });
                Ok(())
            }
            Err(error @ BeginError::NotAssigned(_)) => {
                tracing::debug!(lane = self.context.index, %error, "a message came late");
                Ok(())
            }
            Err(error @ BeginError::OutOfOrder { .. }) => Err(Failure::Abortable(error.to_string())),
        }
    }

    /// Hands waiting messages to the threads. None while records enough are waiting already: records are several times as
    /// large as their article, so a broker that takes none for a while would find all that was begun turned into records.
    /// That cannot last for ever: what a record waits for was begun before it, and so was handed out before it. A giant may
    /// have been kept back; so when nothing is ready for the broker, it may go in any case.
    fn hand_out(&mut self) {
        let has_room = |lane: &Self| lane.waiting_bytes < lane.context.options.in_flight_bytes;
        while (has_room(self) || !self.tracker.has_ready()) && self.waiting.hand_out_giant(&self.pool) {}
        while has_room(self) && self.waiting.hand_out_batch(&self.pool) {}
    }

    /// Takes weight off the scales.
    fn put_down(&mut self, n_bytes: usize) {
        debug_assert!(n_bytes <= self.in_flight_bytes, "more is put down than was taken up");
        self.in_flight_bytes = self.in_flight_bytes.saturating_sub(n_bytes);
    }

    /// Takes records off the scales, which were handed to the producer or are not wanted any more.
    fn put_down_records(&mut self, n_bytes: usize) {
        self.waiting_bytes = self.waiting_bytes.saturating_sub(n_bytes);
        self.put_down(n_bytes);
    }

    fn has_no_room(&self) -> bool {
        self.waiting.is_behind() || self.in_flight_bytes >= self.context.options.in_flight_bytes
    }

    /// Back-pressure: the lane stops polling and waits for its threads. It does not pause the partitions, for that
    /// throws away what was prefetched (librdkafka #2703; measured 1,068 against 1,846 records/s); only when the poll
    /// interval nears it does, to be able to poll without being given anything.
    fn wait_for_room(&mut self) -> Result<(), Failure> {
        let half_interval = self.context.options.poll_interval / 2;
        let since_poll = self.context.clock.since(self.last_poll);
        if since_poll >= half_interval && !self.paused {
            self.consumer.pause(&self.tracker.partitions())?;
            self.paused = true;
        }
        if self.paused && since_poll >= half_interval.min(Duration::from_secs(1)) {
            match self.poll_once(Duration::ZERO)? {
                Polled::Idle => {}
                Polled::Message(message) => self.begin(message)?,
                event => return self.answer(event),
            }
        }
        // What fills the room may be finished work that the transaction just committed had no place for: then the next
        // one takes it at once, and no thread has anything to say.
        let must_wait = self.epoch.is_closing() || self.epoch.is_clogged();
        let may_release = !must_wait && self.tracker.has_ready();
        let wait = self.epoch.remaining(&self.context.options, self.now()).unwrap_or(IDLE_WAIT).min(IDLE_WAIT);
        self.collect(match (may_release, must_wait) {
            (true, _) => Duration::ZERO,
            (false, true) => SHORT_WAIT,
            (false, false) => wait.max(SHORT_WAIT),
        });
        Ok(())
    }

    /// Ends without finishing: what was released and not committed is aborted.
    fn leave_the_rest(&mut self) -> Result<Ended, Failure> {
        self.abort("told to stop at once")?;
        Ok(Ended::Abandoned)
    }

    fn report(&mut self) {
        self.context.metrics.set_in_flight_bytes(self.context.index, self.in_flight_bytes);
        for end in self.consumer.end_offsets().into_iter().flatten() {
            let low = self.tracker.low_position(&end.partition).unwrap_or(end.fetched);
            let lag = if low < 0 { 0 } else { (end.end - low).max(0) };
            self.context.metrics.set_lag(&end.partition.topic, end.partition.index, lag);
            if let Some(tap) = &self.tap {
                tap.lag(&end.partition, Some(lag));
            }
        }
    }

    fn forget_lag(&self, partitions: &[Partition]) {
        for partition in partitions {
            self.context.metrics.forget_lag(&partition.topic, partition.index);
            if let Some(tap) = &self.tap {
                tap.lag(partition, None);
            }
        }
    }
}

fn weight_of_records(finished: &Finished) -> usize {
    finished.outcome.as_ref().map_or(0, Outcome::n_bytes)
}
