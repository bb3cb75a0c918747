//! The loop: messages in, records out, in transactions. It knows traits ([`ports`]), not Kafka.
//!
//! A [`lane`] is one thread that owns a consumer and a producer. It polls, hands small batches to bounded analysis
//! threads, takes the results back, releases them per partition in offset order into the open transaction, and closes
//! the transaction (the *epoch*) after a while: records and offsets become visible together or not at all.

pub mod lane;
pub mod local;
pub mod offsets;
pub mod ports;

mod brake;
mod clock;
mod crash;
mod epoch;
mod options;
mod pulse;
mod stages;
mod stop;
mod tap;
mod worker;

pub use brake::{Brake, BrakeOptions};
pub use clock::Clock;
#[cfg(debug_assertions)]
pub use crash::arm;
pub(crate) use crash::{CrashPoint, crash_at};
pub use lane::{Ended, LaneContext, LaneError};
pub use options::{Delivery, Options};
pub use pulse::Pulse;
pub use stages::{ArticleProcess, Stages};
pub use stop::{Stop, StopState};
pub use tap::{Sight, Tap};
pub(crate) use worker::guarded;
pub use worker::{Outcome, Process, ProcessFactory};
