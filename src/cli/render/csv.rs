//! Findings as a table for spreadsheets: one row a finding, statements and events in one table, since one file opens more
//! easily than two. Lists are joined by "; ". Columns that do not apply are empty.

use std::borrow::Cow;

use uuid::Uuid;

use crate::record::{ActorRecord, AnalysisRecord, ArticleRecord, EventRecord, SpanRecord, StatementRecord};

/// The columns. Names are those of the records; `text` is a statement's content and an event's trigger, `start` and
/// `end` are its first and last code point, `mentions` says how often an event is told.
const COLUMNS: [&str; 53] = [
    "record",
    "id",
    "article_id",
    "url",
    "publisher",
    "published_at",
    "title",
    "sentence_index",
    "sentence",
    "text",
    "start",
    "end",
    "confidence",
    "kind",
    "attitude",
    "form",
    "source",
    "speaker",
    "role",
    "organization",
    "speaker_country",
    "speaker_country_confidence",
    "speaker_code",
    "speaker_wikidata",
    "speaker_entity",
    "cue",
    "addressees",
    "when",
    "occasion",
    "via",
    "inside",
    "plover_type",
    "plover_mode",
    "plover_contexts",
    "cameo",
    "root",
    "quad_class",
    "goldstein",
    "actors",
    "actor_codes",
    "actor_entities",
    "recipients",
    "recipient_codes",
    "recipient_entities",
    "status",
    "date",
    "location",
    "location_country",
    "latitude",
    "longitude",
    "geonames_id",
    "mentions",
    "statement",
];

/// The first line.
pub(super) fn header() -> Vec<u8> {
    let mut table = Table::default();
    table.write(&COLUMNS.map(str::to_owned));
    table.into_bytes()
}

/// The rows of one article.
pub(super) fn rows(record: &AnalysisRecord) -> Vec<u8> {
    let mut table = Table::default();
    for found in &record.statements {
        table.write(&statement_row(found));
    }
    for found in &record.events {
        table.write(&event_row(found));
    }
    table.into_bytes()
}

/// The row of one statement.
#[cfg(feature = "kafka")]
pub(super) fn statement(found: &StatementRecord) -> Vec<u8> {
    let mut table = Table::default();
    table.write(&statement_row(found));
    table.into_bytes()
}

/// The row of one event.
#[cfg(feature = "kafka")]
pub(super) fn event(found: &EventRecord) -> Vec<u8> {
    let mut table = Table::default();
    table.write(&event_row(found));
    table.into_bytes()
}

/// Rows in memory.
struct Table(csv::Writer<Vec<u8>>);

impl Default for Table {
    fn default() -> Self {
        Self(csv::Writer::from_writer(Vec::new()))
    }
}

impl Table {
    fn write(&mut self, cells: &[String; COLUMNS.len()]) {
        let cells = cells.iter().map(|cell| harmless(cell).into_owned());
        self.0.write_record(cells).expect("every row has as many cells, and memory takes them");
    }

    fn into_bytes(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every row")
    }
}

/// A cell that no spreadsheet takes for a formula: text of an article is somebody else's, and `=HYPERLINK(…)` in it would be run. An
/// apostrophe before it shows as nothing there. Numbers stay numbers.
fn harmless(cell: &str) -> Cow<'_, str> {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && cell.parse::<f64>().is_err() {
        return Cow::Owned(format!("'{cell}"));
    }
    Cow::Borrowed(cell)
}

