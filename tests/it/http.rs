//! The endpoints of health and metrics, asked over a real socket on a free port.

use std::net::SocketAddr;
use std::sync::Arc;

use demarche::pipeline::{Brake, BrakeOptions};
use demarche::telemetry::{Control, Health, HttpOptions, Metrics, http};

use crate::endpoint::{self, send};

/// Runs the endpoints, asks, and ends them.
fn with_endpoints(health: &Arc<Health>, metrics: &Arc<Metrics>, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let brake = Brake::new(BrakeOptions::default());
    let control = Control { resume: Arc::new(move || brake.release()), token: None };
    endpoint::served((health, metrics, control), |_| None, ask);
}

/// Status and text of an answer.
fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let answer = endpoint::get(address, path);
    (answer.status, answer.text())
}

#[test]
fn readiness_says_why_not() {
    let (health, metrics) = (Health::new(), Metrics::new());
    let changed = Arc::clone(&health);
    with_endpoints(&health, &metrics, move |address| {
        let (status, body) = get(address, "/readyz");
        assert_eq!((status, body.as_str()), (503, "not ready: starting\n"));
        changed.expect_lane(0);
        changed.set_assigned(0, true);
        assert_eq!(get(address, "/readyz").0, 200);
        assert_eq!(get(address, "/livez").0, 200);
        changed.set_draining();
        let (status, body) = get(address, "/readyz");
        assert_eq!((status, body.as_str()), (503, "not ready: draining\n"));
        assert_eq!(get(address, "/livez").0, 200, "a drain is no reason to restart");
        changed.set_fatal("fenced by another process");
        let (status, body) = get(address, "/livez");
        assert_eq!((status, body.as_str()), (503, "not alive: fatal: fenced by another process\n"));
    });
}

#[test]
fn a_service_that_has_stopped_by_itself_is_told_to_go_on_by_people_and_not_by_web_pages() {
    with_endpoints(&Health::new(), &Metrics::new(), |address| {
        assert_eq!(get(address, "/-/resume").0, 405, "a look changes nothing");
        let foreign = send(address, "POST", "/-/resume", "Origin: https://news.example\r\n", b"");
        assert_eq!(foreign.status, 403);
        let answer = send(address, "POST", "/-/resume", "", b"");
        assert_eq!((answer.status, answer.text().as_str()), (200, "nothing had stopped\n"));
    });
}

#[test]
fn metrics_come_in_the_format_of_openmetrics() {
    let (health, metrics) = (Health::new(), Metrics::new());
    metrics.count_rebalance();
    with_endpoints(&health, &metrics, |address| {
        let answer = endpoint::get(address, "/metrics");
        let (head, body) = (&answer.head, answer.text());
        assert_eq!(answer.status, 200);
        assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"), "{head}");
        assert!(body.ends_with("# EOF\n"), "OpenMetrics ends with # EOF: {body}");
        assert!(body.contains("demarche_rebalances_total 1\n"), "{body}");
    });
}

#[test]
fn the_index_names_the_endpoints_and_other_paths_are_not_found() {
    with_endpoints(&Health::new(), &Metrics::new(), |address| {
        let (status, body) = get(address, "/");
        assert_eq!(status, 200);
        for path in ["/livez", "/readyz", "/metrics"] {
            assert!(body.contains(path), "{body}");
        }
        assert_eq!(get(address, "/nothing").0, 404);
    });
}

#[test]
fn an_address_that_is_taken_is_named_with_its_key() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let options = HttpOptions { listen: Some(taken.local_addr().unwrap()) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let error = runtime.block_on(http::bind(&options)).unwrap_err();
    let expected = format!("cannot listen on {} (http.listen)", taken.local_addr().unwrap());
    assert_eq!(error.to_string(), expected);
}
