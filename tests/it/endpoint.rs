//! The HTTP endpoints over a real socket: a server on a free port of loopback, and requests to it as they stand.

use std::fmt::Display;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread;

use axum::Router;
use demarche::telemetry::{Control, Health, HttpOptions, Metrics, http};
use serde_json::Value;

/// An answer: status, head in lower case, body.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request as it stands, and reads to the end of the connection.
pub(crate) fn send(
    address: impl ToSocketAddrs + Display,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Answer {
    let mut stream = TcpStream::connect(&address).unwrap();
    let host = if headers.contains("Host:") { String::new() } else { format!("Host: {address}\r\n") };
    let length = body.len();
    write!(stream, "{method} {path} HTTP/1.0\r\n{host}Content-Length: {length}\r\n{headers}\r\n").unwrap();
    // A server that has seen enough answers and closes while more is sent.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("an answer has a head");
    let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
    let status = head.split_whitespace().nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end + 4..].to_vec() }
}

pub(crate) fn get(address: impl ToSocketAddrs + Display, path: &str) -> Answer {
    send(address, "GET", path, "", b"")
}

pub(crate) fn post(address: SocketAddr, path: &str, content_type: &str, body: &[u8]) -> Answer {
    send(address, "POST", path, &format!("Content-Type: {content_type}\r\n"), body)
}

/// Serves on a free port, asks, and ends; that it ends is part of every test here. `more` gives the routes beside health and metrics for
/// the address that was had.
pub(crate) fn served(
    (health, metrics, control): (&Arc<Health>, &Arc<Metrics>, Control),
    more: impl FnOnce(SocketAddr) -> Option<Router>,
    ask: impl FnOnce(SocketAddr) + Send + 'static,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
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
        let (metrics, health) = (Arc::clone(metrics), Arc::clone(health));
        http::serve(listener, metrics, health, control, more(address), shutdown).await.unwrap();
        asking.join().unwrap();
    });
}
