//! From byte offsets to Unicode code points, the unit of every offset on the wire
//! (W3C Web Annotation Data Model, TextPositionSelector).

use super::Span;

/// Bytes between two remembered positions: a look-up counts at most this many bytes, the index costs 1/32 of the text.
const STRIDE: usize = 128;

/// An index over one text that converts byte offsets to code points in constant time.
#[derive(Debug, Clone)]
pub struct CodePoints<'t> {
    text: &'t str,
    /// Code points before each multiple of [`STRIDE`]; empty when the text is ASCII and both units are the same.
    before: Vec<u32>,
}

impl<'t> CodePoints<'t> {
    /// Indexes a text in one pass.
    pub fn new(text: &'t str) -> Self {
        if text.is_ascii() {
            return Self { text, before: Vec::new() };
        }
        let mut n_code_points = 0u32;
        let before = text
            .as_bytes()
            .chunks(STRIDE)
            .map(|chunk| {
                let first = n_code_points;
                n_code_points += count_starts(chunk);
                first
            })
            .collect();
        Self { text, before }
    }

    /// How many code points stand before this byte.
    pub fn at(&self, byte: usize) -> usize {
        if self.before.is_empty() || byte == 0 {
            return byte;
        }
        // The last stride may end exactly at the end of the text, where no further position is remembered.
        let stride = (byte / STRIDE).min(self.before.len() - 1);
        let counted = count_starts(&self.text.as_bytes()[stride * STRIDE..byte]);
        (self.before[stride] + counted) as usize
    }

    /// Both ends of a byte span as code points.
    pub fn of(&self, span: Span) -> (usize, usize) {
        (self.at(span.start as usize), self.at(span.end as usize))
    }
}

/// Bytes that begin a character: all but UTF-8 continuation bytes.
fn count_starts(bytes: &[u8]) -> u32 {
    bytes.iter().map(|&byte| u32::from(byte & 0xC0 != 0x80)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_boundary_of_a_mixed_text_has_its_code_point() {
        let text = "“Déjà vu” 🙂 – ".repeat(40);
        let index = CodePoints::new(&text);
        for (expected, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(index.at(byte), expected, "byte {byte}");
        }
        assert_eq!(index.at(text.len()), text.chars().count());
    }
}
