//! The schemas under `schemas/` are what the program generates, and every record validates against its own.

use std::fs;
use std::path::{Path, PathBuf};

use demarche::record::schema;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas")
}

#[test]
fn committed_schemas_are_the_generated_ones() {
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    let mut names = Vec::new();
    for (name, generated) in schema::all() {
        let path = folder().join(name);
        if update {
            fs::create_dir_all(folder()).unwrap();
            fs::write(&path, &generated).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(
            committed, generated,
            "schemas/{name} is not what the types say; UPDATE_SCHEMAS=1 cargo test schema"
        );
        names.push(name.to_owned());
    }
    let mut present: Vec<String> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    present.sort();
    names.sort();
    assert_eq!(present, names, "schemas/ holds a file that is not generated, or lacks one");
}
