//! Labels by sparse features: what words, affixes, shapes, clusters and gazetteer bits of a token and its neighbors say of its
//! label.
//!
//! A linear model that was trained by itself and draws other conclusions from the same properties than the encoder does; its
//! scores are added to those of a head, for names and for triggers of events. A feature that the file does not list says nothing. The computation is in
//! `docs/model-format.md`, "Sparse features"; the training's own scores are held against these by the test of the whole forward
//! pass.

use std::ops::Range;

use crate::nlp::core::decode::Transitions;
use crate::nlp::core::encoder::{Encoding, Properties};
use crate::nlp::model_file::{Hashes, ModelError, ModelFile, Rows, vector};

/// What is looked at in a token, as [`Encoding::properties`] orders it.
const WORD: usize = 1;
const SUFFIX3: usize = 3;
const SHAPE: usize = 5;
const CLUSTER: usize = 7;
const GAZETTEER: usize = 8;

/// A property, and of which token: counted from the one in question.
type Place = (usize, isize);

/// Which properties make a feature: one, or two together. The number of a template is its place.
const TEMPLATES: [(Place, Option<Place>); 36] = [
    ((0, 0), None),
    ((1, 0), None),
    ((2, 0), None),
    ((3, 0), None),
    ((4, 0), None),
    ((5, 0), None),
    ((6, 0), None),
    ((7, 0), None),
    ((8, 0), None),
    ((WORD, -2), None),
    ((WORD, -1), None),
    ((WORD, 1), None),
    ((WORD, 2), None),
    ((SHAPE, -2), None),
    ((SHAPE, -1), None),
    ((SHAPE, 1), None),
    ((SHAPE, 2), None),
    ((SUFFIX3, -2), None),
    ((SUFFIX3, -1), None),
    ((SUFFIX3, 1), None),
    ((SUFFIX3, 2), None),
    ((CLUSTER, -2), None),
    ((CLUSTER, -1), None),
    ((CLUSTER, 1), None),
    ((CLUSTER, 2), None),
    ((GAZETTEER, -1), None),
    ((GAZETTEER, 1), None),
    ((WORD, -1), Some((WORD, 0))),
    ((WORD, 1), Some((WORD, 0))),
    ((SHAPE, -1), Some((SHAPE, 0))),
    ((SHAPE, 1), Some((SHAPE, 0))),
    ((CLUSTER, -1), Some((CLUSTER, 0))),
    ((CLUSTER, 1), Some((CLUSTER, 0))),
    ((WORD, -1), Some((WORD, 1))),
    ((SHAPE, -1), Some((SHAPE, 1))),
    ((CLUSTER, -1), Some((CLUSTER, 1))),
];

/// Every property of what stands beyond the ends of a sentence.
const NOTHING: u64 = 1;

/// Listed features, and what each says of every label.
#[derive(Debug)]
pub(super) struct Listed {
    keys: Hashes,
    weights: Rows,
}

impl Listed {
    /// Reads the sections `NAME.hash` and `NAME.weight`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile, name: &str, n_labels: usize) -> Result<Option<Self>, ModelError> {
        let (hash, weight) = (format!("{name}.hash"), format!("{name}.weight"));
        if file.section(&hash).is_none() {
            return Ok(None);
        }
        let (keys, weights) = (Hashes::read(file, &hash)?, Rows::read(file, &weight)?);
        if weights.width != n_labels || weights.len() != keys.len() || !weights.is_i8() {
            let problem = format!("{} rows of {n_labels} labels in i8 expected", keys.len());
            return Err(file.required(&weight)?.wrong(problem));
        }
        Ok(Some(Self { keys, weights }))
    }

    /// Adds what some features say, of those that are listed. Where they stand is looked up of all before any row is read: so one waits for
    /// memory beside the others and not behind them.
    pub(super) fn say(&self, keys: &[u64], row: &mut [f32]) {
        const AT_ONCE: usize = 64;
        let mut places = [0; AT_ONCE];
        for keys in keys.chunks(AT_ONCE) {
            let mut n_found = 0;
            for &key in keys {
                let (place, is_listed) = self.keys.nearest(key);
                places[n_found] = place;
                n_found += usize::from(is_listed);
            }
            places[..n_found].iter().for_each(|&place| self.weights.add(place, row));
        }
    }
}

/// The features of a token and its neighbors, over which labels make a chain.
#[derive(Debug)]
pub(super) struct SparseFeatures(Listed);

impl SparseFeatures {
    /// Reads the sections `NAME.hash` and `NAME.weight`, and adds `NAME.next` to the transitions of the labels; nothing if the file has none.
    pub(super) fn read(
        file: &ModelFile,
        name: &str,
        n_labels: usize,
        transitions: &mut Transitions,
    ) -> Result<Option<Self>, ModelError> {
        let Some(listed) = Listed::read(file, name, n_labels)? else { return Ok(None) };
        transitions.add(&vector(file, &format!("{name}.next"), n_labels * n_labels)?);
        Ok(Some(Self(listed)))
    }

    /// Adds what the features of a sentence's tokens say to their scores, a row of labels for each. `space` is kept from sentence to
    /// sentence.
    pub(super) fn add(
        &self,
        sentence: &Range<usize>,
        encoding: &Encoding,
        space: &mut Vec<Properties>,
        scores: &mut [f32],
    ) {
        space.clear();
        space.extend(sentence.clone().map(|token_idx| encoding.properties(token_idx)));
        let mut keys = Vec::with_capacity(TEMPLATES.len() + 16);
        for (at, row) in scores.chunks_exact_mut(self.0.weights.width).enumerate() {
            let property = |(number, distance): Place| {
                let other = at.checked_add_signed(distance).and_then(|at| space.get(at));
                other.map_or(NOTHING, |properties| properties[number])
            };
            keys.clear();
            let templates = (0..).zip(TEMPLATES);
            keys.extend(
                templates.map(|(template, (one, other))| mixed(template, property(one), other.map_or(0, property))),
            );
            let mut bits = space[at][GAZETTEER];
            while bits != 0 {
                keys.push(mixed(TEMPLATES.len() as u64, bits.trailing_zeros().into(), 0));
                bits &= bits - 1;
            }
            self.0.say(&keys, row);
        }
    }
}

/// One key from a template's number and its properties, by the last steps of `SplitMix64` (Steele, Lea and Flood 2014).
pub(super) fn mixed(template: u64, one: u64, other: u64) -> u64 {
    const MULTIPLY: [u64; 3] = [0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB];
    let x = one
        .wrapping_mul(MULTIPLY[0])
        .wrapping_add(other.wrapping_mul(MULTIPLY[1]))
        .wrapping_add((template + 1).wrapping_mul(MULTIPLY[2]));
    let x = (x ^ x >> 30).wrapping_mul(MULTIPLY[1]);
    let x = (x ^ x >> 27).wrapping_mul(MULTIPLY[2]);
    x ^ x >> 31
}
