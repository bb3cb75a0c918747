//! Demarche reads news articles and finds the attributed statements and the diplomatic events in them.
//!
//! The flow, in reading order:
//!
//! 1. [`record::input`] turns the bytes of a message or file into an [`article::Article`], or a [`record::Rejection`];
//! 2. [`analyzer::Analyzer`] makes a [`text::Document`] of it: [`nlp`] fills the layers (tokens, sentences, …);
//! 3. [`extract`] finds who said what to whom and who did what to whom: the [`finding`]s;
//! 4. [`record::output`] writes both as records, [`record::dead_letter`] writes what was refused, and why;
//! 5. [`pipeline`] does 1–4 for every message of a topic, in transactions; [`kafka`] is the real broker under it;
//! 6. [`explorer`] shows all of it to people: the page, and the HTTP API behind it;
//! 7. [`telemetry`] counts what happened, [`config`] says how, [`cli`] is the commands.
//!
//! Each module uses only what stands above it; `tests/it/architecture.rs` holds that. Steps 1–4 know nothing of Kafka.
//!
//! # The core alone
//!
//! ```
//! use demarche::analyzer::{Analyzer, Models};
//! use demarche::article::Article;
//! use demarche::finding::EventType;
//!
//! let text = "France expelled three Belarusian diplomats on Monday. \
//!             \"We had no choice,\" Foreign Minister Alain Dubreuil said.";
//! let models = Models::embedded(); // loaded once, shared by all threads
//! let mut analyzer = Analyzer::new(&models); // one a thread
//! let analysis = analyzer.analyze(&Article::from_text("n-1", text));
//!
//! let event = &analysis.events[0];
//! assert_eq!(event.plover_type, EventType::Sanction);
//! assert_eq!(event.cameo, "161");
//! assert_eq!(event.actors[0].code, "FRA");
//! assert_eq!(event.recipients[0].code, "BLRGOV");
//!
//! let statement = &analysis.statements[0];
//! let speaker = statement.speaker.as_ref().and_then(|speaker| speaker.name.as_deref());
//! assert_eq!(speaker, Some("Alain Dubreuil"));
//! let said = analysis.document.range_text(statement.content[0]);
//! assert_eq!(said, "\"We had no choice,\"");
//! ```

pub mod article;
pub mod text;

pub mod finding;

pub mod nlp;

pub mod extract;

pub mod analyzer;

#[cfg(feature = "score")]
pub mod score;

pub mod record;

pub mod telemetry;

pub mod pipeline;

pub mod explorer;

#[cfg(feature = "kafka")]
pub mod kafka;

pub mod config;

pub mod cli;
