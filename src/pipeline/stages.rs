//! The work on one article, as the loop runs it: decode, analyze, encode. Every message ends as findings or as a
//! rejection with its dead letter, never as neither.

use std::sync::Arc;
use std::time::Instant;

use crate::analyzer::{Analyzer, Models};
use crate::pipeline::tap::{AtWork, Tap};
use crate::pipeline::worker::{Outcome, Process, ProcessFactory};
use crate::record::{AnalysisRecord, Channel, InputOptions, Message, OutputOptions, input, output};
use crate::telemetry::{Metrics, Stage};

/// What the stages share: models, settings, metrics.
#[derive(Debug, Clone)]
pub struct Stages {
    /// Lexicons and weights.
    pub models: Arc<Models>,
    /// What is accepted.
    pub input: InputOptions,
    /// What is written.
    pub output: OutputOptions,
    /// Where stage times go.
    pub metrics: Arc<Metrics>,
    /// Who looks on, if anybody does.
    pub tap: Option<Arc<dyn Tap>>,
}

impl ProcessFactory for Stages {
    type Process = ArticleProcess;

    fn build(&self) -> ArticleProcess {
        ArticleProcess { analyzer: Analyzer::new(&self.models), stages: self.clone() }
    }

    fn channels(&self) -> Vec<(Channel, usize)> {
        let channels = self.output.channels();
        channels.into_iter().map(|channel| (channel, self.output.max_bytes_of(channel))).collect()
    }

    fn tap(&self) -> Option<Arc<dyn Tap>> {
        self.tap.clone()
    }
}

/// The stages of one thread.
#[derive(Debug)]
pub struct ArticleProcess {
    analyzer: Analyzer,
    stages: Stages,
}

impl Process for ArticleProcess {
    fn process(&mut self, message: &Message) -> Outcome {
        let Stages { models, input: accepted, output: wanted, metrics, tap } = &self.stages;
        let _at_work = AtWork::new(tap.as_ref());
        let begun = Instant::now();
        let decoded = input::decode(message, accepted);
        let decoded_at = Instant::now();
        metrics.observe_stage(Stage::Decode, decoded_at - begun);
        let article = match decoded {
            Ok(article) => article,
            Err(rejection) => return Outcome::rejected(message, &rejection),
        };
        let analysis = self.analyzer.analyze(&article);
        let analyzed_at = Instant::now();
        metrics.observe_stage(Stage::Analyze, analyzed_at - decoded_at);
        let encoded = AnalysisRecord::new(&article, &analysis, models.provenance(), wanted.min_confidence);
        let encoded = encoded.and_then(|record| {
            let records = output::encode_record(&record, &article, message, wanted)?;
            let sight = tap.as_ref().map(|tap| tap.of_analysis(message, &record));
            Ok(Outcome { sight, ..Outcome::analyzed(records) })
        });
        metrics.observe_stage(Stage::Encode, analyzed_at.elapsed());
        match encoded {
            Ok(outcome) => outcome,
            Err(rejection) => Outcome::rejected(message, &rejection),
        }
    }
}
