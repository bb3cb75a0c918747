//! Who may ask, and what every answer carries.
//!
//! On loopback the name that was asked for must be a name of this machine: a page of the web that lets its own name point to
//! 127.0.0.1 (DNS rebinding) is turned away. On any other address whoever asks must know the token; without one configured
//! there is neither page nor data. What changes something is taken from the page itself only (`Origin`). There are no cookies
//! and no CORS headers, so that no other page can read an answer.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, HeaderName, HeaderValue, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use crate::telemetry::Token;

/// What a page of ours may load: its own files and nothing else, no inline script, no string made into markup.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// Headers of every answer, beside the policy.
const HEADERS: [(&str, &str); 5] = [
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

/// Who may ask.
#[derive(Debug, Clone)]
pub struct Access {
    is_loopback: bool,
    token: Option<Token>,
}

impl Access {
    /// Access to a server bound to this address.
    pub fn new(bound: IpAddr, token: Option<Token>) -> Self {
        Self { is_loopback: bound.is_loopback(), token }
    }

    /// Whether anybody may ask at all.
    pub fn is_open(&self) -> bool {
        self.is_loopback || self.token.is_some()
    }

    fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
        let forbidden =
            |detail: &str| Problem::new(StatusCode::FORBIDDEN, "forbidden", "Not for whoever asks", detail.to_owned());
        let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
        let host = text(HOST).unwrap_or_default();
        if self.is_loopback && !is_this_machine(host) {
            return Err(forbidden("on loopback the page answers to the names localhost, 127.0.0.1 and [::1] only"));
        }
        if !matches!(*method, Method::GET | Method::HEAD)
            && let Some(origin) = text(ORIGIN)
            && origin.split_once("://").is_none_or(|(_, from)| !from.eq_ignore_ascii_case(host))
        {
            return Err(forbidden("another page asks; only the page of this service may"));
        }
        match &self.token {
            None if self.is_loopback => Ok(()),
            None => Err(forbidden(
                "bound to an address that others reach, the page needs a token: set http.token_file, or http.page = false",
            )),
            Some(token) if token.is_given(headers) => Ok(()),
            Some(_) => Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "A token is asked for",
                "send the header `Authorization: Bearer` with the token that is in http.token_file",
            )),
        }
    }
}

/// Whether this is a name by which a machine calls itself; the port may be another where one is forwarded.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Lets a request for data through, or says why not. Data is never kept by a browser.
pub(super) async fn data(State(access): State<Arc<Access>>, request: Request, next: Next) -> Response {
    let mut response = match access.check(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let mut response = problem.into_response();
            if response.status() == StatusCode::UNAUTHORIZED {
                response.headers_mut().insert("www-authenticate", HeaderValue::from_static("Bearer"));
            }
            response
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    protect(&mut response);
    response
}

/// The page's own files hold nothing of any article.
pub(super) async fn page(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    protect(&mut response);
    response
}

fn protect(response: &mut Response) {
    for (name, value) in HEADERS {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(access: &Access, method: &Method, headers: &[(&'static str, &'static str)]) -> u16 {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let checked = access.check(method, &headers.collect());
        checked.map_or_else(|problem| problem.into_response().status().as_u16(), |()| 200)
    }

    #[test]
    fn a_page_of_the_web_cannot_read_articles_through_a_name_of_its_own() {
        let access = Access::new([127, 0, 0, 1].into(), None);
        for host in ["localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST", "127.0.0.1:9999"] {
            assert_eq!(asked(&access, &Method::GET, &[("host", host)]), 200, "{host}");
        }
        for host in ["evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:8080", ""] {
            assert_eq!(asked(&access, &Method::GET, &[("host", host)]), 403, "{host}");
        }
        assert_eq!(asked(&access, &Method::GET, &[]), 403, "no name at all");
    }

    #[test]
    fn a_page_of_the_web_cannot_make_this_machine_analyze() {
        let access = Access::new([127, 0, 0, 1].into(), None);
        let post = |origin| asked(&access, &Method::POST, &[("host", "localhost:8080"), ("origin", origin)]);
        assert_eq!(post("http://localhost:8080"), 200);
        for origin in ["https://evil.example", "http://localhost:3000", "null", "http://evil.example/localhost:8080"] {
            assert_eq!(post(origin), 403, "{origin}");
        }
        assert_eq!(asked(&access, &Method::POST, &[("host", "localhost:8080")]), 200, "curl sends none");
    }

    #[test]
    fn what_others_can_reach_asks_for_a_token_and_is_shut_without_one() {
        let host = ("host", "news.example:8080");
        let shut = Access::new([0, 0, 0, 0].into(), None);
        assert_eq!(asked(&shut, &Method::GET, &[host]), 403);
        let access = Access::new([0, 0, 0, 0].into(), Some(Token::new("open sesame\n")));
        assert_eq!(asked(&access, &Method::GET, &[host]), 401);
        assert_eq!(asked(&access, &Method::GET, &[host, ("authorization", "Bearer open")]), 401);
        assert_eq!(asked(&access, &Method::GET, &[host, ("authorization", "Bearer open sesame")]), 200);
    }
}
