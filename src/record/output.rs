//! From an analysis to the records of the output topics: JSON values under CloudEvents 1.0 headers.
//!
//! Binary content mode of the Kafka protocol binding: attributes are headers named `ce_…`, the value is the data.
//! Nothing here reads a clock: an article that is read twice gives the same bytes twice.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::analysis::AnalysisRecord;
use super::message::{Channel, Header, Message, OutgoingRecord};
use super::options::OutputOptions;
use super::{ids, schema};
use crate::analyzer::Analysis;
use crate::article::Article;

/// Headers of the message that a record carries on (W3C Trace Context).
const CARRIED_ON: [&str; 2] = ["traceparent", "tracestate"];

/// The records of one article, in order: its statements, its events, its analysis, as far as the options want them.
pub fn encode(
    article: &Article,
    analysis: &Analysis,
    message: &Message,
    options: &OutputOptions,
    model_version: &str,
) -> Vec<OutgoingRecord> {
    let record = AnalysisRecord::new(article, analysis, model_version, options.min_confidence);
    let envelope = Envelope::new(article, message, options);
    let mut records = Vec::new();
    if options.statements {
        records.extend(record.statements.iter().map(|found| envelope.seal(Channel::Statements, found.id, found)));
    }
    if options.events {
        records.extend(record.events.iter().map(|found| envelope.seal(Channel::Events, found.id, found)));
    }
    if options.analyses {
        records.push(envelope.seal(Channel::Analyses, ids::of_analysis(&article.id), &record));
    }
    records
}

/// What the records of one article have in common.
struct Envelope<'a> {
    article_id: &'a str,
    source: &'a str,
    time: Option<String>,
    carried_on: Vec<Header>,
}

impl<'a> Envelope<'a> {
    fn new(article: &'a Article, message: &Message, options: &'a OutputOptions) -> Self {
        let received = message.origin.timestamp_ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
        let carried_on = CARRIED_ON
            .iter()
            .filter_map(|&name| Some((name.to_owned(), Some(message.header(name)?.as_bytes().to_vec()))))
            .collect();
        Self {
            article_id: &article.id,
            source: &options.source,
            time: received.or(article.published_at).map(|time| time.to_string()),
            carried_on,
        }
    }

    fn seal(&self, channel: Channel, id: Uuid, value: &impl Serialize) -> OutgoingRecord {
        let kind = schema::Kind::of(channel).expect("dead letters are sealed elsewhere");
        let text = |name: &str, value: &str| (name.to_owned(), Some(value.as_bytes().to_vec()));
        let mut headers = vec![
            text("ce_specversion", "1.0"),
            text("ce_id", &id.to_string()),
            text("ce_type", kind.ce_type()),
            text("ce_source", self.source),
            text("ce_subject", self.article_id),
            text("ce_dataschema", kind.uri()),
            text("content-type", "application/json"),
        ];
        headers.extend(self.time.as_ref().map(|time| text("ce_time", time)));
        headers.extend(self.carried_on.iter().cloned());
        let payload = serde_json::to_vec(value).expect("a record has string keys and finite numbers only");
        OutgoingRecord { channel, key: Some(self.article_id.as_bytes().to_vec()), payload: Some(payload), headers }
    }
}
