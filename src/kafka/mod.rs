//! The loop on Apache Kafka: rdkafka behind the ports of [`crate::pipeline`], the service that supervises lanes, and the
//! small clients that `publish`, `tail` and `demo` need.

mod addresses;
mod caller;
mod consumer;
mod defaults;
mod embedded;
mod error;
mod feeder;
pub mod inquiry;
mod lag;
mod log;
mod message;
mod options;
mod outage;
mod producer;
mod reader;
mod rebalance;
pub mod replay;
pub mod service;
mod topics;
mod trial;
mod watchdog;

pub use embedded::EmbeddedBroker;
pub use error::Error;
pub use feeder::{Delivered, Feeder};
pub use options::{Options, Problem, Topics};
pub use reader::{Reader, Start};
