//! The one network that every head reads: hashed embeddings and a word vector, one mix, one convolution, recurrent layers.
//!
//! All tokens of an article lie in one matrix, so every projection is one product; the only things that go from token to
//! token are the convolution's window and the recurrence, which is elementwise. The computation is described in
//! `docs/model-format.md`; the training's own forward pass is held against this one by a test on saved numbers.

mod branch;
pub(super) mod elementwise;
pub(super) mod features;
mod gazetteer;
pub(super) mod kernel;
pub(super) mod layers;
pub(super) mod quantized;
mod token_types;

use std::ops::Range;

use pulp::Arch;

use super::model_file::{ModelError, ModelFile};
use super::runs;
use crate::text::Document;
pub(super) use branch::{HeadInput, HeadRows};
use features::{Hasher, Quotation, row};
use gazetteer::Gazetteer;
use layers::{Convolution, Linear, Norm, Sru, resize, vector, weights};
use quantized::{Hashes, Rows};
use token_types::{TokenType, TypeCache};

/// Sections of the six hashed tables, in the order of the features.
const TABLES: [&str; 6] =
    ["table.word", "table.prefix3", "table.suffix3", "table.suffix2", "table.shape", "table.first4last4"];

/// Flag of the first token of a sentence.
const FLAG_FIRST: usize = 0;

/// Flag of a token within double quotation marks.
const FLAG_QUOTED: usize = 1;

/// The weights. Immutable: shared by all threads.
#[derive(Debug)]
pub(super) struct Encoder {
    embedder: Embedder,
    gazetteer: Gazetteer,
    /// What each flag adds to the mix: a row for each.
    flags: Vec<f32>,
    norm: Norm,
    convolution: Convolution,
    layers: Vec<Sru>,
    width: usize,
    arch: Arch,
}

/// From a form to its share of the mix: tables, word vectors, and the columns of the mix that read them.
#[derive(Debug)]
struct Embedder {
    tables: Vec<Rows>,
    vector_hashes: Hashes,
    vectors: Rows,
    /// Group of each listed word; empty if the file has none.
    clusters: Vec<u8>,
    mix: Linear,
}

/// What is known of a token by its looks, see [`Encoding::properties`].
pub(super) type Properties = [u64; 9];

/// What the encoder says of a document, with the working space it was made in.
#[derive(Debug, Clone, Default)]
pub(super) struct Encoding {
    /// One row for each token.
    pub(super) rows: Vec<f32>,
    /// The sentences that are read as one.
    pub(super) runs: Vec<Range<usize>>,
    /// Where segments begin and end, in tokens: each from one entry to the next.
    segments: Vec<usize>,
    types: TypeCache,
    /// Form and flags (a bit each) of each token.
    tokens: Vec<(u32, u32)>,
    wide: Vec<f32>,
    other: Vec<f32>,
    state: Vec<f32>,
}

impl Encoding {
    /// What the encoder says of a token.
    pub(super) fn row(&self, token_idx: usize) -> &[f32] {
        let width = self.rows.len() / self.tokens.len();
        &self.rows[token_idx * width..][..width]
    }

    /// Hashes of a token's folded form and of its lower case, to be continued with a tag: the keys of the lemma list.
    pub(super) fn lemma_keys(&self, token_idx: usize) -> [u64; 2] {
        self.types.get(self.tokens[token_idx].0).lemma_keys
    }
}

impl Encoding {
    /// What is known of a token by its looks: the hash of its folded form, those of its features in the order of the tables, its
    /// word's cluster, the gazetteer's bits.
    pub(super) fn properties(&self, token_idx: usize) -> Properties {
        let (form, flags) = self.tokens[token_idx];
        let TokenType { lemma_keys, features, .. } = self.types.get(form);
        let mut properties = Properties::default();
        properties[0] = lemma_keys[0];
        properties[1..=features.len()].copy_from_slice(features);
        properties[features.len() + 1] =
            u64::from(flags >> gazetteer::FIRST_FLAG) & ((1 << (2 * gazetteer::N_KINDS)) - 1);
        properties
    }
}

