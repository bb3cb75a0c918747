//! Accuracy and macro F1 of answers, over the classes that gold has: the arithmetic of the project's scorer.

use std::fmt;

use super::classes::CLASSES;
use super::{Answer, Gold};
use crate::score::{Counts, Part};

/// The figures.
#[derive(Debug)]
pub struct Score {
    all: Part,
    classes: Vec<Counts>,
}

/// Compares answers with a gold file, record by record; a record without a class is not asked.
pub fn score(gold: &[Gold], answers: &[Answer]) -> Score {
    let mut score = Score { all: Part::default(), classes: vec![Counts::default(); CLASSES.len()] };
    for (record, answer) in gold.iter().zip(answers) {
        let Some(expected) = &record.events[0].class else { continue };
        score.all.count(expected == answer.label);
        for (name, counts) in CLASSES.iter().zip(&mut score.classes) {
            counts.gold += usize::from(expected == name);
            counts.system += usize::from(answer.label == *name);
            counts.both += usize::from(expected == name && answer.label == *name);
        }
    }
    score
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = || CLASSES.iter().zip(&self.classes).filter(|(_, counts)| counts.gold > 0);
        let sum: f64 = told().map(|(_, counts)| counts.f1(0.0)).sum();
        #[expect(clippy::cast_precision_loss, reason = "there are fifteen classes")]
        let macro_f1 = 100.0 * sum / told().count().max(1) as f64;
        writeln!(f, "pairs: {}  accuracy {:.1}  root macro F1 {macro_f1:.1}", self.all.of, self.all.percent())?;
        for (name, counts) in told() {
            let percent = [counts.precision(0.0), counts.recall(0.0), counts.f1(0.0)].map(|share| 100.0 * share);
            let [precision, recall, f1] = percent;
            writeln!(f, "  {name:10} P {precision:5.1}  R {recall:5.1}  F1 {f1:5.1}  of {}", counts.gold)?;
        }
        Ok(())
    }
}
