//! The bytes of one article in a file, with the limit on how many of them are kept.

use super::super::message::Header;

/// Bytes that are kept of what is too large: by them it is known what it is.
const HEAD_BYTES: usize = 4096;

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
        if !self.is_too_large && self.bytes.len() + bytes.len() > self.limit {
            self.is_too_large = true;
            self.bytes.truncate(HEAD_BYTES);
            self.bytes.shrink_to_fit();
        }
        let n_kept = if self.is_too_large { HEAD_BYTES.saturating_sub(self.bytes.len()) } else { bytes.len() };
        self.bytes.extend_from_slice(&bytes[..n_kept.min(bytes.len())]);
    }

    /// Says how many bytes will come, so that none of too many are kept but the first.
    #[cfg(feature = "warc")]
    pub(super) fn expect(&mut self, n_bytes: u64) {
        self.is_too_large |= usize::try_from(n_bytes).is_ok_and(|n_bytes| n_bytes > self.limit);
    }

    /// Puts others in the place of its bytes, unless there are none to put there.
    #[cfg(feature = "warc")]
    pub(super) fn replace(&mut self, other: impl FnOnce(&[u8]) -> Option<Vec<u8>>) {
        if !self.is_too_large
            && let Some(bytes) = other(&self.bytes)
        {
            self.bytes = bytes;
        }
    }

    /// Its bytes, of what is too large the first ones.
    pub(super) fn head(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn is_blank(&self) -> bool {
        !self.is_too_large && self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    pub(super) fn whole(self) -> Option<Vec<u8>> {
        (!self.is_too_large).then_some(self.bytes)
    }
}

/// What comes next from a source.
pub(super) struct Next {
    pub(super) line: i64,
    /// Its bytes; too many of them are none.
    pub(super) piece: Piece,
    pub(super) content_type: String,
    pub(super) headers: Vec<Header>,
}

impl Next {
    pub(super) fn new(line: i64, piece: Piece, content_type: &str) -> Self {
        Self { line, piece, content_type: content_type.to_owned(), headers: Vec::new() }
    }
}
