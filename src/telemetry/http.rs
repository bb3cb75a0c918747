//! Health and metrics over HTTP, for probes and Prometheus; and the one thing that a running service can be told, to go on
//! after it has stopped by itself. Probes and metrics ask for no token, hence it is bound to loopback unless configured; what changes
//! something asks for the one that is configured, and without one it is for this machine alone.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::header::{CONTENT_TYPE, ORIGIN};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tokio::net::TcpListener;

use crate::telemetry::{Health, Metrics, Token};

/// The text format of OpenMetrics 1.0, which Prometheus reads and `prometheus-client` writes.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What there is to ask for.
const INDEX: &str = "demarche\n\n\
    /livez    200 while the process can go on; 503 and the reason when it should be restarted\n\
    /readyz   200 while every lane has its assignment; 503 and the reason otherwise\n\
    /metrics  counts and times, in the text format of OpenMetrics\n\
    /-/resume by POST: goes on after it has stopped because too much was refused\n";

/// What a running service can be told.
#[derive(Clone)]
pub struct Control {
    /// Tells one that has stopped by itself to go on; says whether it had stopped.
    pub resume: Arc<dyn Fn() -> bool + Send + Sync>,
    /// What whoever tells it so must know.
    pub token: Option<Token>,
}

/// Where the endpoints are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// Address to listen on; port 0 takes a free one. `None`: no endpoints.
    pub listen: Option<SocketAddr>,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self { listen: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))) }
    }
}

/// The address cannot be had.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} (http.listen)")]
pub struct BindError {
    address: SocketAddr,
    source: io::Error,
}

/// Takes the address, if one is configured, and logs it: with port 0 that is how it becomes known.
///
/// # Errors
/// The address is taken, foreign, or not allowed.
pub async fn bind(options: &HttpOptions) -> Result<Option<TcpListener>, BindError> {
    let Some(address) = options.listen else { return Ok(None) };
    let bound = async {
        let listener = TcpListener::bind(address).await?;
        let local = listener.local_addr()?;
        Ok((listener, local))
    };
    let (listener, local) = bound.await.map_err(|source| BindError { address, source })?;
    tracing::info!(address = %local, "answering /livez, /readyz and /metrics");
    Ok(Some(listener))
}

/// Answers until the future is ready, then finishes what has begun. Where `more` is given it is answered too, and has the root.
///
/// # Errors
/// The listener broke.
pub async fn serve(
    listener: TcpListener,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    control: Control,
    more: Option<Router>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let root = more.unwrap_or_else(|| Router::new().route("/", get(async || INDEX)));
    let routes = Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .route("/-/resume", post(go_on))
        .fallback(async |uri: Uri| (StatusCode::NOT_FOUND, format!("nothing at {}; see /\n", uri.path())))
        .with_state(Sources { metrics, health, control })
        .merge(root);
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).with_graceful_shutdown(shutdown).await
}

/// What the answers are made of.
#[derive(Clone)]
struct Sources {
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    control: Control,
}

async fn live(State(sources): State<Sources>) -> impl IntoResponse {
    verdict(sources.health.live(), "alive")
}

async fn ready(State(sources): State<Sources>) -> impl IntoResponse {
    verdict(sources.health.ready(), "ready")
}

fn verdict(state: Result<(), String>, good: &str) -> (StatusCode, String) {
    match state {
        Ok(()) => (StatusCode::OK, format!("{good}\n")),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not {good}: {reason}\n")),
    }
}

async fn go_on(
    State(sources): State<Sources>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> (StatusCode, &'static str) {
    if let Err(refused) = may_resume(sources.control.token.as_ref(), peer.ip(), &headers) {
        return refused;
    }
    let told = if (sources.control.resume)() { "going on\n" } else { "nothing had stopped\n" };
    (StatusCode::OK, told)
}

/// Whether somebody may tell the service to go on.
fn may_resume(token: Option<&Token>, peer: IpAddr, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
    // A page that somebody looks at may post to a loopback address, but not without saying where it comes from.
    if headers.contains_key(ORIGIN) {
        return Err((StatusCode::FORBIDDEN, "not for web pages\n"));
    }
    match token {
        Some(token) if token.is_given(headers) => Ok(()),
        Some(_) => Err((
            StatusCode::UNAUTHORIZED,
            "send the header `Authorization: Bearer` with the token in http.token_file\n",
        )),
        None if peer.to_canonical().is_loopback() => Ok(()),
        None => Err((
            StatusCode::FORBIDDEN,
            "from another machine this needs a token: set http.token_file, or run `demarche resume` where the service is\n",
        )),
    }
}

async fn scrape(State(sources): State<Sources>) -> impl IntoResponse {
    ([(CONTENT_TYPE, OPEN_METRICS)], sources.metrics.encode())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use axum::http::header::AUTHORIZATION;

    use super::*;

    #[test]
    fn from_another_machine_nobody_resumes_without_a_token() {
        let token = Token::new("open sesame");
        let (none, mut known) = (HeaderMap::new(), HeaderMap::new());
        known.insert(AUTHORIZATION, HeaderValue::from_static("Bearer open sesame"));
        let other = IpAddr::from([192, 0, 2, 7]);
        for (token, peer, headers, expected) in [
            (None, IpAddr::from([127, 0, 0, 1]), &none, 200),
            (None, "::1".parse().unwrap(), &none, 200),
            (None, "::ffff:127.0.0.1".parse().unwrap(), &none, 200),
            (None, other, &none, 403),
            (Some(&token), other, &none, 401),
            (Some(&token), IpAddr::from([127, 0, 0, 1]), &none, 401),
            (Some(&token), other, &known, 200),
        ] {
            let answered = may_resume(token, peer, headers).map_or_else(|(status, _)| status.as_u16(), |()| 200);
            assert_eq!(answered, expected, "{peer}, a token: {}", token.is_some());
        }
    }
}
