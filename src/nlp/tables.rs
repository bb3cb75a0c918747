//! Reading tables of knowledge: tab-separated text with `#` comments and one heading line, built into the binary.
//! Every problem names file and line, so that whoever edits a table finds it. No I/O here.

use std::fmt;

/// The tables under `data/` that the program is built with: name below that folder, text. In the order of the names; a test holds that none is
/// missing. A static and no constant: a constant would stand in the binary once for each place that uses it.
pub static TABLES: [(&str, &str); 34] = [
    ("events/same.tsv", include_str!("../../data/events/same.tsv")),
    ("lexicon/attitudes-learned.tsv", include_str!("../../data/lexicon/attitudes-learned.tsv")),
    ("lexicon/attitudes.tsv", include_str!("../../data/lexicon/attitudes.tsv")),
    ("lexicon/bodies.tsv", include_str!("../../data/lexicon/bodies.tsv")),
    ("lexicon/cities.tsv", include_str!("../../data/lexicon/cities.tsv")),
    ("lexicon/confidence.tsv", include_str!("../../data/lexicon/confidence.tsv")),
    ("lexicon/countries.tsv", include_str!("../../data/lexicon/countries.tsv")),
    ("lexicon/cue_nouns.tsv", include_str!("../../data/lexicon/cue_nouns.tsv")),
    ("lexicon/cues.tsv", include_str!("../../data/lexicon/cues.tsv")),
    ("lexicon/given_names.tsv", include_str!("../../data/lexicon/given_names.tsv")),
    ("lexicon/irregular_verbs.tsv", include_str!("../../data/lexicon/irregular_verbs.tsv")),
    ("lexicon/listed.tsv", include_str!("../../data/lexicon/listed.tsv")),
    ("lexicon/officeholders.tsv", include_str!("../../data/lexicon/officeholders.tsv")),
    ("lexicon/organizations.tsv", include_str!("../../data/lexicon/organizations.tsv")),
    ("lexicon/places.tsv", include_str!("../../data/lexicon/places.tsv")),
    ("lexicon/region_names.tsv", include_str!("../../data/lexicon/region_names.tsv")),
    ("lexicon/regions.tsv", include_str!("../../data/lexicon/regions.tsv")),
    ("lexicon/roles.tsv", include_str!("../../data/lexicon/roles.tsv")),
    ("lexicon/words.tsv", include_str!("../../data/lexicon/words.tsv")),
    ("nlp/abbreviations.txt", include_str!("../../data/nlp/abbreviations.txt")),
    ("nlp/address_endings.txt", include_str!("../../data/nlp/address_endings.txt")),
    ("nlp/boilerplate.tsv", include_str!("../../data/nlp/boilerplate.tsv")),
    ("nlp/contractions.txt", include_str!("../../data/nlp/contractions.txt")),
    ("nlp/prefixes.txt", include_str!("../../data/nlp/prefixes.txt")),
    ("nlp/saying_verbs.txt", include_str!("../../data/nlp/saying_verbs.txt")),
    ("nlp/sentence_starters.txt", include_str!("../../data/nlp/sentence_starters.txt")),
    ("nlp/units.txt", include_str!("../../data/nlp/units.txt")),
    ("ontology/cameo.tsv", include_str!("../../data/ontology/cameo.tsv")),
    ("ontology/plover_contexts.tsv", include_str!("../../data/ontology/plover_contexts.tsv")),
    ("ontology/plover_modes.tsv", include_str!("../../data/ontology/plover_modes.tsv")),
    ("ontology/plover_types.tsv", include_str!("../../data/ontology/plover_types.tsv")),
    ("who/known.tsv", include_str!("../../data/who/known.tsv")),
    ("who/links.tsv", include_str!("../../data/who/links.tsv")),
    ("who/nouns.tsv", include_str!("../../data/who/nouns.tsv")),
];

