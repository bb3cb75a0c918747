//! The analysis on the wire: everything found in one article, with its text and sentences.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{self, EventRecord};
use super::span::{ArticleRecord, SentenceRecord, SpanRecord, SpanWriter};
use super::statement::{self, StatementRecord};
use super::{Rejection, bounds, ids};
use crate::analyzer::Analysis;
use crate::article::Article;
use crate::finding::{Event, Field, Statement};
use crate::text::{Document, SentenceKind, Span};

/// Everything found in one article.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Analysis")]
pub struct AnalysisRecord {
    /// The article.
    pub article: ArticleRecord,
    /// The text that all offsets count in. For HTML it is the text that was extracted.
    pub text: String,
    /// The sentences of the text, in order.
    pub sentences: Vec<SentenceRecord>,
    /// The statements, in the order of the text, those of the title first.
    pub statements: Vec<StatementRecord>,
    /// The events, in the order of the text, those of the title first.
    pub events: Vec<EventRecord>,
    /// What is not part of the story: bylines, share buttons, the second copy of a headline.
    pub boilerplate: Vec<SpanRecord>,
    /// Name and version of the model that found it.
    pub model: String,
}

impl AnalysisRecord {
    /// The record of an analysis. Findings below `min_confidence` are left out, and references to them with them.
    ///
    /// # Errors
    /// Far more would be written than was read: the article is refused, as too large.
    pub fn new(
        article: &Article,
        analysis: &Analysis,
        model_version: &str,
        min_confidence: f32,
    ) -> Result<Self, Rejection> {
        bounds::check(article, analysis)?;
        let reference = ArticleRecord::new(article);
        let body = SpanWriter::new(&analysis.body, Field::Text);
        let no_title = Document::default();
        let title = SpanWriter::new(analysis.title.as_ref().unwrap_or(&no_title), Field::Title);
        let writer = |field| if field == Field::Title { &title } else { &body };

        let mut names = Names { article_id: &article.id, taken: HashMap::new() };
        let statement_ids: Vec<Option<Uuid>> = analysis
            .statements
            .iter()
            .map(|found| {
                let id = names.statement(found, writer(found.field).doc());
                (found.confidence >= min_confidence).then_some(id)
            })
            .collect();
        let id_of = |index: Option<usize>| index.and_then(|index| statement_ids.get(index).copied().flatten());

        let statements = analysis.statements.iter().zip(&statement_ids).filter_map(|(found, id)| {
            Some(statement::record(found, &reference, writer(found.field), (*id)?, id_of(found.inside)))
        });
        let events = analysis.events.iter().filter_map(|found| {
            let id = names.event(found, writer(found.field).doc());
            (found.confidence >= min_confidence)
                .then(|| event::record(found, &reference, writer(found.field), id, id_of(found.statement)))
        });
        Ok(Self {
            statements: statements.collect(),
            events: events.collect(),
            sentences: (0..analysis.body.sentences.len()).map(|index| body.sentence(index)).collect(),
            boilerplate: boilerplate(&analysis.body).into_iter().map(|span| body.span(span)).collect(),
            text: article.text.clone(),
            article: reference,
            model: model_version.to_owned(),
        })
    }
}

/// Names findings. A finding is named by what makes it what it is and survives a better model: a statement by its cue
/// and where its content lies, an event by its trigger and code; whoever agrees in that is numbered.
struct Names<'a> {
    article_id: &'a str,
    taken: HashMap<Uuid, usize>,
}

impl Names<'_> {
    fn statement(&mut self, found: &Statement, doc: &Document) -> Uuid {
        let cue = found.cue.as_ref().map(|cue| doc.span_of(cue.tokens));
        let content = found.content.iter().map(|&piece| doc.span_of(piece));
        let spans: Vec<Span> = cue.into_iter().chain(content).collect();
        self.name("statement", found.field, &spans)
    }

    fn event(&mut self, found: &Event, doc: &Document) -> Uuid {
        self.name(&format!("event {}", found.cameo), found.field, &[doc.span_of(found.trigger)])
    }

    fn name(&mut self, kind: &str, field: Field, spans: &[Span]) -> Uuid {
        let first = ids::of_finding(self.article_id, kind, field, spans, 0);
        let n_before = self.taken.entry(first).or_insert(0);
        let ordinal = *n_before;
        *n_before += 1;
        if ordinal == 0 { first } else { ids::of_finding(self.article_id, kind, field, spans, ordinal) }
    }
}

/// Boilerplate sentences, neighbours joined.
fn boilerplate(doc: &Document) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut joins = false;
    for sentence in &doc.sentences {
        if sentence.kind != SentenceKind::Boilerplate {
            joins = false;
            continue;
        }
        let span = doc.span_of(sentence.tokens);
        match spans.last_mut() {
            Some(last) if joins => last.end = span.end,
            _ => spans.push(span),
        }
        joins = true;
    }
    spans
}
