//! `GET /v1/stream`: what is committed, as it is committed, as server-sent events. Whoever comes back with `Last-Event-ID`
//! gets what was missed, as far as the ring holds it; whoever is too slow is told that some are missing.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::answers::value;
use super::history::Entry;
use super::onlooker::Explorer;
use super::problem::Problem;

/// Most who listen at once.
const MAX_CLIENTS: usize = 16;

/// Who listens in this process.
static CLIENTS: AtomicUsize = AtomicUsize::new(0);

/// A place among the listeners; given back when the connection ends.
struct Seat;

impl Seat {
    fn take() -> Option<Self> {
        let free = |taken: usize| (taken < MAX_CLIENTS).then_some(taken + 1);
        CLIENTS.fetch_update(Ordering::AcqRel, Ordering::Acquire, free).ok().map(|_| Self)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        CLIENTS.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What a listener is to be told next, and from where more comes.
struct Listener {
    held: VecDeque<Arc<Entry>>,
    lost: bool,
    coming: Receiver<Arc<Entry>>,
    _seat: Seat,
}

/// Answers it.
pub(super) async fn stream(State(explorer): State<Arc<Explorer>>, headers: HeaderMap) -> Response {
    let Some(seat) = Seat::take() else {
        let detail = format!("{MAX_CLIENTS} listen already");
        let title = "Too many listen";
        return Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_listeners", title, detail).into_response();
    };
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()?.parse().ok());
    let (held, lost, coming) = explorer.history.after(last);
    let listener = Listener { held: held.into(), lost, coming, _seat: seat };
    let told = stream::unfold(listener, async |mut listener| Some((next(&mut listener).await?, listener)));
    Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

async fn next(listener: &mut Listener) -> Option<Result<Event, Infallible>> {
    loop {
        if std::mem::take(&mut listener.lost) {
            return Some(Ok(Event::default().event("lost").data("{}")));
        }
        if let Some(entry) = listener.held.pop_front() {
            match told(&entry) {
                Some(event) => return Some(Ok(event)),
                None => continue,
            }
        }
        match listener.coming.recv().await {
            Ok(entry) => listener.held.push_back(entry),
            Err(RecvError::Lagged(_)) => listener.lost = true,
            Err(RecvError::Closed) => return None,
        }
    }
}

fn told(entry: &Entry) -> Option<Event> {
    let name = if entry.rejection.is_some() { "refusal" } else { "article" };
    Some(Event::default().event(name).id(entry.seq.to_string()).data(value(entry)?.to_string()))
}
