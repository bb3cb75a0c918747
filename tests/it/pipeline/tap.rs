//! Who looks on sees what was committed and nothing else, and never has the lane wait.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use demarche::explorer::{Admission, ExplorerOptions};
use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::{Ended, Options, Sight, Tap};
use demarche::record::{AnalysisRecord, Message, OutgoingRecord, RejectionReason};

use super::bench::{Bench, LIMIT, expected_echoes, fill, message, options, payloads, seen};
use crate::endpoint::{get, post};
use crate::explorer::{explorer_with, new_explorer, with_page};

/// Keeps what it is shown.
#[derive(Debug, Default)]
struct Onlooker {
    shown: Mutex<Vec<String>>,
}

impl Onlooker {
    fn shown(&self) -> Vec<String> {
        let mut shown = self.shown.lock().unwrap().clone();
        shown.sort();
        shown
    }
}

impl Tap for Onlooker {
    fn begun(&self) {}

    fn ended(&self) {}

    fn of_analysis(&self, _: &Message, _: &AnalysisRecord) -> Sight {
        unreachable!("the work of these tests makes its sights itself")
    }

    fn of_dead_letter(&self, letter: &OutgoingRecord, reason: RejectionReason) -> Sight {
        let shown = vec![letter.payload.clone().unwrap_or_default().into()];
        Sight { origin: None, rejection: Some(reason), shown }
    }

    fn committed(&self, sights: Vec<Sight>) {
        let text = |part: &Arc<[u8]>| String::from_utf8_lossy(part).into_owned();
        let shown = sights.iter().flat_map(|sight| sight.shown.iter().map(text));
        self.shown.lock().unwrap().extend(shown);
    }
}

#[test]
fn what_was_aborted_is_never_shown_and_what_is_done_again_is_shown_once() {
    for (call, fault) in [
        (Call::Begin, Fault::Abortable),
        (Call::Enqueue, Fault::Abortable),
        (Call::Deliver, Fault::Abortable),
        (Call::Commit, Fault::Abortable),
    ] {
        let broker = Broker::new("articles", 2);
        let messages = fill(&broker, 100);
        for _ in 0..3 {
            broker.inject(call, fault);
        }
        let onlooker = Arc::new(Onlooker::default());
        let options = Options { epoch_bytes: 100, ..options() };
        let mut bench = Bench::start_watched(&broker, options, Arc::clone(&onlooker) as Arc<dyn Tap>);
        bench.wait_until_read();
        assert_eq!(bench.drain(), Ok(Ended::Drained), "{fault:?} at {call:?}");
        // One that was never begun is not aborted.
        let n_aborted = bench.metric("demarche_transactions_total{outcome=\"aborted\"}");
        assert!(n_aborted > 0 || call == Call::Begin, "{call:?}: nothing was aborted");
        assert_eq!(onlooker.shown(), expected_echoes(messages), "{fault:?} at {call:?}");
        assert_eq!(onlooker.shown(), seen(&broker), "{fault:?} at {call:?}");
    }
}

#[test]
fn a_lane_that_dies_with_its_transaction_open_has_shown_nothing_of_it() {
    let broker = Broker::new("articles", 1);
    fill(&broker, 20);
    broker.append(message(0, 20, "bad"));
    broker.inject(Call::Commit, Fault::Fatal);
    let onlooker = Arc::new(Onlooker::default());
    let mut bench = Bench::start_watched(&broker, options(), Arc::clone(&onlooker) as Arc<dyn Tap>);
    assert!(bench.join().is_err(), "the commit failed for good");
    assert_eq!(onlooker.shown(), payloads(&broker), "what is shown is what a reader sees");
    assert_eq!(onlooker.shown(), Vec::<String>::new());
}

