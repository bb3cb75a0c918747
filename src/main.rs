//! The `demarche` command. Everything it does stands in [`demarche::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    demarche::cli::main()
}
