//! Ranges over a text: in bytes, and in tokens. The only arithmetic on offsets.

use std::ops::Range;

/// A half-open range of bytes in a document's text, on character boundaries.
///
/// 32 bits are enough because an article is at most 4 GiB; the input limit (2 MiB by default) is far below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`, in bytes.
    ///
    /// # Panics
    /// If an offset is beyond 4 GiB, which the input limit excludes.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} ends before it starts");
        let narrow = |offset: usize| u32::try_from(offset).expect("articles are smaller than 4 GiB");
        Self { start: narrow(start), end: narrow(end) }
    }

    /// As a range of `usize`, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two share at least one byte.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A half-open range of tokens in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenRange {
    /// First token.
    pub start: u32,
    /// One past the last token.
    pub end: u32,
}

impl TokenRange {
    /// The range from `start` to `end`, in tokens.
    ///
    /// # Panics
    /// If an index is beyond 2^32, which the input limit excludes.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "token range {start}..{end} ends before it starts");
        let narrow = |index: usize| u32::try_from(index).expect("an article has fewer than 2^32 tokens");
        Self { start: narrow(start), end: narrow(end) }
    }

    /// As a range of `usize`, for slicing and iterating.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Number of tokens.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether the two share at least one token.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether `other` lies inside.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether the token with this index lies inside.
    pub fn contains_token(self, token_idx: usize) -> bool {
        self.range().contains(&token_idx)
    }
}
