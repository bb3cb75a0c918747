//! The figures over a corpus, line for line as the project's scorer prints them.

use std::fmt;

use super::judged::Judged;
use super::{EntityKind, Gold};
use crate::score::Part;
use crate::score::analyses::{Found, System};

/// The figures.
#[derive(Debug, Default)]
pub struct Score {
    found: Part,
    speech: Part,
    name: Part,
    unnamed: Part,
    country: Part,
    both: Part,
    country_of_officials: Part,
    role: Part,
    mentions: Part,
    mention_country: Part,
    mention_sector: Part,
    precision_sum: f64,
    recall_sum: f64,
}

/// Scores analyses; an article that they lack counts as one with nothing found.
pub fn score(gold: &[Gold], system: &System) -> Score {
    let mut score = Score::default();
    let nothing = Found::default();
    for article in gold {
        let text: Vec<char> = article.text.chars().collect();
        score.add(article, &Judged::new(article, &text, system.get(&article.id).unwrap_or(&nothing)));
    }
    score
}

impl Score {
    fn add(&mut self, gold: &Gold, judged: &Judged<'_>) {
        for (attribution, right) in gold.statements.iter().zip(&judged.attributions) {
            self.found.count(right.is_some());
            let Some(right) = right else { continue };
            let entity = &gold.entities[attribution.speaker];
            let names = if right.is_named { &mut self.name } else { &mut self.unnamed };
            names.count(right.name);
            self.country.count(right.country);
            self.both.count(right.country && right.name);
            let has_country = entity.country.as_ref().is_some_and(|country| !country.is_empty());
            if has_country && matches!(entity.kind, EntityKind::Per | EntityKind::Grp) {
                self.country_of_officials.count(right.country);
            }
            self.role.count_told(right.role);
        }
        self.speech.of += judged.speech;
        self.speech.right += judged.speech_in_gold;
        for mention in &judged.mentions {
            self.mentions.count(mention.owner.is_some());
            if mention.owner.is_some() {
                self.mention_country.count(mention.country);
                self.mention_sector.count_told(mention.sector);
            }
        }
        let (precision, recall) = judged.b_cubed(gold);
        self.precision_sum += precision;
        self.recall_sum += recall;
    }

    /// Precision, recall and F1 of the chains, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "counts of mentions are far below 2^52")]
    fn chains(&self) -> [f64; 3] {
        let mean = |sum: f64, n: usize| if n > 0 { sum / n as f64 } else { 0.0 };
        let (precision, recall) =
            (mean(self.precision_sum, self.mentions.right), mean(self.recall_sum, self.mentions.of));
        let f1 = if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 };
        [precision, recall, f1]
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |parts: &[(&str, f64)]| {
            let parts = parts.iter().map(|(name, percent)| format!("  {name} {percent:.1}"));
            parts.collect::<String>()
        };
        let statements = [
            ("found", self.found.percent()),
            ("speech in gold", self.speech.percent()),
            ("name", self.name.percent()),
            ("unnamed", self.unnamed.percent()),
            ("country", self.country.percent()),
            ("both", self.both.percent()),
            ("country of officials", self.country_of_officials.percent()),
            ("role", self.role.percent()),
        ];
        writeln!(f, "{:11}gold {}{}", "statements", self.found.of, row(&statements))?;
        let mentions = [
            ("found", self.mentions.percent()),
            ("country", self.mention_country.percent()),
            ("sector", self.mention_sector.percent()),
        ];
        writeln!(f, "{:11}gold {}{}", "mentions", self.mentions.of, row(&mentions))?;
        let [precision, recall, f1] = self.chains().map(|share| format!("{:.1}", 100.0 * share));
        writeln!(f, "{:11}p {precision}  r {recall}  f1 {f1}", "chains")
    }
}
