//! Writing to people: standard output and standard error, with colors only where they are wanted (a terminal, and no
//! `NO_COLOR`; `anstream` sees to that).

use std::fmt::Arguments;
use std::io::{self, Write as _};

/// A line on standard output.
///
/// # Errors
/// Standard output cannot be written to; a reader that went away is one of these.
pub(super) fn line(text: Arguments<'_>) -> io::Result<()> {
    writeln!(anstream::stdout(), "{text}")
}

/// A line on standard error that says what went wrong.
pub(super) fn complain(text: Arguments<'_>) {
    note(format_args!("demarche: {text}"));
}

/// A line on standard error. That nobody reads it there is no reason to stop.
pub(super) fn note(text: Arguments<'_>) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Whether the reader of standard output went away (`demarche … | head`): the end, not a failure.
pub(super) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
