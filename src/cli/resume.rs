//! `demarche resume`: tells a service on this machine that has stopped by itself to go on.

use anyhow::anyhow;

use super::exit::{Exit, Failure, OrExit as _};
use super::health::{ask, reachable};
use super::{out, settings};
use crate::config::Sources;

/// Tells a running service on this machine to go on, after it has stopped because too much was refused (pipeline.brake).
///
/// It asks the address in http.listen, with the token in http.token_file, so it takes the same configuration as the service. What had been refused stays in the
/// topic of dead letters.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche resume
  docker compose exec demarche demarche resume")]
pub(super) struct ResumeArgs {
    #[command(flatten)]
    named: settings::ConfigArgs,
}

/// Runs the command.
pub(super) fn run(args: ResumeArgs) -> Result<Exit, Failure> {
    let config = settings::load(&Sources::of_process(args.named.config))?;
    let listen = config.http.listen.ok_or_else(|| anyhow!("http.listen is empty: start the service again instead"));
    let address = reachable(listen.or_exit(Exit::Config)?);
    let token = config.explorer.token_file.map(std::fs::read_to_string).transpose().or_exit(Exit::NoInput)?;
    let asked = ask(address, "POST", "/-/resume", token.as_deref().map(str::trim));
    let (status, body) = asked.or_exit(Exit::Unavailable)?;
    if status != 200 {
        return Err(Failure::new(Exit::Unavailable, anyhow!("{}", body.trim())));
    }
    out::line(format_args!("{}", body.trim())).or_exit(Exit::Io)?;
    Ok(Exit::Ok)
}
