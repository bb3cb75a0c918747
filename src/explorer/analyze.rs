//! `POST /v1/analyze`: an article in any form that a topic takes, and back comes the line that `extract` prints for it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde::Deserialize;
use tokio::time::timeout;

use super::desk::{Refusal, Request};
use super::onlooker::Explorer;
use super::parameters::{Written, named, probability, value};
use super::problem::Problem;
use crate::record::{Message, MinConfidence, Origin};

/// How long an article may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(20);

/// What may be asked for beside the article.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Wishes {
    /// When it was published, where it does not say so itself; a day or a time.
    published_at: Option<String>,
    /// Findings below are left out.
    min_confidence: Option<String>,
}

/// Answers it.
pub(super) async fn analyze(
    State(explorer): State<Arc<Explorer>>,
    wishes: Written<Wishes>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match answer(&explorer, named(wishes), &headers, body).await {
        Ok(line) => ([(CONTENT_TYPE, "application/json")], line).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn answer(
    explorer: &Explorer,
    wishes: Result<Wishes, Problem>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Vec<u8>, Problem> {
    let wishes = wishes?;
    let expected = "a day (2026-03-14) or a time (2026-03-14T09:30:00Z)";
    let published_at = value("published_at", wishes.published_at, expected, day_or_time)?;
    let min_confidence = MinConfidence::of_all(probability("min_confidence", wishes.min_confidence)?);
    let declared = headers.get(CONTENT_TYPE).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(declared) = declared.as_deref().filter(|declared| !is_read(declared)) {
        let detail = format!("{declared:?} is not read; send text/plain, text/html, application/json or ninjs");
        let title = "Not a kind of article that is read";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title, detail));
    }
    let most = explorer.desk.max_bytes();
    let arrived = timeout(ARRIVAL, to_bytes(body, most)).await;
    let arrived = arrived.map_err(|_| {
        let detail = format!("the article did not arrive within {} seconds", ARRIVAL.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", "The article did not arrive", detail)
    })?;
    let payload = arrived.map_err(|_| {
        let detail = format!("more than the {most} bytes that are analyzed on request");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The article is too large", detail)
    })?;
    let message = Message {
        origin: Origin { topic: "request".into(), partition: 0, offset: 0, timestamp_ms: None },
        key: None,
        payload: Some(payload.to_vec()),
        headers: declared
            .map(|declared| ("content-type".to_owned(), Some(declared.into_bytes())))
            .into_iter()
            .collect(),
    };
    let asked = explorer.desk.analyze(Request { message, published_at, min_confidence }).await;
    asked.map_err(|refusal| {
        let unavailable = |status, name, detail: &str| {
            Problem::new(status, name, "Nothing can be analyzed on request now", detail.to_owned())
        };
        match refusal {
            Refusal::Article(rejection) => rejection.into(),
            Refusal::QueueFull => {
                unavailable(StatusCode::TOO_MANY_REQUESTS, "queue_full", "as many requests wait as may wait; ask again")
            }
            Refusal::TopicBusy => unavailable(
                StatusCode::SERVICE_UNAVAILABLE,
                "topic_busy",
                "the topic needs every core; ask again later",
            ),
            Refusal::Ended => {
                unavailable(StatusCode::SERVICE_UNAVAILABLE, "ended", "the analysis on request has ended")
            }
        }
    })
}

/// Whether a declared type is one that a topic's messages may have.
fn is_read(declared: &str) -> bool {
    let media_type = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    matches!(media_type.as_str(), "" | "application/json" | "application/xhtml+xml" | "application/octet-stream")
        || media_type.starts_with("text/")
        || media_type.ends_with("+json")
}

fn day_or_time(text: &str) -> Option<Timestamp> {
    let day = || Some(text.parse::<jiff::civil::Date>().ok()?.at(0, 0, 0, 0));
    let midnight = || jiff::tz::Offset::UTC.to_timestamp(day()?).ok();
    text.parse::<Timestamp>().ok().or_else(midnight)
}
