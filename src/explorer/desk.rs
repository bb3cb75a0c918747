//! Analyses that people ask for: one thread, a short queue before it, and the topic before both.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, TrySendError, bounded};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::gate::Gate;
use crate::analyzer::{Analyzer, Models};
use crate::record::{AnalysisRecord, InputOptions, Message, MinConfidence, Rejection, RejectionReason, input};

/// Requests that wait behind the one that is under way. A usual article takes some tens of milliseconds.
const QUEUE: usize = 16;

/// Largest text that is analyzed on request: some ten times a long one, 100,000 tokens of news. The page around it may be as large as in a
/// topic.
const MAX_BYTES: usize = 512 << 10;

/// What is asked.
#[derive(Debug)]
pub(super) struct Request {
    /// The article as it was sent.
    pub(super) message: Message,
    /// When it was published, where it does not say so itself.
    pub(super) published_at: Option<Timestamp>,
    /// Findings below are left out.
    pub(super) min_confidence: MinConfidence,
}

/// Why there is no analysis.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The article is of no use.
    Article(Rejection),
    /// So many wait already that nobody else is let in.
    QueueFull,
    /// The topic needs every core.
    TopicBusy,
    /// The thread is gone, or could not be had.
    Ended,
}

/// What came of it: the line that `extract` prints.
pub(super) type Answer = Result<Vec<u8>, Refusal>;

type Job = (Request, oneshot::Sender<Answer>);

/// The thread and its queue. It is started when the first article is handed in: most services never need it.
#[derive(Debug)]
pub(super) struct Desk {
    models: Arc<Models>,
    input: InputOptions,
    gate: Arc<Gate>,
    /// How long a request waits for a core that the topic does not need.
    patience: Duration,
    jobs: OnceLock<Option<Sender<Job>>>,
}

impl Desk {
    pub(super) fn new(models: Arc<Models>, input: InputOptions, gate: Arc<Gate>, patience: Duration) -> Self {
        Self { models, input, gate, patience, jobs: OnceLock::new() }
    }

    /// Largest article that is accepted, markup and all.
    pub(super) fn max_bytes(&self) -> usize {
        self.input.max_page_bytes()
    }

    /// Analyzes one article, in its turn.
    pub(super) async fn analyze(&self, request: Request) -> Answer {
        let Some(jobs) = self.jobs.get_or_init(|| self.start()) else { return Err(Refusal::Ended) };
        let (reply, answer) = oneshot::channel();
        match jobs.try_send((request, reply)) {
            Ok(()) => answer.await.unwrap_or(Err(Refusal::Ended)),
            Err(TrySendError::Full(_)) => Err(Refusal::QueueFull),
            Err(TrySendError::Disconnected(_)) => Err(Refusal::Ended),
        }
    }

    fn start(&self) -> Option<Sender<Job>> {
        let (jobs, queue) = bounded::<Job>(QUEUE);
        let worker = Worker {
            models: Arc::clone(&self.models),
            input: self.input.clone(),
            analyzer: Analyzer::new(&self.models),
        };
        let (gate, patience) = (Arc::clone(&self.gate), self.patience);
        let serve = move || {
            let mut worker = worker;
            for (request, reply) in queue {
                // Whoever asked has gone away: no core is spent on it.
                if reply.is_closed() {
                    continue;
                }
                let is_served = gate.wait(patience);
                let begun = Instant::now();
                let answer = if is_served { worker.answer(&request) } else { Err(Refusal::TopicBusy) };
                if is_served {
                    gate.served(begun.elapsed());
                }
                let _ = reply.send(answer);
            }
        };
        let started = std::thread::Builder::new().name("analysis-page".to_owned()).spawn(serve);
        started.inspect_err(|error| tracing::warn!(%error, "no thread for analyses on request")).ok()?;
        Some(jobs)
    }
}

struct Worker {
    models: Arc<Models>,
    input: InputOptions,
    analyzer: Analyzer,
}

impl Worker {
    fn answer(&mut self, request: &Request) -> Answer {
        let analyzed = catch_unwind(AssertUnwindSafe(|| {
            let mut article = input::decode(&request.message, &self.input)?;
            let n_bytes = article.text.len();
            if n_bytes > MAX_BYTES {
                let told = format!("a text of {n_bytes} bytes where at most {MAX_BYTES} are analyzed on request");
                return Err(Rejection::new(RejectionReason::TooLarge, told));
            }
            article.published_at = article.published_at.or(request.published_at);
            let analysis = self.analyzer.analyze(&article);
            AnalysisRecord::new(&article, &analysis, self.models.provenance(), request.min_confidence)
        }));
        let record = analyzed.unwrap_or_else(|_| {
            // Its buffers may be half written after a panic, so it is made anew.
            self.analyzer = Analyzer::new(&self.models);
            Err(Rejection::new(RejectionReason::AnalysisPanicked, "the analysis panicked, which is a defect"))
        });
        let record = record.map_err(Refusal::Article)?;
        let mut line = serde_json::to_vec(&record).expect("a record has string keys and finite numbers only");
        line.push(b'\n');
        Ok(line)
    }
}
