//! What was committed, as far as the ring holds it: numbers, findings, articles.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, VARY};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::{Value, json};

use super::history::{Entry, Figures};
use super::onlooker::Explorer;
use super::parameters::{Written, named, probability, value};
use super::problem::Problem;

/// Most messages that one answer tells of.
const MOST: usize = 500;

/// `GET /v1/summary`: what this replica has and what it no longer holds.
pub(super) async fn summary(State(explorer): State<Arc<Explorer>>) -> Response {
    let figures = explorer.history.figures();
    let refused: serde_json::Map<String, Value> =
        figures.refused.iter().map(|(reason, n)| (reason.as_str().to_owned(), (*n).into())).collect();
    let known: BTreeSet<_> = figures.positions.keys().chain(figures.lags.keys()).collect();
    let partitions: Vec<Value> = known
        .into_iter()
        .map(|key| {
            let (offset, lag) = (figures.positions.get(key), figures.lags.get(key));
            json!({ "topic": &*key.0, "partition": key.1, "offset": offset, "lag": lag })
        })
        .collect();
    let ready = explorer.health.as_ref().map(|health| health.ready());
    let body = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "committed": figures.n_committed,
        "refused": refused,
        "held": figures.n_held,
        "held_bytes": figures.n_bytes,
        "oldest": figures.oldest.map(|(seq, at)| json!({ "seq": seq, "at": at })),
        "partitions": partitions,
        "lag": lag(&figures),
        "ready": ready.as_ref().map(Result::is_ok),
        "condition": ready.and_then(Result::err),
    });
    ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Messages still to be read, of all partitions that are read here.
pub(super) fn lag(figures: &Figures) -> Option<i64> {
    (!figures.lags.is_empty()).then(|| figures.lags.values().sum())
}

/// Which findings are asked for, as it was written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    before: Option<String>,
    limit: Option<String>,
    kind: Option<String>,
    country: Option<String>,
    min_confidence: Option<String>,
}

/// Which findings are asked for.
#[derive(Debug)]
struct Wanted {
    /// Only what was committed before this one.
    before: Option<u64>,
    /// Most messages.
    limit: usize,
    kind: Option<Kind>,
    /// ISO 3166-1 alpha-3 of somebody who takes part.
    country: Option<String>,
    /// Findings below are left out.
    min_confidence: f64,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Statement,
    Event,
    Refused,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Statement, Self::Event, Self::Refused];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Event => "event",
            Self::Refused => "refused",
        }
    }
}

impl Asked {
    /// What nothing could fulfill is a slip, and not an empty answer.
    fn wanted(self) -> Result<Wanted, Problem> {
        let is_code = |code: &str| code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
        let code = |code: &str| is_code(code).then(|| code.to_owned());
        let kind = |name: &str| Kind::ALL.into_iter().find(|kind| kind.as_str() == name);
        let number = |text: &str| text.parse::<usize>().ok().filter(|limit| (1..=MOST).contains(limit));
        let limit = value("limit", self.limit, &format!("a number from 1 to {MOST}"), number)?;
        Ok(Wanted {
            before: value("before", self.before, "the number of a message", |text| text.parse::<u64>().ok())?,
            limit: limit.unwrap_or(MOST),
            kind: value("kind", self.kind, "statement, event or refused", kind)?,
            country: value("country", self.country, "three capitals, such as FIN", code)?,
            min_confidence: probability("min_confidence", self.min_confidence)?,
        })
    }
}

/// `GET /v1/findings`: the findings by message, newest first.
pub(super) async fn findings(State(explorer): State<Arc<Explorer>>, asked: Written<Asked>) -> Response {
    let wanted = match named(asked).and_then(Asked::wanted) {
        Ok(wanted) => wanted,
        Err(problem) => return problem.into_response(),
    };
    let answer = explorer.turns.take(|| {
        let entries = explorer.history.before(wanted.before, wanted.limit);
        let next = entries.last().map(|entry| entry.seq).filter(|seq| *seq > 1);
        let items: Vec<String> = entries.iter().filter_map(|entry| narrowed(message(entry), &wanted)).collect();
        format!("{{\"items\":[{}],\"next\":{}}}", items.join(","), json!(next))
    });
    match answer.await {
        Some(body) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
        None => {
            let (title, detail) = ("Too many read now", "the topic needs every core; ask again later");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "topic_busy", title, detail).into_response()
        }
    }
}

