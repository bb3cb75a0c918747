//! `--resume`: how far a run over many files has come, kept in a small file, so that the next one goes on there.
//!
//! What was printed is flushed before it is noted. A run that is killed in between prints some articles again, with the same ids.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Articles from one note to the next.
const INTERVAL: usize = 100;

/// What the file begins with, and what it says of the files that were read.
const TITLE: &str = "demarche extract --resume, version 1";

/// How far a run has come.
#[derive(Debug)]
pub(super) struct Checkpoint {
    file: Option<PathBuf>,
    /// The files that are read, as given.
    files: String,
    n_done: usize,
    n_noted: usize,
}

impl Checkpoint {
    /// Reads the note of an earlier run; without a file nothing is ever noted.
    ///
    /// # Errors
    /// If it cannot be read, is something else, or is of a run over other files.
    pub(super) fn open(file: Option<PathBuf>, files: &[PathBuf]) -> io::Result<Self> {
        let files = files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join("\t");
        let n_done = file.as_deref().map_or(Ok(0), |file| read(file, &files))?;
        Ok(Self { file, files, n_done, n_noted: n_done })
    }

    /// Articles that were done before.
    pub(super) const fn n_done(&self) -> usize {
        self.n_done
    }

    /// One article more is done.
    pub(super) fn done(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.n_done += 1;
        if self.n_done - self.n_noted < INTERVAL { Ok(()) } else { self.note(out) }
    }

    /// Notes how far it is, behind what was printed.
    pub(super) fn note(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let Some(file) = self.file.as_deref().filter(|_| self.n_done > self.n_noted) else { return Ok(()) };
        out.flush()?;
        let mut new = file.as_os_str().to_owned();
        new.push(".new");
        fs::write(&new, format!("{TITLE}\n{}\n{}\n", self.files, self.n_done))?;
        fs::rename(&new, file)?;
        self.n_noted = self.n_done;
        Ok(())
    }
}

fn read(file: &Path, files: &str) -> io::Result<usize> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        text => text?,
    };
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut lines = text.lines();
    if lines.next() != Some(TITLE) {
        return Err(invalid("it is not the note of an earlier run"));
    }
    if lines.next() != Some(files) {
        return Err(invalid("it is the note of a run over other files"));
    }
    lines.next().and_then(|n_done| n_done.parse().ok()).ok_or_else(|| invalid("it breaks off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_goes_on_where_the_last_one_was_and_only_over_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let note = folder.path().join("note");
        let files = [PathBuf::from("a.jsonl")];
        let mut first = Checkpoint::open(Some(note.clone()), &files).unwrap();
        for _ in 0..INTERVAL + 7 {
            first.done(&mut io::sink()).unwrap();
        }
        assert_eq!(Checkpoint::open(Some(note.clone()), &files).unwrap().n_done(), INTERVAL, "a run that is killed");
        first.note(&mut io::sink()).unwrap();
        assert_eq!(Checkpoint::open(Some(note.clone()), &files).unwrap().n_done(), INTERVAL + 7);
        let other = Checkpoint::open(Some(note.clone()), &[PathBuf::from("b.jsonl")]).unwrap_err();
        assert!(other.to_string().contains("other files"), "{other}");
        fs::write(&note, "notes of mine\n").unwrap();
        assert!(Checkpoint::open(Some(note), &files).is_err(), "a file that is something else is overwritten");
        assert_eq!(Checkpoint::open(None, &files).unwrap().n_done(), 0);
    }
}
