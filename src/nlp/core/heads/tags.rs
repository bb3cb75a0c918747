//! Parts of speech, Penn tags and morphological features: the label with the highest score, for each token.

use std::ops::Range;

use super::head::{Head, Reading, Weights};
use super::projections::Projected;
use crate::nlp::core::decode::argmax;
use crate::nlp::model_file::ModelError;
use crate::text::{Document, Feats, Layer, UnknownLabel, Upos, Xpos};

/// Three sets of tags.
#[derive(Debug)]
pub(super) struct Tags {
    upos: TagSet<Upos>,
    xpos: TagSet<Xpos>,
    feats: TagSet<Feats>,
}

/// Labels, and where their scores stand.
#[derive(Debug)]
struct TagSet<L> {
    labels: Vec<L>,
    columns: Range<usize>,
}

impl<L: Copy + std::str::FromStr<Err = UnknownLabel>> TagSet<L> {
    fn read(Weights { file, columns, .. }: &Weights<'_>, name: &str) -> Result<Self, ModelError> {
        let labels = file.labels(name)?.iter().map(|label| label.parse()).collect::<Result<Vec<L>, _>>()?;
        let columns = columns.of(&format!("tag.{name}"));
        if labels.len() != columns.len() || labels.is_empty() {
            let section = file.required(&format!("tag.{name}.bias"))?;
            return Err(section.wrong(format!("{} labels but {} scores", labels.len(), columns.len())));
        }
        Ok(Self { labels, columns })
    }

    fn fill(&self, scores: &Projected<'_>, n_tokens: usize, layer: &mut Vec<L>) {
        layer.clear();
        layer.extend((0..n_tokens).map(|token_idx| self.labels[argmax(scores.row(token_idx, &self.columns))]));
    }
}

impl Head for Tags {
    const FILLS: Layer = Layer::Tags;
    const PROJECTIONS: &'static [&'static str] = &["tag.upos", "tag.xpos", "tag.feats"];
    type Space = ();

    fn read(weights: &Weights<'_>) -> Result<Option<Self>, ModelError> {
        Ok(Some(Self {
            upos: TagSet::read(weights, "upos")?,
            xpos: TagSet::read(weights, "xpos")?,
            feats: TagSet::read(weights, "feats")?,
        }))
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, (): &mut ()) {
        let n_tokens = doc.tokens.len();
        self.upos.fill(&reading.projected, n_tokens, &mut doc.upos);
        self.xpos.fill(&reading.projected, n_tokens, &mut doc.xpos);
        self.feats.fill(&reading.projected, n_tokens, &mut doc.feats);
    }
}
