//! Exit codes, and which error means which. They follow sysexits.h where it fits, so that scripts and supervisors can
//! tell a wrong configuration from a broker that is away.

use std::fmt;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "kafka"), allow(dead_code, reason = "some codes belong to the commands with a broker"))]
pub(super) enum Exit {
    /// Done.
    Ok,
    /// Something is not as it was expected, as with `diff`.
    Differs,
    /// The command line is wrong (`EX_USAGE`).
    Usage,
    /// The broker or the service cannot be reached, or did not take what was sent (`EX_UNAVAILABLE`).
    Unavailable,
    /// An input cannot be used (`EX_DATAERR`).
    Data,
    /// A file cannot be read (`EX_NOINPUT`).
    NoInput,
    /// A defect of the program (`EX_SOFTWARE`).
    Internal,
    /// Results cannot be written (`EX_IOERR`).
    Io,
    /// Ended before everything under way was finished; nothing is lost, start again (`EX_TEMPFAIL`). The watchdog ends
    /// the process with the same code.
    Again,
    /// The configuration is wrong (`EX_CONFIG`).
    Config,
}

impl Exit {
    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Differs => 1,
            Self::Usage => 64,
            Self::Data => 65,
            Self::NoInput => 66,
            Self::Unavailable => 69,
            Self::Internal => 70,
            Self::Io => 74,
            Self::Again => 75,
            Self::Config => 78,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What `--help` says of them.
pub(super) const HELP: &str = "\
Exit codes:
   0  done
   1  a case of `test` differs
  64  the command line is wrong
  65  an article was refused; the others were analyzed
  66  a file cannot be read
  69  the broker or the service cannot be reached, or did not take something
  70  a defect of this program
  74  results cannot be written
  75  ended with work under way (a second signal, grace over, a client call that never came back);
      nothing is lost: start again
  78  the configuration is wrong";

/// An error with the exit code that it leads to.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) error: anyhow::Error,
}

impl Failure {
    pub(super) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self { exit, error: error.into() }
    }
}

/// The chain of causes on one line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#}", self.error)
    }
}

/// Gives an error its exit code.
pub(super) trait OrExit<T> {
    /// The value, or a failure that ends with this code.
    fn or_exit(self, exit: Exit) -> Result<T, Failure>;
}

impl<T, E: Into<anyhow::Error>> OrExit<T> for Result<T, E> {
    fn or_exit(self, exit: Exit) -> Result<T, Failure> {
        self.map_err(|error| Failure::new(exit, error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_names_every_code() {
        use Exit::{Again, Config, Data, Differs, Internal, Io, NoInput, Ok, Unavailable, Usage};
        for exit in [Ok, Differs, Usage, Data, NoInput, Unavailable, Internal, Io, Again, Config] {
            let named = HELP.lines().any(|line| line.trim_start().starts_with(&format!("{}  ", exit.code())));
            assert!(named, "--help does not name exit code {}", exit.code());
        }
    }
}
