//! Cuts a stream of JSON values, or the elements of one array, into pieces, without reading more than one into memory.
//! It balances brackets and knows strings; whether a piece is JSON is for the decoder to say.

use std::io::{self, BufRead};

use super::piece::Piece;

/// Where the cutting stands between two values.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// Whether the elements of an array are read; `None` before the first character.
    in_array: Option<bool>,
}

/// What the next byte is, inside a value.
#[derive(Default)]
struct State {
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

impl State {
    /// Takes the value's next byte in; whether the value ends with it.
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.in_string {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => self.in_string = false,
                _ => {}
            }
            return !self.in_string && self.depth == 0;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl Values {
    /// Reads the next value into `bytes` and gives the line it begins on; `None` at the end. Counts lines.
    pub(super) fn next(
        &mut self,
        reader: &mut dyn BufRead,
        line: &mut i64,
        bytes: &mut Piece,
    ) -> io::Result<Option<i64>> {
        let Some(first) = self.skip_to_value(reader, line)? else { return Ok(None) };
        let begins_on = *line;
        let is_scalar = !matches!(first, b'{' | b'[' | b'"');
        let mut state = State::default();
        loop {
            let buffer = reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(Some(begins_on));
            }
            let mut end = None;
            for (idx, &byte) in buffer.iter().enumerate() {
                // A bare word or number ends before what cannot be part of it.
                if is_scalar && matches!(byte, b',' | b']' | b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n') {
                    end = Some(idx);
                    break;
                }
                if byte == b'\n' {
                    *line += 1;
                }
                if state.ends_with(byte) && !is_scalar {
                    end = Some(idx + 1);
                    break;
                }
            }
            let n_used = end.unwrap_or(buffer.len());
            bytes.extend(&buffer[..n_used]);
            reader.consume(n_used);
            if end.is_some() {
                return Ok(Some(begins_on));
            }
        }
    }

    /// Skips what stands between values; the first byte of the next one, which is left to be read.
    fn skip_to_value(&mut self, reader: &mut dyn BufRead, line: &mut i64) -> io::Result<Option<u8>> {
        loop {
            let Some(&byte) = reader.fill_buf()?.first() else { return Ok(None) };
            match byte {
                b'\n' => *line += 1,
                b'[' if self.in_array.is_none() => self.in_array = Some(true),
                b',' | b']' | b' ' | b'\t' | b'\r' => {}
                // A byte order mark.
                0xEF | 0xBB | 0xBF if self.in_array.is_none() => {}
                _ => {
                    self.in_array.get_or_insert(false);
                    return Ok(Some(byte));
                }
            }
            reader.consume(1);
        }
    }
}
