//! Who is who: gold files with the entities of whole articles, their mentions, and who said what; the figures of the project's scorer.
//!
//! What is right stands in [`judged`], article by article; [`figures`] sums it up; [`browse`] shows errors in the text for people. Offsets are code
//! points, half-open.

pub mod browse;
pub mod figures;

mod judged;
mod likeness;

use std::collections::HashSet;

use jiff::civil::Date;
use serde::Deserialize;

use super::ScoreError;
use super::analyses::Shown;
use super::excerpt::Ends;
use super::json_lines::Row;

/// One article of a gold file.
#[derive(Debug, Deserialize)]
pub struct Gold {
    id: String,
    text: String,
    /// Day of publication (YYYY-MM-DD).
    #[serde(default)]
    date: Option<Date>,
    sentences: Vec<Ends>,
    entities: Vec<Entity>,
    statements: Vec<Attribution>,
}

impl Gold {
    /// What a program may see of it.
    pub fn shown(&self) -> Shown<'_> {
        Shown { id: &self.id, text: &self.text, date: self.date }
    }
}

/// Somebody who speaks or acts.
#[derive(Debug, PartialEq, Deserialize)]
struct Entity {
    name: Option<String>,
    kind: EntityKind,
    country: Option<String>,
    sector: Option<String>,
    role: Option<String>,
    mentions: Vec<Ends>,
}

/// What somebody is, as gold files write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum EntityKind {
    /// One person.
    Per,
    /// A body.
    Org,
    /// A state, or what stands for it.
    State,
    /// Several or unnamed people.
    Grp,
}

impl EntityKind {
    fn name(self) -> &'static str {
        match self {
            Self::Per => "PER",
            Self::Org => "ORG",
            Self::State => "STATE",
            Self::Grp => "GRP",
        }
    }
}

/// An act of speech and its speaker; a cue with several speakers has several.
#[derive(Debug, Deserialize)]
struct Attribution {
    sentence: usize,
    cue: Ends,
    /// Index of an entity.
    speaker: usize,
}

/// Reads a gold file: JSON lines.
///
/// # Errors
/// If a line is no JSON, lacks a key, repeats an id, or refers to what is not there.
pub fn read_gold(name: &str, lines: &str) -> Result<Vec<Gold>, ScoreError> {
    let (mut articles, mut ids) = (Vec::new(), HashSet::new());
    for row in Row::<Gold>::all(name, lines) {
        let row = row?;
        let gold = &row.value;
        if !ids.insert(gold.id.clone()) {
            return Err(row.wrong(format!("id '{}' stands in a line before already", gold.id)));
        }
        let mentions = gold.entities.iter().flat_map(|entity| &entity.mentions);
        let cues = gold.statements.iter().map(|statement| &statement.cue);
        row.check_spans(gold.sentences.iter().chain(mentions).chain(cues).copied(), gold.text.chars().count())?;
        for statement in &gold.statements {
            if statement.speaker >= gold.entities.len() || statement.sentence >= gold.sentences.len() {
                let (speaker, sentence) = (statement.speaker, statement.sentence);
                return Err(row.wrong(format!("there is no entity {speaker} or no sentence {sentence}")));
            }
        }
        articles.push(row.value);
    }
    Ok(articles)
}
