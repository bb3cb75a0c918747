//! Reading a codebook: rows that are right, beside everything that is wrong.

use std::collections::HashSet;

use super::rows::Rows;
use crate::nlp::tables::{self, Row, TableError};

/// Where problems are gathered while a codebook is read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pub(super) rows: Rows,
    /// Codes of the countries there are: those built in and those of the codebook.
    pub(super) countries: HashSet<&'static str>,
    pub(super) errors: Vec<TableError>,
}

impl Reader {
    /// The countries that are built in.
    pub(super) fn know_countries(&mut self) {
        let rows = tables::read("data/lexicon/countries.tsv", tables::embedded("lexicon/countries.tsv"), 7);
        self.countries.extend(rows.unwrap_or_default().iter().map(|row| row.cell(0)));
    }

    /// Notes a problem at a line.
    pub(super) fn complain(&mut self, path: &'static str, line: usize, problem: impl Into<String>) {
        self.errors.push(TableError::new(path, line, problem));
    }

    /// The rows of a table whose heading must name these columns.
    pub(super) fn table(&mut self, path: &'static str, text: &'static str, columns: &[&str]) -> Vec<Row> {
        let is_heading = |(_, line): &(usize, &str)| !line.starts_with('#') && !line.trim().is_empty();
        let heading = text.lines().enumerate().find(is_heading);
        let found: Vec<&str> = heading.map_or("", |(_, line)| line).split('\t').map(str::trim).collect();
        if found != columns {
            let line = heading.map_or(1, |(index, _)| index + 1);
            self.complain(path, line, format!("expected a heading with the columns {}", columns.join(", ")));
            return Vec::new();
        }
        let (rows, errors) = tables::read_all(path, text, columns.len());
        self.errors.extend(errors);
        rows
    }

    /// Notes what is wrong with a row.
    pub(super) fn at(&mut self, row: &Row, problem: impl Into<String>) {
        self.errors.push(row.error(problem));
    }
}

/// Text that stays: rows point into it for as long as the program runs.
pub(super) fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
