//! `GET /v1/stream`: what is committed, as it is committed, as server-sent events. Whoever comes back with `Last-Event-ID`
//! gets what was missed, as far as the ring holds it; whoever is too slow is told that some are missing. Numbers come between, once a second at
//! most. A listener holds the number of the
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
use serde_json::json;
use tokio::time::{Instant, sleep_until};

use super::answers::{lag, message};
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

/// How often numbers are told at most.
const COUNTS: Duration = Duration::from_secs(1);

/// Who listens, and how far.
struct Listener {
    explorer: Arc<Explorer>,
    place: Place,
    /// The numbers that were told last, and when others may be.
    counts: String,
    next_counts: Instant,
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
    let listener = Listener { explorer, place, counts: String::new(), next_counts: Instant::now(), _seat: seat };
    let told = stream::unfold(listener, async |mut listener| Some((next(&mut listener).await?, listener)));
    Sse::new(told).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response()
}

async fn next(listener: &mut Listener) -> Option<Result<Event, Infallible>> {
    loop {
        if let Some(counts) = new_counts(listener) {
            return Some(Ok(Event::default().event("counts").data(counts)));
        }
        match listener.explorer.history.next(&mut listener.place) {
            Some(Next::Lost) => return Some(Ok(Event::default().event("lost").data("{}"))),
            Some(Next::Entry(entry)) => return Some(Ok(told(&entry))),
            None => {}
        }
        tokio::select! {
            goes_on = listener.place.wait() => if !goes_on { return None },
            () = sleep_until(listener.next_counts) => {}
        }
    }
}

/// The numbers, once a second at most, where they are others than those told last.
fn new_counts(listener: &mut Listener) -> Option<String> {
    let now = Instant::now();
    if now < listener.next_counts {
        return None;
    }
    listener.next_counts = now + COUNTS;
    let figures = listener.explorer.history.figures();
    let n_refused: u64 = figures.refused.values().sum();
    let counts = json!({
        "committed": figures.n_committed,
        "refused": n_refused,
        "held": figures.n_held,
        "lag": lag(&figures),
    });
    let counts = counts.to_string();
    (counts != listener.counts).then(|| {
        listener.counts.clone_from(&counts);
        counts
    })
}

fn told(entry: &Entry) -> Event {
    let name = if entry.rejection.is_some() { "refusal" } else { "article" };
    Event::default().event(name).id(entry.seq.to_string()).data(message(entry))
}
