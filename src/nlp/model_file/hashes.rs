//! Sorted lists of hashes: words, names and features that a model file lists.

use super::{Dtype, ModelError, ModelFile};

/// A sorted list of 64-bit hashes; the place of a hash is the row of what belongs to it.
#[derive(Debug)]
pub(crate) struct Hashes {
    sorted: Vec<u64>,
    /// For each value of the upper bits, the first hash that has it or a larger one.
    index: Vec<u32>,
    /// How far the upper bits stand from the lowest place.
    shift: u32,
}

/// Upper bits of a hash that lead straight to its neighborhood: as many as leave a handful of hashes there, within these bounds, so that a search seldom
/// leaves the line of the cache that it begins in, and the index of a list of hundreds of thousands takes a megabyte.
const INDEX_BITS: std::ops::RangeInclusive<u32> = 8..=18;

/// Of how many hashes a neighborhood has about two to the power of this.
const HANDFUL: u32 = 1;

impl Hashes {
    /// Reads a section of ascending hashes.
    pub(crate) fn read(file: &ModelFile, name: &str) -> Result<Self, ModelError> {
        let section = file.required(name)?;
        if section.dtype != Dtype::U64 {
            return Err(section.wrong(format!("hashes of 64 bits expected, {:?} found", section.dtype)));
        }
        let sorted: Vec<u64> = section
            .bytes()
            .chunks_exact(8)
            .map(|eight| {
                u64::from_le_bytes([eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]])
            })
            .collect();
        if !sorted.is_sorted() {
            return Err(section.wrong("its hashes are not ascending"));
        }
        let n_hashes = u32::try_from(sorted.len()).map_err(|_| section.wrong("more than 2^32 hashes"))?;
        let bits = n_hashes.max(1).ilog2().saturating_sub(HANDFUL).clamp(*INDEX_BITS.start(), *INDEX_BITS.end());
        let shift = u64::BITS - bits;
        let mut index = Vec::with_capacity((1 << bits) + 1);
        for (place, hash) in (0_u32..).zip(&sorted) {
            // Every neighborhood up to that of this hash, and not begun yet, begins with it.
            let upper = usize::try_from(hash >> shift).unwrap_or(usize::MAX);
            index.resize(index.len().max(upper + 1), place);
        }
        index.resize((1 << bits) + 1, n_hashes);
        Ok(Self { sorted, index, shift })
    }

    /// Number of hashes.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// The place of a hash.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> Option<usize> {
        let bucket = usize::try_from(hash >> self.shift).ok()?;
        let start = self.index[bucket] as usize;
        let end = self.index[bucket + 1] as usize;
        self.sorted[start..end].binary_search(&hash).ok().map(|place| start + place)
    }
}
