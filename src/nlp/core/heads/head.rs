//! What a head is: what it reads from the model file, what it needs, which layer it fills.

use std::any::Any;
use std::fmt;

use super::projections::{Columns, Projected};
use crate::nlp::core::encoder::{Encoder, Encoding};
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::{Document, Layer};

/// A head. Its weights are immutable and shared by all threads; each thread has a working space for it.
pub(in crate::nlp) trait Head: fmt::Debug + Send + Sync + Sized + 'static {
    /// The layer it fills. What stood in it before is replaced.
    const FILLS: Layer;
    /// The layers that must be filled before, beside tokens and sentences.
    const NEEDS: &'static [Layer] = &[];
    /// Projections that it reads straight from the encoder: the core computes those of all heads in one product.
    const PROJECTIONS: &'static [&'static str] = &[];
    /// Working space, kept from article to article.
    type Space: fmt::Debug + Default + Send;

    /// Reads its sections; nothing if the file was made without this head.
    fn read(weights: &Weights<'_>) -> Result<Option<Self>, ModelError>;

    /// Hears what a stage of the encoder says of each token, for heads with layers of their own.
    fn hear(&self, _stage: Stage, _rows: &[f32], _space: &mut Self::Space) {}

    /// Fills its layer of a document that has been read.
    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut Self::Space);
}

/// Where a head reads its weights from.
pub(in crate::nlp) struct Weights<'a> {
    /// The model file.
    pub(in crate::nlp) file: &'a ModelFile,
    /// The encoder that it will stand on.
    pub(in crate::nlp) encoder: &'a Encoder,
    /// Where each projection's columns will stand.
    pub(in crate::nlp) columns: &'a Columns,
}

/// What the encoder says of a document.
pub(in crate::nlp) struct Reading<'a> {
    /// The encoder, whose working space heads with layers of their own may borrow.
    pub(in crate::nlp) encoder: &'a Encoder,
    /// What its last stage says.
    pub(in crate::nlp) encoding: &'a mut Encoding,
    /// The projections of all heads.
    pub(in crate::nlp) projected: Projected<'a>,
}

/// A head whose type has been forgotten, so that all stand in one list.
pub(in crate::nlp) trait AnyHead: fmt::Debug + Send + Sync {
    /// [`Head::FILLS`]
    fn fills(&self) -> Layer;
    /// A new working space.
    fn space(&self) -> Box<dyn Any + Send>;
    /// [`Head::hear`]
    fn hear(&self, stage: Stage, rows: &[f32], space: &mut dyn Any);
    /// [`Head::annotate`]
    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut dyn Any);
}

fn own<H: Head>(space: &mut dyn Any) -> &mut H::Space {
    space.downcast_mut().expect("each head is given the space that it made")
}

impl<H: Head> AnyHead for H {
    fn fills(&self) -> Layer {
        H::FILLS
    }

    fn space(&self) -> Box<dyn Any + Send> {
        Box::new(H::Space::default())
    }

    fn hear(&self, stage: Stage, rows: &[f32], space: &mut dyn Any) {
        Head::hear(self, stage, rows, own::<H>(space));
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut dyn Any) {
        Head::annotate(self, doc, reading, own::<H>(space));
    }
}

/// Reads a head's weights from a model file: nothing if the file has no such head.
pub(in crate::nlp) type ReadHead = fn(&Weights<'_>) -> Result<Option<Box<dyn AnyHead>>, ModelError>;

/// A head in the list, before its weights are read.
pub(in crate::nlp) struct Entry {
    fills: Layer,
    needs: &'static [Layer],
    /// [`Head::PROJECTIONS`]
    pub(in crate::nlp) projections: &'static [&'static str],
    /// [`Head::read`]
    pub(in crate::nlp) read: ReadHead,
}

impl Entry {
    pub(super) const fn of<H: Head>() -> Self {
        Self { fills: H::FILLS, needs: H::NEEDS, projections: H::PROJECTIONS, read: read::<H> }
    }
}

fn read<H: Head>(weights: &Weights<'_>) -> Result<Option<Box<dyn AnyHead>>, ModelError> {
    Ok(H::read(weights)?.map(|head| Box::new(head) as Box<dyn AnyHead>))
}

/// Whether every head finds its layers filled by those before it.
pub(super) const fn are_in_order(heads: &[Entry]) -> bool {
    let mut at = 0;
    while at < heads.len() {
        let mut need = 0;
        while need < heads[at].needs.len() {
            let mut before = 0;
            while before < at && heads[before].fills as u8 != heads[at].needs[need] as u8 {
                before += 1;
            }
            if before == at {
                return false;
            }
            need += 1;
        }
        at += 1;
    }
    true
}
