//! Analyses as `demarche extract --format jsonl` writes them: made of a gold file's articles, and read back as far as the scorers ask.
//!
//! What is read is a form of its own, not the record: a scorer reads what other programs wrote, and fields that come or go are no matter to it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::ScoreError;
use super::excerpt::Ends;
use super::json_lines::Row;
use crate::analyzer::{Analyzer, Models, Provenance};
use crate::record::{AnalysisRecord, InputOptions, Message, MinConfidence, Origin, Rejection, input};

/// What a program may see of an article in a gold file.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Identity.
    pub id: &'a str,
    /// The article.
    pub text: &'a str,
    /// Day of publication.
    pub date: Option<Date>,
}

/// The analyses of a gold file.
#[derive(Debug, Default)]
pub struct Answer {
    /// JSON lines in the order of the gold file.
    pub lines: String,
    /// What the confidences of each article's events were made of, by the article's id.
    pub features: HashMap<String, Vec<Features>>,
    /// Articles that were refused, each with the reason.
    pub refused: Vec<String>,
}

/// Features of a finding by name.
pub type Features = BTreeMap<String, f64>;

/// Analyses articles one by one, exactly as `extract` does: the day of publication is given as its noon, which lies on this day in every zone
/// that news is read in.
pub fn answer<'a>(articles: impl Iterator<Item = Shown<'a>>, models: &Arc<Models>) -> Answer {
    let mut analyzer = Analyzer::new(models);
    let mut answer = Answer::default();
    for article in articles {
        match line(article, &mut analyzer, models.provenance()) {
            Ok((line, features)) => {
                answer.lines.extend([line.as_str(), "\n"]);
                answer.features.insert(article.id.to_owned(), features);
            }
            Err(rejection) => answer.refused.push(format!("{}: {rejection}", article.id)),
        }
    }
    answer
}

fn line(
    shown: Shown<'_>,
    analyzer: &mut Analyzer,
    provenance: &Provenance,
) -> Result<(String, Vec<Features>), Rejection> {
    let published_at = shown.date.map(|day| format!("{day}T12:00:00Z"));
    let payload = json!({"id": shown.id, "text": shown.text, "published_at": published_at}).to_string();
    let message = Message {
        origin: Origin { topic: "gold".into(), partition: 0, offset: 0, timestamp_ms: None },
        key: None,
        payload: Some(payload.into_bytes()),
        headers: Vec::new(),
    };
    let article = input::decode(&message, &InputOptions::default())?;
    let analysis = analyzer.analyze(&article);
    let record = AnalysisRecord::new(&article, &analysis, provenance, MinConfidence::default())?;
    let line = serde_json::to_string(&record).expect("a record has string keys and finite numbers only");
    let named = |(name, value): &(&str, f32)| ((*name).to_owned(), f64::from(*value));
    let features = analysis.events.iter().map(|event| event.features.iter().map(named).collect()).collect();
    Ok((line, features))
}

/// What a system found in each article, by the article's id.
pub type System = HashMap<String, Found>;

/// What a scorer reads of an analysis; what is absent or null was not found.
#[derive(Debug, Default, Deserialize)]
pub struct Found {
    #[serde(default)]
    article: Option<Reference>,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    statements: Option<Vec<FoundStatement>>,
    #[serde(default)]
    entities: Option<Vec<FoundEntity>>,
    #[serde(default)]
    events: Option<Vec<FoundEvent>>,
}

#[derive(Debug, Deserialize)]
struct Reference {
    id: String,
}

/// Words of the title or the text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Place {
    start: Option<usize>,
    end: Option<usize>,
    field: Option<String>,
    /// The words, where what they say stands beside them.
    span: Option<Box<Place>>,
}

impl Place {
    /// Where the words stand, if it is in the text.
    pub(super) fn ends(&self) -> Option<Ends> {
        let place = self.span.as_deref().unwrap_or(self);
        let is_text = place.field.as_deref().is_none_or(|field| field == "text" || field == "body");
        Some((place.start?, place.end?)).filter(|_| is_text)
    }
}

/// Where words stand that may be absent or the title's.
pub(super) fn ends(place: Option<&Place>) -> Option<Ends> {
    place.and_then(Place::ends)
}

