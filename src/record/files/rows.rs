//! Rows of a table as JSON articles: each named cell is a field, by the names that JSON goes by.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::{ByteRecord, ReaderBuilder};

use super::super::table::separator;
use super::piece::Piece;
use super::separated::{ROW_FACTOR, Separated};

/// The rows of a table.
pub(super) struct Rows {
    source: Source,
    names: Vec<String>,
    row: ByteRecord,
    limit: usize,
}

/// Rows as bytes.
enum Source {
    /// Between commas or semicolons, which texts have: cells are quoted, or there is no telling them apart.
    Quoted(csv::Reader<Bounded>),
    Separated(Separated),
}

impl Rows {
    /// Reads the names of the columns. `delimiter` stands between them.
    pub(super) fn new(reader: Box<dyn BufRead + Send>, delimiter: u8, limit: usize) -> io::Result<Self> {
        let source = match delimiter {
            b'\t' | b'|' => Source::Separated(Separated::new(reader, delimiter, limit)?),
            _ => {
                let bounded = Bounded { reader, n_left: 0 };
                let mut reader = ReaderBuilder::new();
                let reader = reader.delimiter(delimiter).has_headers(false).flexible(true).from_reader(bounded);
                Source::Quoted(reader)
            }
        };
        let mut rows = Self { source, names: Vec::new(), row: ByteRecord::new(), limit };
        let mut is_there = rows.advance()?.is_some();
        if rows.is_separator(delimiter) {
            is_there = rows.advance()?.is_some();
        }
        if is_there {
            rows.names =
                rows.row.iter().map(|name| text(name).trim().trim_start_matches('\u{FEFF}').to_owned()).collect();
        }
        Ok(rows)
    }

    /// The columns.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the row says what stands between the columns, as `sep=;`.
    fn is_separator(&self, delimiter: u8) -> bool {
        let cells: Vec<&[u8]> = self.row.iter().collect();
        separator(&text(&cells.join(&delimiter))).is_some()
    }

    /// The next row as a JSON object, and its line.
    pub(super) fn next(&mut self) -> io::Result<Option<(i64, Piece)>> {
        let Some(line) = self.advance()? else { return Ok(None) };
        let mut piece = Piece::new(self.limit);
        piece.extend(&self.object());
        Ok(Some((i64::try_from(line).unwrap_or(i64::MAX), piece)))
    }

    /// Reads the next row that is not blank, and gives its line.
    fn advance(&mut self) -> io::Result<Option<u64>> {
        loop {
            let line = match &mut self.source {
                Source::Separated(rows) => rows.read(&mut self.row)?,
                Source::Quoted(reader) => {
                    reader.get_mut().n_left = self.limit.saturating_mul(ROW_FACTOR) as u64;
                    let is_there = reader.read_byte_record(&mut self.row)?;
                    is_there.then(|| self.row.position().map_or(0, csv::Position::line))
                }
            };
            if line.is_none() || self.row.iter().any(|cell| !cell.trim_ascii().is_empty()) {
                return Ok(line);
            }
        }
    }

    /// The row as an object, without the cells that are empty or have no name.
    fn object(&self) -> Vec<u8> {
        // A row is in one charset, and longer than a cell to tell it by.
        let encoding = if self.row.iter().all(|cell| std::str::from_utf8(cell).is_ok()) {
            encoding_rs::UTF_8
        } else {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            for cell in &self.row {
                detector.feed(cell, false);
            }
            detector.guess(None, Utf8Detection::Deny)
        };
        let mut object = String::from("{");
        for (name, cell) in self.names.iter().zip(&self.row) {
            let cell = encoding.decode_without_bom_handling(cell).0;
            if name.is_empty() || cell.trim().is_empty() {
                continue;
            }
            object.push_str(if object.len() > 1 { "," } else { "" });
            object.push_str(&serde_json::Value::from(name.as_str()).to_string());
            object.push(':');
            object.push_str(&serde_json::Value::from(cell).to_string());
        }
        object.push('}');
        object.into_bytes()
    }
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Reads so many bytes and no more, until it is told anew: without an end, a quotation mark that is left open would take the file into
/// memory.
struct Bounded {
    reader: Box<dyn BufRead + Send>,
    n_left: u64,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.n_left == 0 {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a row without end; is a quotation mark left open?",
            ));
        }
        let most = usize::try_from(self.n_left).map_or(buffer.len(), |n_left| n_left.min(buffer.len()));
        let n_read = self.reader.read(&mut buffer[..most])?;
        self.n_left -= n_read as u64;
        Ok(n_read)
    }
}
