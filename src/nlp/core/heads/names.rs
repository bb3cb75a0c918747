//! Names: the best sequence of BIO labels in each sentence, over what the encoder and the sparse features say.
//!
//! What the gazetteer knows is an input of the encoder, not decided here.

use super::bio_labels::kinds_of;
use super::head::{Head, Reading, Weights};
use super::sparse::SparseFeatures;
use crate::nlp::core::decode::Transitions;
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::encoder::{HeadInput, HeadRows, Properties};
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::ModelError;
use crate::text::{Document, Entity, EntityKind, Layer, TokenRange};

/// The head for names.
#[derive(Debug)]
pub(in crate::nlp) struct Names {
    kinds: Vec<EntityKind>,
    input: HeadInput,
    out: Linear,
    sparse: Option<SparseFeatures>,
    transitions: Transitions,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct NameSpace {
    pub(in crate::nlp) rows: HeadRows,
    scores: Vec<f32>,
    back: Vec<u8>,
    properties: Vec<Properties>,
    /// The scores before they become sums, for the test that compares them.
    #[cfg(test)]
    pub(in crate::nlp) seen: Vec<f32>,
}

impl Head for Names {
    const FILLS: Layer = Layer::Names;
    type Space = NameSpace;

    fn read(Weights { file, encoder, .. }: &Weights<'_>) -> Result<Option<Self>, ModelError> {
        let labels = file.labels("entity")?;
        let input = HeadInput::read(file, "entity", encoder)?;
        let out = Linear::read(file, "entity.out", input.outputs())?;
        let section = file.required("entity.out.weight")?;
        let kinds = kinds_of(labels, &section)?;
        if out.outputs() != labels.len() {
            return Err(section.wrong(format!("{} labels but {} scores", labels.len(), out.outputs())));
        }
        let mut transitions = Transitions::read(file, "entity", &[labels.len()])?.remove(0);
        let sparse = SparseFeatures::read(file, "signs", labels.len(), &mut transitions)?;
        Ok(Some(Self { kinds, input, out, sparse, transitions }))
    }

    fn hear(&self, stage: Stage, rows: &[f32], space: &mut NameSpace) {
        self.input.gather(stage, rows, &mut space.rows);
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut NameSpace) {
        let NameSpace {
            rows,
            scores,
            back,
            properties,
            #[cfg(test)]
            seen,
        } = space;
        #[cfg(test)]
        seen.clear();
        let (_, hidden) = self.input.apply(reading.encoder, reading.encoding, rows);
        self.out.apply(Matrix::whole(hidden, self.input.outputs()), scores);
        doc.entities.clear();
        let n_labels = self.out.outputs();
        for sentence in &doc.sentences {
            let range = sentence.tokens.range();
            let scores = &mut scores[range.start * n_labels..range.end * n_labels];
            if let Some(sparse) = &self.sparse {
                sparse.add(&range, reading.encoding, properties, scores);
            }
            #[cfg(test)]
            seen.extend_from_slice(scores);
            self.transitions.best(scores, back, |name, kind| {
                let tokens = TokenRange::new(range.start + name.start, range.start + name.end);
                doc.entities.push(Entity { tokens, kind: self.kinds[kind] });
            });
        }
    }
}
