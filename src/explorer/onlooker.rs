//! What lanes show what they committed, and what answers for it.

use std::sync::Arc;
use std::time::SystemTime;

use super::desk::Desk;
use super::gate::Gate;
use super::history::History;
use super::options::ExplorerOptions;
use super::row;
use super::turns::Turns;
use crate::analyzer::Models;
use crate::pipeline::ports::Partition;
use crate::pipeline::{Sight, Tap};
use crate::record::{
    AnalysisRecord, EventRecord, InputOptions, Message, OutgoingRecord, RejectionReason, StatementRecord,
};
use crate::telemetry::Health;

/// What the page shows and what answers for it. Shared by lanes, which show it what they committed, and by the HTTP side.
#[derive(Debug)]
pub struct Explorer {
    pub(super) history: History,
    pub(super) gate: Arc<Gate>,
    pub(super) desk: Desk,
    pub(super) turns: Turns,
    pub(super) health: Option<Arc<Health>>,
}

impl Explorer {
    /// An explorer beside `n_threads` analysis threads of a topic.
    pub fn new(
        options: &ExplorerOptions,
        models: Arc<Models>,
        input: InputOptions,
        n_threads: usize,
        health: Option<Arc<Health>>,
    ) -> Arc<Self> {
        let gate = Arc::new(Gate::new(n_threads, options.admission.idle));
        let desk = Desk::new(models, input, Arc::clone(&gate), options.admission.patience);
        let turns = Turns::new(Arc::clone(&gate), options.admission.patience);
        Arc::new(Self { history: History::new(options), gate, desk, turns, health })
    }

    /// What is to be shown of findings of one article, of which a topic holds no text.
    pub fn of_findings(
        &self,
        message: &Message,
        statements: &[StatementRecord],
        events: &[EventRecord],
    ) -> Option<Sight> {
        let article = statements.first().map(|found| &found.article).or(events.first().map(|found| &found.article))?;
        Some(row::of_findings(Some(message.origin.clone()), article, statements, events))
    }
}

impl Tap for Explorer {
    fn begun(&self) {
        self.gate.begun();
    }

    fn ended(&self) {
        self.gate.ended();
    }

    fn of_analysis(&self, message: &Message, record: &AnalysisRecord) -> Sight {
        row::of_analysis(Some(message.origin.clone()), record)
    }

    fn of_dead_letter(&self, letter: &OutgoingRecord, reason: RejectionReason) -> Sight {
        row::of_dead_letter(letter, reason)
    }

    fn committed(&self, sights: Vec<Sight>) {
        self.history.add(sights, SystemTime::now());
    }

    fn lag(&self, partition: &Partition, lag: Option<i64>) {
        self.history.set_lag(&partition.topic, partition.index, lag);
    }
}
