//! Reading tables of knowledge: tab-separated text with `#` comments and one heading line, built into the binary.
//! Every problem names file and line, so that whoever edits a table finds it. No I/O here.

use std::fmt;

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    file: &'static str,
    line: usize,
    problem: String,
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
    let mut rows = Vec::new();
    let mut has_heading = false;
    for (index, content) in text.lines().enumerate() {
        if content.starts_with('#') || content.trim().is_empty() {
            continue;
        }
        let mut cells: Vec<&str> = content.split('\t').map(str::trim).collect();
        let too_few = !has_heading && cells.len() < n_columns;
        if cells.len() > n_columns || too_few {
            let problem = format!("expected {n_columns} columns, found {}", cells.len());
            return Err(TableError { file, line: index + 1, problem });
        }
        cells.resize(n_columns, "");
        if has_heading {
            rows.push(Row { file, line: index + 1, cells });
        }
        has_heading = true;
    }
    Ok(rows)
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
