//! `demarche check-config`: everything that is wrong with a configuration, at once; and, when asked to connect, everything that the
//! broker has against it. It starts nothing.

use std::path::PathBuf;

use super::exit::{Exit, Failure, OrExit as _};
#[cfg(feature = "kafka")]
use super::run::broken;
use super::{out, settings};
#[cfg(feature = "kafka")]
use crate::config::Config;
use crate::config::Sources;
#[cfg(feature = "kafka")]
use crate::kafka::inquiry::{self, Finding};

/// Names every problem of a configuration at once, with file, line and key.
///
/// The environment counts too, as it does for the service. No broker is asked, unless told to connect: then topics, the largest
/// records that they take, group and transactions are checked, as far as the broker tells, and nothing is written.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche check-config demarche.toml
  demarche check-config demarche.toml --connect  is everything there and allowed?
  demarche check-config --print                  what holds here: defaults, DEMARCHE_CONFIG and environment
  DEMARCHE__PIPELINE__LANES=4 demarche check-config demarche.toml --print")]
pub(super) struct CheckConfigArgs {
    /// Configuration file (TOML) [default: DEMARCHE_CONFIG, else built-in defaults].
    #[arg(value_name = "FILE", conflicts_with = "config")]
    file: Option<PathBuf>,
    #[command(flatten)]
    named: settings::ConfigArgs,
    /// Print the configuration as it holds, with the place of each value that is no default. Secrets are left out.
    #[arg(short, long)]
    print: bool,
    /// Ask the broker too: 69 if the service would not work there.
    #[cfg(feature = "kafka")]
    #[arg(long)]
    connect: bool,
}

/// Runs the command.
pub(super) fn run(args: CheckConfigArgs) -> Result<Exit, Failure> {
    let sources = Sources::of_process(args.file.or(args.named.config));
    let config = settings::load(&sources)?;
    if args.print {
        out::line(format_args!("{}", config.to_toml().trim_end())).or_exit(Exit::Io)?;
    } else {
        let what = sources.file.map_or("the defaults".to_owned(), |file| file.display().to_string());
        out::line(format_args!("{what}: no problems")).or_exit(Exit::Io)?;
    }
    #[cfg(feature = "kafka")]
    if args.connect {
        return connect(&config);
    }
    Ok(Exit::Ok)
}

/// Asks the broker.
#[cfg(feature = "kafka")]
fn connect(config: &Config) -> Result<Exit, Failure> {
    settings::logs_for_people(config)?;
    let delivery = config.pipeline.delivery;
    let findings = inquiry::ask(&config.kafka, &config.input, &config.output, delivery).map_err(broken)?;
    let mut exit = Exit::Ok;
    for finding in &findings {
        let (mark, text) = match finding {
            Finding::Good(text) => ("ok     ", text),
            Finding::Doubtful(text) => ("warning", text),
            Finding::Bad(text) => {
                exit = Exit::Unavailable;
                ("problem", text)
            }
        };
        out::line(format_args!("{mark}  {text}")).or_exit(Exit::Io)?;
    }
    Ok(exit)
}
