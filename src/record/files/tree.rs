//! Folders as the files in them.

use std::io;
use std::path::{Path, PathBuf};
use std::{fs, iter};

type Found = Result<PathBuf, (PathBuf, io::Error)>;

/// The files under a path in the order of their names, folders and all; a path that is no folder is itself. Hidden files and links to
/// folders are left out: a link may lead in a circle. A folder without any is an error: somebody meant another one.
pub(super) fn files(path: PathBuf) -> Box<dyn Iterator<Item = Found> + Send> {
    let mut found = under(path.clone()).peekable();
    if found.peek().is_none() {
        let none = io::Error::new(io::ErrorKind::NotFound, "a folder without files; hidden ones are left out");
        return Box::new(iter::once(Err((path, none))));
    }
    Box::new(found)
}

fn under(path: PathBuf) -> Box<dyn Iterator<Item = Found> + Send> {
    if !path.is_dir() {
        return Box::new(iter::once(Ok(path)));
    }
    match entries(&path) {
        Ok(entries) => Box::new(entries.into_iter().flat_map(under)),
        Err(error) => Box::new(iter::once(Err((path, error)))),
    }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let is_link_to_folder = entry.file_type()?.is_symlink() && entry.path().is_dir();
        if !is_link_to_folder && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}
