//! From a token type to its part of the mix: rows of the hashed tables, a word vector, and the columns of the mix that read them.

use super::features::Hasher;
use super::kernel::Matrix;
use super::layers::Linear;
use crate::nlp::hashing::row;
use crate::nlp::model_file::{Hashes, ModelError, ModelFile, Rows, vector, weights};

/// Sections of the six hashed tables, in the order of the features.
const TABLES: [&str; 6] =
    ["table.word", "table.prefix3", "table.suffix3", "table.suffix2", "table.shape", "table.first4last4"];

/// Flags that a token's bits have room for.
const MOST_FLAGS: usize = 32;

/// Tables, word vectors and the mix.
#[derive(Debug)]
pub(super) struct Embedder {
    tables: Vec<Rows>,
    vector_hashes: Hashes,
    vectors: Rows,
    /// Group of each listed word; empty if the file has none.
    clusters: Vec<u8>,
    mix: Linear,
    /// What each flag of a token adds to the mix: a row for each.
    pub(super) flags: Vec<f32>,
}

impl Embedder {
    /// Reads the sections of tables, word vectors and mix; a row of the mix has `outputs` numbers.
    pub(super) fn read(file: &ModelFile, outputs: usize) -> Result<Self, ModelError> {
        let flag_dim = file.config("flag_dim")?;
        let tables = TABLES.iter().map(|name| Rows::read(file, name)).collect::<Result<Vec<_>, _>>()?;
        for (table, name) in tables.iter().zip(TABLES) {
            if !table.len().is_power_of_two() {
                return Err(file.required(name)?.wrong(format!("its {} rows are no power of two", table.len())));
            }
        }
        let vectors = Rows::read(file, "vectors.weight")?;
        let vector_hashes = Hashes::read(file, "vectors.hash")?;
        if vector_hashes.len() != vectors.len() {
            return Err(file.required("vectors.weight")?.wrong("one row for each hash expected"));
        }
        let clusters = file.section("vectors.cluster");
        if let Some(section) = clusters.as_ref().filter(|section| section.bytes().len() != vectors.len()) {
            return Err(section.wrong("one byte for each word expected"));
        }
        let clusters = clusters.map_or_else(Vec::new, |section| section.bytes().to_vec());
        let of_types = tables.iter().map(|table| table.width).sum::<usize>() + vectors.width;
        let inputs = of_types + flag_dim;
        let mix = weights(file, "mix.weight", inputs)?;
        let bias = vector(file, "mix.bias", outputs)?;
        if mix.len() != outputs * inputs || flag_dim > MOST_FLAGS {
            let problem = format!("{outputs} rows and at most {MOST_FLAGS} flags expected");
            return Err(file.required("mix.weight")?.wrong(problem));
        }
        let rows = || mix.chunks_exact(inputs);
        let read_by_types: Vec<f32> = rows().flat_map(|row| row[..of_types].iter().copied()).collect();
        let flags = (0..flag_dim).flat_map(|flag| rows().map(move |row| row[of_types + flag])).collect();
        Ok(Self { tables, vector_hashes, vectors, clusters, mix: Linear::of(of_types, &read_by_types, bias), flags })
    }

    /// Numbers that [`Embedder::embed`] writes for a token type.
    pub(super) fn inputs(&self) -> usize {
        self.mix.inputs()
    }

    /// The part of the mix of some token types, of which `inputs` holds what was embedded.
    pub(super) fn mix(&self, inputs: &[f32], out: &mut Vec<f32>) {
        self.mix.apply(Matrix::whole(inputs, self.inputs()), out);
    }

    /// Writes the table rows and the word vector of a token type; gives the hashes of its features and its cluster.
    pub(super) fn embed(&self, token: &str, hasher: &mut Hasher, out: &mut [f32]) -> [u64; 7] {
        let hashes = hasher.hash(token).features;
        let mut cluster = 0;
        let mut rest = out;
        for (table, hash) in self.tables.iter().zip(hashes) {
            let (part, after) = rest.split_at_mut(table.width);
            table.copy(row(hash, table.len()), part);
            rest = after;
        }
        match self.vector_hashes.find(hashes[0]) {
            Some(place) => {
                self.vectors.copy(place, rest);
                cluster = self.clusters.get(place).map_or(0, |cluster| u64::from(*cluster) + 2);
            }
            None => rest.fill(0.0),
        }
        let [word, prefix, suffix3, suffix2, shape, ends] = hashes;
        [word, prefix, suffix3, suffix2, shape, ends, cluster]
    }
}
