//! Logs on standard error: one line for people, or one JSON object a line for machines. Standard output belongs to
//! results, so nothing is logged there.

use std::io::{self, IsTerminal as _};

use tracing::Event;
use tracing::field::{Field, Visit};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry, fmt};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people on a terminal, else JSON: whatever collects the output of a container reads JSON.
    #[default]
    Auto,
    /// For people.
    Human,
    /// One JSON object a line.
    Json,
    /// What happened and nothing beside it, as a command tells a person who waits for its end.
    Brief,
}

/// What is logged, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogOptions {
    /// How a line looks.
    pub format: LogFormat,
    /// A level (`info`), or a filter by target (`info,demarche::kafka=debug`) as `tracing-subscriber` reads it.
    pub filter: String,
}

impl Default for LogOptions {
    fn default() -> Self {
        Self { format: LogFormat::Auto, filter: "info".to_owned() }
    }
}

/// The logs cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot set up the logs: {0}")]
pub struct LogError(String);

impl LogOptions {
    /// Whether the filter can be read.
    ///
    /// # Errors
    /// What is wrong with it, and what was expected.
    pub fn check(&self) -> Result<(), String> {
        self.parse().map(|_| ())
    }

    /// Sends the logs of this process to standard error from now on.
    ///
    /// # Errors
    /// The filter cannot be read, or the logs were set up before.
    pub fn init(&self) -> Result<(), LogError> {
        let filter = self.parse().map_err(LogError)?;
        let on_terminal = io::stderr().is_terminal();
        let json = match self.format {
            LogFormat::Auto => !on_terminal,
            LogFormat::Human | LogFormat::Brief => false,
            LogFormat::Json => true,
        };
        let lines: Box<dyn Layer<Registry> + Send + Sync> = if self.format == LogFormat::Brief {
            fmt::layer().event_format(Brief).with_writer(io::stderr).boxed()
        } else if json {
            fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(io::stderr).boxed()
        } else {
            let layer = fmt::layer().with_writer(io::stderr);
            // On a terminal the layer itself asks NO_COLOR; elsewhere color codes are litter.
            if on_terminal { layer.boxed() } else { layer.with_ansi(false).boxed() }
        };
        let set_up = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
        set_up.map_err(|error| LogError(error.to_string()))
    }

    fn parse(&self) -> Result<EnvFilter, String> {
        const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
        let filter = self.filter.trim();
        // A bare word that is no level would be taken for the name of a target, and show nothing at all.
        let is_word = filter.chars().all(char::is_alphanumeric);
        if is_word && !LEVELS.iter().any(|level| filter.eq_ignore_ascii_case(level)) {
            return Err(format!("\"{filter}\" is no level; expected one of {}", LEVELS.join(", ")));
        }
        EnvFilter::builder().parse(filter).map_err(|error| format!("\"{filter}\" is no filter: {error}"))
    }
}

/// `demarche: cannot reach broker:9092: Connection refused; still trying`.
struct Brief;

impl<S, N> FormatEvent<S, N> for Brief
where
    S: tracing::Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> std::fmt::Result {
        let mut told = Told::default();
        event.record(&mut told);
        let Told { message, error } = told;
        // Most messages hold the error already.
        let error = error.filter(|error| !message.contains(error)).map(|error| format!(": {error}"));
        writeln!(writer, "demarche: {message}{}", error.unwrap_or_default())
    }
}

/// The fields of an event that are told.
#[derive(Default)]
struct Told {
    message: String,
    error: Option<String>,
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            "error" => self.error = Some(format!("{value:?}")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_filters_are_read_and_other_words_are_not() {
        let check = |filter: &str| LogOptions { filter: filter.to_owned(), ..LogOptions::default() }.check();
        for good in ["info", "WARN", "off", "info,demarche::kafka=debug", "demarche=trace"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        assert_eq!(
            check("verbose"),
            Err("\"verbose\" is no level; expected one of off, error, warn, info, debug, trace".to_owned())
        );
        let problem = check("info,demarche=loud").unwrap_err();
        assert!(problem.starts_with("\"info,demarche=loud\" is no filter: "), "{problem}");
    }
}
