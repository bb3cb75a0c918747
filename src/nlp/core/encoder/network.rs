//! The network itself: from the tokens of a document to a row of numbers for each, stage by stage.

use pulp::Arch;

use super::elementwise;
use super::embedder::Embedder;
use super::encoding::Encoding;
use super::features::Quotation;
use super::gazetteer::Gazetteer;
use super::layers::{Convolution, Norm, Sru, resize};
use crate::nlp::core::segments;
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::{Document, work};

/// Flag of the first token of a sentence.
const FLAG_FIRST: usize = 0;

/// Flag of a token within double quotation marks.
const FLAG_QUOTED: usize = 1;

/// The weights. Immutable: shared by all threads.
#[derive(Debug)]
pub(in crate::nlp) struct Encoder {
    embedder: Embedder,
    gazetteer: Gazetteer,
    norm: Norm,
    convolution: Convolution,
    pub(super) layers: Vec<Sru>,
    pub(super) width: usize,
    pub(super) arch: Arch,
}

impl Encoder {
    pub(in crate::nlp) fn read(file: &ModelFile) -> Result<Self, ModelError> {
        let width = file.config("width")?;
        Ok(Self {
            embedder: Embedder::read(file, 2 * width)?,
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
    pub(in crate::nlp) fn outputs(&self) -> usize {
        2 * self.width
    }

    /// Reads a document's tokens, sentences and paragraphs, and shows the rows after each stage. Nothing is carried over the
    /// borders of windows (`segments.rs`).
    pub(in crate::nlp) fn encode_observed(
        &self,
        doc: &Document,
        encoding: &mut Encoding,
        mut observe: impl FnMut(Stage, &[f32]),
    ) {
        segments::find(doc, &mut encoding.segments);
        segments::cut(doc, &encoding.segments, &mut encoding.windows);
        self.embed(doc, encoding);
        work::count(doc.tokens.len());
        let Encoding { rows, windows, wide, other, state, .. } = encoding;
        self.norm.apply(self.arch, rows);
        observe(Stage::Mix, rows);
        self.convolution.apply(self.arch, windows, rows, wide, other);
        observe(Stage::Convolution, rows);
        for (layer, sru) in self.layers.iter().enumerate() {
            sru.apply(self.arch, windows, rows, other, wide, state);
            std::mem::swap(rows, other);
            observe(Stage::Recurrent(layer), rows);
        }
    }

    /// Fills the rows with the mix of each token: what its type and its flags add.
    fn embed(&self, doc: &Document, encoding: &mut Encoding) {
        let Encoding { rows, windows, types, tokens, .. } = encoding;
        let all_flags = &self.embedder.flags;
        types.begin();
        tokens.clear();
        tokens.extend(doc.tokens.iter().map(|token| (types.number(doc.slice(*token), &self.embedder), 0)));
        types.finish(&self.embedder);
        let n_flags = all_flags.len() / self.outputs();
        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let own = &mut tokens[range];
            own[0].1 |= 1 << FLAG_FIRST;
            let (parts, mut raised) = (|token: usize| types.get(own[token].0).name_part, Vec::new());
            self.gazetteer.mark(own.len(), parts, &types.keys, |token, flag| raised.push((token, flag)));
            for (token, flag) in raised {
                own[token].1 |= 1 << flag;
            }
        }
        for bounds in windows.windows(2) {
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
                for (value, weight) in row.iter_mut().zip(&all_flags[flag * width..][..width]) {
                    *value += weight;
                }
            }
        }
    }
}
