//! `demarche man`: manual pages, made of the same words as `--help`.

use std::io;
use std::path::PathBuf;

use clap::Command;
use clap_mangen::Man;

use super::exit::{Exit, Failure, OrExit as _};

/// Prints the manual page, or writes one for each command.
///
/// demarche man | man -l -; for good: demarche man --out ~/.local/share/man/man1
#[derive(Debug, Clone, clap::Args)]
pub(super) struct ManArgs {
    /// Folder to write demarche.1, demarche-extract.1 and the others to.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &ManArgs, command: Command) -> Result<Exit, Failure> {
    match &args.out {
        Some(folder) => {
            std::fs::create_dir_all(folder).or_exit(Exit::Io)?;
            clap_mangen::generate_to(command, folder).or_exit(Exit::Io)?;
        }
        None => Man::new(command).render(&mut io::stdout()).or_exit(Exit::Io)?,
    }
    Ok(Exit::Ok)
}
