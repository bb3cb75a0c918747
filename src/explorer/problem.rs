//! What went wrong, as the API says it: problem details of RFC 9457.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::record::{Rejection, RejectionReason};

/// A problem, ready to be answered.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    /// The last part of its type; for a refused article the dead letter's reason.
    name: &'static str,
    title: &'static str,
    detail: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, name: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, name, title, detail: detail.into() }
    }
}

/// A query that cannot be read: a parameter that there is not, or that is given twice.
pub(super) fn bad_request(detail: &str) -> Problem {
    // What says so names the part of the program that read it.
    let detail = detail.strip_prefix("Failed to deserialize query string: ").unwrap_or(detail);
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", "The request is wrong", detail)
}

/// A parameter with a value that it cannot have.
pub(super) fn bad_value(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_value", "A parameter has a value that it cannot have", detail)
}

/// A refused article, with the reason that its dead letter would have.
impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        let (status, title) = match rejection.reason {
            RejectionReason::TooLarge | RejectionReason::TooManyTokens => {
                (StatusCode::PAYLOAD_TOO_LARGE, "The article is too large")
            }
            RejectionReason::AnalysisPanicked => (StatusCode::INTERNAL_SERVER_ERROR, "The analysis failed"),
            RejectionReason::NotUtf8 => (StatusCode::UNPROCESSABLE_ENTITY, "The bytes are no text"),
            RejectionReason::UnsupportedFormat => (StatusCode::UNPROCESSABLE_ENTITY, "The format is not read"),
            RejectionReason::Malformed => (StatusCode::UNPROCESSABLE_ENTITY, "The article cannot be read"),
            RejectionReason::NoText => (StatusCode::UNPROCESSABLE_ENTITY, "There is no text"),
            RejectionReason::UnsupportedLanguage => (StatusCode::UNPROCESSABLE_ENTITY, "The article is not in English"),
        };
        Self::new(status, rejection.reason.as_str(), title, rejection.detail)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, name, title, detail } = self;
        let body = json!({
            "type": format!("urn:demarche:problem:{name}"),
            "title": title,
            "status": status.as_u16(),
            "detail": detail,
            "reason": name,
        });
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
