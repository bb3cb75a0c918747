//! From an analysis to the records of the output topics: JSON values under CloudEvents 1.0 headers.
//!
//! Binary content mode of the Kafka protocol binding: attributes are headers named `ce_…`, the value is the data.
//! Nothing here reads a clock: an article that is read twice gives the same bytes twice.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::analysis::AnalysisRecord;
use super::class::FindingClass;
use super::message::{Channel, Header, Message, OutgoingRecord};
use super::options::OutputOptions;
use super::{Rejection, RejectionReason, bounds, ids, schema};
use crate::analyzer::{Analysis, Provenance};
use crate::article::Article;

/// Headers of the message that a record carries on (W3C Trace Context).
const CARRIED_ON: [&str; 2] = ["traceparent", "tracestate"];

/// Longest of them. The standard asks for 512 bytes; what is longer is no trace, and would stand in every record.
const MAX_CARRIED_BYTES: usize = 1024;

/// The records of one article, in order: its statements, its events, its analysis, as far as the options want them.
///
/// # Errors
/// A record would be larger than its topic takes, or all of them far larger than the article: it is refused as too
/// large. To write the other records only would drop a finding in silence; to try would stop the service at this
/// article, whoever reads it.
pub fn encode(
    article: &Article,
    analysis: &Analysis,
    message: &Message,
    options: &OutputOptions,
    provenance: &Provenance,
) -> Result<Vec<OutgoingRecord>, Rejection> {
    let record = AnalysisRecord::new(article, analysis, provenance, options.min_confidence)?;
    encode_record(&record, article, message, options)
}

/// The same of an analysis that stands written already.
///
/// # Errors
/// As [`encode`].
pub fn encode_record(
    record: &AnalysisRecord,
    article: &Article,
    message: &Message,
    options: &OutputOptions,
) -> Result<Vec<OutgoingRecord>, Rejection> {
    let envelope = Envelope::new(article, message, options);
    let mut records = Vec::new();
    if options.statements {
        records.extend(record.statements.iter().map(|found| OutgoingRecord {
            class: Some(FindingClass::of_statement(found)),
            ..envelope.seal(Channel::Statements, found.id, found)
        }));
    }
    if options.events {
        records.extend(record.events.iter().map(|found| OutgoingRecord {
            class: FindingClass::of_event(found),
            ..envelope.seal(Channel::Events, found.id, found)
        }));
    }
    if options.analyses {
        records.push(envelope.seal(Channel::Analyses, ids::of_analysis(&article.id), record));
    }
    match records.iter().find(|record| record.n_bytes() > options.max_bytes_of(record.channel)) {
        Some(record) => Err(too_large(record, options, article)),
        None => Ok(records),
    }
}

fn too_large(record: &OutgoingRecord, options: &OutputOptions, article: &Article) -> Rejection {
    let (thing, key) = match record.channel {
        Channel::Analyses => ("analysis", "output.max_analysis_bytes"),
        Channel::Events => ("event", "output.max_record_bytes"),
        Channel::Statements | Channel::DeadLetter => ("statement", "output.max_record_bytes"),
    };
    let (n_bytes, most) = (record.n_bytes(), options.max_bytes_of(record.channel));
    let about_id = bounds::told_of_id(article);
    let detail = format!("its {thing} takes {n_bytes} bytes where at most {most} are written ({key}){about_id}");
    Rejection::new(RejectionReason::TooLarge, detail)
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
            .filter_map(|&name| Some((name, message.header(name)?)))
            .filter(|(_, value)| value.len() <= MAX_CARRIED_BYTES)
            .map(|(name, value)| (name.to_owned(), Some(value.as_bytes().to_vec())))
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
        let key = Some(self.article_id.as_bytes().to_vec());
        OutgoingRecord { channel, key, payload: Some(payload), headers, class: None }
    }
}
