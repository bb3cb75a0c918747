//! `GET /v1/stream`: what is committed, as it is committed, as server-sent events. Whoever comes back with `Last-Event-ID`
//! gets what was missed, as far as the ring holds it; whoever is too slow is told that some are missing. A listener holds the number of the
//! last message that it was told of and no message, so that the ring alone decides what is remembered.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures::stream;

use super::answers::value;
use super::history::{Entry, Next, Place};
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

/// Who listens, and how far.
struct Listener {
    explorer: Arc<Explorer>,
    place: Place,
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
    let place = explorer.history.listen(last);
    let listener = Listener { explorer, place, _seat: seat };
    let told = stream::unfold(listener, async |mut listener| Some((next(&mut listener).await?, listener)));
    Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

async fn next(listener: &mut Listener) -> Option<Result<Event, Infallible>> {
    loop {
        let event = match listener.explorer.history.next(&mut listener.place) {
            Some(Next::Lost) => Some(Event::default().event("lost").data("{}")),
            Some(Next::Entry(entry)) => told(&entry),
            None if listener.place.wait().await => None,
            None => return None,
        };
        if let Some(event) = event {
            return Some(Ok(event));
        }
    }
}

fn told(entry: &Entry) -> Option<Event> {
    let name = if entry.rejection.is_some() { "refusal" } else { "article" };
    Some(Event::default().event(name).id(entry.seq.to_string()).data(value(entry)?.to_string()))
}
