//! The analysis on the wire: everything found in one article, with its text and sentences.

use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::entity::{self, EntityRecord};
use super::event::{self, EventRecord};
use super::model::ModelRecord;
use super::shared::Shared;
use super::span::{ArticleRecord, SentenceRecord, SpanRecord, SpanWriter};
use super::statement::{self, StatementRecord};
use super::{MinConfidence, Rejection, bounds, ids};
use crate::analyzer::{Analysis, Provenance};
use crate::article::Article;
use crate::finding::{Entity, Event, Statement};
use crate::text::{Document, Field, SentenceKind, Span, TokenRange};

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
    /// Who takes part, in the order of the first mentions, those of the title first.
    #[serde(default)]
    pub entities: Vec<EntityRecord>,
    /// The statements, in the order of the text, those of the title first.
    pub statements: Vec<StatementRecord>,
    /// The events, in the order of the text, those of the title first.
    pub events: Vec<EventRecord>,
    /// What is not part of the story: bylines, share buttons, the second copy of a headline.
    pub boilerplate: Vec<SpanRecord>,
    /// What found it.
    pub model: ModelRecord,
}

impl AnalysisRecord {
    /// The record of an analysis. Findings below `min_confidence` are left out, and references to them with them.
    ///
    /// # Errors
    /// Far more would be written than was read: the article is refused, as too large.
    pub fn new(
        article: &Article,
        analysis: &Analysis,
        provenance: &Provenance,
        min_confidence: MinConfidence,
    ) -> Result<Self, Rejection> {
        bounds::check(article, analysis)?;
        let reference = ArticleRecord::new(article);
        let doc = &analysis.document;
        let writer = SpanWriter::new(doc);

        let model = ModelRecord::from(provenance);
        let mut names = Names { article_id: &article.id, doc, taken: HashMap::new() };
        let entities: Vec<Uuid> = analysis.entities.iter().map(|found| names.entity(found)).collect();
        let shared = Shared { article: &reference, model: &model, writer: &writer, entities: &entities };
        let statement_ids: Vec<Option<Uuid>> = analysis
            .statements
            .iter()
            .map(|found| {
                let id = names.statement(found);
                (found.confidence >= min_confidence.statements).then_some(id)
            })
            .collect();
        let id_of = |index: Option<usize>| index.and_then(|index| statement_ids.get(index).copied().flatten());

        let statements = analysis
            .statements
            .iter()
            .zip(&statement_ids)
            .filter_map(|(found, id)| Some(statement::record(found, &shared, (*id)?, id_of(found.inside))));
        let events = analysis.events.iter().filter_map(|found| {
            let id = names.event(found);
            (found.confidence >= min_confidence.events)
                .then(|| event::record(found, &shared, id, id_of(found.statement)))
        });
        let entities = analysis.entities.iter().zip(&entities).map(|(found, id)| entity::record(found, &writer, *id));
        let (statements, events, entities) = (statements.collect(), events.collect(), entities.collect());
        Ok(Self {
            entities,
            statements,
            events,
            sentences: (doc.n_title_sentences()..doc.sentences.len()).map(|number| writer.sentence(number)).collect(),
            boilerplate: boilerplate(doc).into_iter().map(|span| writer.span(span)).collect(),
            text: article.text.clone(),
            article: reference,
            model,
        })
    }
}

/// Names findings. A finding is named by what makes it what it is and survives a better model: a statement by its cue
/// and where its content lies, an event by its trigger and PLOVER type, an entity by its first mention; whoever agrees in that is numbered.
struct Names<'a> {
    article_id: &'a str,
    doc: &'a Document,
    taken: HashMap<Uuid, usize>,
}

impl Names<'_> {
    fn statement(&mut self, found: &Statement) -> Uuid {
        let cue = found.cue.as_ref().map(|cue| cue.tokens);
        self.name("statement", cue.into_iter().chain(found.content.iter().copied()))
    }

    fn event(&mut self, found: &Event) -> Uuid {
        self.name(&format!("event {}", found.plover_type), [found.trigger])
    }

    fn entity(&mut self, found: &Entity) -> Uuid {
        self.name("entity", found.mentions.first().map(|mention| mention.tokens))
    }

    /// Never without a span: a statement has content, an event a trigger, an entity a mention.
    fn name(&mut self, kind: &str, ranges: impl IntoIterator<Item = TokenRange>) -> Uuid {
        let placed: Vec<(Field, Span)> =
            ranges.into_iter().map(|range| self.doc.place(self.doc.span_of(range))).collect();
        let field = placed.first().map_or(Field::Text, |(field, _)| *field);
        let spans: Vec<Span> = placed.into_iter().map(|(_, span)| span).collect();
        let first = ids::of_finding(self.article_id, kind, field, &spans, 0);
        let n_before = self.taken.entry(first).or_insert(0);
        let ordinal = *n_before;
        *n_before += 1;
        if ordinal == 0 { first } else { ids::of_finding(self.article_id, kind, field, &spans, ordinal) }
    }
}

/// Boilerplate sentences, neighbors joined.
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
