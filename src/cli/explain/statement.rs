//! What made a statement: cue, source and content as the head scores them, who the source is, and the features of the confidence.

use serde::Serialize;

use super::Read;
use super::weights::{Confidence, Who, rounded, words};
use crate::finding::Statement;
use crate::record::StatementRecord;
use crate::text::{Role, RoleSpan, TokenRange};

/// See the module.
#[derive(Debug, Serialize)]
pub(super) struct StatementExplained {
    pub(super) id: String,
    pub(super) article: String,
    pub(super) sentence: String,
    pub(super) kind: String,
    pub(super) attitude: String,
    /// What found it: "core" or "rules".
    pub(super) found_by: &'static str,
    pub(super) cue: Option<Part>,
    pub(super) source: Option<Part>,
    pub(super) content: Vec<Part>,
    /// Who is credited.
    pub(super) speakers: Vec<Who>,
    pub(super) confidence: Confidence,
}

/// A part of a statement.
#[derive(Debug, Serialize)]
pub(super) struct Part {
    pub(super) words: String,
    /// What found it: "core", or "rules" where no span of the core lies there.
    pub(super) found_by: &'static str,
    /// How sure the core is of the words.
    pub(super) probability: Option<f64>,
    /// How sure it is of what they belong to: a cue's source, a content's cue.
    pub(super) link_probability: Option<f64>,
}

/// See the module.
pub(super) fn explain(read: &Read, statement: &Statement, record: &StatementRecord) -> StatementExplained {
    let part = |role: Role, tokens: TokenRange| {
        let span = role_at(read, role, tokens);
        Part {
            words: words(read, tokens),
            found_by: if span.is_some() { "core" } else { "rules" },
            probability: span.map(|span| rounded(span.probability)),
            link_probability: span.filter(|span| span.role != Role::Source).map(|span| rounded(span.link_probability)),
        }
    };
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    StatementExplained {
        id: record.id.to_string(),
        article: record.article.id.clone(),
        sentence: words(read, read.analysis.document.sentences[statement.sentence].tokens),
        kind: text(serde_json::to_value(record.kind).unwrap_or_default()),
        attitude: text(serde_json::to_value(record.attitude).unwrap_or_default()),
        found_by: if statement.features.is_empty() { "rules" } else { "core" },
        cue: statement.cue.as_ref().map(|cue| part(Role::Cue, cue.tokens)),
        source: statement.source.map(|tokens| part(Role::Source, tokens)),
        content: statement.content.iter().map(|&tokens| part(Role::Content, tokens)).collect(),
        speakers: statement.speakers.iter().map(|&number| Who::of(read, number)).collect(),
        confidence: Confidence::of(statement.confidence, &statement.features, |name| {
            read.models.weight_of_statement(name)
        }),
    }
}

/// A statement in a line.
pub(super) fn summary(record: &StatementRecord) -> String {
    let words =
        |span: &Option<crate::record::SpanRecord>| span.as_ref().map_or("nobody named", |span| &span.text).to_owned();
    let cue = record.cue.as_ref().map_or_else(String::new, |cue| format!(" {}", cue.span.text));
    let content: Vec<&str> = record.content.iter().map(|piece| piece.text.as_str()).collect();
    let line = format!("{}{cue}: {}", words(&record.source), content.join(" … "));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The span of the core that plays a part at some words.
pub(super) fn role_at(read: &Read, role: Role, tokens: TokenRange) -> Option<&RoleSpan> {
    let roles = read.analysis.document.roles.as_deref().unwrap_or_default();
    roles.iter().find(|span| span.role == role && span.tokens.overlaps(tokens))
}
