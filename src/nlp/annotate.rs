//! What a stage before the core is: it reads some layers of a document and fills one.

use crate::text::{Document, Layer};

/// A stage: reads the layers it needs, fills one.
///
/// A stage owns the buffers it uses again, hence `&mut self`; what it writes depends on the document alone.
/// A stage whose needs are not filled finds nothing to do; it does not fail.
pub trait Annotate {
    /// The layer this stage fills.
    const FILLS: Layer;
    /// The layers that must be filled before.
    const NEEDS: &'static [Layer];

    /// Fills the layer. What stood in it before is replaced.
    fn annotate(&mut self, doc: &mut Document);
}
