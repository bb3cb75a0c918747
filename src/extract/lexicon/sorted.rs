//! A table whose rows ascend by their first cell, looked up in the text itself: to read tens of thousands of rows at every start would cost more than to load
//! the model.

use crate::nlp::tables;

/// The rows of a table, without comments and heading.
#[derive(Debug, Clone, Copy)]
pub(super) struct SortedRows(pub(super) &'static str);

impl SortedRows {
    /// The embedded table of a name, whose first column is called `key`.
    pub(super) fn embedded(name: &str) -> Self {
        let text = tables::embedded(name);
        // Comments and heading stand above the rows.
        let rows = text.find("\nkey\t").and_then(|heading| text[heading + 1..].split_once('\n'));
        Self(rows.map_or("", |(_, rows)| rows))
    }

    /// What stands behind a key, row by row.
    pub(super) fn cells_of(self, key: &str) -> impl Iterator<Item = &'static str> {
        let rows = self.0[self.first_row(key)..].lines();
        rows.map_while(move |row| row.strip_prefix(key)?.strip_prefix('\t'))
    }

    /// Where the first row begins whose key is not before this one.
    fn first_row(self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.0.as_bytes()[..middle].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let row = self.0[start..].lines().next().unwrap_or_default();
            if row.split('\t').next().unwrap_or_default() < key {
                low = (start + row.len() + 1).min(self.0.len());
            } else {
                high = start;
            }
        }
        low
    }
}
