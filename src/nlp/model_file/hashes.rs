//! Sorted lists of hashes: words, names and features that a model file lists.

use super::{Dtype, ModelError, ModelFile, Section};

/// A sorted list of 64-bit hashes; the place of a hash is the row of what belongs to it. The hashes stay where they lie in the file.
#[derive(Debug)]
pub(crate) struct Hashes {
    section: Section,
    /// For each value of the upper [`INDEX_BITS`] bits, the first hash that has it or a larger one.
    index: Vec<u32>,
}

/// Upper bits of a hash that lead straight to its neighborhood: 16,384 buckets, a dozen hashes each. With four times as many the index itself is out of the
/// nearest caches.
const INDEX_BITS: u32 = 14;

impl Hashes {
    /// Reads a section of ascending hashes.
    pub(crate) fn read(file: &ModelFile, name: &str) -> Result<Self, ModelError> {
        let section = file.required(name)?;
        if section.dtype != Dtype::U64 {
            return Err(section.wrong(format!("hashes of 64 bits expected, {:?} found", section.dtype)));
        }
        let sorted = hashes(&section);
        if !sorted.is_sorted_by_key(|known| u64::from_le_bytes(*known)) {
            return Err(section.wrong("its hashes are not ascending"));
        }
        let bucket = |known: &[u8; 8]| u64::from_le_bytes(*known) >> (u64::BITS - INDEX_BITS);
        let mut index = Vec::with_capacity((1 << INDEX_BITS) + 1);
        for upper in 0..=1u64 << INDEX_BITS {
            let first = sorted.partition_point(|known| bucket(known) < upper);
            index.push(u32::try_from(first).map_err(|_| section.wrong("more than 2^32 hashes"))?);
        }
        Ok(Self { section, index })
    }

    /// Number of hashes.
    pub(crate) fn len(&self) -> usize {
        hashes(&self.section).len()
    }

    /// The place of a hash.
    #[inline]
    pub(crate) fn find(&self, hash: u64) -> Option<usize> {
        let (place, is_there) = self.nearest(hash);
        is_there.then_some(place)
    }

    /// Where a hash is or would be, and whether it is there; without a branch that depends on the hash.
    #[inline]
    pub(crate) fn nearest(&self, hash: u64) -> (usize, bool) {
        let bucket = (hash >> (u64::BITS - INDEX_BITS)) as usize;
        let start = self.index[bucket] as usize;
        let end = self.index[bucket + 1] as usize;
        let all = hashes(&self.section);
        let place = start + all[start..end].partition_point(|known| u64::from_le_bytes(*known) < hash);
        (place, all.get(place) == Some(&hash.to_le_bytes()))
    }
}

/// A section's hashes, each as its eight bytes.
fn hashes(section: &Section) -> &[[u8; 8]] {
    section.bytes().as_chunks().0
}
