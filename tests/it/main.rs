//! The one integration test binary: a module a subject.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test states by unwrapping, and prints what it skipped")]

mod architecture;
#[cfg(feature = "kafka")]
mod broker;
mod cases;
mod codebook;
mod commands;
mod config;
mod deployment;
mod endpoint;
mod explain;
#[cfg(feature = "kafka")]
mod explore;
mod explorer;
mod extract;
mod files;
mod fuzz;
mod golden;
mod http;
mod input;
#[cfg(feature = "kafka")]
mod kafka;
mod nlp;
#[cfg(feature = "oidc")]
mod oidc;
mod output;
mod pipeline;
mod program;
mod properties;
#[cfg(feature = "kafka")]
mod readme;
mod schema;
#[cfg(feature = "score")]
mod score;
#[cfg(feature = "kafka")]
mod service;
mod slips;
mod tagged;
mod work;
