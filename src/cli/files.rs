//! What is said about the files on a command line before any of them is read.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::anyhow;

use super::exit::{Exit, Failure};
use super::out;
use crate::record::files::STDIN;

/// Refuses addresses of the web, which are no files, and tells a person at a terminal that it is read from.
///
/// # Errors
/// One of them is an address.
pub(super) fn look_at(files: &[PathBuf]) -> Result<(), Failure> {
    if let Some(told) = files.iter().find_map(|file| address(file)) {
        return Err(Failure::new(Exit::Usage, anyhow!(told)));
    }
    if let Some(told) = waiting(files, std::io::stdin().is_terminal()) {
        out::note(format_args!("{told}"));
    }
    Ok(())
}

fn address(file: &Path) -> Option<String> {
    let text = file.to_str()?;
    let is_address = ["http://", "https://"].iter().any(|scheme| text.starts_with(scheme));
    (is_address && !file.exists())
        .then(|| format!("{text} is an address, and this reads files: curl -sL '{text}' | demarche extract"))
}

/// What somebody who sees nothing happen has to know.
fn waiting(files: &[PathBuf], is_terminal: bool) -> Option<&'static str> {
    let reads = files.iter().any(|file| file.as_os_str() == STDIN);
    (reads && is_terminal).then_some("reading from the terminal: type or paste an article, and end with Ctrl-D")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_no_file_and_the_remedy_is_named() {
        let told = address(Path::new("https://news.example/a.html")).unwrap();
        assert!(told.contains("curl -sL 'https://news.example/a.html' | demarche extract"), "{told}");
        assert_eq!(address(Path::new("https.txt")), None);
    }

    #[test]
    fn who_sits_at_a_terminal_is_told_that_it_is_read_from() {
        let (stdin, file) = (vec![PathBuf::from(STDIN)], vec![PathBuf::from("a.txt")]);
        assert!(waiting(&stdin, true).is_some_and(|told| told.contains("Ctrl-D")));
        assert_eq!((waiting(&stdin, false), waiting(&file, true)), (None, None));
    }
}