impl Encoder {
    pub(super) fn read(file: &ModelFile) -> Result<Self, ModelError> {
        let width = file.config("width")?;
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
        let forms = tables.iter().map(|table| table.width).sum::<usize>() + vectors.width;
        let inputs = forms + flag_dim;
        let mix = weights(file, "mix.weight", inputs)?;
        let bias = vector(file, "mix.bias", 2 * width)?;
        if mix.len() != 2 * width * inputs || flag_dim > MOST_FLAGS {
            let problem = format!("{} rows and at most {MOST_FLAGS} flags expected", 2 * width);
            return Err(file.required("mix.weight")?.wrong(problem));
        }
        let of_forms: Vec<f32> = mix.chunks_exact(inputs).flat_map(|row| row[..forms].iter().copied()).collect();
        let flags = (0..flag_dim).flat_map(|flag| mix.chunks_exact(inputs).map(move |row| row[forms + flag])).collect();
        Ok(Self {
            embedder: Embedder { tables, vector_hashes, vectors, clusters, mix: Linear::of(forms, &of_forms, bias) },
            flags,
            norm: Norm::read(file, 2 * width)?,
            convolution: Convolution::read(file, 2 * width)?,
            layers: (0..file.config("layers")?)
                .map(|layer| Sru::read(file, &format!("sru.{layer}"), width))
                .collect::<Result<_, _>>()?,
            gazetteer: Gazetteer::read(file)?,
            width,
            arch: elementwise::arch(),
        })
    }

    /// Numbers in each row of an encoding.
    pub(super) fn outputs(&self) -> usize {
        2 * self.width
    }

    /// Reads a document's tokens, sentences and paragraphs. A segment, over whose borders nothing is carried, is a
    /// run (`runs.rs`), or as many whole sentences of it as fit into [`runs::LONGEST_SEGMENT`]. Shows the rows after each stage.
    pub(super) fn encode_observed(
        &self,
        doc: &Document,
        encoding: &mut Encoding,
        mut observe: impl FnMut(&'static str, &[f32]),
    ) {
        runs::find(doc, &mut encoding.runs);
        runs::cut(doc, &encoding.runs, &mut encoding.segments);
        self.embed(doc, encoding);
        let Encoding { rows, segments, wide, other, state, .. } = encoding;
        self.norm.apply(self.arch, rows);
        observe("mix", rows);
        self.convolution.apply(self.arch, segments, rows, wide, other);
        observe("conv", rows);
        for (layer, sru) in self.layers.iter().enumerate() {
            sru.apply(self.arch, segments, rows, other, wide, state);
            std::mem::swap(rows, other);
            observe(STAGES.get(layer).copied().unwrap_or("sru"), rows);
        }
    }

    /// Fills the rows with the mix of each token: its form's share and its flags'.
    fn embed(&self, doc: &Document, encoding: &mut Encoding) {
        let Encoding { rows, segments, types, tokens, .. } = encoding;
        types.begin();
        tokens.clear();
        tokens.extend(doc.tokens.iter().map(|token| (types.number(doc.slice(*token), &self.embedder), 0)));
        types.finish(&self.embedder);
        let n_flags = self.flags.len() / self.outputs();
        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let own = &mut tokens[range];
            own[0].1 |= 1 << FLAG_FIRST;
            let (forms, mut raised) = (|token: usize| types.get(own[token].0).form, Vec::new());
            self.gazetteer.mark(own.len(), forms, &types.keys, |token, flag| raised.push((token, flag)));
            for (token, flag) in raised {
                own[token].1 |= 1 << flag;
            }
        }
        for bounds in segments.windows(2) {
            let mut inside = false;
            for (number, flags) in &mut tokens[bounds[0]..bounds[1]] {
                match types.get(*number).quotation {
                    Some(Quotation::Opens) => inside = true,
                    Some(Quotation::Closes) => inside = false,
                    Some(Quotation::Flips) => inside = !inside,
                    None => *flags |= u32::from(inside) << FLAG_QUOTED,
                }
            }
        }
        let width = self.outputs();
        resize(rows, tokens.len() * width);
        for (row, (number, flags)) in rows.chunks_exact_mut(width).zip(tokens.iter()) {
            row.copy_from_slice(types.row(*number, width));
            for flag in (0..n_flags).filter(|flag| flags & (1 << flag) != 0) {
                for (value, weight) in row.iter_mut().zip(&self.flags[flag * width..][..width]) {
                    *value += weight;
                }
            }
        }
    }
}

impl Embedder {
    /// Numbers of a form.
    fn inputs(&self) -> usize {
        self.mix.inputs()
    }

    /// Writes the table rows and the word vector of a form; gives the hashes of its features and its cluster.
    fn embed(&self, token: &str, hasher: &mut Hasher, out: &mut [f32]) -> [u64; 7] {
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

/// Flags that a token's bits have room for.
const MOST_FLAGS: usize = 32;

/// Names of the recurrent layers for those who watch.
const STAGES: [&str; 4] = ["sru0", "sru1", "sru2", "sru3"];
