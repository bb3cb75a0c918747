//! `demarche check-config`: everything that is wrong with a configuration, at once. It starts nothing and asks no broker.

use std::path::PathBuf;

use super::exit::{Exit, Failure, OrExit as _};
use super::{out, settings};
use crate::config::Sources;

/// Names every problem of a configuration at once, with file, line and key.
///
/// The environment counts too, as it does for the service; no broker is asked.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche check-config demarche.toml
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
    Ok(Exit::Ok)
}
