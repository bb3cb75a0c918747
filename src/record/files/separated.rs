//! Rows whose cells are separated by a sign that prose does not have, such as a tab. Half of the programs that write them quote cells as
//! CSV does (RFC 4180), the other half write them as they are, so that a quotation mark may be a part of the text.
//!
//! The file decides. Whoever quotes only what needs it has no mark inside of a bare cell, and whoever quotes everything quotes the names of
//! the columns. Where cells are quoted, one whose quotation does not end before the next sign or line break is taken as it stands.

use std::io::{self, BufRead};

use csv::ByteRecord;

/// Bytes from the first quotation mark on that are looked at to learn whether cells are quoted.
const SAMPLE_BYTES: usize = 256 * 1024;

/// How many times the largest article a row may be before reading breaks off: cells that no article needs are beside it.
pub(super) const ROW_FACTOR: usize = 4;

/// The rows of a table.
pub(super) struct Separated {
    reader: Box<dyn BufRead + Send>,
    delimiter: u8,
    /// Largest cell that may be quoted.
    limit: usize,
    /// Whether cells are quoted; `None` as long as no quotation mark has come.
    is_quoted: Option<bool>,
    /// What was read of the file and is not given yet, from `begin` on.
    buffer: Vec<u8>,
    begin: usize,
    is_all: bool,
    line: u64,
}

/// A cell, and whether it lost the quotation marks around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell<'b> {
    bytes: &'b [u8],
    is_quoted: bool,
}

/// What a row shows of how its file is written, the surest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Nothing,
    /// A cell is quoted and needs it not: the marks are its own.
    Needless,
    /// Marks that are doubled, line breaks between marks, or marks around every cell.
    Quoted,
    /// A mark in a cell that is not quoted: whoever quotes would have quoted it.
    Bare,
}

impl Separated {
    /// Begins with the names of the columns.
    pub(super) fn new(reader: Box<dyn BufRead + Send>, delimiter: u8, limit: usize) -> io::Result<Self> {
        let (buffer, begin) = (Vec::new(), 0);
        let mut rows = Self { reader, delimiter, limit, is_quoted: None, buffer, begin, is_all: false, line: 1 };
        rows.read_on()?;
        if rows.buffer.starts_with("\u{FEFF}".as_bytes()) {
            rows.begin = 3;
        }
        Ok(rows)
    }

    /// Reads the next row, and gives the line it begins on; `None` at the end.
    pub(super) fn read(&mut self, record: &mut ByteRecord) -> io::Result<Option<u64>> {
        loop {
            let bytes = &self.buffer[self.begin..];
            if bytes.is_empty() && self.is_all {
                return Ok(None);
            }
            // A row without marks is read alike either way.
            let quotes = self.is_quoted.unwrap_or(true).then_some(self.limit);
            let Some((cells, n_bytes)) = row(bytes, self.is_all, self.delimiter, quotes) else {
                self.read_on()?;
                continue;
            };
            if self.is_quoted.is_none() && bytes[..n_bytes].contains(&b'"') {
                if bytes.len() < SAMPLE_BYTES && !self.is_all {
                    self.read_on()?;
                } else {
                    let has_quoted_names = self.line == 1 && cells.first().is_some_and(|cell| cell.is_quoted);
                    self.is_quoted =
                        Some(has_quoted_names || is_quoted(bytes, self.is_all, self.delimiter, self.limit));
                }
                continue;
            }
            record.clear();
            cells.iter().for_each(|cell| record.push_field(&cell.text()));
            let line = self.line;
            self.line += bytes[..n_bytes].iter().filter(|byte| **byte == b'\n').count() as u64;
            self.begin += n_bytes;
            return Ok(Some(line));
        }
    }

    /// Reads as much again as there is, so that what is looked at anew stays in proportion.
    fn read_on(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.begin);
        self.begin = 0;
        if self.buffer.len() > self.limit.saturating_mul(ROW_FACTOR).max(SAMPLE_BYTES) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a row without end"));
        }
        let wanted = self.buffer.len() * 2 + 1;
        while self.buffer.len() < wanted && !self.is_all {
            let bytes = self.reader.fill_buf()?;
            self.is_all = bytes.is_empty();
            let n_bytes = bytes.len();
            self.buffer.extend_from_slice(bytes);
            self.reader.consume(n_bytes);
        }
        Ok(())
    }
}

impl Cell<'_> {
    /// Its text: two marks in a quoted one stand for one.
    fn text(&self) -> Vec<u8> {
        let mut text = Vec::with_capacity(self.bytes.len());
        let mut is_first = false;
        for &byte in self.bytes {
            is_first = self.is_quoted && byte == b'"' && !is_first;
            if !is_first {
                text.push(byte);
            }
        }
        text
    }

    fn sign(&self) -> Sign {
        let has = |signs: &[u8]| self.bytes.iter().any(|byte| signs.contains(byte));
        match self.is_quoted {
            false if has(b"\"") => Sign::Bare,
            false => Sign::Nothing,
            true if has(b"\"\t\n\r") => Sign::Quoted,
            // Spreadsheets quote these in any table.
            true if has(b",;|") => Sign::Nothing,
            true => Sign::Needless,
        }
    }
}

/// Whether cells are quoted, by the rows of a sample.
fn is_quoted(sample: &[u8], is_all: bool, delimiter: u8, limit: usize) -> bool {
    let (mut at, mut sign) = (0, Sign::Nothing);
    while at < sample.len()
        && let Some((cells, n_bytes)) = row(&sample[at..], is_all, delimiter, Some(limit))
    {
        let filled = || cells.iter().filter(|cell| !cell.bytes.is_empty());
        let of_row = match filled().count() >= 2 && filled().all(|cell| cell.is_quoted) {
            true => Some(Sign::Quoted),
            false => cells.iter().map(Cell::sign).max(),
        };
        sign = sign.max(of_row.unwrap_or(Sign::Nothing));
        at += n_bytes;
    }
    !matches!(sign, Sign::Needless | Sign::Bare)
}

