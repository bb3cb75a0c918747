//! Attributed statements: gold files (PolNeAR, GUM news), the system's answer, the figures of the project's scorer.
//!
//! Offsets are code points into the gold text, half-open. A span is written `[3, 9]` or `{"start": 3, "end": 9}`, several as a
//! list; null is none. What is measured and why stands in [`measures`]; [`browse`] shows errors in the text for people.

pub mod browse;
pub mod measures;
pub mod reliability;

mod compared;
mod figures;
mod marks;
mod page;

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ScoreError;
use crate::analyzer::Analyzer;
use crate::article::Article;
use crate::finding::{ContentForm, Statement, StatementKind};
use crate::text::{CodePoints, Document, TokenRange};

/// One article of a gold file.
#[derive(Debug, Deserialize)]
pub struct Gold {
    /// Identity, the same in the system's answer.
    pub id: String,
    /// The article.
    pub text: String,
    /// What people found in it.
    #[serde(default)]
    pub statements: Vec<Row>,
    /// Stretches that are no prose of the article; a statement wholly inside one is not counted.
    #[serde(default)]
    discard: Option<Spans>,
    /// Day of publication (YYYY-MM-DD).
    #[serde(default)]
    date: Option<Date>,
}

/// A statement as both files write it.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Row {
    #[serde(default)]
    source: Option<Spans>,
    #[serde(default)]
    cue: Option<Spans>,
    #[serde(default)]
    content: Option<Spans>,
    /// The system's own label; figures by kind go by the marks in the text instead.
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    speaker: Option<SpeakerRow>,
    #[serde(default)]
    nested: bool,
    #[serde(default)]
    confidence: Option<f64>,
    #[serde(default)]
    features: Option<BTreeMap<String, f64>>,
}

/// Who a speaker is, in either file.
#[derive(Debug, Clone, Default, Deserialize)]
struct SpeakerRow {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    aliases: Option<Vec<String>>,
}

/// The accepted ways to write spans.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Spans {
    One(Pair),
    Several(Vec<Pair>),
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
enum Pair {
    Ends(usize, usize),
    Object { start: usize, end: usize },
}

impl Spans {
    fn pairs(&self) -> Vec<(usize, usize)> {
        let pairs = match self {
            Self::One(pair) => std::slice::from_ref(pair),
            Self::Several(pairs) => pairs,
        };
        let ends = |pair: &Pair| match *pair {
            Pair::Ends(start, end) | Pair::Object { start, end } => (start, end),
        };
        pairs.iter().map(ends).collect()
    }
}

/// What a system found in each article, by the article's id.
pub type System = HashMap<String, Vec<Row>>;

/// Whether what a gold file may or may not annotate is part of the answer. Files that mark statements as nested are derived from discourse
/// trees: a statement inside the content of another one is annotated there, but a content is always a clause (relation `attribution`,
/// Carlson and Marcu 2001). PolNeAR annotates the outer statements alone, and contents of any form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// As the gold file does.
    AsGold,
    /// Kept.
    Keep,
    /// Left out of the answer.
    LeaveOut,
}

impl Part {
    fn is_kept(self, gold_has_it: bool) -> bool {
        match self {
            Self::AsGold => gold_has_it,
            Self::Keep => true,
            Self::LeaveOut => false,
        }
    }
}

/// Which of the system's statements are answers.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    /// Those inside the content of another one.
    pub nested: Part,
    /// Those whose content is an infinitive or a phrase.
    pub phrases: Part,
    /// Those at least this sure, 0 to 1.
    pub min_confidence: f32,
}

/// Reads a gold file: JSON lines.
///
/// # Errors
/// If a line is no JSON, lacks a key, repeats an id, or a span lies outside its text.
pub fn read_gold(name: &str, lines: &str) -> Result<Vec<Gold>, ScoreError> {
    let mut articles: Vec<Gold> = Vec::new();
    let mut seen = HashMap::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |problem: String| ScoreError::new(name, at + 1, problem);
        let gold: Gold = serde_json::from_str(line).map_err(|problem| wrong(problem.to_string()))?;
        if let Some(first) = seen.insert(gold.id.clone(), at + 1) {
            return Err(wrong(format!("id '{}' stands in line {first} already", gold.id)));
        }
        let length = gold.text.chars().count();
        check(&gold.statements, length).map_err(wrong)?;
        articles.push(gold);
    }
    Ok(articles)
}

