//! Parts of speech, Penn tags and morphological features: the label with the highest score, for each token.

use std::ops::Range;

use super::core::{Columns, Stacked, argmax};
use super::model_file::{ModelError, ModelFile};
use crate::text::{Document, Feats, Upos, Xpos};

/// The three tag heads.
#[derive(Debug)]
pub(super) struct Tagger {
    upos: Head<Upos>,
    xpos: Head<Xpos>,
    feats: Head<Feats>,
}

/// Labels of a head, and where their scores stand.
#[derive(Debug)]
struct Head<L> {
    labels: Vec<L>,
    columns: Range<usize>,
}

impl<L: Copy + std::str::FromStr<Err = crate::text::UnknownLabel>> Head<L> {
    fn read(file: &ModelFile, columns: &Columns, name: &str) -> Result<Self, ModelError> {
        let labels = file.labels(name)?.iter().map(|label| label.parse()).collect::<Result<Vec<L>, _>>()?;
        let columns = columns.of(&format!("tag.{name}"));
        if labels.len() != columns.len() || labels.is_empty() {
            let section = file.required(&format!("tag.{name}.bias"))?;
            return Err(section.wrong(format!("{} labels but {} scores", labels.len(), columns.len())));
        }
        Ok(Self { labels, columns })
    }

    fn fill(&self, scores: &Stacked<'_>, n_tokens: usize, layer: &mut Vec<L>) {
        layer.clear();
        layer.extend((0..n_tokens).map(|token_idx| self.labels[argmax(scores.row(token_idx, &self.columns))]));
    }
}

impl Tagger {
    pub(super) fn read(file: &ModelFile, columns: &Columns) -> Result<Self, ModelError> {
        Ok(Self {
            upos: Head::read(file, columns, "upos")?,
            xpos: Head::read(file, columns, "xpos")?,
            feats: Head::read(file, columns, "feats")?,
        })
    }

    /// Fills the tags of every token.
    pub(super) fn annotate(&self, doc: &mut Document, scores: &Stacked<'_>) {
        let n_tokens = doc.tokens.len();
        self.upos.fill(scores, n_tokens, &mut doc.upos);
        self.xpos.fill(scores, n_tokens, &mut doc.xpos);
        self.feats.fill(scores, n_tokens, &mut doc.feats);
    }
}
