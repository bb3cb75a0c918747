//! What is found at some words, and why nothing else is; and all findings of an article with their ids.

use serde::Serialize;

use super::Read;
use super::weights::{rounded, words};
use super::{event, statement};
use crate::text::{Role, SentenceKind, TokenRange};

/// Types of events that are told of a word, most probable first.
const TYPES: usize = 3;

/// Places where the words stand that are told of one article.
const PLACES: usize = 20;

/// All findings of an article.
#[derive(Debug, Serialize)]
pub(super) struct Findings {
    pub(super) article: String,
    pub(super) findings: Vec<Listed>,
}

/// A finding in a line.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) summary: String,
    pub(super) confidence: f64,
}

/// Some words of an article.
#[derive(Debug, Serialize)]
pub(super) struct Near {
    pub(super) article: String,
    pub(super) words: String,
    pub(super) sentence: String,
    /// "prose", "headline" or "boilerplate".
    pub(super) sentence_kind: String,
    /// What holds at these words: findings by id, and reasons for others that are missing.
    pub(super) events: Vec<String>,
    pub(super) statements: Vec<String>,
    /// Of each word: how probable a trigger is there, by type.
    pub(super) triggers: Vec<TriggerHere>,
}

/// How probable a trigger is at a word.
#[derive(Debug, Serialize)]
pub(super) struct TriggerHere {
    pub(super) word: String,
    /// That the word evokes nothing.
    pub(super) none: f64,
    pub(super) types: Vec<(String, f64)>,
}

/// See the module.
pub(super) fn findings(read: &Read) -> Findings {
    let record = &read.record;
    let statements = record.statements.iter().map(|found| Listed {
        id: found.id.to_string(),
        kind: "statement",
        summary: statement::summary(found),
        confidence: found.confidence,
    });
    let events = record.events.iter().map(|found| Listed {
        id: found.id.to_string(),
        kind: "event",
        summary: format!("{} ({})", event::summary(found), found.trigger.span.text),
        confidence: found.confidence,
    });
    Findings { article: record.article.id.clone(), findings: statements.chain(events).collect() }
}

/// Each place of an article where the words stand.
pub(super) fn near<'r>(read: &'r Read, wanted: &str, min_confidence: f32) -> impl Iterator<Item = Near> + use<'r> {
    let doc = &read.analysis.document;
    let lower: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let stands = move |first: usize| {
        let mut end = first;
        // A word of the user's may be several tokens: "U.S.-led".
        for word in &lower {
            let mut joined = String::new();
            while joined.len() < word.len() && end < doc.tokens.len() {
                joined.push_str(&doc.token_text(end).to_lowercase());
                end += 1;
            }
            if joined != *word {
                return None;
            }
        }
        (end > first).then(|| TokenRange::new(first, end))
    };
    let places = (0..doc.tokens.len()).filter_map(stands).take(PLACES);
    places.map(move |tokens| here(read, tokens, min_confidence))
}

fn here(read: &Read, tokens: TokenRange, min_confidence: f32) -> Near {
    let doc = &read.analysis.document;
    let sentence = doc.sentence_of(tokens.start as usize);
    let kind = doc.sentences[sentence].kind;
    let is_story = kind != SentenceKind::Boilerplate;
    let not_told = "the sentence is not part of the story (byline, button, notice, second copy of a headline): nothing is found in it";
    let (mut events, mut statements) = (Vec::new(), Vec::new());
    if is_story {
        events = events_here(read, tokens, min_confidence);
        statements = statements_here(read, tokens, min_confidence);
    } else {
        events.push(not_told.to_owned());
        statements.push(not_told.to_owned());
    }
    let chances = doc.events.as_ref().and_then(|layer| layer.chances.as_ref());
    let triggers = chances.map_or_else(Vec::new, |chances| {
        let of_word = |token: usize| {
            let mut types: Vec<(String, f32)> =
                chances.of(token).map(|(kind, share)| (kind.to_string(), share)).collect();
            let none = 1.0 - types.iter().map(|(_, share)| share).sum::<f32>();
            types.sort_by(|one, other| other.1.total_cmp(&one.1));
            types.truncate(TYPES);
            let types = types.into_iter().map(|(kind, share)| (kind, rounded(share))).collect();
            TriggerHere { word: doc.token_text(token).to_owned(), none: rounded(none.max(0.0)), types }
        };
        tokens.range().map(of_word).collect()
    });
    Near {
        article: read.record.article.id.clone(),
        words: words(read, tokens),
        sentence: words(read, doc.sentences[sentence].tokens),
        sentence_kind: format!("{kind:?}").to_lowercase(),
        events,
        statements,
        triggers,
    }
}

