//! Sentence boundaries: the END of every sentence but the last, white space left out.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Counts, ScoreError, share};
use crate::nlp::Annotate;
use crate::nlp::sentences::SentenceSplitter;
use crate::nlp::tokenizer::Tokenizer;
use crate::text::{CodePoints, Document};

/// One text of a gold file.
#[derive(Debug, Deserialize)]
pub struct Gold {
    id: String,
    text: String,
    sentences: Vec<(usize, usize)>,
    #[serde(default)]
    optional: Vec<usize>,
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// Spans of the sentences of each text, in code points, by the text's id.
pub type System = HashMap<String, Vec<(usize, usize)>>;

/// Reads a gold file: JSON lines.
///
/// # Errors
/// If a line is no JSON, lacks a key, or a span lies outside its text.
pub fn read_gold(name: &str, lines: &str) -> Result<Vec<Gold>, ScoreError> {
    let mut texts = Vec::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let wrong = |problem: String| ScoreError::new(name, at + 1, problem);
        let gold: Gold = serde_json::from_str(line).map_err(|problem| wrong(problem.to_string()))?;
        let length = gold.text.chars().count();
        if let Some(span) = gold.sentences.iter().find(|(start, end)| start > end || *end > length) {
            return Err(wrong(format!("span {span:?} in a text of {length} code points")));
        }
        texts.push(gold);
    }
    Ok(texts)
}

/// Reads a system's answer: JSON lines of an id and spans, as pairs or as objects.
///
/// # Errors
/// If a line is no JSON or lacks a key.
pub fn read_system(name: &str, lines: &str) -> Result<System, ScoreError> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Span {
        Pair(usize, usize),
        Object { start: usize, end: usize },
    }
    #[derive(Deserialize)]
    struct Row {
        id: String,
        sentences: Vec<Span>,
    }
    let mut system = System::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Row =
            serde_json::from_str(line).map_err(|problem| ScoreError::new(name, at + 1, problem.to_string()))?;
        let spans = row.sentences.iter().map(|span| match span {
            Span::Pair(start, end) | Span::Object { start, end } => (*start, *end),
        });
        system.insert(row.id, spans.collect());
    }
    Ok(system)
}

/// Splits every text, with the given splitter.
pub fn answer(gold: &[Gold], splitter: &mut SentenceSplitter) -> System {
    let mut tokenizer = Tokenizer::new();
    let split = |text: &Gold| {
        let mut doc = Document::new(text.text.clone());
        tokenizer.annotate(&mut doc);
        splitter.annotate(&mut doc);
        let code_points = CodePoints::new(doc.text());
        let spans = doc.sentences.iter().map(|sentence| code_points.of(doc.span_of(sentence.tokens))).collect();
        (text.id.clone(), spans)
    };
    gold.iter().map(split).collect()
}

/// The answer as JSON lines, in the order of the gold file.
pub fn write(gold: &[Gold], system: &System) -> String {
    let mut lines = String::new();
    for text in gold {
        let spans: Vec<Value> =
            system[&text.id].iter().map(|(start, end)| json!({"start": start, "end": end})).collect();
        lines.push_str(&json!({"id": text.id, "sentences": spans}).to_string());
        lines.push('\n');
    }
    lines
}

/// What was found over some texts.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    ends: Counts,
    sentences: usize,
    exact: usize,
    texts: usize,
    texts_right: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.ends.gold += other.ends.gold;
        self.ends.system += other.ends.system;
        self.ends.both += other.ends.both;
        self.sentences += other.sentences;
        self.exact += other.exact;
        self.texts += other.texts;
        self.texts_right += other.texts_right;
    }
}

/// The figures of one system: all texts, and each group of them.
#[derive(Debug)]
pub struct Score {
    all: Tally,
    groups: BTreeMap<String, Tally>,
    errors: Vec<String>,
}

impl Score {
    /// F1 of inner sentence ends, 0 to 1.
    pub fn f1(&self) -> f64 {
        self.all.ends.f1(1.0)
    }

    /// Exactly found sentences as a share of all, 0 to 1.
    pub fn exact(&self) -> f64 {
        share(self.all.exact, self.all.sentences).unwrap_or(1.0)
    }

