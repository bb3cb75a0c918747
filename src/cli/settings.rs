//! Loads the configuration for a command: options over environment over file over defaults.

use std::path::PathBuf;

use anyhow::anyhow;

#[cfg(feature = "kafka")]
use super::exit::OrExit as _;
use super::exit::{Exit, Failure};
use super::out;
use crate::config::{Config, Error, Sources};
#[cfg(feature = "kafka")]
use crate::telemetry::{LogFormat, LogOptions};

/// The option that all commands with a configuration have.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ConfigArgs {
    /// Configuration file (TOML) [default: DEMARCHE_CONFIG, else built-in defaults].
    #[arg(short, long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// The options of the commands that talk to a broker.
#[cfg(feature = "kafka")]
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct BrokerArgs {
    #[command(flatten)]
    pub(super) config: ConfigArgs,
    /// Brokers, host:port with commas, instead of kafka.brokers.
    #[arg(short, long, value_name = "ADDRESSES")]
    pub(super) brokers: Option<String>,
}

#[cfg(feature = "kafka")]
impl BrokerArgs {
    /// Where the configuration of such a command comes from.
    pub(super) fn sources(&self) -> Sources {
        Sources::of_process(self.config.config.clone()).with("--brokers", "kafka.brokers", self.brokers.as_deref())
    }
}

/// Sends the logs of a command that people run to standard error: what happened and nothing beside it, unless they said otherwise.
#[cfg(feature = "kafka")]
pub(super) fn logs_for_people(config: &Config) -> Result<(), Failure> {
    let mut logs = config.logs.clone();
    if logs.format == LogFormat::Auto {
        logs.format = LogFormat::Brief;
        // What went well is said by the command itself.
        if logs.filter == LogOptions::default().filter {
            logs.filter = "warn".to_owned();
        }
    }
    logs.init().or_exit(Exit::Config)
}

/// Loads and checks a configuration; every problem gets a line of its own.
pub(super) fn load(sources: &Sources) -> Result<Config, Failure> {
    Config::load(sources).map_err(|error| match error {
        Error::Wrong(problems) => {
            problems.iter().for_each(|problem| out::note(format_args!("{problem}")));
            let n_problems = problems.iter().len();
            let s = if n_problems == 1 { "" } else { "s" };
            Failure::new(Exit::Config, anyhow!("the configuration has {n_problems} problem{s}"))
        }
        unreadable @ Error::Unreadable { .. } => Failure::new(Exit::NoInput, unreadable),
    })
}
