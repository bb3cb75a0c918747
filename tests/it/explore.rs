//! `demarche explore --brokers`: the page over the topics of a cluster, with texts where there are analyses and without.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use demarche::kafka::EmbeddedBroker;
use demarche::record::samples;
use serde_json::Value;

use crate::endpoint::get;
use crate::program::demarche;

/// Only ends a test that hangs.
const DEADLINE: Duration = Duration::from_mins(10);

/// A process that is killed with the test.
struct Beside(Child);

impl Drop for Beside {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Asks again and again until the answer is as it should be.
fn until(address: &str, path: &str, is_there: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    loop {
        let body = get(address, path).json();
        if is_there(&body) {
            return body;
        }
        assert!(begun.elapsed() < DEADLINE, "{path} stays {body}");
        thread::yield_now();
    }
}

/// A page over these brokers: the process, and its address.
fn explore(brokers: &str) -> (Beside, String) {
    let mut command = demarche(&["explore", "--brokers", brokers, "--listen", "127.0.0.1:0"]);
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    let mut told = BufReader::new(process.stdout.take().unwrap());
    told.read_line(&mut line).unwrap();
    // Kept open: a command whose reader goes away ends.
    process.stdout = Some(told.into_inner());
    let address = line.trim().rsplit_once("http://").expect("it says where to look").1.trim_end_matches('/').to_owned();
    (Beside(process), address)
}

/// The service over a broker with these output topics, which has the samples to analyze.
fn serve(broker: &EmbeddedBroker, analyses: bool) -> Beside {
    let brokers = broker.brokers();
    let mut run = demarche(&["run", "--brokers", &brokers]);
    run.env("DEMARCHE__HTTP__LISTEN", "").env("DEMARCHE__OUTPUT__ANALYSES", analyses.to_string());
    let service = Beside(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let mut publish: Command = demarche(&["publish", "--samples", "--brokers", &brokers]);
    assert!(publish.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    service
}

/// Rows of all messages, and the refused ones.
fn rows_and_refused(findings: &Value) -> (Vec<Value>, usize) {
    let items = findings["items"].as_array().into_iter().flatten();
    let refused = items.clone().filter(|item| item["refused"].is_object()).count();
    (items.filter_map(|item| item["rows"].as_array()).flatten().cloned().collect(), refused)
}

#[test]
fn topics_without_analyses_are_shown_without_their_texts() {
    let topics = [("articles", 2), ("statements", 1), ("events", 1), ("articles.dead-letter", 1)];
    let broker = EmbeddedBroker::start(topics).unwrap();
    let service = serve(&broker, false);
    let (page, address) = explore(&broker.brokers());
    let is_there = |findings: &Value| {
        let (rows, refused) = rows_and_refused(findings);
        let has = |kind: &str| rows.iter().any(|row| row["k"] == kind);
        has("statement") && has("event") && refused == 1
    };
    let findings = until(&address, "/v1/findings", is_there);
    let items = findings["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["article"].is_object()).unwrap();
    assert!(["statements", "events"].iter().any(|topic| item["topic"] == *topic), "{item}");
    let answer = get(&address, &format!("/v1/articles/{}", item["article"]["id"].as_str().unwrap()));
    let problem = answer.json();
    assert_eq!((answer.status, &problem["reason"]), (404, &"not_found".into()));
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("output.analyses = true"), "Read says how to switch texts on: {detail}");
    drop((page, service));
}

#[test]
fn topics_with_analyses_are_shown_with_their_texts_and_each_finding_once() {
    let topics = [("articles", 2), ("statements", 1), ("events", 1), ("analyses", 1), ("articles.dead-letter", 1)];
    let broker = EmbeddedBroker::start(topics).unwrap();
    let service = serve(&broker, true);
    // A first page sees when the last article has come; which topics a page reads is decided when it is opened.
    let (first, address) = explore(&broker.brokers());
    until(&address, "/v1/findings", |findings| {
        rows_and_refused(findings).1 == 1 && !rows_and_refused(findings).0.is_empty()
    });
    let (page, address) = explore(&broker.brokers());
    let n_samples = samples::all().len();
    until(&address, "/v1/summary", |summary| summary["committed"] == n_samples);
    let findings = get(&address, "/v1/findings").json();
    let (rows, refused) = rows_and_refused(&findings);
    assert_eq!(refused, 1);
    let mut ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let n_rows = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n_rows, "a finding is shown twice");
    let item = findings["items"].as_array().unwrap().iter().find(|item| item["article"].is_object()).unwrap();
    let record = get(&address, &format!("/v1/articles/{}", item["article"]["id"].as_str().unwrap()));
    assert_eq!(record.status, 200);
    assert!(record.json()["text"].as_str().is_some_and(|text| !text.is_empty()));
    drop((first, page, service));
}

#[test]
fn ctrl_c_ends_the_page_while_it_waits_for_brokers_that_never_answer() {
    // Whoever connects is taken in, and hears nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut page, _) = explore(&silent.local_addr().unwrap().to_string());
    assert!(Command::new("kill").args(["-INT", &page.0.id().to_string()]).status().unwrap().success());
    // Whoever waits to the end is told that no broker answers, and ends with 69.
    assert_eq!(page.0.wait().unwrap().code(), Some(0));
}
