//! How the loop runs: sizes, times, guarantee. The configuration composes them; nothing here reads it.

use std::thread::available_parallelism;
use std::time::Duration;

use crate::pipeline::BrakeOptions;

/// What a reader of the output may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Delivery {
    /// Records and input offsets commit in one transaction; a `read_committed` reader sees each record once.
    #[default]
    ExactlyOnce,
    /// Records are acknowledged before their offsets are committed; after a failure some come again, with the same ids.
    AtLeastOnce,
}

impl Delivery {
    /// Every guarantee.
    pub const ALL: [Self; 2] = [Self::ExactlyOnce, Self::AtLeastOnce];

    /// Its name in a configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExactlyOnce => "exactly_once",
            Self::AtLeastOnce => "at_least_once",
        }
    }
}

/// Settings of the loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The guarantee.
    pub delivery: Delivery,
    /// Threads that own a consumer and a producer each. One carries tens of thousands of records a second; more help
    /// only where the broker is slow to answer commits.
    pub lanes: usize,
    /// Analysis threads of each lane.
    pub workers: usize,
    /// A transaction is closed when it has been open for this long. Longer means fewer commits and later results.
    pub epoch: Duration,
    /// A transaction is closed when it holds this many bytes of records.
    pub epoch_bytes: usize,
    /// A lane stops polling while this many bytes of messages and results are under way in it.
    pub in_flight_bytes: usize,
    /// Time to finish what is under way when told to stop; what is not finished then is left to the next run.
    pub grace: Duration,
    /// Time to finish what is under way when partitions are taken away. Well below the poll interval, for the whole
    /// group waits meanwhile.
    pub revocation_drain: Duration,
    /// The consumer must be polled this often; half of it is how long back-pressure may keep the lane from polling
    /// before the partitions are paused instead (`max.poll.interval.ms`).
    pub poll_interval: Duration,
    /// When it stops reading by itself, because nearly everything is refused.
    pub brake: BrakeOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            delivery: Delivery::ExactlyOnce,
            lanes: 1,
            workers: available_parallelism().map_or(2, std::num::NonZero::get),
            epoch: Duration::from_millis(100),
            epoch_bytes: 64 << 20,
            in_flight_bytes: 64 << 20,
            grace: Duration::from_secs(20),
            revocation_drain: Duration::from_secs(5),
            poll_interval: Duration::from_mins(5),
            brake: BrakeOptions::default(),
        }
    }
}
