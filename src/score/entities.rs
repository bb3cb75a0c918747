//! Names on given tokens, from BIO files: word, Penn tag, label.

use std::collections::{BTreeSet, HashSet};
use std::fmt::{self, Write as _};

use super::{Counts, ScoreError};
use crate::nlp::core::Core;
use crate::text::{Document, Sentence, SentenceKind, Span, TokenRange};

/// A word with its Penn tag and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    word: String,
    xpos: String,
    label: String,
}

/// Whose types the gold labels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// PER, LOC, ORG, as they are scored.
    Plain,
    /// The Groningen Meaning Bank's; nationalities are left out.
    Gmb,
}

/// When a name counts as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Type and both ends agree.
    Exact,
    /// Type and last word agree.
    End,
}

/// Reads a file.
///
/// # Errors
/// If a line has not three columns or its label is none.
pub fn read(name: &str, text: &str) -> Result<Vec<Vec<Row>>, ScoreError> {
    let mut sentences = vec![Vec::new()];
    for (at, line) in text.lines().enumerate() {
        if line.is_empty() {
            sentences.push(Vec::new());
            continue;
        }
        if line.starts_with("# ") && !line.contains('\t') {
            continue;
        }
        let columns: Vec<&str> = line.split('\t').collect();
        let [word, xpos, label] = columns[..] else {
            return Err(ScoreError::new(name, at + 1, format!("expected three columns, found {}", columns.len())));
        };
        if label != "O" && !label.starts_with("B-") && !label.starts_with("I-") {
            return Err(ScoreError::new(name, at + 1, format!("'{label}' is no BIO tag")));
        }
        let row = Row { word: word.to_owned(), xpos: xpos.to_owned(), label: label.to_owned() };
        sentences.last_mut().expect("there is always one").push(row);
    }
    sentences.retain(|sentence| !sentence.is_empty());
    Ok(sentences)
}

/// Labels every sentence, each read by itself.
pub fn answer(gold: &[Vec<Row>], core: &mut Core) -> Vec<Vec<Row>> {
    gold.iter().map(|sentence| label(sentence, core)).collect()
}

fn label(sentence: &[Row], core: &mut Core) -> Vec<Row> {
    let mut text = String::new();
    let mut tokens = Vec::new();
    for row in sentence {
        let start = text.len();
        text.push_str(&row.word);
        tokens.push(Span::new(start, text.len()));
        text.push(' ');
    }
    let mut doc = Document::new(text);
    doc.sentences =
        vec![Sentence { tokens: TokenRange::new(0, tokens.len()), kind: SentenceKind::Prose, paragraph: 0 }];
    doc.tokens = tokens;
    core.annotate(&mut doc);
    let mut rows: Vec<Row> = sentence
        .iter()
        .zip(&doc.xpos)
        .map(|(row, xpos)| Row { word: row.word.clone(), xpos: xpos.to_string(), label: "O".to_owned() })
        .collect();
    for entity in &doc.entities {
        for (place, token_idx) in entity.tokens.range().enumerate() {
            let prefix = if place == 0 { "B" } else { "I" };
            rows[token_idx].label = format!("{prefix}-{}", entity.kind);
        }
    }
    rows
}

/// The answer as a file.
pub fn write(sentences: &[Vec<Row>]) -> String {
    let mut out = String::new();
    for sentence in sentences {
        for row in sentence {
            let _ = writeln!(out, "{}\t{}\t{}", row.word, row.xpos, row.label);
        }
        out.push('\n');
    }
    out
}

/// The figures: over all types, and for each.
#[derive(Debug)]
pub struct Score {
    all: Counts,
    types: Vec<(String, Counts)>,
}

impl Score {
    /// F1 over all types, 0 to 1.
    pub fn f1(&self) -> f64 {
        self.all.f1(0.0)
    }
}

type Name = (usize, usize, String);

/// Names of a sentence; an I- without its B- begins one.
fn names(sentence: &[Row]) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for place in 0..=sentence.len() {
        let label = sentence.get(place).map_or("O", |row| row.label.as_str());
        if let Some((start, kind)) = open
            && label.strip_prefix("I-") != Some(kind)
        {
            names.push((start, place, kind.to_owned()));
            open = None;
        }
        if label != "O" && open.is_none() {
            open = Some((place, &label[2..]));
        }
    }
    names
}

/// Scores an answer over the given types.
///
/// # Errors
/// If sentences or words differ.
pub fn score(
    gold: &[Vec<Row>],
    system: &[Vec<Row>],
    types: &[String],
    scheme: Scheme,
    when: Match,
) -> Result<Score, ScoreError> {
    if gold.len() != system.len() {
        return Err(ScoreError::new(
            "system",
            0,
            format!("{} sentences in gold, {} in system", gold.len(), system.len()),
        ));
    }
    let mut tally = vec![Counts::default(); types.len()];
    for (at, (gold, system)) in gold.iter().zip(system).enumerate() {
        if !gold.iter().map(|row| &row.word).eq(system.iter().map(|row| &row.word)) {
            return Err(ScoreError::new("system", 0, format!("sentence {}: the words differ", at + 1)));
        }
        let mut nationalities = HashSet::new();
        let mut kept = BTreeSet::new();
        for (start, end, kind) in names(gold) {
            let tag = &gold[end - 1].xpos;
            let kind = match (scheme, kind.as_str()) {
                (Scheme::Gmb, "gpe") if tag.starts_with("JJ") || tag == "NNS" || tag == "NNPS" => {
                    nationalities.insert(end - 1);
                    continue;
                }
                (Scheme::Gmb, "geo" | "gpe") => "LOC".to_owned(),
                (Scheme::Gmb, "per") => "PER".to_owned(),
                (Scheme::Gmb, "org") => "ORG".to_owned(),
                _ => kind,
            };
            kept.insert(key(start, end, kind, when));
        }
        let found: BTreeSet<Name> = names(system)
            .into_iter()
            .filter(|(_, end, _)| !nationalities.contains(&(end - 1)))
            .map(|(start, end, kind)| key(start, end, kind, when))
            .collect();
        for (kind, counts) in types.iter().zip(&mut tally) {
            let of_kind = |names: &BTreeSet<Name>| names.iter().filter(|name| name.2 == *kind).count();
            counts.gold += of_kind(&kept);
            counts.system += of_kind(&found);
            counts.both += kept.intersection(&found).filter(|name| name.2 == *kind).count();
        }
    }
    let mut all = Counts::default();
    for counts in &tally {
        all.gold += counts.gold;
        all.system += counts.system;
        all.both += counts.both;
    }
    Ok(Score { all, types: types.iter().cloned().zip(tally).collect() })
}

fn key(start: usize, end: usize, kind: String, when: Match) -> Name {
    match when {
        Match::Exact => (start, end, kind),
        Match::End => (0, end, kind),
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = self.types.iter().map(|(name, counts)| (name.as_str(), *counts));
        for (name, counts) in std::iter::once(("all", self.all)).chain(types) {
            writeln!(
                formatter,
                "{name:4} gold {:5} system {:5}  P {:5.1}  R {:5.1}  F1 {:5.1}",
                counts.gold,
                counts.system,
                100.0 * counts.precision(0.0),
                100.0 * counts.recall(0.0),
                100.0 * counts.f1(0.0),
            )?;
        }
        Ok(())
    }
}
