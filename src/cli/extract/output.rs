//! Where findings are printed: standard output, or a file that appears under its name when it is whole.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use super::super::render::Format;

/// Links that are followed one after the other, as the system does.
const MAX_LINKS: usize = 40;

/// The place.
pub(super) struct Output {
    writer: Box<dyn Write>,
    /// The file as it is written, and the name that it gets.
    file: Option<(PathBuf, PathBuf)>,
}

impl Output {
    /// Opens it. What stands in a file of this name stays until the new one is whole.
    ///
    /// # Errors
    /// No file can be made there.
    pub(super) fn open(path: Option<PathBuf>, format: Format) -> io::Result<Self> {
        let Some(path) = path else {
            let stdout = io::stdout();
            // Only what is for reading has colors, which are left out where they are not wanted.
            let writer: Box<dyn Write> = match format {
                Format::Pretty => Box::new(BufWriter::new(anstream::AutoStream::auto(stdout.lock()))),
                _ => Box::new(BufWriter::new(stdout.lock())),
            };
            return Ok(Self { writer, file: None });
        };
        // A pipe or a device is written to as it is: it has no old content, and must not be replaced by a file.
        if fs::metadata(&path).is_ok_and(|there| !there.is_file()) {
            let file = File::create(&path)?;
            return Ok(Self { writer: written(file, format), file: None });
        }
        // Through a link its target is written, as a shell would.
        let path = target(path)?;
        let mut name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?.to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = File::create(&part)?;
        Ok(Self { writer: written(file, format), file: Some((part, path)) })
    }

    /// What it is called.
    pub(super) fn name(&self) -> String {
        self.file.as_ref().map_or_else(|| "standard output".to_owned(), |(_, path)| path.display().to_string())
    }

    /// Everything is written.
    ///
    /// # Errors
    /// It is not: a disk is full.
    pub(super) fn close(mut self) -> io::Result<()> {
        self.writer.flush()?;
        match self.file.take() {
            Some((part, path)) => fs::rename(part, path),
            None => Ok(()),
        }
    }
}

/// Where a path leads: a link's target, whether there is a file or not.
fn target(mut path: PathBuf) -> io::Result<PathBuf> {
    for _ in 0..MAX_LINKS {
        if !path.is_symlink() {
            return Ok(path);
        }
        let target = fs::read_link(&path)?;
        path = path.parent().map_or_else(|| target.clone(), |folder| folder.join(&target));
    }
    Err(io::Error::other("links that lead in a circle"))
}

fn written(file: File, format: Format) -> Box<dyn Write> {
    match format {
        Format::Pretty => Box::new(BufWriter::new(anstream::StripStream::new(file))),
        _ => Box::new(BufWriter::new(file)),
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// What was not closed is no result.
impl Drop for Output {
    fn drop(&mut self) {
        if let Some((part, _)) = &self.file {
            let _ = fs::remove_file(part);
        }
    }
}