/// Reads a system's answer to a gold file: JSON lines of an id and statements.
///
/// # Errors
/// If a line is no JSON, lacks an id, or a span lies outside the text of the gold file.
pub fn read_system(name: &str, lines: &str, gold: &[Gold]) -> Result<System, ScoreError> {
    #[derive(Deserialize)]
    struct Line {
        id: String,
        #[serde(default)]
        statements: Option<Vec<Row>>,
    }
    let lengths: HashMap<&str, usize> =
        gold.iter().map(|article| (article.id.as_str(), article.text.chars().count())).collect();
    let mut system = System::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |problem: String| ScoreError::new(name, at + 1, problem);
        let line: Line = serde_json::from_str(line).map_err(|problem| wrong(problem.to_string()))?;
        let statements = line.statements.unwrap_or_default();
        if let Some(&length) = lengths.get(line.id.as_str()) {
            check(&statements, length).map_err(wrong)?;
        }
        system.insert(line.id, statements);
    }
    Ok(system)
}

fn check(statements: &[Row], length: usize) -> Result<(), String> {
    for row in statements {
        for spans in [&row.source, &row.cue, &row.content].into_iter().flatten() {
            if let Some((start, end)) = spans.pairs().into_iter().find(|(start, end)| start > end || *end > length) {
                return Err(format!("span ({start}, {end}) in a text of {length} code points"));
            }
        }
    }
    Ok(())
}

/// Analyzes every article; the day of publication is the row's `date`, the title is not given apart from the text. JSON lines in
/// the order of the gold file.
pub fn answer(gold: &[Gold], analyzer: &mut Analyzer, answers: Answers) -> String {
    let is_from_discourse_trees = gold.iter().flat_map(|article| &article.statements).any(|row| row.nested);
    let keep_nested = answers.nested.is_kept(is_from_discourse_trees);
    let keep_phrases = answers.phrases.is_kept(!is_from_discourse_trees);
    let is_clause = |statement: &Statement| statement.form.is_none_or(|form| form == ContentForm::Clause);
    let mut lines = String::new();
    for article in gold {
        let published_at = article.date.and_then(noon);
        let analysis =
            analyzer.analyze(&Article { published_at, ..Article::from_text(article.id.clone(), article.text.clone()) });
        let code_points = CodePoints::new(&article.text);
        let found: Vec<Value> = analysis
            .statements
            .iter()
            .filter(|statement| keep_nested || statement.inside.is_none())
            .filter(|statement| keep_phrases || is_clause(statement))
            .filter(|statement| statement.confidence >= answers.min_confidence)
            .map(|statement| row(statement, &analysis.document, &code_points))
            .collect();
        lines.push_str(&json!({"id": article.id, "statements": found}).to_string());
        lines.push('\n');
    }
    lines
}

/// A moment of the day that is on this day in every zone that news is read in.
fn noon(day: Date) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).ok()
}

fn row(statement: &Statement, doc: &Document, code_points: &CodePoints<'_>) -> Value {
    let span = |range: TokenRange| json!(code_points.of(doc.span_of(range)));
    let kind = match statement.kind {
        StatementKind::Direct => "direct",
        StatementKind::Indirect => "indirect",
        StatementKind::Mixed => "mixed",
    };
    json!({
        "source": statement.source.map(span),
        "cue": statement.cue.as_ref().map(|cue| span(cue.tokens)),
        "content": statement.content.iter().copied().map(span).collect::<Vec<_>>(),
        "kind": kind,
        "speaker": statement.speaker.as_ref().map(|speaker| json!({"name": speaker.name})),
        "nested": statement.inside.is_some(),
        "confidence": statement.confidence,
        "features": statement.features.iter().copied().collect::<BTreeMap<_, _>>(),
    })
}
