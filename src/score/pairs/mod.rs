//! A text with two spans, who acts and to whom, and the question which class of deed it tells: the task of PLV, in which nobody asks who the sides are.
//!
//! The text is analyzed as any other. What speaks for a class ([`evidence`]) is an event whose sides are the spans, more or less, and how probable a trigger of
//! a type is at the words between and above them, whatever the head made of it in the end. [`figures`] are those of the project's scorer.

pub mod figures;

mod classes;
mod evidence;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ScoreError;
use super::excerpt::Ends;
use super::json_lines::Row;
use crate::analyzer::{Analyzer, Models};
use crate::article::Article;
use classes::CLASSES;
use evidence::Evidence;

/// A record of a gold file.
#[derive(Debug, Clone, Deserialize)]
pub struct Gold {
    id: String,
    text: String,
    events: Vec<Pair>,
}

/// The one event of a record.
#[derive(Debug, Clone, Deserialize)]
struct Pair {
    #[serde(default)]
    source_span: Option<Ends>,
    #[serde(default)]
    target_span: Option<Ends>,
    /// PLV's name of the class.
    #[serde(default)]
    class: Option<String>,
}

/// The answer to a record, as the scorer reads it.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    id: String,
    label: &'static str,
    /// How likely the likeliest classes are, most probable first.
    shares: Vec<(&'static str, f32)>,
    /// What spoke for each class: a number for each kind of evidence.
    evidence: Vec<(&'static str, Evidence)>,
}

/// Reads a gold file: JSON lines of id, text and one event with its spans.
///
/// # Errors
/// If a line is no JSON, lacks a key, repeats an id, or a span lies outside its text.
pub fn read_gold(name: &str, lines: &str) -> Result<Vec<Gold>, ScoreError> {
    let (mut records, mut ids) = (Vec::new(), HashSet::new());
    for row in Row::<Gold>::all(name, lines) {
        let row = row?;
        if !ids.insert(row.value.id.clone()) {
            return Err(row.wrong(format!("id '{}' stands in a line before already", row.value.id)));
        }
        if row.value.events.len() != 1 {
            return Err(row.wrong(format!("{} events, where one is expected", row.value.events.len())));
        }
        let spans = row.value.events.iter().flat_map(|pair| pair.source_span.into_iter().chain(pair.target_span));
        row.check_spans(spans, row.value.text.chars().count())?;
        records.push(row.value);
    }
    Ok(records)
}

/// Classifies every record.
pub fn answer(gold: &[Gold], models: &Arc<Models>) -> Vec<Answer> {
    let mut analyzer = Analyzer::closely(models);
    let classify = |record: &Gold| {
        let analysis = analyzer.analyze(&Article::from_text(&record.id, &record.text));
        let pair = &record.events[0];
        let evidence = evidence::find(&analysis, &record.text, pair.source_span, pair.target_span);
        let mut shares: Vec<(&'static str, f32)> = CLASSES.into_iter().zip(evidence::shares(&evidence)).collect();
        // Stable: of equals the first class of the list.
        shares.sort_by(|one, other| other.1.total_cmp(&one.1));
        let told =
            CLASSES.into_iter().zip(evidence).filter(|(_, evidence)| evidence.iter().any(|value| *value > 0.001));
        Answer { id: record.id.clone(), label: shares[0].0, evidence: told.collect(), shares: shares[..3].to_vec() }
    };
    gold.iter().map(classify).collect()
}

/// The answers as JSON lines.
pub fn write(answers: &[Answer]) -> String {
    let line = |answer: &Answer| serde_json::to_string(answer).expect("an answer is plain data");
    answers.iter().map(|answer| line(answer) + "\n").collect()
}