/// The cells of the first row, quoted ones up to a size if there may be any, and how many bytes it has with what ends it. `None` if more
/// bytes must be read to know.
fn row(bytes: &[u8], is_all: bool, delimiter: u8, quotes: Option<usize>) -> Option<(Vec<Cell<'_>>, usize)> {
    let ends_cell = |byte: &u8| *byte == delimiter || matches!(byte, b'\n' | b'\r');
    let mut cells = Vec::new();
    let mut at = 0;
    loop {
        let rest = &bytes[at..];
        let quoted = match quotes {
            Some(limit) if rest.first() == Some(&b'"') => quoted(rest, is_all, limit, ends_cell)?,
            _ => 0,
        };
        let (n_bytes, cell) = match quoted {
            0 => {
                let n_bytes = rest.iter().position(ends_cell).or(is_all.then_some(rest.len()))?;
                (n_bytes, Cell { bytes: &rest[..n_bytes], is_quoted: false })
            }
            n_bytes => (n_bytes, Cell { bytes: &rest[1..n_bytes - 1], is_quoted: true }),
        };
        cells.push(cell);
        at += n_bytes;
        match bytes.get(at) {
            Some(sign) if *sign == delimiter => at += 1,
            Some(_) => return Some((cells, at + 1)),
            None => return Some((cells, at)),
        }
    }
}

/// How many bytes of a cell that begins with a mark are quoted: all of them or none. `None` if more must be read to know.
fn quoted(rest: &[u8], is_all: bool, limit: usize, ends_cell: impl Fn(&u8) -> bool) -> Option<usize> {
    let mut at = 1;
    while at <= limit {
        match (rest.get(at), rest.get(at + 1)) {
            (None, _) => return is_all.then_some(0),
            (Some(b'"'), None) => return is_all.then_some(at + 1),
            (Some(b'"'), Some(b'"')) => at += 2,
            (Some(b'"'), Some(next)) => return Some(if ends_cell(next) { at + 1 } else { 0 }),
            (Some(_), _) => at += 1,
        }
    }
    Some(0)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    const LIMIT: usize = 64;

    fn rows(table: &str) -> Vec<Vec<String>> {
        let mut rows = Separated::new(Box::new(Cursor::new(table.as_bytes().to_vec())), b'\t', LIMIT).unwrap();
        let (mut record, mut all) = (ByteRecord::new(), Vec::new());
        while rows.read(&mut record).unwrap().is_some() {
            let cells: Vec<String> = record.iter().map(|cell| String::from_utf8(cell.to_vec()).unwrap()).collect();
            if cells != [""] {
                all.push(cells);
            }
        }
        all
    }

    #[test]
    fn a_quotation_mark_is_a_part_of_the_text_where_the_file_quotes_nothing() {
        for (what, table, expected) in [
            (
                "a quotation begins a cell",
                "id\ttext\n1\t\"No,\" he said.\n2\tHe left.\n",
                vec!["\"No,\" he said.", "He left."],
            ),
            ("it is never closed", "id\ttext\n1\t\"No more.\n2\tHe left.\n", vec!["\"No more.", "He left."]),
            (
                "a whole cell is a quotation, and another row shows how to read it",
                "id\ttext\n1\t\"No more.\"\n2\tHe said \"no\".\n",
                vec!["\"No more.\"", "He said \"no\"."],
            ),
            ("a whole cell is a quotation", "id\ttext\n1\t\"No more.\"\n", vec!["\"No more.\""]),
            ("lines end as on Windows", "id\ttext\r\n1\t\"No,\" he said.\r\n", vec!["\"No,\" he said."]),
        ] {
            let found: Vec<String> = rows(table).into_iter().skip(1).map(|mut cells| cells.remove(1)).collect();
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn quotation_marks_are_taken_off_where_the_file_quotes() {
        let long = "x".repeat(2 * LIMIT);
        for (what, table, expected) in [
            ("marks are doubled", "id\ttext\n1\t\"He said \"\"no\"\".\"\n".to_owned(), vec!["He said \"no\"."]),
            ("a line break in a cell", "id\ttext\n1\t\"No.\nHe left.\"\n".to_owned(), vec!["No.\nHe left."]),
            ("every name is quoted", "\u{FEFF}\"id\"\t\"text\"\n\"1\"\t\"No.\"\n".to_owned(), vec!["No."]),
            ("every cell is quoted", "id\ttext\n\"1\"\t\"No.\"\n\"2\"\t\"Yes.\"".to_owned(), vec!["No.", "Yes."]),
            ("commas are quoted", "id\ttext\n1\t\"No, never.\"\n".to_owned(), vec!["No, never."]),
            (
                "one cell is left open",
                format!("\"id\"\t\"text\"\n\"1\"\t\"No.\n\"2\"\t\"{long}\n3\tYes.\n"),
                vec!["\"No.", &format!("\"{long}"), "Yes."],
            ),
        ] {
            let found: Vec<String> = rows(&table).into_iter().skip(1).map(|mut cells| cells.remove(1)).collect();
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn a_row_without_end_is_not_read_into_memory() {
        let table = format!("id\ttext\n1\t{}", "x".repeat(4 * SAMPLE_BYTES));
        let mut rows = Separated::new(Box::new(Cursor::new(table.into_bytes())), b'\t', LIMIT).unwrap();
        let mut record = ByteRecord::new();
        assert_eq!(rows.read(&mut record).unwrap(), Some(1));
        assert!(rows.read(&mut record).unwrap_err().to_string().contains("without end"));
    }
}