    /// Each wrong end with its surroundings, in the order of the file.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

/// Scores an answer; `by` names a key of the gold texts whose values are scored apart as well.
///
/// # Errors
/// If a gold text has no answer.
pub fn score(gold: &[Gold], system: &System, by: Option<&str>) -> Result<Score, ScoreError> {
    let mut score = Score { all: Tally::default(), groups: BTreeMap::new(), errors: Vec::new() };
    for text in gold {
        let missing = || ScoreError::new("system", 0, format!("no answer for '{}'", text.id));
        let spans = system.get(&text.id).ok_or_else(missing)?;
        let tally = compare(text, spans, &mut score.errors);
        score.all.add(tally);
        if let Some(key) = by {
            let group = match text.other.get(key) {
                Some(Value::String(group)) => group.clone(),
                Some(group) => group.to_string(),
                None => "None".to_owned(),
            };
            score.groups.entry(group).or_default().add(tally);
        }
    }
    Ok(score)
}

fn compare(gold: &Gold, system: &[(usize, usize)], errors: &mut Vec<String>) -> Tally {
    let characters: Vec<char> = gold.text.chars().collect();
    // Characters that are not white space before each offset.
    let mut rank = Vec::with_capacity(characters.len() + 1);
    let mut visible = 0;
    for character in &characters {
        rank.push(visible);
        visible += usize::from(!character.is_whitespace());
    }
    rank.push(visible);
    let ranks = |spans: &[(usize, usize)]| -> Vec<(usize, usize)> {
        spans.iter().map(|(start, end)| (rank[*start], rank[*end])).filter(|(start, end)| start < end).collect()
    };
    let (gold_spans, system_spans) = (ranks(&gold.sentences), ranks(system));
    let ends = |spans: &[(usize, usize)]| -> HashSet<usize> {
        spans.iter().map(|(_, end)| *end).filter(|end| *end < visible).collect()
    };
    let (gold_ends, system_ends) = (ends(&gold_spans), ends(&system_spans));
    let optional: HashSet<usize> = gold.optional.iter().map(|offset| rank[*offset]).collect();
    let missed: Vec<usize> =
        gold_ends.difference(&system_ends).filter(|end| !optional.contains(end)).copied().collect();
    let extra: Vec<usize> = system_ends.difference(&gold_ends).filter(|end| !optional.contains(end)).copied().collect();
    let right = gold_ends.intersection(&system_ends).filter(|end| !optional.contains(end)).count();
    let mut wrong: Vec<(usize, &str)> = missed.iter().map(|end| (*end, "missed")).collect();
    wrong.extend(extra.iter().map(|end| (*end, "extra")));
    wrong.sort_unstable();
    for (end, kind) in wrong {
        let offset = rank.iter().position(|before| *before == end).unwrap_or(characters.len());
        let before: String = characters[offset.saturating_sub(40)..offset].iter().collect();
        let after: String = characters[offset..(offset + 40).min(characters.len())].iter().collect();
        errors.push(format!("{kind:6} {} @{offset}: {before:?} | {after:?}", gold.id));
    }
    let found: HashSet<&(usize, usize)> = system_spans.iter().collect();
    let distinct: HashSet<&(usize, usize)> = gold_spans.iter().collect();
    Tally {
        ends: Counts { gold: right + missed.len(), system: right + extra.len(), both: right },
        sentences: gold_spans.len(),
        exact: distinct.intersection(&found).count(),
        texts: 1,
        texts_right: usize::from(missed.is_empty() && extra.is_empty()),
    }
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines =
            std::iter::once(("all", &self.all)).chain(self.groups.iter().map(|(name, tally)| (name.as_str(), tally)));
        for (name, tally) in lines {
            let Counts { gold, system, both } = tally.ends;
            writeln!(
                formatter,
                "{name:24} P {:.4}  R {:.4}  F1 {:.4}  tp {both} fp {} fn {}  exact {}/{}  texts right {}/{}",
                tally.ends.precision(1.0),
                tally.ends.recall(1.0),
                tally.ends.f1(1.0),
                system - both,
                gold - both,
                tally.exact,
                tally.sentences,
                tally.texts_right,
                tally.texts,
            )?;
        }
        Ok(())
    }
}
