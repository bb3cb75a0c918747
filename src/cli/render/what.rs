//! Which kinds of records are printed.

use clap::ValueEnum;

use crate::record::AnalysisRecord;

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Who said what to whom
    Statements,
    /// Who did what to whom
    Events,
    /// Whole articles: text, sentences, statements, events
    Analyses,
}

/// The kinds that are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Selection {
    pub(super) statements: bool,
    pub(super) events: bool,
    /// Whole analyses, in a form that has room for them.
    pub(super) analyses: bool,
}

impl Selection {
    /// Of what was asked for; everything where nothing was.
    pub(super) fn new(what: &[What]) -> Self {
        let analyses = what.is_empty() || what.contains(&What::Analyses);
        let asked = |one| analyses || what.contains(&one);
        Self { statements: asked(What::Statements), events: asked(What::Events), analyses }
    }

    /// Takes out of an article what was not asked for.
    pub(super) fn narrow(self, record: &mut AnalysisRecord) {
        if !self.statements {
            record.statements.clear();
        }
        if !self.events {
            record.events.clear();
        }
        if !self.analyses {
            record.entities.clear();
        }
    }
}
