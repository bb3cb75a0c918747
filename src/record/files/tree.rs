//! Folders as the files in them.

use std::io;
use std::path::{Path, PathBuf};
use std::{fs, iter};

/// The files under a path in the order of their names, folders and all; a path that is no folder is itself. Hidden files and links to
/// folders are left out: a link may lead in a circle.
pub(super) fn files(path: PathBuf) -> Box<dyn Iterator<Item = Result<PathBuf, (PathBuf, io::Error)>> + Send> {
    if !path.is_dir() {
        return Box::new(iter::once(Ok(path)));
    }
    match entries(&path) {
        Ok(entries) => Box::new(entries.into_iter().flat_map(files)),
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
