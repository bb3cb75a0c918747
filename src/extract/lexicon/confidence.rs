//! How sure a finding of each family of rules is, and what each feature of a statement of the core weighs: `data/lexicon/confidence.tsv`.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};
use crate::text::labels;

labels! {
    /// Findings that are right equally often.
    pub enum Reliability {
        /// Cues inside the words of others, with a quotation as content.
        StatementDirect = "statement_direct",
        /// The same, partly quoted.
        StatementMixed = "statement_mixed",
        /// The same, not quoted.
        StatementIndirect = "statement_indirect",
        /// Quotations without a cue.
        StatementUncued = "statement_uncued",
        /// Signed quotations.
        StatementSigned = "statement_signed",
        /// Cues that the core overlooked.
        BesideCore = "beside_core",
        /// Turns of transcripts.
        Transcript = "transcript",
        /// What speakers say of their own thoughts.
        OwnWords = "own_words",
        /// Whatever rules find in a headline.
        Headline = "headline",
        /// Events told by a verb.
        EventVerb = "event_verb",
        /// Events told by a noun.
        EventNoun = "event_noun",
    }
}

/// The table.
#[derive(Debug)]
pub(super) struct Confidences {
    of_rules: Vec<f32>,
    weights: HashMap<&'static str, f32>,
}

impl Confidences {
    pub(super) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/confidence.tsv");
        // One half where the table is silent: a coin, until somebody measures.
        let mut of_rules = vec![0.5; Reliability::ALL.len()];
        let mut weights = HashMap::new();
        for row in tables::read("data/lexicon/confidence.tsv", text, 3)? {
            let value = row.number(1)?;
            if let Some(feature) = row.cell(0).strip_prefix("core.") {
                weights.insert(feature, value);
                continue;
            }
            let rule: Reliability = row.cell(0).parse().map_err(|error| row.error(format!("{error}")))?;
            of_rules[rule as usize] = value;
        }
        Ok(Self { of_rules, weights })
    }

    pub(super) fn of(&self, rule: Reliability) -> f32 {
        self.of_rules[rule as usize]
    }

    pub(super) fn weight_of(&self, feature: &str) -> f32 {
        self.weights.get(feature).copied().unwrap_or(0.0)
    }
}
