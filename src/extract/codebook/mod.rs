//! A user's own codebook: tables laid over those that are built in, and the dictionaries of PETRARCH-2.
//!
//! Which table a file is, its name says; [`Codebook::parse`] reads them all and tells everything that is wrong, each problem with file and line. No I/O
//! here: `config` reads the folder. A codebook is read once and lives as long as the program, so its text is kept for good and its rows point into it.
//! The formats are described in `docs/codebook.md`.

mod actors;
mod petrarch;
mod places;
mod reader;
mod rows;
mod triggers;

use crate::nlp::tables::TableError;

use reader::{Reader, leaked};
use rows::Rows;
pub(crate) use rows::{ActorRow, DatedCode, Need, Sense, Side, TriggerRow};

/// A file of a codebook, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodebookFile {
    /// Its path as given, for messages.
    pub path: String,
    /// Its name within the folder: which table it is.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// Knowledge of the user's, ready to be laid over the tables. Empty unless something was given.
#[derive(Debug, Clone, Default)]
pub struct Codebook {
    /// What the hash of the tables covers besides the tables.
    files: Vec<(&'static str, &'static str)>,
    pub(crate) rows: Rows,
}

/// What the files of a codebook are called.
const NAMES: &str =
    "countries.tsv, bodies.tsv, places.tsv, offices.tsv, actors.tsv, triggers.tsv, *.actors.txt or *.verbs.txt";

impl Codebook {
    /// Reads the files of a codebook.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of files and lines.
    pub fn parse(mut files: Vec<CodebookFile>) -> Result<Self, Vec<TableError>> {
        files.sort_by(|one, other| one.name.cmp(&other.name));
        let files: Vec<(&'static str, &'static str, &'static str)> =
            files.into_iter().map(|file| (leaked(file.name), leaked(file.path), leaked(file.text))).collect();
        let mut reader = Reader::default();
        reader.know_countries();
        // Countries first: other tables name them.
        let is_of_countries = |name: &str| name == "countries.tsv";
        for &(name, path, text) in files.iter().filter(|(name, ..)| is_of_countries(name)) {
            read(&mut reader, name, path, text);
        }
        for &(name, path, text) in files.iter().filter(|(name, ..)| !is_of_countries(name)) {
            read(&mut reader, name, path, text);
        }
        if !reader.errors.is_empty() {
            reader.errors.sort_by_key(|error| (error.file(), error.line()));
            return Err(reader.errors);
        }
        let files = files.into_iter().map(|(name, _, text)| (name, text)).collect();
        Ok(Self { files, rows: reader.rows })
    }

    /// Name and text of each file, in the order of the names.
    pub fn files(&self) -> &[(&'static str, &'static str)] {
        &self.files
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// Reads a file as the table that its name says.
fn read(reader: &mut Reader, name: &'static str, path: &'static str, text: &'static str) {
    match name {
        "countries.tsv" => places::countries(reader, path, text),
        "bodies.tsv" => places::bodies(reader, path, text),
        "places.tsv" => places::towns(reader, path, text),
        "offices.tsv" => actors::offices(reader, path, text),
        "actors.tsv" => actors::actors(reader, path, text),
        "triggers.tsv" => triggers::triggers(reader, path, text),
        _ if name.ends_with(".actors.txt") => petrarch::actors(reader, path, text),
        _ if name.ends_with(".verbs.txt") => petrarch::verbs(reader, path, text),
        _ => reader.complain(path, 1, format!("no table has this name; expected {NAMES}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn parse(files: &[(&str, &str)]) -> Result<Codebook, Vec<String>> {
        let file = |(name, text): &(&str, &str)| CodebookFile {
            path: format!("mine/{name}"),
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        };
        Codebook::parse(files.iter().map(file).collect())
            .map_err(|errors| errors.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn all_problems_of_all_files_are_told_at_once() {
        let found = parse(&[
            ("actors.tsv", "names\tcode\twikidata\tfrom\tto\nAda Finch\tRUZGOV\nIda Holm\tNORGUV\t\t2024-13\n"),
            ("triggers.tsv", "words\ttype\tcameo\tmode\tbeside\nshun\tREJEKT\nspurn\t\t999\n\t\t120\n"),
            ("nonsense.tsv", ""),
            ("mine.verbs.txt", "--- SHUN [120] ---\nSHUN\n- * &NOBODY [130]\n- * TALKS [130\n"),
        ])
        .unwrap_err();
        let places: Vec<&str> = found.iter().map(|problem| problem.split(": ").next().unwrap()).collect();
        assert_eq!(
            places,
            [
                "mine/actors.tsv:2",
                "mine/actors.tsv:3",
                "mine/actors.tsv:3",
                "mine/mine.verbs.txt:3",
                "mine/mine.verbs.txt:4",
                "mine/nonsense.tsv:1",
                "mine/triggers.tsv:2",
                "mine/triggers.tsv:3",
                "mine/triggers.tsv:4",
            ],
            "{found:#?}"
        );
        assert!(found[0].contains("RUZGOV"), "{found:#?}");
    }

    #[test]
    fn a_country_of_the_codebook_may_act() {
        let countries = "code\tname\tother_names\tadjectives\tpeople\tseats\tmetonyms\nQVA\tQuavia\t\tQuavian\n";
        let actors = "names\tcode\twikidata\tfrom\tto\nAda Finch|Minister Finch\tQVAGOV\n";
        let book = parse(&[("actors.tsv", actors), ("countries.tsv", countries)]).unwrap();
        assert_eq!(book.rows.countries[0].code, "QVA");
        assert_eq!((book.rows.actors[0].names.len(), book.rows.actors[0].codes[0].country), (2, Some("QVA")));
    }
}
