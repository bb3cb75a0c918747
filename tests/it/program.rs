//! The program as a process, with an environment of its own: what the machine has set must not change what a test sees.

use std::process::{Command, Stdio};

/// `demarche` with these arguments and no standard input.
pub(crate) fn demarche(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("DEMARCHE")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").args(arguments).stdin(Stdio::null());
    command
}
