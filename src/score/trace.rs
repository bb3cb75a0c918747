//! The decisions of the article graph with their evidence, one article a line: what `training/who.py` fits the weights on.

use serde_json::{Value, json};

use crate::analyzer::Analyzer;
use crate::article::Article;
use crate::extract::who::Trace;
use crate::nlp::core::Asked;
use crate::text::{CodePoints, Document, TokenRange};

use super::ScoreError;

/// Traces every article of a file of JSON lines with "id", "text" and perhaps "date".
///
/// # Errors
/// If a line is no such object.
pub fn trace(file: &str, text: &str, analyzer: &mut Analyzer) -> Result<String, ScoreError> {
    each(file, text, |article| {
        let (document, trace) = analyzer.trace(article);
        Some(written(&article.id, &document, &trace))
    })
}

/// Traces what the head for events asks of the tree about triggers, as [`trace`] does the graph.
///
/// # Errors
/// If a line is no such object.
pub fn trace_events(file: &str, text: &str, analyzer: &mut Analyzer) -> Result<String, ScoreError> {
    asked(file, text, analyzer, |asked, span| {
        let triggers = asked.triggers.iter().map(|trigger| {
            let words = trigger.words.iter().map(|word| {
                let token = TokenRange::new(word.token as usize, word.token as usize + 1);
                json!({"head": span(token), "span": span(word.phrase), "keys": word.keys, "seen": word.seen})
            });
            json!({
                "span": span(trigger.tokens),
                "plover": trigger.event_type.name(),
                "keys": trigger.keys,
                "said": trigger.said,
                "words": words.collect::<Vec<_>>(),
            })
        });
        ("triggers", triggers.collect())
    })
}

/// Traces what the head for events asks of the tree about words that may be triggers.
///
/// # Errors
/// If a line is no such object.
pub fn trace_triggers(file: &str, text: &str, analyzer: &mut Analyzer) -> Result<String, ScoreError> {
    asked(file, text, analyzer, |asked, span| {
        let words = asked.words.iter().map(|word| {
            let token = TokenRange::new(word.token as usize, word.token as usize + 1);
            json!({"span": span(token), "keys": word.keys})
        });
        ("words", words.collect())
    })
}

/// Traces what is asked about mentions that may tell of one event.
///
/// # Errors
/// If a line is no such object.
pub fn trace_same(file: &str, text: &str, analyzer: &mut Analyzer) -> Result<String, ScoreError> {
    each(file, text, |article| {
        let (document, trace) = analyzer.trace_same(article);
        let points = CodePoints::new(document.text());
        let mentions = trace.mentions.iter().map(
            |&(tokens, event_type)| json!({"span": points.of(document.span_of(tokens)), "plover": event_type.name()}),
        );
        let pairs = trace.pairs.iter().map(|pair| json!([pair.earlier, pair.later, pair.heard, pair.features]));
        Some(json!({"id": article.id, "mentions": mentions.collect::<Vec<_>>(), "pairs": pairs.collect::<Vec<_>>()}))
    })
}

/// A span of tokens in code points.
type SpanOf<'a> = &'a dyn Fn(TokenRange) -> (usize, usize);

fn asked(
    file: &str,
    text: &str,
    analyzer: &mut Analyzer,
    mut listed: impl FnMut(&Asked, SpanOf<'_>) -> (&'static str, Vec<Value>),
) -> Result<String, ScoreError> {
    each(file, text, |article| {
        let (document, asked) = analyzer.trace_events(article);
        let points = CodePoints::new(document.text());
        let (name, listed) = listed(asked?, &|tokens| points.of(document.span_of(tokens)));
        Some(json!({"id": article.id, name: listed}))
    })
}

/// A line for each article of a file of JSON lines with "id", "text" and perhaps "date".
fn each(file: &str, text: &str, mut line: impl FnMut(&Article) -> Option<Value>) -> Result<String, ScoreError> {
    let mut out = String::new();
    for (index, row) in text.lines().enumerate().filter(|(_, row)| !row.trim().is_empty()) {
        let row: Value =
            serde_json::from_str(row).map_err(|error| ScoreError::new(file, index + 1, error.to_string()))?;
        let cell = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let mut article = Article::from_text(cell("id"), cell("text"));
        article.published_at = format!("{}T00:00:00Z", cell("date")).parse().ok();
        if let Some(line) = line(&article) {
            out.push_str(&line.to_string());
            out.push('\n');
        }
    }
    Ok(out)
}

fn written(id: &str, doc: &Document, trace: &Trace) -> Value {
    let points = CodePoints::new(doc.text());
    let span = |tokens: TokenRange| {
        let span = doc.span_of(tokens);
        points.of(span)
    };
    let mentions = trace.mentions.iter().map(|mention| {
        json!({"span": span(mention.tokens), "chain": mention.chain, "sort": mention.sort, "key": mention.key})
    });
    let nouns = trace.nouns.iter().map(|noun| json!([span(noun.tokens), noun.lemma, noun.is_plural]));
    let links = trace.links.iter().map(|question| json!([question.mention, question.class, question.candidates]));
    let states = trace
        .states
        .iter()
        .map(|question| json!([question.mentions, question.class, question.key, question.candidates]));
    let entities = trace.entities.iter().map(|entity| {
        let mentions = entity
            .mentions
            .iter()
            .map(|mention| span(mention.tokens))
            .map(|(start, end)| json!({"start": start, "end": end}));
        json!({
            "kind": entity.kind.name(),
            "name": entity.name,
            "country": entity.country,
            "sector": entity.sector.map(|sector| sector.name()),
            "role": entity.role,
            "confidence": entity.confidence,
            "mentions": mentions.collect::<Vec<_>>(),
        })
    });
    json!({
        "id": id,
        "entities": entities.collect::<Vec<_>>(),
        "mentions": mentions.collect::<Vec<_>>(),
        "nouns": nouns.collect::<Vec<_>>(),
        "links": links.collect::<Vec<_>>(),
        "states": states.collect::<Vec<_>>(),
        "sectors": trace.sectors,
    })
}
