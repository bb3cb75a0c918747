//! Hashes of words: FNV-1a, as the model file has it, and the row of a table that a hash leads to.

use std::hash::Hasher;

/// Start of FNV-1a with 64 bits.
const FNV_OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;

/// Continues an FNV-1a hash over bytes.
#[inline]
pub(crate) fn fnv1a(bytes: &[u8], hash: u64) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// The hash of nothing, to begin with.
pub(crate) const EMPTY_HASH: u64 = FNV_OFFSET;

/// FNV-1a as the hash of the map: tokens are short, and the order of the map is never looked at.
#[derive(Debug, Clone)]
pub(in crate::nlp) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(EMPTY_HASH)
    }
}

impl Hasher for Fnv {
    fn finish(&self) -> u64 {
        // The map looks at the upper bits, which are FNV's best; the lower ones choose the place.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv1a(bytes, self.0);
    }
}

/// Row of a table for a hash; the number of rows is a power of two.
#[inline]
pub(in crate::nlp) fn row(hash: u64, rows: usize) -> usize {
    let mixed = (hash >> 32) ^ hash;
    usize::try_from(mixed & (rows as u64 - 1)).expect("a table has fewer rows than memory has bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv1a() {
        // Published test vectors of FNV-1a, 64 bit.
        assert_eq!(fnv1a(b"", FNV_OFFSET), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a", FNV_OFFSET), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar", FNV_OFFSET), 0x8594_4171_f739_67e8);
    }
}
