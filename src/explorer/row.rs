//! What the page's tables, matrices and charts are made of: one flat row a finding, short, without the article's text. The
//! article itself is kept beside it as the compressed line of its analysis record.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;

use crate::pipeline::Sight;
use crate::record::dead_letter::{self, DETAIL, OFFSET, PARTITION, TIMESTAMP, TOPIC};
use crate::record::{
    ActorRecord, AnalysisRecord, ArticleRecord, AttitudeRecord, EntityRecord, EventRecord, EventStatusRecord, Origin,
    OutgoingRecord, RejectionReason, SpanRecord, StatementKindRecord, StatementRecord,
};

/// Most characters of a finding's words in a row: two lines of a table.
const MAX_CHARS: usize = 280;

/// Bytes of a refused message that are kept to be looked at.
const HEAD_BYTES: usize = 512;

/// Most headers of it, and most characters of each.
const MAX_HEADERS: usize = 32;

/// An article and its findings.
#[derive(Debug, Serialize)]
struct Rows<'a> {
    article: &'a ArticleRecord,
    /// The title, else the first line.
    headline: String,
    rows: Vec<Row<'a>>,
}

/// A finding.
#[derive(Debug, Serialize)]
#[serde(tag = "k", rename_all = "lowercase")]
enum Row<'a> {
    Statement(Said<'a>),
    Event(Done<'a>),
}

#[derive(Debug, Serialize)]
struct Said<'a> {
    id: String,
    confidence: f64,
    text: String,
    who: Vec<Party<'a>>,
    /// Countries that the words speak of.
    whom: Vec<Party<'a>>,
    role: Option<&'a str>,
    /// The words credited: an office may go on there.
    source: Option<&'a str>,
    cue: Option<&'a str>,
    kind: StatementKindRecord,
    attitude: AttitudeRecord,
}

#[derive(Debug, Serialize)]
struct Done<'a> {
    id: String,
    confidence: f64,
    text: String,
    who: Vec<Party<'a>>,
    whom: Vec<Party<'a>>,
    #[serde(rename = "type")]
    event_type: &'a str,
    mode: Option<&'a str>,
    cameo: &'a str,
    quad: u8,
    goldstein: Option<f64>,
    status: EventStatusRecord,
    historical: bool,
    date: Option<&'a str>,
    place: Option<Place<'a>>,
}

#[derive(Debug, Serialize)]
struct Party<'a> {
    name: &'a str,
    code: Option<&'a str>,
    country: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct Place<'a> {
    name: &'a str,
    country: Option<&'a str>,
    lat: Option<f64>,
    lon: Option<f64>,
}

/// A refused message.
#[derive(Debug, Serialize)]
struct Refused<'a> {
    reason: &'a str,
    detail: String,
    n_bytes: usize,
    /// Its first bytes, two hexadecimal digits each.
    hex: String,
    headers: Vec<(&'a str, String)>,
}

/// What is shown of an analysis: rows, the compressed record, the article's id.
pub(super) fn of_analysis(origin: Option<Origin>, record: &AnalysisRecord) -> Sight {
    let id = record.article.id.as_bytes().into();
    Sight { origin, rejection: None, shown: vec![rows(record).into(), compressed(record).into(), id] }
}

/// What is shown of findings of one article whose text nobody has: rows alone.
pub(super) fn of_findings(
    origin: Option<Origin>,
    article: &ArticleRecord,
    statements: &[StatementRecord],
    events: &[EventRecord],
) -> Sight {
    let headline = short(article.title.as_deref().unwrap_or(&article.id));
    let said = statements.iter().map(|found| Row::Statement(said(found, &[])));
    let done = events.iter().map(|found| Row::Event(done(found)));
    let rows = Rows { article, headline, rows: said.chain(done).collect() };
    Sight { origin, rejection: None, shown: vec![written(&rows).into()] }
}

/// What is shown of a refused message, by its dead letter.
pub(super) fn of_dead_letter(letter: &OutgoingRecord, reason: RejectionReason) -> Sight {
    let text = |value: &Option<Vec<u8>>| String::from_utf8_lossy(value.as_deref().unwrap_or_default()).into_owned();
    let ours = |name: &str| letter.headers.iter().rev().find(|(key, _)| key == name).map(|(_, value)| text(value));
    let origin = || {
        let (partition, offset) = (ours(PARTITION)?.parse().ok()?, ours(OFFSET)?.parse().ok()?);
        let timestamp_ms = ours(TIMESTAMP).and_then(|text| text.parse().ok());
        Some(Origin { topic: ours(TOPIC)?.into(), partition, offset, timestamp_ms })
    };
    let payload = letter.payload.as_deref().unwrap_or_default();
    let theirs = letter.headers.iter().filter(|(name, _)| !dead_letter::is_ours(name)).take(MAX_HEADERS);
    let refused = Refused {
        reason: reason.as_str(),
        detail: ours(DETAIL).unwrap_or_default(),
        n_bytes: payload.len(),
        hex: payload.iter().take(HEAD_BYTES).map(|byte| format!("{byte:02x}")).collect(),
        headers: theirs.map(|(name, value)| (name.as_str(), short(&text(value)))).collect(),
    };
    let json = serde_json::json!({ "refused": refused }).to_string();
    Sight { origin: origin(), rejection: Some(reason), shown: vec![json.into_bytes().into()] }
}

/// The rows of an analysis, as a JSON object.
pub(super) fn rows(record: &AnalysisRecord) -> Vec<u8> {
    let first_line = || record.text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let headline = short(record.article.title.as_deref().unwrap_or_else(first_line));
    let said = record.statements.iter().map(|found| Row::Statement(said(found, &record.entities)));
    let done = record.events.iter().map(|found| Row::Event(done(found)));
    written(&Rows { article: &record.article, headline, rows: said.chain(done).collect() })
}

