//! How sure a finding of each family of rules is, and what each feature of a statement or event of the core weighs: `data/lexicon/confidence.tsv`.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};

/// Findings that are right equally often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reliability {
    /// Cues inside the words of others, with a quotation as content.
    StatementDirect,
    /// The same, partly quoted.
    StatementMixed,
    /// The same, not quoted.
    StatementIndirect,
    /// Quotations without a cue.
    StatementUncued,
    /// Signed quotations.
    StatementSigned,
    /// Cues that the core overlooked.
    BesideCore,
    /// Nouns of saying that the core overlooked.
    Nominal,
    /// Turns of transcripts.
    Transcript,
    /// What speakers say of their own thoughts.
    OwnWords,
    /// Whatever rules find in a headline.
    Headline,
}

impl Reliability {
    /// All of them, in order, with their names in the table.
    const NAMED: [(Self, &'static str); 10] = [
        (Self::StatementDirect, "statement_direct"),
        (Self::StatementMixed, "statement_mixed"),
        (Self::StatementIndirect, "statement_indirect"),
        (Self::StatementUncued, "statement_uncued"),
        (Self::StatementSigned, "statement_signed"),
        (Self::BesideCore, "beside_core"),
        (Self::Nominal, "nominal"),
        (Self::Transcript, "transcript"),
        (Self::OwnWords, "own_words"),
        (Self::Headline, "headline"),
    ];
}

/// The table.
#[derive(Debug)]
pub(super) struct Confidences {
    of_rules: Vec<f32>,
    weights: HashMap<&'static str, f32>,
    of_events: HashMap<&'static str, f32>,
}

impl Confidences {
    pub(super) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/confidence.tsv");
        // One half where the table is silent: a coin, until somebody measures.
        let mut of_rules = vec![0.5; Reliability::NAMED.len()];
        let (mut weights, mut of_events) = (HashMap::new(), HashMap::new());
        for row in tables::read("data/lexicon/confidence.tsv", text, 3)? {
            let value = row.number(1)?;
            if let Some(feature) = row.cell(0).strip_prefix("core.") {
                weights.insert(feature, value);
                continue;
            }
            if let Some(feature) = row.cell(0).strip_prefix("event.") {
                of_events.insert(feature, value);
                continue;
            }
            let known = Reliability::NAMED.iter().find(|(_, name)| *name == row.cell(0));
            let Some((rule, _)) = known else {
                return Err(row.error(format!("no family of rules is named {:?}", row.cell(0))));
            };
            of_rules[*rule as usize] = value;
        }
        Ok(Self { of_rules, weights, of_events })
    }

    pub(super) fn of(&self, rule: Reliability) -> f32 {
        self.of_rules[rule as usize]
    }

    pub(super) fn weight_of_event(&self, feature: &str) -> f32 {
        self.of_events.get(feature).copied().unwrap_or(0.0)
    }

    pub(super) fn weight_of(&self, feature: &str) -> f32 {
        self.weights.get(feature).copied().unwrap_or(0.0)
    }
}
