//! Measuring: gold files in, the system's answer and figures out, as the project's scorers compute them.
//!
//! Sentence boundaries, trees, names and statements, each in the format of its gold file (JSON lines, CoNLL-U, BIO), who is who and
//! events in that of the analysis record, so that every answer can be scored by another program too. Behind the feature `score`; stands
//! above `record`, and nothing uses it. It reads and writes strings: files are the program's.

pub mod analyses;
pub mod conllu;
pub mod entities;
pub mod events;
pub mod logistic;
pub mod pairs;
pub mod parse;
pub mod reliability;
pub mod sentences;
pub mod statements;
pub mod tokens;
pub mod trace;
pub mod who;

mod excerpt;
mod json_lines;

/// What is wrong with a gold or system file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {problem}")]
pub struct ScoreError {
    /// Name of the file, as given.
    pub file: String,
    /// Line, counted from 1; 0 for the file as a whole.
    pub line: usize,
    /// What was found and what was expected.
    pub problem: String,
}

impl ScoreError {
    fn new(file: &str, line: usize, problem: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, problem: problem.into() }
    }
}

/// Precision, recall and their harmonic mean from counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Counts {
    gold: usize,
    system: usize,
    both: usize,
}

impl Counts {
    fn precision(self, of_nothing: f64) -> f64 {
        share(self.both, self.system).unwrap_or(of_nothing)
    }

    fn recall(self, of_nothing: f64) -> f64 {
        share(self.both, self.gold).unwrap_or(of_nothing)
    }

    fn f1(self, of_nothing: f64) -> f64 {
        let (precision, recall) = (self.precision(of_nothing), self.recall(of_nothing));
        if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
    }
}

/// How many of how many are right.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    of: usize,
    right: usize,
}

impl Part {
    fn count(&mut self, is_right: bool) {
        self.of += 1;
        self.right += usize::from(is_right);
    }

    /// Counts what gold tells; of what it does not tell nothing is asked.
    fn count_told(&mut self, is_right: Option<bool>) {
        if let Some(is_right) = is_right {
            self.count(is_right);
        }
    }

    fn percent(self) -> f64 {
        100.0 * share(self.right, self.of).unwrap_or(0.0)
    }
}

/// A part of a whole, nothing if the whole is nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}
