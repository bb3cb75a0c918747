//! The endpoints of health and metrics, asked over a real socket on a free port.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;

use demarche::pipeline::{Brake, BrakeOptions};
use demarche::telemetry::{Control, Health, HttpOptions, Metrics, http};

/// Status, head and body of one answer.
fn get(address: SocketAddr, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

/// Runs the endpoints on a free port, asks, and ends them; that they end is part of every test here.
fn with_endpoints(health: &Arc<Health>, metrics: &Arc<Metrics>, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let options = HttpOptions { listen: Some(([127, 0, 0, 1], 0).into()) };
        let listener = http::bind(&options).await.unwrap().unwrap();
        let address = listener.local_addr().unwrap();
        assert_ne!(address.port(), 0, "a free port was taken");
        let (close, closed) = tokio::sync::oneshot::channel::<()>();
        let asking = thread::spawn(move || {
            ask(address);
            close.send(()).unwrap();
        });
        let shutdown = async { closed.await.unwrap_or(()) };
        let brake = Brake::new(BrakeOptions::default());
        let control = Control { resume: Arc::new(move || brake.release()), token: None };
        http::serve(listener, Arc::clone(metrics), Arc::clone(health), control, None, shutdown).await.unwrap();
        asking.join().unwrap();
    });
}

#[test]
fn readiness_says_why_not() {
    let (health, metrics) = (Health::new(), Metrics::new());
    let changed = Arc::clone(&health);
    with_endpoints(&health, &metrics, move |address| {
        let (status, _, body) = get(address, "/readyz");
        assert_eq!((status, body.as_str()), (503, "not ready: starting\n"));
        changed.expect_lane(0);
        changed.set_assigned(0, true);
        assert_eq!(get(address, "/readyz").0, 200);
        assert_eq!(get(address, "/livez").0, 200);
        changed.set_draining();
        let (status, _, body) = get(address, "/readyz");
        assert_eq!((status, body.as_str()), (503, "not ready: draining\n"));
        assert_eq!(get(address, "/livez").0, 200, "a drain is no reason to restart");
        changed.set_fatal("fenced by another process");
        let (status, _, body) = get(address, "/livez");
        assert_eq!((status, body.as_str()), (503, "not alive: fatal: fenced by another process\n"));
    });
}

/// Status of a POST with one more header line, or none.
fn post(address: SocketAddr, path: &str, header: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "POST {path} HTTP/1.0\r\nHost: {address}\r\n{header}Content-Length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split_whitespace().nth(1).unwrap().parse().unwrap(), body.to_owned())
}

#[test]
fn a_service_that_has_stopped_by_itself_is_told_to_go_on_by_people_and_not_by_web_pages() {
    with_endpoints(&Health::new(), &Metrics::new(), |address| {
        assert_eq!(get(address, "/-/resume").0, 405, "a look changes nothing");
        assert_eq!(post(address, "/-/resume", "Origin: https://news.example\r\n").0, 403);
        assert_eq!(post(address, "/-/resume", ""), (200, "nothing had stopped\n".to_owned()));
    });
}

#[test]
fn metrics_come_in_the_format_of_openmetrics() {
    let (health, metrics) = (Health::new(), Metrics::new());
    metrics.count_rebalance();
    with_endpoints(&health, &metrics, |address| {
        let (status, head, body) = get(address, "/metrics");
        assert_eq!(status, 200);
        assert!(head.contains("content-type: application/openmetrics-text; version=1.0.0; charset=utf-8"), "{head}");
        assert!(body.ends_with("# EOF\n"), "OpenMetrics ends with # EOF: {body}");
        assert!(body.contains("demarche_rebalances_total 1\n"), "{body}");
    });
}

#[test]
fn the_index_names_the_endpoints_and_other_paths_are_not_found() {
    with_endpoints(&Health::new(), &Metrics::new(), |address| {
        let (status, _, body) = get(address, "/");
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
