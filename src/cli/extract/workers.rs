//! Analyzes articles on several threads and gives the results back in the order of the input.

use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::super::render::Renderer;
use super::refused;
use crate::analyzer::{Analyzer, Models};
use crate::record::files::FileError;
use crate::record::{AnalysisRecord, InputOptions, Message, MinConfidence, Origin, Rejection, RejectionReason, input};

/// Articles that may be begun and not yet printed, for each thread: enough that a long article does not idle the other
/// threads, few enough that memory stays bounded.
const IN_FLIGHT_A_THREAD: usize = 8;

/// What came of one article, or of one file.
pub(super) enum Outcome {
    /// Findings, ready to print.
    Rendered(Vec<u8>),
    /// The article was refused.
    Refused {
        /// File and line.
        place: String,
        /// Why.
        rejection: Rejection,
    },
    /// The file could not be read.
    Unreadable(FileError),
}

/// What the threads need to know.
pub(super) struct Work {
    pub(super) models: Arc<Models>,
    pub(super) input: InputOptions,
    pub(super) min_confidence: MinConfidence,
    pub(super) renderer: Renderer,
    pub(super) n_threads: usize,
}

impl Work {
    /// Analyzes every message and hands the outcomes to `take` in the order of the messages, on this thread. Stops early
    /// when `take` fails.
    pub(super) fn run(
        &self,
        messages: impl Iterator<Item = Result<Message, FileError>> + Send,
        mut take: impl FnMut(Outcome) -> io::Result<()>,
    ) -> io::Result<()> {
        let n_in_flight = self.n_threads * IN_FLIGHT_A_THREAD;
        let (ticket_sender, tickets) = crossbeam_channel::bounded(n_in_flight);
        let (job_sender, jobs) = crossbeam_channel::bounded(n_in_flight);
        let (outcome_sender, outcomes) = crossbeam_channel::bounded(n_in_flight);
        for _ in 0..n_in_flight {
            ticket_sender.send(()).expect("the receiver is alive and the channel has room for every ticket");
        }

        std::thread::scope(|scope| {
            // Whoever meets a closed channel stops: that is how a failed `take` ends all threads.
            scope.spawn(move || {
                for job in messages.enumerate() {
                    if tickets.recv().is_err() || job_sender.send(job).is_err() {
                        return;
                    }
                }
            });
            for _ in 0..self.n_threads {
                let (jobs, outcome_sender) = (jobs.clone(), outcome_sender.clone());
                scope.spawn(move || {
                    let mut analyzer = Analyzer::new(&self.models);
                    for (number, message) in jobs {
                        let outcome = message.map_or_else(refused, |message| self.analyze(&mut analyzer, &message));
                        if outcome_sender.send((number, outcome)).is_err() {
                            return;
                        }
                    }
                });
            }
            drop((jobs, outcome_sender));

            // Owned in here, so that leaving early closes the channel that the reader of the files waits at.
            let ticket_sender = ticket_sender;
            let mut early = BTreeMap::new();
            let mut due = 0;
            for (number, outcome) in outcomes {
                early.insert(number, outcome);
                while let Some(outcome) = early.remove(&due) {
                    take(outcome)?;
                    due += 1;
                    // The reader is gone when it has read everything.
                    let _ = ticket_sender.send(());
                }
            }
            Ok(())
        })
    }

    fn analyze(&self, analyzer: &mut Analyzer, message: &Message) -> Outcome {
        let refused = |rejection| placed(&message.origin, rejection);
        // The analyzer's buffers may be half written after a panic, so it is made anew.
        let analyzed = catch_unwind(AssertUnwindSafe(|| {
            let article = input::decode(message, &self.input)?;
            let analysis = analyzer.analyze(&article);
            AnalysisRecord::new(&article, &analysis, self.models.provenance(), self.min_confidence)
        }));
        match analyzed {
            Ok(Ok(record)) => Outcome::Rendered(self.renderer.render(&record)),
            Ok(Err(rejection)) => refused(rejection),
            Err(_) => {
                *analyzer = Analyzer::new(&self.models);
                refused(Rejection::new(RejectionReason::AnalysisPanicked, "the analysis panicked, which is a defect"))
            }
        }
    }
}

/// File and line, as compilers write them.
pub(super) fn place(origin: &Origin) -> String {
    format!("{}:{}", origin.topic, origin.offset)
}

/// File, line and column of a refused article, where a parser told where in the article it broke off: that place is then in the file
/// and not said again.
fn placed(origin: &Origin, rejection: Rejection) -> Outcome {
    let read = || {
        let (place, said) = rejection.detail.strip_prefix("not JSON at ")?.split_once(": ")?;
        let (line, column) = match place.strip_prefix("line ") {
            Some(place) => place.split_once(", column ")?,
            None => ("1", place.strip_prefix("column ")?),
        };
        let line = origin.offset + line.parse::<i64>().ok()? - 1;
        let column: u64 = column.parse().ok()?;
        let place = format!("{}:{line}:{column}", origin.topic);
        Some((place, Rejection::new(rejection.reason, format!("not JSON: {said}"))))
    };
    let (place, rejection) = read().unwrap_or_else(|| (place(origin), rejection.clone()));
    Outcome::Refused { place, rejection }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::render::{Format, Wanted};
    use super::*;

    #[test]
    fn a_closed_pipe_ends_the_command_though_more_is_to_be_read() {
        let (sender, ended) = crossbeam_channel::bounded(1);
        std::thread::spawn(move || {
            let work = Work {
                models: Models::embedded(),
                input: InputOptions::default(),
                min_confidence: MinConfidence::default(),
                renderer: Renderer::new(Format::Jsonl, Wanted::default()).unwrap(),
                n_threads: 2,
            };
            let message = |offset| Message {
                origin: Origin { topic: "stdin".into(), partition: 0, offset, timestamp_ms: None },
                key: None,
                payload: Some(b"The two delegations met in the capital.".to_vec()),
                headers: Vec::new(),
            };
            let result =
                work.run((0..1000).map(|offset| Ok(message(offset))), |_| Err(io::ErrorKind::BrokenPipe.into()));
            let _ = sender.send(result.map_err(|error| error.kind()));
        });
        let result = ended.recv_timeout(Duration::from_mins(10));
        assert_eq!(result, Ok(Err(io::ErrorKind::BrokenPipe)), "`extract … | head -1` hangs");
    }
}
