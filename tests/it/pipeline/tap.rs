//! Who looks on sees what was committed and nothing else, and never has the lane wait.

use std::sync::{Arc, Mutex};
use std::thread;

use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::{Ended, Options, Sight, Tap};
use demarche::record::{AnalysisRecord, Message, OutgoingRecord, RejectionReason};

use super::bench::{Bench, LIMIT, expected_echoes, fill, message, options, payloads, seen};
use crate::endpoint::post;
use crate::explorer::{new_explorer, with_page};

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
