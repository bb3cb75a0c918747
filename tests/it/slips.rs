//! Files that people write by hand, with slips in them: a configuration and a codebook are taken, or refused with what is wrong;
//! never a panic.

use std::fs;

use demarche::config::{Config, Error, Sources};
use demarche::extract::codebook::{Codebook, CodebookFile};
use proptest::prelude::*;
use proptest::sample::Index;

/// A slip: in which line, before which character, how many characters go, and what comes in their place.
type Slip = (Index, Index, usize, String);

/// What has a meaning somewhere, and what has none.
const PIECES: [&str; 24] = [
    "",
    "=",
    "[",
    "]",
    "[[",
    "\"",
    "'",
    "#",
    "|",
    "\t",
    "\n",
    ".",
    "-",
    "_",
    ",",
    "0",
    "-1",
    "1e999",
    "99999999999999999999",
    "true",
    "2 MiB",
    "ms",
    "é",
    "\u{feff}",
];

fn slips() -> impl Strategy<Value = Vec<Slip>> {
    let piece = prop_oneof![3 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => ".{0,5}"];
    prop::collection::vec((any::<Index>(), any::<Index>(), 0..4_usize, piece), 1..6)
}

/// A text with slips, in lines that are no comments.
fn with_slips(text: &str, slips: &[Slip]) -> String {
    let mut lines: Vec<Vec<char>> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| line.chars().collect())
        .collect();
    for (line, at, n_gone, piece) in slips {
        let line = line.get_mut(&mut lines);
        let begin = at.index(line.len() + 1);
        let end = (begin + n_gone).min(line.len());
        line.splice(begin..end, piece.chars());
    }
    lines.into_iter().map(|line| line.into_iter().chain(['\n']).collect::<String>()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_configuration_with_slips_is_taken_or_refused(slips in slips()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.toml");
        let default = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/config/default.toml")).unwrap();
        fs::write(&path, with_slips(&default, &slips)).unwrap();
        match Config::load(&Sources { file: Some(path), ..Sources::default() }) {
            Ok(_) => {}
            Err(Error::Wrong(problems)) => for problem in problems.iter() {
                prop_assert!(!problem.to_string().is_empty());
            },
            Err(other) => prop_assert!(!other.to_string().is_empty()),
        }
    }

    #[test]
    fn a_codebook_with_slips_is_taken_or_refused_with_the_line(which in any::<Index>(), slips in slips()) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/codebook");
        let mut files: Vec<CodebookFile> = ["actors.tsv", "bodies.tsv", "countries.tsv", "desk.actors.txt", "desk.verbs.txt", "offices.tsv", "places.tsv", "triggers.tsv"]
            .map(|name| {
                let path = format!("{folder}/{name}");
                CodebookFile { text: fs::read_to_string(&path).unwrap(), name: name.to_owned(), path }
            })
            .into();
        let file = which.get_mut(&mut files);
        file.text = with_slips(&file.text, &slips);
        if let Err(errors) = Codebook::parse(files) {
            prop_assert!(!errors.is_empty());
            for error in errors {
                prop_assert!(error.line() > 0 && !error.problem().is_empty(), "no place: {error}");
            }
        }
    }

    #[test]
    fn any_text_is_a_codebook_or_none(name in prop::sample::select(vec!["actors.tsv", "countries.tsv", "triggers.tsv", "any.actors.txt", "any.verbs.txt", "other"]), text in any::<String>()) {
        let file = CodebookFile { path: name.to_owned(), name: name.to_owned(), text };
        if let Err(errors) = Codebook::parse(vec![file]) {
            prop_assert!(errors.iter().all(|error| !error.problem().is_empty()));
        }
    }
}