fn written(rows: &Rows<'_>) -> Vec<u8> {
    serde_json::to_vec(rows).expect("a row has string keys and finite numbers only")
}

/// The record's line, compressed: what `extract` prints, byte for byte, once it is opened.
fn compressed(record: &AnalysisRecord) -> Vec<u8> {
    // The quickest level: it is done beside the analysis, and takes a hundredth of its time.
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = serde_json::to_writer(&mut encoder, record).is_ok() && encoder.write_all(b"\n").is_ok();
    debug_assert!(written, "memory takes what is written");
    encoder.finish().unwrap_or_default()
}

fn said<'a>(found: &'a StatementRecord, entities: &'a [EntityRecord]) -> Said<'a> {
    let speaker = found.speaker.as_ref();
    let name = speaker.and_then(|speaker| speaker.name.as_deref());
    let name = name.or(found.source.as_ref().map(|source| source.text.as_str()));
    let who = name.map(|name| Party {
        name,
        code: speaker.and_then(|speaker| speaker.code.as_deref()),
        country: speaker.and_then(|speaker| speaker.country.as_deref()),
    });
    let pieces: Vec<&str> = found.content.iter().map(|piece| piece.text.as_str()).collect();
    Said {
        id: found.id.to_string(),
        confidence: found.confidence,
        text: short(&pieces.join(" … ")),
        whom: spoken_of(found, entities),
        who: who.into_iter().collect(),
        role: speaker.and_then(|speaker| speaker.role.as_deref()),
        source: found.source.as_ref().map(|source| source.text.as_str()),
        cue: found.cue.as_ref().map(|cue| cue.span.text.as_str()),
        kind: found.kind,
        attitude: found.attitude,
    }
}

/// The countries that a statement's words speak of, by the entities that they name; each once.
fn spoken_of<'a>(found: &StatementRecord, entities: &'a [EntityRecord]) -> Vec<Party<'a>> {
    let holds = |mention: &SpanRecord| {
        found
            .content
            .iter()
            .any(|piece| piece.field == mention.field && piece.start <= mention.start && mention.end <= piece.end)
    };
    let mut parties: Vec<Party<'_>> = Vec::new();
    for entity in entities.iter().filter(|entity| !found.speakers.contains(&entity.id)) {
        let Some(country) = entity.country.as_deref() else { continue };
        if parties.iter().all(|party| party.country != Some(country)) && entity.mentions.iter().any(holds) {
            parties.push(Party { name: entity.name.as_deref().unwrap_or(country), code: None, country: Some(country) });
        }
    }
    parties
}

fn done(found: &EventRecord) -> Done<'_> {
    Done {
        id: found.id.to_string(),
        confidence: found.confidence,
        text: short(&found.sentence.span.text),
        who: found.actors.iter().map(party).collect(),
        whom: found.recipients.iter().map(party).collect(),
        event_type: &found.plover.event_type,
        mode: found.plover.mode.as_deref(),
        cameo: &found.cameo,
        quad: found.quad_class,
        goldstein: found.goldstein,
        status: found.status,
        historical: found.historical,
        date: found.date.as_ref().and_then(|date| date.value.as_deref()),
        place: found.location.as_ref().map(|place| Place {
            name: &place.name,
            country: place.country.as_deref(),
            lat: place.latitude,
            lon: place.longitude,
        }),
    }
}

fn party(actor: &ActorRecord) -> Party<'_> {
    Party { name: &actor.name, code: Some(&actor.code), country: actor.country.as_deref() }
}

/// The beginning of a text.
fn short(text: &str) -> String {
    match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;
    use crate::record::{Message, Rejection};

    #[test]
    fn what_is_kept_of_an_article_opens_to_the_line_that_extract_prints() {
        let line = include_str!("../../tests/data/render/analysis.json");
        let record: AnalysisRecord = serde_json::from_str(line).unwrap();
        let sight = of_analysis(None, &record);
        let mut opened = String::new();
        flate2::read::GzDecoder::new(&*sight.shown[1]).read_to_string(&mut opened).unwrap();
        assert_eq!(opened, serde_json::to_string(&record).unwrap() + "\n");
        let rows: serde_json::Value = serde_json::from_slice(&sight.shown[0]).unwrap();
        let n_findings = record.statements.len() + record.events.len();
        assert_eq!(rows["rows"].as_array().map(Vec::len), Some(n_findings));
    }

    #[test]
    fn a_refused_message_is_shown_with_its_reason_its_place_and_its_first_bytes() {
        let origin = Origin { topic: "articles".into(), partition: 2, offset: 17, timestamp_ms: None };
        let message = Message { origin: origin.clone(), key: None, payload: Some(vec![0xff; 5000]), headers: vec![] };
        let reason = RejectionReason::NotUtf8;
        let letter = dead_letter::encode(&message, &Rejection::new(reason, "no utf-8 at byte 0"));
        let sight = of_dead_letter(&letter, reason);
        assert_eq!((sight.origin.as_ref(), sight.rejection), (Some(&origin), Some(reason)));
        assert!(sight.n_bytes() < 2000, "a refused message of any size takes little: {}", sight.n_bytes());
        let shown: serde_json::Value = serde_json::from_slice(&sight.shown[0]).unwrap();
        assert_eq!((&shown["refused"]["reason"], &shown["refused"]["n_bytes"]), (&"not_utf8".into(), &5000.into()));
    }
}