/// One message as it is told, a JSON object: its rows, or why it was refused, and its number, its time, its place. Nothing is read anew for it:
/// everybody who listens is told of every message.
pub(super) fn message(entry: &Entry) -> String {
    let mut told = String::from_utf8_lossy(&entry.rows).into_owned();
    let place = entry.origin.as_ref().map_or(json!({ "seq": entry.seq, "at": entry.at_ms }), |origin| {
        json!({ "seq": entry.seq, "at": entry.at_ms, "topic": &*origin.topic, "partition": origin.partition, "offset": origin.offset })
    });
    let place = place.to_string();
    // Two objects become one: the brace that ends the first goes, and so does the one that begins the second.
    told.pop();
    if told.len() > 1 {
        told.push(',');
    }
    told.push_str(&place[1..]);
    told
}

fn narrowed(told: String, wanted: &Wanted) -> Option<String> {
    let is_everything = wanted.kind.is_none() && wanted.country.is_none() && wanted.min_confidence <= 0.0;
    if is_everything {
        return Some(told);
    }
    Some(chosen(serde_json::from_str(&told).ok()?, wanted)?.to_string())
}

fn chosen(mut told: Value, wanted: &Wanted) -> Option<Value> {
    let is_asked = |kind: &str| wanted.kind.is_none_or(|asked| asked.as_str() == kind);
    if told.get("refused").is_some() {
        return (is_asked("refused") && wanted.country.is_none()).then_some(told);
    }
    let takes_part = |row: &Value, country: &str| {
        let parties = [&row["who"], &row["whom"]];
        parties.into_iter().filter_map(Value::as_array).flatten().any(|party| party["country"] == country)
    };
    let rows = told["rows"].as_array_mut()?;
    rows.retain(|row| {
        row["k"].as_str().is_some_and(is_asked)
            && row["confidence"].as_f64().is_some_and(|sure| sure >= wanted.min_confidence)
            && wanted.country.as_deref().is_none_or(|country| takes_part(row, country))
    });
    (!rows.is_empty()).then_some(told)
}

/// `GET /v1/articles/{id}`: the newest analysis of an article, the bytes that `extract` prints.
pub(super) async fn article(
    State(explorer): State<Arc<Explorer>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(record) = explorer.history.article(&id).and_then(|entry| entry.record.clone()) else {
        let detail = "the text of this article is not held: it was never committed here, the ring has forgotten it, or it is looked \
                      at through topics without `analyses`, which output.analyses = true switches on";
        return Problem::new(StatusCode::NOT_FOUND, "not_found", "No such article", detail).into_response();
    };
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes_gzip = accepted.split(',').any(|coding| matches!(coding.trim(), "gzip" | "*"));
    let mut response = if takes_gzip {
        ([(CONTENT_ENCODING, "gzip")], record.to_vec()).into_response()
    } else {
        let mut opened = Vec::new();
        // It was written here: it can be opened.
        let _ = GzDecoder::new(&*record).read_to_end(&mut opened);
        opened.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// `DELETE /v1/history`: empties the ring.
pub(super) async fn forget(State(explorer): State<Arc<Explorer>>) -> StatusCode {
    explorer.history.clear();
    StatusCode::NO_CONTENT
}

/// Any other method on a path of the API.
pub(super) async fn another_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} takes no {method}; /openapi.json names what it takes", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Not by this method", detail)
}

/// Any other path of the API.
pub(super) async fn nothing(uri: Uri) -> Problem {
    let detail = format!("nothing at {}; /openapi.json names what there is", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "not_found", "Nothing there", detail)
}
