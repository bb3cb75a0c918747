//! Reads the folder of a user's own codebook. What may stand in its files is known to `extract::codebook`, which judges them.

use std::path::Path;
use std::{fs, io};

use super::place::Place;
use super::problem::{Problem, Problems};
use crate::extract::codebook::{Codebook, CodebookFile};

/// Why there is no codebook.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder, or a file in it, cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// Its path as given.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is wrong, in one or several places.
    #[error("{0}")]
    Wrong(Problems),
}

/// Reads every file of a folder but hidden ones, those that editors leave (`~`), Markdown, which explains, and JSON lines, which are cases of `demarche test`.
///
/// # Errors
/// The folder or a file cannot be read; or all that is wrong, at once.
pub fn read(dir: &Path) -> Result<Codebook, Error> {
    let unreadable = |path: &Path| {
        let path = path.display().to_string();
        |source| Error::Unreadable { path, source }
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(unreadable(dir))? {
        let path = entry.map_err(unreadable(dir))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if name.starts_with('.')
            || name.ends_with('~')
            || name.ends_with(".md")
            || name.ends_with(".jsonl")
            || path.is_dir()
        {
            continue;
        }
        let text = fs::read_to_string(&path).map_err(unreadable(&path))?;
        files.push(CodebookFile { path: path.display().to_string(), name, text });
    }
    Codebook::parse(files).map_err(|errors| {
        let problems = errors.iter().map(|error| Problem {
            place: Place::Line { path: error.file().to_owned(), line: error.line() },
            key: String::new(),
            message: error.problem().to_owned(),
        });
        Error::Wrong(Problems::of(problems.collect()).expect("a codebook is refused for at least one problem"))
    })
}
