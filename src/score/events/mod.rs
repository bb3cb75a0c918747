//! Events: gold files with who did what to whom, sentence by sentence; the figures of the project's scorer.
//!
//! A gold event is a cluster of mentions. What is right stands in [`judged`], article by article; [`figures`] sums it up; [`browse`] shows errors in
//! the text for people. Offsets are code points, half-open.

pub mod browse;
pub mod figures;
pub mod reliability;

mod answered;
mod judged;
mod parties;

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::ScoreError;
use super::analyses::Shown;
use super::excerpt::Ends;
use super::json_lines::Row;

/// One article of a gold file.
#[derive(Debug, Clone, Deserialize)]
pub struct Gold {
    id: String,
    text: String,
    /// Where the text was taken from.
    #[serde(default)]
    source: String,
    /// Day of publication (YYYY-MM-DD).
    #[serde(default)]
    date: Option<Date>,
    #[serde(default)]
    sentences: Vec<Ends>,
    events: Vec<Mention>,
}

impl Gold {
    /// What a program may see of it.
    pub fn shown(&self) -> Shown<'_> {
        Shown { id: &self.id, text: &self.text, date: self.date }
    }
}

/// A mention of an event.
#[derive(Debug, Clone, Deserialize)]
struct Mention {
    trigger: Ends,
    cameo: String,
    plover: String,
    mode: Option<String>,
    status: String,
    actors: Vec<Party>,
    recipients: Vec<Party>,
    date: Option<Ends>,
    place: Option<Ends>,
    /// Index of an earlier mention of the same event.
    same: Option<usize>,
}

impl Mention {
    /// How, where gold says so.
    fn mode(&self) -> Option<&str> {
        self.mode.as_deref().filter(|mode| !mode.is_empty())
    }

    fn parties(&self) -> impl Iterator<Item = &Party> {
        self.actors.iter().chain(&self.recipients)
    }
}

/// Somebody who takes part.
#[derive(Debug, Clone, Deserialize)]
struct Party {
    span: Ends,
    /// State or international body, and sector: "RUSGOV"; `---` for a state that is not known.
    code: String,
}

/// Reads a gold file: JSON lines.
///
/// # Errors
/// If a line is no JSON, lacks a key, repeats an id, or a span lies outside its text.
pub fn read_gold(name: &str, lines: &str) -> Result<Vec<Gold>, ScoreError> {
    let (mut articles, mut ids) = (Vec::new(), HashSet::new());
    for row in Row::<Gold>::all(name, lines) {
        let row = row?;
        let gold = &row.value;
        if !ids.insert(gold.id.clone()) {
            return Err(row.wrong(format!("id '{}' stands in a line before already", gold.id)));
        }
        let spans = gold.events.iter().flat_map(|event| {
            let parties = event.parties().map(|party| party.span);
            [Some(event.trigger), event.date, event.place].into_iter().flatten().chain(parties)
        });
        row.check_spans(spans.chain(gold.sentences.iter().copied()), gold.text.chars().count())?;
        articles.push(row.value);
    }
    Ok(articles)
}

/// The events of an article, each with all its mentions.
fn clusters(mentions: &[Mention]) -> Vec<Vec<&Mention>> {
    let mut of = HashMap::new();
    let mut clusters: Vec<Vec<&Mention>> = Vec::new();
    for (at, mention) in mentions.iter().enumerate() {
        let cluster = mention.same.and_then(|same| of.get(&same).copied()).unwrap_or(clusters.len());
        if cluster == clusters.len() {
            clusters.push(Vec::new());
        }
        of.insert(at, cluster);
        clusters[cluster].push(mention);
    }
    clusters
}