#[derive(Debug, Deserialize)]
pub(super) struct FoundStatement {
    #[serde(default)]
    pub(super) cue: Option<Place>,
    #[serde(default)]
    pub(super) source: Option<Place>,
    #[serde(default)]
    pub(super) speaker: Option<FoundSpeaker>,
    #[serde(default)]
    pub(super) attitude: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FoundSpeaker {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) country: Option<String>,
    #[serde(default)]
    pub(super) role: Option<String>,
}

/// Person, body, state or group, with all its mentions.
#[derive(Debug, Deserialize)]
pub(super) struct FoundEntity {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) country: Option<String>,
    #[serde(default)]
    pub(super) sector: Option<String>,
    #[serde(default)]
    mentions: Option<Vec<Place>>,
}

impl FoundEntity {
    /// Mentions in the text.
    pub(super) fn mentions(&self) -> impl Iterator<Item = Ends> {
        self.mentions.iter().flatten().filter_map(Place::ends)
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct FoundEvent {
    #[serde(default)]
    trigger: Option<Place>,
    /// Further mentions.
    #[serde(default)]
    mentions: Option<Vec<Place>>,
    #[serde(default)]
    pub(super) plover: Option<FoundPlover>,
    #[serde(default)]
    pub(super) cameo: Option<String>,
    #[serde(default)]
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) actors: Option<Vec<FoundParty>>,
    #[serde(default)]
    pub(super) recipients: Option<Vec<FoundParty>>,
    #[serde(default)]
    pub(super) date: Option<Place>,
    #[serde(default)]
    pub(super) location: Option<Place>,
    #[serde(default)]
    pub(super) confidence: Option<f64>,
}

impl FoundEvent {
    /// Trigger and further mentions, as far as they stand in the text.
    pub(super) fn spans(&self) -> Vec<Ends> {
        self.trigger.iter().chain(self.mentions.iter().flatten()).filter_map(Place::ends).collect()
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct FoundPlover {
    #[serde(rename = "type")]
    #[serde(default)]
    pub(super) event_type: Option<String>,
    #[serde(default)]
    pub(super) mode: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct FoundParty {
    #[serde(flatten)]
    pub(super) place: Place,
    #[serde(default)]
    pub(super) code: Option<String>,
    #[serde(default)]
    pub(super) country: Option<String>,
}

impl Found {
    pub(super) fn statements(&self) -> &[FoundStatement] {
        self.statements.as_deref().unwrap_or_default()
    }

    pub(super) fn entities(&self) -> &[FoundEntity] {
        self.entities.as_deref().unwrap_or_default()
    }

    pub(super) fn events(&self) -> &[FoundEvent] {
        self.events.as_deref().unwrap_or_default()
    }

    /// All places that a scorer looks at.
    fn places(&self) -> impl Iterator<Item = Ends> {
        let of_statements =
            self.statements().iter().flat_map(|found| [&found.cue, &found.source]).flatten().filter_map(Place::ends);
        let of_entities = self.entities().iter().flat_map(FoundEntity::mentions);
        let parties = |found: &FoundEvent| -> Vec<Ends> {
            let all = found.actors.iter().chain(&found.recipients).flatten();
            all.filter_map(|party| party.place.ends()).collect()
        };
        let of_events = self.events().iter().flat_map(move |found| {
            let when_where = [&found.date, &found.location].into_iter().flatten().filter_map(Place::ends);
            when_where.chain(found.spans()).chain(parties(found)).collect::<Vec<_>>()
        });
        of_statements.chain(of_entities).chain(of_events)
    }
}

/// Reads analyses of a gold file's articles.
///
/// # Errors
/// If a line is no analysis, or a place in it lies outside the text of the gold file.
pub fn read_system<'a>(
    name: &str,
    lines: &str,
    articles: impl Iterator<Item = Shown<'a>>,
) -> Result<System, ScoreError> {
    let lengths: HashMap<&str, usize> = articles.map(|shown| (shown.id, shown.text.chars().count())).collect();
    let mut system = System::new();
    for row in Row::<Found>::all(name, lines) {
        let row = row?;
        let reference = row.value.article.as_ref().map(|article| &article.id);
        let Some(id) = reference.or(row.value.id.as_ref()).cloned() else {
            return Err(row.wrong("an analysis without the id of its article"));
        };
        if let Some(&length) = lengths.get(id.as_str()) {
            row.check_spans(row.value.places(), length)?;
        }
        system.insert(id, row.value);
    }
    Ok(system)
}
