//! What the service tells about itself: counts ([`Metrics`]) and condition ([`Health`]). Nothing here decides anything.

mod health;
pub mod http;
mod logs;
mod metrics;
mod process;
pub(crate) mod secrets;
mod token;

pub use health::{Health, Obstacle};
pub use http::{Control, HttpOptions};
pub use logs::{LogError, LogFormat, LogOptions};
pub use metrics::{Metrics, Stage, Tally, TransactionOutcome};
pub use token::Token;
