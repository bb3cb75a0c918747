//! The bytes of one article in a file, with the limit on how many of them are kept.

/// Bytes of one article, kept as long as they are not too many.
pub(super) struct Piece {
    bytes: Vec<u8>,
    limit: usize,
    is_too_large: bool,
}

impl Piece {
    pub(super) fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), limit, is_too_large: false }
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.bytes.len() + bytes.len() > self.limit {
            self.is_too_large = true;
            self.bytes = Vec::new();
        }
        if !self.is_too_large {
            self.bytes.extend_from_slice(bytes);
        }
    }

    pub(super) fn is_blank(&self) -> bool {
        !self.is_too_large && self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    pub(super) fn whole(self) -> Option<Vec<u8>> {
        (!self.is_too_large).then_some(self.bytes)
    }
}