/// The text of a table that is built in.
///
/// # Panics
/// If there is none of this name, which every test run would show.
pub fn embedded(name: &str) -> &'static str {
    let place = TABLES.binary_search_by_key(&name, |(known, _)| *known);
    TABLES[place.unwrap_or_else(|_| panic!("no table is named {name}"))].1
}

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    file: &'static str,
    line: usize,
    problem: String,
}

impl TableError {
    /// A problem at a line of a file, counted from 1.
    pub fn new(file: &'static str, line: usize, problem: impl Into<String>) -> Self {
        Self { file, line, problem: problem.into() }
    }

    /// The file.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// What is wrong there.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)
    }
}

impl std::error::Error for TableError {}

/// One row of a table.
#[derive(Debug, Clone)]
pub struct Row {
    file: &'static str,
    line: usize,
    cells: Vec<&'static str>,
}

impl Row {
    /// The cell of a column, counted from 0; blanks around it are gone.
    pub fn cell(&self, column: usize) -> &'static str {
        self.cells[column]
    }

    /// The values of a cell that holds several, separated by `|`.
    pub fn values(&self, column: usize) -> impl Iterator<Item = &'static str> {
        self.cells[column].split('|').map(str::trim).filter(|value| !value.is_empty())
    }

    /// The cell, or nothing where it is empty.
    pub fn optional(&self, column: usize) -> Option<&'static str> {
        Some(self.cells[column]).filter(|cell| !cell.is_empty())
    }

    /// The cell as a number.
    ///
    /// # Errors
    /// If it is none; the error names file and line.
    pub fn number(&self, column: usize) -> Result<f32, TableError> {
        let cell = self.cells[column];
        cell.parse().map_err(|_| self.error(format!("expected a number in column {}, found {cell:?}", column + 1)))
    }

    /// The line that it stands in, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// An error at this row.
    pub fn error(&self, problem: impl Into<String>) -> TableError {
        TableError { file: self.file, line: self.line, problem: problem.into() }
    }
}

/// Reads a table with this many columns; missing cells at the end of a row count as empty.
///
/// # Errors
/// If a row has more columns, or the heading does not have exactly as many.
pub fn read(file: &'static str, text: &'static str, n_columns: usize) -> Result<Vec<Row>, TableError> {
    let (rows, errors) = read_all(file, text, n_columns);
    errors.into_iter().next().map_or(Ok(rows), Err)
}

/// The same, with every row that is well-formed beside everything that is wrong. The first row of all is the heading, which is left out.
pub fn read_all(file: &'static str, text: &'static str, n_columns: usize) -> (Vec<Row>, Vec<TableError>) {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    let mut has_heading = false;
    for (index, content) in text.lines().enumerate() {
        if content.starts_with('#') || content.trim().is_empty() {
            continue;
        }
        let mut cells: Vec<&str> = content.split('\t').map(str::trim).collect();
        let too_few = !has_heading && cells.len() < n_columns;
        if cells.len() > n_columns || too_few {
            errors.push(TableError::new(
                file,
                index + 1,
                format!("expected {n_columns} columns, found {}", cells.len()),
            ));
            has_heading = true;
            continue;
        }
        cells.resize(n_columns, "");
        if has_heading {
            rows.push(Row { file, line: index + 1, cells });
        }
        has_heading = true;
    }
    (rows, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_heading_are_no_rows_and_short_rows_are_filled() {
        let rows = read("t.tsv", "# about\na\tb\tc\n\nx\ty|z\n", 3).unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].values(1).collect::<Vec<_>>(), ["y", "z"]);
        assert_eq!(rows[0].optional(2), None);
    }

    #[test]
    fn a_row_that_is_too_long_is_named_by_file_and_line() {
        let error = read("t.tsv", "a\tb\n1\t2\n1\t2\t3\n", 2).unwrap_err();
        assert_eq!(error.to_string(), "t.tsv:3: expected 2 columns, found 3");
    }
}
