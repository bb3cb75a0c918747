//! The linguistic core: one reading of the document by the encoder, then every head on it.
//!
//! The projections that heads read straight from the encoder are one matrix product, of which each takes its columns; names and
//! roles have layers of their own. What is found does not depend on what was read before, nor on how many threads read: an
//! article is encoded by itself.

mod decode;
mod encoder;
#[cfg(test)]
mod forward_pass;
mod heads;
mod pieces;
mod segments;
mod stage;

use std::any::Any;
use std::sync::Arc;

use super::consistency::harmonize;
use super::dates::mark_dates;
use super::density;
use super::model_file::{ModelBytes, ModelError, ModelFile};
use super::sentences::BoundaryModel;
use crate::text::Document;
use encoder::kernel::Matrix;
use encoder::{Encoder, Encoding};
use heads::{AnyHead, EventSpace, HEADS, Projections, Reading, Weights};
use pieces::{PIECE, Piece, pieces};

pub use heads::{Asked, AskedParty, AskedTrigger, AskedWord};
pub use stage::Stage;

/// The trained core that is shipped; its card is `models/english.md`.
static SHIPPED: &[u8] = include_bytes!("../../../models/english.model");

/// A loaded model. Immutable: shared by all threads.
#[derive(Debug)]
pub struct CoreModel {
    version: String,
    attribution: Vec<String>,
    encoder: Encoder,
    projections: Projections,
    /// Those that the file has weights for, in the order of the list.
    heads: Vec<Box<dyn AnyHead>>,
    boundaries: Option<Arc<BoundaryModel>>,
}

impl CoreModel {
    /// The model that is built into the binary.
    ///
    /// # Panics
    /// If it is malformed, which no input can cause and every test run would show.
    pub fn embedded() -> Arc<Self> {
        Arc::new(Self::parse(ModelBytes::Embedded(SHIPPED)).expect("the model built into the binary is sound"))
    }

    /// Reads a model file.
    ///
    /// # Errors
    /// If the file is damaged or foreign, lacks a part, or has labels that this program does not know.
    pub fn parse(bytes: ModelBytes) -> Result<Self, ModelError> {
        let file = ModelFile::parse(bytes)?;
        let encoder = Encoder::read(&file)?;
        let names: Vec<&str> = HEADS.iter().flat_map(|head| head.projections).copied().collect();
        let (projections, columns) = Projections::read(&file, &names, encoder.outputs())?;
        let weights = Weights { file: &file, encoder: &encoder, columns: &columns };
        let heads = HEADS.iter().filter_map(|head| (head.read)(&weights).transpose()).collect::<Result<_, _>>()?;
        Ok(Self {
            version: file.version(),
            attribution: file.attribution().to_vec(),
            projections,
            heads,
            boundaries: BoundaryModel::read(&file)?.map(Arc::new),
            encoder,
        })
    }

    /// Name and version of the model.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The learned part of the sentence splitter, if the file holds one.
    pub fn boundaries(&self) -> Option<Arc<BoundaryModel>> {
        self.boundaries.clone()
    }

    /// The corpora the model was trained on, with their licenses.
    pub fn attribution(&self) -> &[String] {
        &self.attribution
    }
}

/// Fills the layers of documents that have tokens and sentences. One per thread.
#[derive(Debug)]
pub struct Core {
    model: Arc<CoreModel>,
    encoding: Encoding,
    projected: Vec<f32>,
    /// The working space of each head.
    spaces: Vec<Box<dyn Any + Send>>,
}

impl Core {
    /// A worker over a shared model.
    pub fn new(model: &Arc<CoreModel>) -> Self {
        Self {
            model: Arc::clone(model),
            encoding: Encoding::default(),
            projected: Vec::new(),
            spaces: model.heads.iter().map(|head| head.space()).collect(),
        }
    }

    /// The same worker, which also tells how probable a trigger of an event is at every token: to explain what is found, and what is not.
    #[must_use]
    pub fn telling_chances(mut self) -> Self {
        for space in self.spaces.iter_mut().filter_map(|space| space.downcast_mut::<EventSpace>()) {
            space.tells_chances = true;
        }
        self
    }

    /// Fills every layer that the model has a head for. The document has tokens and sentences.
    pub fn annotate(&mut self, doc: &mut Document) {
        self.annotate_observed(doc, |_| {});
    }

    /// The same, telling when each stage is done, for measuring.
    pub fn annotate_observed(&mut self, doc: &mut Document, mut done: impl FnMut(Stage)) {
        let unread = density::unread(doc);
        if doc.tokens.len() <= PIECE && unread.is_empty() {
            self.read(doc, &mut done);
        } else {
            doc.clear_annotations();
            for Piece { tokens, is_read } in pieces(doc, &unread) {
                let mut part = doc.part(&tokens);
                if is_read {
                    self.read(&mut part, &mut done);
                } else {
                    self.model.heads.iter().for_each(|head| part.leave_unread(head.fills()));
                }
                doc.append_annotations(part, tokens.start);
            }
        }
        harmonize(doc);
        mark_dates(doc);
        done(Stage::Agreement);
    }

    /// From now on keeps what it asks of the tree about triggers of events, see [`Core::asked`].
    pub fn keep_asked(&mut self) {
        if let Some(space) = self.spaces.iter_mut().find_map(|space| space.downcast_mut::<EventSpace>()) {
            space.asked = Some(Asked::default());
        }
    }

    /// What was asked about the last document, or about the last piece of a long one.
    pub fn asked(&self) -> Option<&Asked> {
        let space = self.spaces.iter().find_map(|space| space.downcast_ref::<EventSpace>());
        space.and_then(|space| space.asked.as_ref())
    }

    /// What the model alone says of a document, or of a piece of one.
    fn read(&mut self, doc: &mut Document, done: &mut impl FnMut(Stage)) {
        let CoreModel { encoder, projections, heads, .. } = &*self.model;
        let Self { encoding, projected, spaces, .. } = self;
        encoder.encode_observed(doc, encoding, |stage, rows| {
            for (head, space) in heads.iter().zip(&mut *spaces) {
                head.hear(stage, rows, &mut **space);
            }
            done(stage);
        });
        projections.apply(Matrix::whole(&encoding.rows, encoder.outputs()), projected);
        done(Stage::Projections);
        let projected = projections.rows(projected);
        let mut reading = Reading { encoder, encoding, projected };
        for (head, space) in heads.iter().zip(spaces) {
            head.annotate(doc, &mut reading, &mut **space);
            done(Stage::Head(head.fills()));
        }
    }
}
