//! The commands: what stands on the command line, and what each command does with the library. Results go to standard
//! output; progress, logs and errors to standard error.

mod check_config;
#[cfg(test)]
#[cfg(feature = "kafka")]
mod documented;
mod exit;
mod explain;
mod explore;
pub mod extract;
mod files;
mod filter;
pub mod given;
mod health;
mod man;
mod models;
mod out;
#[cfg(feature = "kafka")]
mod output_topics;
pub mod render;
mod resume;
mod schema;
mod settings;
mod test;
#[cfg(feature = "kafka")]
mod times;
mod version;

#[cfg(feature = "kafka")]
mod demo;
#[cfg(feature = "kafka")]
mod publish;
#[cfg(feature = "kafka")]
mod replay;
#[cfg(feature = "kafka")]
mod run;
#[cfg(feature = "kafka")]
mod signals;
#[cfg(feature = "kafka")]
mod tail;

use std::io;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser, Subcommand};
use clap_complete::Shell;

use exit::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  demarche demo                                          the whole pipeline, nothing to install
  demarche extract article.txt                           one article, for reading
  demarche explore articles.jsonl                        a page to look at them
  demarche run --config demarche.toml                    the service
  demarche publish articles.jsonl                        articles into the input topic
  demarche tail --from-beginning                         what came out, for reading";

/// Reads news articles from Kafka; writes who said what to whom, and who did what to whom, exactly once.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{}", exit::HELP))]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    #[cfg(feature = "kafka")]
    Demo(demo::DemoArgs),
    #[cfg(feature = "kafka")]
    Run(run::RunArgs),
    Extract(extract::ExtractArgs),
    Explore(explore::ExploreArgs),
    #[cfg(feature = "kafka")]
    Publish(publish::PublishArgs),
    #[cfg(feature = "kafka")]
    Tail(tail::TailArgs),
    #[cfg(feature = "kafka")]
    Replay(replay::ReplayArgs),
    Explain(explain::ExplainArgs),
    Test(test::TestArgs),
    CheckConfig(check_config::CheckConfigArgs),
    Schema(schema::SchemaArgs),
    Health(health::HealthArgs),
    Resume(resume::ResumeArgs),
    /// Prints completions for a shell.
    ///
    /// For bash: demarche completions bash > ~/.local/share/bash-completion/completions/demarche
    Completions {
        /// The shell.
        shell: Shell,
    },
    Man(man::ManArgs),
}

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command,
        // `-V` is for scripts, `--version` for people.
        Err(told) if told.kind() == ErrorKind::DisplayVersion && std::env::args().any(|word| word == "--version") => {
            return match out::line(format_args!("{}", version::long().trim_end())) {
                Ok(()) => Exit::Ok.into(),
                Err(_) => Exit::Io.into(),
            };
        }
        Err(told) => {
            // Help and version come as "errors" too; they go to standard output and are none.
            let exit = if told.use_stderr() { Exit::Usage } else { Exit::Ok };
            return told.print().map_or(Exit::Io, |()| exit).into();
        }
    };
    match dispatch(command) {
        Ok(code) => code,
        Err(failure) if out::is_broken_pipe(&failure.error) => Exit::Ok.into(),
        Err(failure) => {
            out::complain(format_args!("{failure}"));
            failure.exit.into()
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    let exit = match command {
        #[cfg(feature = "kafka")]
        Command::Demo(args) => demo::run(&args)?,
        #[cfg(feature = "kafka")]
        Command::Run(args) => run::run(args)?,
        Command::Extract(args) => return extract::run(args),
        Command::Explore(args) => explore::run(args)?,
        #[cfg(feature = "kafka")]
        Command::Publish(args) => publish::run(args)?,
        #[cfg(feature = "kafka")]
        Command::Tail(args) => tail::run(args)?,
        #[cfg(feature = "kafka")]
        Command::Replay(args) => replay::run(args)?,
        Command::Explain(args) => explain::run(args)?,
        Command::Test(args) => test::run(args)?,
        Command::CheckConfig(args) => check_config::run(args)?,
        Command::Schema(args) => schema::run(&args)?,
        Command::Health(args) => health::run(args)?,
        Command::Resume(args) => resume::run(args)?,
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "demarche", &mut io::stdout());
            Exit::Ok
        }
        Command::Man(args) => man::run(&args, Cli::command())?,
    };
    Ok(exit.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
