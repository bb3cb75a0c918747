//! The open transaction as the lane sees it: since when, how much is in it, what will be counted when it commits.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::pipeline::tap::Sight;
use crate::pipeline::worker::Finished;
use crate::pipeline::{Brake, Options};
use crate::record::{OutgoingRecord, RejectionReason};
use crate::telemetry::{Metrics, Tally};

/// Most bytes on their way to the broker; when there are as many, nothing is added until all are acknowledged.
/// librdkafka's thread turns in circles while an idempotent producer has more queued for a partition than the request
/// that is under way, and takes a core from everybody else. A request carries up to 1 MB a partition.
const UNACKNOWLEDGED_BYTES: usize = 8 << 20;

/// One transaction, or none yet.
#[derive(Debug, Default)]
pub(crate) struct Epoch {
    /// When it was begun; `None`: nothing was released since the last commit.
    begun: Option<Instant>,
    /// Nothing more goes in; deliveries are awaited, then it commits.
    closing: bool,
    n_bytes: usize,
    /// Bytes added since nothing was on its way.
    n_bytes_unacknowledged: usize,
    /// Records on their way when the producer last said.
    n_in_flight: usize,
    /// As [`Epoch::is_stuck`].
    is_stuck: bool,
    tally: Tally,
    /// What became of the messages in it, in their order.
    outcomes: Vec<Option<RejectionReason>>,
    /// Timestamps of the messages in it, milliseconds since 1970.
    timestamps_ms: Vec<i64>,
    /// What a tap is shown when it commits.
    sights: Vec<Sight>,
}

impl Epoch {
    pub(crate) fn is_open(&self) -> bool {
        self.begun.is_some()
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing
    }

    /// It has begun.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.begun = Some(now);
    }

    /// A message was released; its records follow.
    pub(crate) fn add_message(&mut self, finished: &Finished) {
        self.tally.add_consumed();
        if let Some(outcome) = &finished.outcome {
            self.tally.add_outcome(outcome.rejection);
            self.outcomes.push(outcome.rejection);
        }
        self.timestamps_ms.extend(finished.timestamp_ms);
    }

    /// A tap will be shown this.
    pub(crate) fn add_sight(&mut self, sight: Option<Sight>) {
        self.n_bytes += sight.as_ref().map_or(0, Sight::n_bytes);
        self.sights.extend(sight);
    }

    /// A record was taken by the producer.
    pub(crate) fn add_record(&mut self, record: &OutgoingRecord) {
        self.tally.add_record(record.channel, record.class);
        let n_bytes = record.n_bytes();
        self.n_bytes += n_bytes;
        self.n_bytes_unacknowledged += n_bytes;
    }

    /// The producer says how many records are on their way.
    pub(crate) fn set_in_flight(&mut self, n_records: usize) {
        self.is_stuck = n_records > 0 && n_records >= self.n_in_flight;
        self.n_in_flight = n_records;
        if n_records == 0 {
            self.n_bytes_unacknowledged = 0;
        }
    }

    /// Whether records are on their way, and none arrived between the last two times that the producer said so.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_stuck
    }

    /// Whether so much is on its way that more would only wait there.
    pub(crate) fn is_clogged(&self) -> bool {
        self.n_bytes_unacknowledged >= UNACKNOWLEDGED_BYTES
    }

    /// Whether it has been open long enough, or is full.
    pub(crate) fn is_due(&self, options: &Options, now: Instant) -> bool {
        self.begun.is_some_and(|begun| now.saturating_duration_since(begun) >= options.epoch) || self.is_full(options)
    }

    /// Whether it holds as much as it should.
    pub(crate) fn is_full(&self, options: &Options) -> bool {
        self.is_open() && self.n_bytes >= options.epoch_bytes
    }

    /// How long until it is due; `None` while none is open.
    pub(crate) fn remaining(&self, options: &Options, now: Instant) -> Option<Duration> {
        self.begun.map(|begun| options.epoch.saturating_sub(now.saturating_duration_since(begun)))
    }

    /// Lets nothing more in.
    pub(crate) fn close(&mut self) {
        self.closing = self.is_open();
    }

    /// It has committed: counts what was in it, and begins anew. What a tap is to be shown is returned.
    pub(crate) fn commit(&mut self, metrics: &Metrics, brake: &Brake) -> Vec<Sight> {
        metrics.count(&self.tally);
        brake.notice(&self.outcomes);
        let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        for timestamp_ms in &self.timestamps_ms {
            // A sender's clock may be ahead of ours; that is no time at all, not a negative one.
            let elapsed_ms = i64::try_from(now_ms).unwrap_or(i64::MAX).saturating_sub(*timestamp_ms).max(0);
            metrics.observe_end_to_end(Duration::from_millis(elapsed_ms.unsigned_abs()));
        }
        let sights = std::mem::take(&mut self.sights);
        self.forget();
        sights
    }

    /// It was aborted: nothing in it counts.
    pub(crate) fn forget(&mut self) {
        let mut timestamps_ms = std::mem::take(&mut self.timestamps_ms);
        timestamps_ms.clear();
        let mut outcomes = std::mem::take(&mut self.outcomes);
        outcomes.clear();
        *self = Self { timestamps_ms, outcomes, ..Self::default() };
    }
}
