//! The figures as a table, line for line as the project's scorer prints it.

use std::fmt;

use super::measures::{SPANS, Score, Side};
use super::page::Kind;

const MEASURES: [&str; 10] = [
    "cue exact",
    "cue overlap",
    "content exact",
    "content core",
    "content partial",
    "content easy",
    "content hard",
    "full overlap",
    "full strict",
    "full exact",
];

const SHARES: [&str; 8] = [
    "source exact",
    "source head",
    "source overlap",
    "kind accuracy",
    "easy speaker",
    "easy verb",
    "hard speaker",
    "hard verb",
];

impl Score {
    /// Precision, recall and F1 of a measure, 0 to 1.
    fn rates(&self, measure: &'static str, kind: Option<Kind>) -> [f64; 3] {
        let rate = |side| self.cell((measure, side, kind)).map_or(0.0, |(sum, n)| if n > 0.0 { sum / n } else { 0.0 });
        let (precision, recall) = (rate(Side::Precision), rate(Side::Recall));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        [precision, recall, f1]
    }

    fn cell(&self, key: (&'static str, Side, Option<Kind>)) -> Option<(f64, f64)> {
        self.0.get(&key).copied()
    }

    /// F1 of a measure, 0 to 1.
    pub fn f1(&self, measure: &'static str) -> f64 {
        self.rates(measure, None)[2]
    }

    fn n_statements(&self, side: Side, kind: Option<Kind>) -> f64 {
        self.cell(("cue exact", side, kind)).map_or(0.0, |(_, n)| n)
    }
}

/// All kinds together, then each.
fn kinds() -> impl Iterator<Item = (Option<Kind>, &'static str)> {
    std::iter::once((None, "all")).chain(Kind::ALL.map(|kind| (Some(kind), kind.name())))
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = kinds().map(|(kind, name)| {
            let (gold, system) = (self.n_statements(Side::Recall, kind), self.n_statements(Side::Precision, kind));
            format!("{name}: gold {gold}, system {system}")
        });
        writeln!(formatter, "statements      {}", counts.collect::<Vec<_>>().join("   "))?;
        let heads = Kind::ALL.map(|kind| format!("{:>8} P/R/F1    ", kind.name())).join("  ");
        writeln!(formatter, "{:22} {:>6} {:>6} {:>6}   {heads}", "", "P", "R", "F1")?;
        let with_speakers = self.cell(("speaker", Side::Recall, None)).map(|_| "speaker");
        for name in MEASURES.into_iter().chain(SPANS.into_iter().flatten()).chain(with_speakers) {
            let [precision, recall, f1] = self.rates(name, None).map(|rate| 100.0 * rate);
            write!(formatter, "{name:22} {precision:6.1} {recall:6.1} {f1:6.1}")?;
            for kind in Kind::ALL.into_iter().filter(|_| MEASURES.contains(&name)) {
                let [precision, recall, f1] = self.rates(name, Some(kind)).map(|rate| 100.0 * rate);
                write!(formatter, "   {precision:5.1}/{recall:5.1}/{f1:5.1}")?;
            }
            writeln!(formatter)?;
        }
        for name in SHARES {
            let shares = kinds().filter_map(|(kind, of)| {
                let (sum, n) = self.cell((name, Side::Pairs, kind))?;
                Some(format!("{of} {:.1}% of {n}", 100.0 * sum / n))
            });
            let shares = shares.collect::<Vec<_>>().join("   ");
            if !shares.is_empty() {
                writeln!(formatter, "{name:22} {shares}")?;
            }
        }
        Ok(())
    }
}