/// A row in which the named columns are filled.
fn row(cells: impl IntoIterator<Item = (&'static str, String)>) -> [String; COLUMNS.len()] {
    let mut row = [const { String::new() }; COLUMNS.len()];
    for (column, value) in cells {
        let at = COLUMNS.iter().position(|known| *known == column).expect("the column is one of the table's");
        row[at] = value;
    }
    row
}

fn statement_row(found: &StatementRecord) -> [String; COLUMNS.len()] {
    let (start, end) = (found.content.first().map(|span| span.start), found.content.last().map(|span| span.end));
    let speaker = found.speaker.as_ref();
    let span = |span: &Option<SpanRecord>| span.as_ref().map(|span| span.text.clone()).unwrap_or_default();
    let cells = [
        ("record", "statement".to_owned()),
        ("id", found.id.to_string()),
        ("sentence_index", found.sentence.index.to_string()),
        ("sentence", found.sentence.span.text.clone()),
        ("text", texts(&found.content)),
        ("start", start.map(|at| at.to_string()).unwrap_or_default()),
        ("end", end.map(|at| at.to_string()).unwrap_or_default()),
        ("confidence", found.confidence.to_string()),
        ("kind", json_name(&found.kind)),
        ("attitude", json_name(&found.attitude)),
        ("form", found.form.as_ref().map(json_name).unwrap_or_default()),
        ("source", span(&found.source)),
        ("speaker", speaker.and_then(|speaker| speaker.name.clone()).unwrap_or_default()),
        ("role", speaker.and_then(|speaker| speaker.role.clone()).unwrap_or_default()),
        ("organization", speaker.and_then(|speaker| speaker.organization.clone()).unwrap_or_default()),
        ("speaker_country", speaker.and_then(|speaker| speaker.country.clone()).unwrap_or_default()),
        ("speaker_country_confidence", number(speaker.and_then(|speaker| speaker.country_confidence))),
        ("speaker_code", speaker.and_then(|speaker| speaker.code.clone()).unwrap_or_default()),
        ("speaker_wikidata", speaker.and_then(|speaker| speaker.wikidata.clone()).unwrap_or_default()),
        ("speaker_entity", id(speaker.and_then(|speaker| speaker.entity))),
        ("cue", found.cue.as_ref().map(|cue| cue.span.text.clone()).unwrap_or_default()),
        ("addressees", texts(&found.addressees)),
        ("when", found.when.as_ref().and_then(|when| when.date.clone()).unwrap_or_default()),
        ("occasion", span(&found.occasion)),
        ("via", span(&found.via)),
        ("inside", id(found.inside)),
    ];
    row(article_cells(&found.article).into_iter().chain(cells))
}

fn event_row(found: &EventRecord) -> [String; COLUMNS.len()] {
    let joined =
        |actors: &[ActorRecord], part: fn(&ActorRecord) -> &str| actors.iter().map(part).collect::<Vec<_>>().join("; ");
    let place = found.location.as_ref();
    let cells = [
        ("record", "event".to_owned()),
        ("id", found.id.to_string()),
        ("sentence_index", found.sentence.index.to_string()),
        ("sentence", found.sentence.span.text.clone()),
        ("text", found.trigger.span.text.clone()),
        ("start", found.trigger.span.start.to_string()),
        ("end", found.trigger.span.end.to_string()),
        ("confidence", found.confidence.to_string()),
        ("plover_type", found.plover.event_type.clone()),
        ("plover_mode", found.plover.mode.clone().unwrap_or_default()),
        ("plover_contexts", found.plover.contexts.join("; ")),
        ("cameo", found.cameo.clone()),
        ("root", found.root.clone()),
        ("quad_class", found.quad_class.to_string()),
        ("goldstein", number(found.goldstein)),
        ("actors", joined(&found.actors, |actor| &actor.name)),
        ("actor_codes", joined(&found.actors, |actor| &actor.code)),
        ("actor_entities", entities(&found.actors)),
        ("recipients", joined(&found.recipients, |actor| &actor.name)),
        ("recipient_codes", joined(&found.recipients, |actor| &actor.code)),
        ("recipient_entities", entities(&found.recipients)),
        ("status", found.status.as_str().to_owned()),
        ("date", found.date.as_ref().and_then(|date| date.value.clone()).unwrap_or_default()),
        ("location", place.map(|place| place.name.clone()).unwrap_or_default()),
        ("location_country", place.and_then(|place| place.country.clone()).unwrap_or_default()),
        ("latitude", number(place.and_then(|place| place.latitude))),
        ("longitude", number(place.and_then(|place| place.longitude))),
        ("geonames_id", place.and_then(|place| place.geonames_id).map(|id| id.to_string()).unwrap_or_default()),
        ("mentions", (1 + found.mentions.len()).to_string()),
        ("statement", id(found.statement)),
    ];
    row(article_cells(&found.article).into_iter().chain(cells))
}

fn article_cells(article: &ArticleRecord) -> [(&'static str, String); 5] {
    [
        ("article_id", article.id.clone()),
        ("url", article.url.clone().unwrap_or_default()),
        ("publisher", article.publisher.clone().unwrap_or_default()),
        ("published_at", article.published_at.clone().unwrap_or_default()),
        ("title", article.title.clone().unwrap_or_default()),
    ]
}

fn texts(spans: &[SpanRecord]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join("; ")
}

fn id(id: Option<Uuid>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// The ids of the actors' entities, an empty place for who has none, as long as one has.
fn entities(actors: &[ActorRecord]) -> String {
    if actors.iter().all(|actor| actor.entity.is_none()) {
        return String::new();
    }
    actors.iter().map(|actor| id(actor.entity)).collect::<Vec<_>>().join("; ")
}

/// The name of an enumeration's value, as the records write it.
fn json_name(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_cell_that_looks_like_a_formula_is_text() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"http://news.example\")", "'=HYPERLINK(\"http://news.example\")"),
            ("+1 (Ada Finch)", "'+1 (Ada Finch)"),
            ("@finch", "'@finch"),
            ("- he left", "'- he left"),
            ("\t=1", "'\t=1"),
            ("-8.5", "-8.5"),
            ("+3", "+3"),
            ("The envoy = left", "The envoy = left"),
            ("", ""),
        ] {
            assert_eq!(harmless(cell), expected, "{cell:?}");
        }
    }
}
