//! The work on one article, as the loop runs it: decode, analyse, encode. Every message ends as findings or as a
//! rejection with its dead letter, never as neither.

use std::sync::Arc;
use std::time::Instant;

use crate::analyzer::{Analyzer, Models};
use crate::pipeline::worker::{Outcome, Process, ProcessFactory};
use crate::record::{Channel, InputOptions, Message, OutputOptions, input, output};
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
}

/// The stages of one thread.
#[derive(Debug)]
pub struct ArticleProcess {
    analyzer: Analyzer,
    stages: Stages,
}

impl Process for ArticleProcess {
    fn process(&mut self, message: &Message) -> Outcome {
        let Stages { models, input: accepted, output: wanted, metrics } = &self.stages;
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
        let encoded = output::encode(&article, &analysis, message, wanted, models.provenance());
        metrics.observe_stage(Stage::Encode, analyzed_at.elapsed());
        match encoded {
            Ok(records) => Outcome { records, rejection: None },
            Err(rejection) => Outcome::rejected(message, &rejection),
        }
    }
}