#[test]
fn a_page_that_is_hammered_takes_no_core_that_the_topic_works_with() {
    const N_WORKERS: usize = 1;
    const N_REQUESTS: usize = 40;
    let explorer = new_explorer(N_WORKERS);
    let page = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        let broker = Broker::new("articles", 1);
        broker.append(message(0, 0, "wait"));
        for offset in 1..300 {
            broker.append(message(0, offset, "echo"));
        }
        let options = Options { workers: N_WORKERS, ..options() };
        let mut bench = Bench::start_watched(&broker, options, page);
        // Every thread of the topic is at work, and stays so until the test lets go.
        bench.waiting.recv_timeout(LIMIT).unwrap();
        let (answered, answers) = crossbeam_channel::unbounded();
        let ask = || {
            let answered = answered.clone();
            thread::spawn(move || answered.send(post(address, "/v1/analyze", "text/plain", b"It rained.").status))
        };
        let asking: Vec<_> = (0..N_REQUESTS).map(|_| ask()).collect();
        // More ask than may wait: some are turned away at once. Who waits is not served.
        let first = answers.recv_timeout(LIMIT).unwrap();
        assert_eq!(first, 429, "while the topic needed every core");
        bench.let_all_go();
        bench.wait_until_read();
        assert_eq!(bench.drain(), Ok(Ended::Drained));
        assert_eq!(seen(&broker), expected_echoes((0..300).map(|offset| (0, offset))));
        for asking in asking {
            asking.join().unwrap().unwrap();
        }
        let mut statuses: Vec<u16> = answers.try_iter().chain([first]).collect();
        statuses.sort_unstable();
        assert_eq!(statuses.len(), N_REQUESTS);
        assert!(statuses.iter().all(|status| [200, 429, 503].contains(status)), "{statuses:?}");
        assert!(statuses.contains(&200), "the topic is idle, and the page has its turn: {statuses:?}");
    });
}

#[test]
fn while_requests_hammer_the_page_the_topic_goes_on_with_every_thread_it_has() {
    const N_WORKERS: usize = 2;
    const N_ARTICLES: usize = 400;
    // Threads take articles by batches of up to 32. While more are left than all threads hold, each that ends a batch finds another one; with
    // the last batches a thread may have nothing to do, page or no page.
    const N_WATCHED: usize = N_ARTICLES - N_WORKERS * 32;
    // No pause of the topic is long enough, on no machine: so nobody may be served.
    let admission = Admission { idle: LIMIT, patience: Duration::ZERO };
    let explorer = explorer_with(&ExplorerOptions { admission, ..ExplorerOptions::default() }, N_WORKERS);
    let page = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        let offsets = || 0..i64::try_from(N_ARTICLES).unwrap();
        let broker = Broker::new("articles", 1);
        offsets().for_each(|offset| broker.append(message(0, offset, "wait")));
        let options = Options { workers: N_WORKERS, ..options() };
        let mut bench = Bench::start_watched(&broker, options, page);
        let at_work = |bench: &Bench| bench.waiting.recv_timeout(LIMIT).expect("a thread of the topic has no article");
        (0..N_WORKERS).for_each(|_| at_work(&bench));
        let (answered, answers) = crossbeam_channel::bounded(0);
        thread::scope(|scope| {
            // One after another, until nobody wants to know any more: articles are handed in, and all that is held is asked for.
            let hammer = |ask: fn(SocketAddr) -> (&'static str, u16)| {
                let answered = answered.clone();
                scope.spawn(move || while answered.send(ask(address)).is_ok() {});
            };
            let analyze = |address| ("analyze", post(address, "/v1/analyze", "text/plain", b"It rained.").status);
            let findings = |address| ("findings", get(address, "/v1/findings?min_confidence=0.1").status);
            (0..4).for_each(|_| hammer(analyze));
            (0..2).for_each(|_| hammer(findings));
            // An article ends, the next one begins, all threads are at work again, and all the while people ask.
            for n_done in N_WORKERS..N_WATCHED {
                bench.let_one_go();
                at_work(&bench);
                let (asked, status) = answers.recv_timeout(LIMIT).unwrap();
                let may_be = if asked == "analyze" { [429, 503] } else { [200, 503] };
                assert!(may_be.contains(&status), "{asked}: {status} after {n_done} articles");
            }
            drop(answers);
        });
        bench.let_all_go();
        bench.wait_until_read();
        assert_eq!(bench.drain(), Ok(Ended::Drained));
        assert_eq!(seen(&broker), expected_echoes(offsets().map(|offset| (0, offset))));
    });
}