/// The end of a line on a finding that a threshold leaves out.
fn kept(confidence: f32, min_confidence: f32) -> String {
    if confidence < min_confidence {
        format!("; LEFT OUT: its confidence {confidence:.2} is below {min_confidence:.2}")
    } else {
        format!("; confidence {confidence:.2}")
    }
}

fn events_here(read: &Read, tokens: TokenRange, min_confidence: f32) -> Vec<String> {
    let doc = &read.analysis.document;
    let mut told = Vec::new();
    for (found, record) in read.analysis.events.iter().zip(&read.record.events) {
        let part = if found.trigger.overlaps(tokens) {
            "these words evoke"
        } else if found.mentions.iter().any(|mention| mention.overlaps(tokens)) {
            "these words tell again of"
        } else if found.spans().any(|span| span.overlaps(tokens)) {
            "these words take part in"
        } else {
            continue;
        };
        let kept = kept(found.confidence, min_confidence);
        told.push(format!("{part} event {}: {}{kept}", record.id, event::summary(record)));
    }
    let is_evoked = |found: &crate::finding::Event| {
        found.trigger.overlaps(tokens) || found.mentions.iter().any(|mention| mention.overlaps(tokens))
    };
    if read.analysis.events.iter().any(is_evoked) {
        return told;
    }
    let Some(layer) = &doc.events else {
        told.push("the model has no head for events".to_owned());
        return told;
    };
    match event::mention_at(layer, tokens) {
        Some(number) => {
            let said = &layer.mentions[number];
            told.push(format!(
                "the core reads {} {} here (probability {:.2}), and the codebook says that these words evoke nothing",
                said.event_type, said.cameo, said.probability
            ));
        }
        None => told.push(
            "they evoke no event: in the most probable reading of the sentence no trigger stands here".to_owned(),
        ),
    }
    let sentence = doc.sentence_of(tokens.start as usize);
    let beside = read.analysis.events.iter().zip(&read.record.events);
    for (found, record) in
        beside.filter(|(found, _)| found.sentence == sentence && !found.spans().any(|span| span.overlaps(tokens)))
    {
        let kept = kept(found.confidence, min_confidence);
        told.push(format!(
            "in the same sentence, at {:?}: event {}: {}{kept}",
            record.trigger.span.text,
            record.id,
            event::summary(record)
        ));
    }
    told
}

fn statements_here(read: &Read, tokens: TokenRange, min_confidence: f32) -> Vec<String> {
    let mut told = Vec::new();
    for (found, record) in read.analysis.statements.iter().zip(&read.record.statements) {
        if let Some(part) = part_of(found, tokens) {
            let kept = kept(found.confidence, min_confidence);
            told.push(format!("these words are {part} of statement {}{kept}", record.id));
        }
    }
    if !told.is_empty() {
        return told;
    }
    let span = [Role::Cue, Role::Source, Role::Content].iter().find_map(|&role| statement::role_at(read, role, tokens));
    told.push(match span {
        Some(span) => {
            let (role, lacks) = match span.role {
                Role::Cue => ("cue", "no content that belongs to it"),
                Role::Source => ("source", "no cue that it belongs to"),
                Role::Content => ("content", "no cue that it belongs to, or rules took it for something else"),
            };
            format!("the core reads a {role} here (probability {:.2}), but {lacks}", span.probability)
        }
        None => "the core reads no source, cue or content here".to_owned(),
    });
    told
}

fn part_of(found: &crate::finding::Statement, tokens: TokenRange) -> Option<&'static str> {
    let is_in = |range: Option<TokenRange>| range.is_some_and(|range| range.overlaps(tokens));
    if is_in(found.cue.as_ref().map(|cue| cue.tokens)) {
        return Some("the cue");
    }
    if is_in(found.source) {
        return Some("the source");
    }
    found.content.iter().any(|piece| piece.overlaps(tokens)).then_some("content")
}
