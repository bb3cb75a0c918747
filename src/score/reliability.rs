//! Whether a confidence of 0.7 is right seven times in ten: a reliability table, and the weights that would make it so.
//!
//! What is right is for the caller to say. The weights are those of a logistic curve over the features that the extractor looked at, fitted with a small
//! penalty ([`logistic`]).

use std::fmt;

use super::logistic::{self, Example};

/// Parts that the articles are dealt to: each is judged by weights that the others gave.
const FOLDS: usize = 10;

/// What holds weights back: features that hardly occur stay near nothing.
const PENALTY: f64 = 3.0;

/// The feature that every finding has.
const ALWAYS: &str = "any";

/// Rows of the table.
const BINS: usize = 10;

/// Confidence against truth over a corpus.
#[derive(Debug)]
pub struct Reliability {
    /// What is judged, in the plural.
    pub(super) findings: &'static str,
    /// What stands before the names of their features in the table of weights.
    pub(super) table: &'static str,
    /// Names of the features.
    pub(super) names: Vec<String>,
    pub(super) judged: Vec<Judged>,
}

/// A finding that says how sure it is.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    /// Number of its article.
    pub(super) article: usize,
    /// Its confidence.
    pub(super) said: f64,
    /// Whether it is right.
    pub(super) right: bool,
    /// In the order of [`Reliability::names`]; empty for what rules found.
    pub(super) features: Vec<f64>,
}

impl Reliability {
    /// Expected calibration error, 0 to 1: how far what is said lies from what is right, bin by bin (Naeini et al. 2015).
    pub fn calibration_error(&self) -> f64 {
        let off = |bin: &Bin| (bin.said - bin.right).abs();
        self.bins().iter().map(off).sum::<f64>() / as_number(self.judged.len().max(1))
    }

    fn bins(&self) -> [Bin; BINS] {
        let mut bins = [Bin::default(); BINS];
        for one in &self.judged {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a confidence is 0 to 1")]
            let bin = &mut bins[((one.said * as_number(BINS)) as usize).min(BINS - 1)];
            bin.n += 1;
            bin.said += one.said;
            bin.right += truth(one.right);
        }
        bins
    }

    /// Weights of the features from all findings of the core, and the mean loss (nats) of each of them under weights that its article
    /// had no part in.
    fn fitted(&self) -> Option<(Vec<f64>, f64)> {
        let learned = self.judged.iter().filter(|one| !one.features.is_empty());
        let examples: Vec<Example<'_>> =
            learned.map(|one| Example { features: &one.features, is_so: one.right, group: one.article }).collect();
        if examples.is_empty() {
            return None;
        }
        let penalties: Vec<f64> =
            self.names.iter().map(|name| if name == ALWAYS { logistic::FREE } else { PENALTY }).collect();
        let held_out = logistic::held_out(&examples, &penalties, FOLDS);
        let losses = held_out.iter().zip(&examples).map(|(&p, example)| logistic::loss(p, example.is_so));
        Some((logistic::fit(&examples, &penalties), losses.sum::<f64>() / as_number(examples.len())))
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    n: usize,
    said: f64,
    right: f64,
}

impl fmt::Display for Reliability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "confidence   {:>10}   mean said   right", self.findings)?;
        for (number, bin) in self.bins().iter().enumerate().filter(|(_, bin)| bin.n > 0) {
            let from = as_number(number) / as_number(BINS);
            let n = as_number(bin.n);
            writeln!(
                f,
                "from {from:.1}    {:11}   {:8.1}%   {:4.1}%",
                bin.n,
                100.0 * bin.said / n,
                100.0 * bin.right / n
            )?;
        }
        writeln!(f, "expected calibration error {:.1} points", 100.0 * self.calibration_error())?;
        let Some((weights, loss)) = self.fitted() else { return Ok(()) };
        let of_core = || self.judged.iter().filter(|one| !one.features.is_empty());
        let now = of_core().map(|one| logistic::loss(one.said, one.right)).sum::<f64>() / as_number(of_core().count());
        writeln!(
            f,
            "mean loss of the core's {} {now:.4}, with weights fitted to other articles of this file {loss:.4}",
            self.findings
        )?;
        for (feature, weight) in self.names.iter().zip(&weights) {
            writeln!(f, "{}.{feature}\t{weight:.2}", self.table)?;
        }
        Ok(())
    }
}

fn truth(is_so: bool) -> f64 {
    f64::from(u8::from(is_so))
}

#[expect(clippy::cast_precision_loss, reason = "counts of findings are far below 2^52")]
fn as_number(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(said: f64, of_ten: usize, feature: f64) -> Vec<Judged> {
        let features = |right: bool| vec![1.0, if right { feature } else { -feature }, 0.0];
        (0..10).map(|at| Judged { article: at, said, right: at < of_ten, features: features(at < of_ten) }).collect()
    }

    fn of(judged: Vec<Judged>) -> Reliability {
        let names = ["any", "telling", "never"].map(str::to_owned).to_vec();
        Reliability { findings: "findings", table: "core", names, judged }
    }

    #[test]
    fn who_is_right_as_often_as_he_says_makes_no_calibration_error() {
        let honest = of(judged(0.7, 7, 0.0));
        assert!(honest.calibration_error() < 1e-9, "{honest}");
        let boastful = of(judged(0.9, 5, 0.0));
        assert!((boastful.calibration_error() - 0.4).abs() < 1e-9, "{boastful}");
    }

    #[test]
    fn a_feature_that_tells_right_from_wrong_gets_weight_and_one_that_does_not_gets_none() {
        let told = of(judged(0.7, 7, 1.0));
        let (weights, loss) = told.fitted().unwrap();
        assert!(weights[1] > 0.5 && weights[2].abs() < 1e-6, "{weights:?}");
        let (_, without) = of(judged(0.7, 7, 0.0)).fitted().unwrap();
        assert!(loss < without, "{loss} {without}");
    }
}
