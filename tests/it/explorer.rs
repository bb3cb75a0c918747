//! The page's API over a real socket: what is handed in, what is refused and how, who may ask, what the ring shows.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, OnceLock};
use std::thread;

use demarche::analyzer::{Analyzer, Models};
use demarche::explorer::{self, Access, Explorer, ExplorerOptions};
use demarche::pipeline::ports::Partition;
use demarche::pipeline::{ArticleProcess, Process as _, ProcessFactory as _, Stages, Tap};
use demarche::record::{AnalysisRecord, InputOptions, Message, MinConfidence, OutputOptions, input, samples};
use demarche::telemetry::{Control, Health, Metrics, Token};
use serde_json::Value;

use crate::endpoint::{self, get, post, send};

/// Runs the page on a free port of loopback, asks, and ends it.
pub(crate) fn with_page(explorer: &Arc<Explorer>, token: Option<&str>, ask: impl FnOnce(SocketAddr) + Send + 'static) {
    let token = token.map(Token::new);
    let control = Control { resume: Arc::new(|| false), token: token.clone() };
    let routes = |address: SocketAddr| Some(explorer::routes(explorer, Access::new(address.ip(), token)));
    endpoint::served((&Health::new(), &Metrics::new(), control), routes, ask);
}

/// Loaded once: every test needs it.
pub(crate) fn models() -> Arc<Models> {
    static MODELS: OnceLock<Arc<Models>> = OnceLock::new();
    Arc::clone(MODELS.get_or_init(Models::embedded))
}

pub(crate) fn new_explorer(n_threads: usize) -> Arc<Explorer> {
    explorer_with(&ExplorerOptions::default(), n_threads)
}

pub(crate) fn explorer_with(options: &ExplorerOptions, n_threads: usize) -> Arc<Explorer> {
    Explorer::new(options, models(), InputOptions::default(), n_threads, None)
}

/// The stages of a lane that shows what it does to this explorer.
fn process(explorer: &Arc<Explorer>) -> ArticleProcess {
    let stages = Stages {
        models: models(),
        input: InputOptions::default(),
        output: OutputOptions::default(),
        metrics: Metrics::new(),
        tap: Some(Arc::clone(explorer) as Arc<dyn Tap>),
    };
    stages.build()
}

/// Has every sample analyzed and committed, as a lane does.
fn commit_samples(explorer: &Arc<Explorer>) {
    let mut process = process(explorer);
    for sample in samples::all() {
        let outcome = process.process(&sample);
        let refused = || Some(explorer.of_dead_letter(outcome.records.last()?, outcome.rejection?));
        let sight = outcome.sight.clone().or_else(refused).expect("every message is seen");
        explorer.committed(vec![sight]);
    }
}

#[test]
fn an_article_handed_in_gives_the_bytes_that_extract_prints() {
    with_page(&new_explorer(0), None, |address| {
        let models = models();
        for sample in samples::all() {
            // A request has no key.
            let sample = Message { key: None, ..sample };
            let content_type = sample.header("content-type").unwrap().to_owned();
            let answer = post(address, "/v1/analyze", &content_type, sample.payload.as_deref().unwrap());
            match input::decode(&sample, &InputOptions::default()) {
                Ok(article) => {
                    let analysis = Analyzer::new(&models).analyze(&article);
                    let kept = MinConfidence::default();
                    let record = AnalysisRecord::new(&article, &analysis, models.provenance(), kept).unwrap();
                    let line = serde_json::to_string(&record).unwrap() + "\n";
                    assert_eq!((answer.status, answer.text()), (200, line), "{}", sample.origin.topic);
                }
                Err(rejection) => {
                    assert_eq!(answer.status, 422, "{}", answer.text());
                    assert_eq!(answer.json()["reason"], rejection.reason.as_str());
                }
            }
        }
    });
}

#[test]
fn what_is_refused_says_why_as_its_dead_letter_would() {
    with_page(&new_explorer(0), None, |address| {
        let long = b"It rained. ".repeat(56 << 10);
        let cases: [(&str, &str, &[u8], u16, &str); 10] = [
            ("/v1/analyze", "text/plain", b"", 422, "no_text"),
            ("/v1/analyze", "text/plain", b"\xff\xfe\xfd", 422, "not_utf8"),
            ("/v1/analyze", "application/json", b"{\"text\": 7}", 422, "malformed"),
            ("/v1/analyze", "application/json", b"{\"language\":\"fr\",\"text\":\"x\"}", 422, "unsupported_language"),
            ("/v1/analyze", "text/plain", &long, 413, "too_large"),
            ("/v1/analyze", "image/png", b"x", 415, "unsupported_media_type"),
            ("/v1/analyze", "multipart/form-data; boundary=x", b"x", 415, "unsupported_media_type"),
            ("/v1/analyze?min_confidence=7", "text/plain", b"x", 422, "bad_value"),
            ("/v1/analyze?published_at=soon", "text/plain", b"x", 422, "bad_value"),
            ("/v1/analyze?published=2026-03-14", "text/plain", b"x", 400, "bad_request"),
        ];
        for (path, content_type, body, status, reason) in cases {
            let answer = post(address, path, content_type, body);
            assert_eq!(answer.status, status, "{content_type}: {}", answer.text());
            assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
            let problem = answer.json();
            assert_eq!((&problem["reason"], &problem["status"]), (&reason.into(), &status.into()));
            assert_eq!(problem["type"], format!("urn:demarche:problem:{reason}"));
        }
        for (path, status, reason) in [
            ("/v1/nothing", 404, "not_found"),
            ("/schemas/nothing", 404, "not_found"),
            ("/v1/analyze", 405, "method_not_allowed"),
        ] {
            let answer = get(address, path);
            assert_eq!((answer.status, &answer.json()["reason"]), (status, &reason.into()), "{path}");
            assert!(answer.head.contains("content-type: application/problem+json"), "{}", answer.head);
        }
    });
}

#[test]
fn a_page_may_be_as_large_as_in_a_topic_if_its_text_is_not() {
    with_page(&new_explorer(0), None, |address| {
        let script = "x".repeat(3 << 20);
        let page = format!("<html><script>{script}</script><p>It rained in the harbor on Monday.</p></html>");
        let answer = post(address, "/v1/analyze", "text/html", page.as_bytes());
        assert_eq!((answer.status, &answer.json()["text"]), (200, &"It rained in the harbor on Monday.".into()));
    });
}

#[test]
fn on_monday_is_counted_from_the_day_of_publication_that_was_asked_with() {
    with_page(&new_explorer(0), None, |address| {
        let text = b"France expelled three Belarusian diplomats on Monday.";
        let dated = |path: &str| post(address, path, "text/plain", text).json()["events"][0]["date"]["value"].clone();
        assert_eq!(dated("/v1/analyze"), Value::Null);
        assert_eq!(dated("/v1/analyze?published_at=2026-03-12"), "2026-03-09");
    });
}

#[test]
fn while_the_topic_needs_every_core_nothing_is_analyzed_on_request() {
    let explorer = new_explorer(1);
    let topic = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        let text = b"France expelled three Belarusian diplomats on Monday.";
        topic.begun();
        let answer = post(address, "/v1/analyze", "text/plain", text);
        assert_eq!((answer.status, &answer.json()["reason"]), (503, &"topic_busy".into()), "{}", answer.text());
        assert!(answer.head.contains("retry-after: "), "{}", answer.head);
        topic.ended();
        assert_eq!(post(address, "/v1/analyze", "text/plain", text).status, 200, "the topic is idle");
    });
}

#[test]
fn the_queue_of_requests_is_short_and_says_so() {
    let explorer = new_explorer(1);
    let topic = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        topic.begun();
        let (answered, answers) = std::sync::mpsc::channel();
        let ask = || {
            let answered = answered.clone();
            thread::spawn(move || answered.send(post(address, "/v1/analyze", "text/plain", b"It rained.").status))
        };
        let asking: Vec<_> = (0..40).map(|_| ask()).collect();
        assert_eq!(answers.recv(), Ok(429), "forty at once");
        // Who waits need not wait until it is turned away.
        topic.ended();
        asking.into_iter().for_each(|asking| asking.join().unwrap().unwrap());
        assert!(answers.try_iter().any(|status| status == 200), "who waited was served");
    });
}

#[test]
fn what_was_committed_can_be_looked_at_and_nothing_else() {
    let explorer = new_explorer(0);
    let outcome = process(&explorer).process(&samples::all()[0]);
    assert!(outcome.sight.is_some(), "it is analyzed, and not committed");
    let shown = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        let empty = get(address, "/v1/findings").json();
        assert_eq!(empty["items"].as_array().map(Vec::len), Some(0), "what is not committed is not shown: {empty}");
        commit_samples(&shown);
        let summary = get(address, "/v1/summary").json();
        let n_samples = samples::all().len();
        assert_eq!((&summary["committed"], &summary["held"]), (&n_samples.into(), &n_samples.into()), "{summary}");
        assert_eq!(summary["refused"]["unsupported_language"], 1);
        assert_eq!(
            (&summary["lag"], &summary["partitions"][0]["lag"]),
            (&Value::Null, &Value::Null),
            "no topic is read"
        );
        let partition = |index| Partition { topic: "articles".into(), index };
        shown.lag(&partition(0), Some(5));
        shown.lag(&partition(3), Some(2));
        assert_eq!(get(address, "/v1/summary").json()["lag"], 7);
        shown.lag(&partition(0), None);
        let summary = get(address, "/v1/summary").json();
        assert_eq!(summary["lag"], 2, "another replica reads the first one now");
        let last = serde_json::json!({ "topic": "articles", "partition": 3, "offset": null, "lag": 2 });
        assert!(summary["partitions"].as_array().unwrap().contains(&last), "{summary}");
        let items = get(address, "/v1/findings").json();
        let items = items["items"].as_array().unwrap();
        assert_eq!(items.len(), n_samples);
        let item = items.iter().find(|item| item["rows"].as_array().is_some_and(|rows| !rows.is_empty())).unwrap();
        let path = format!("/v1/articles/{}", item["article"]["id"].as_str().unwrap());
        let record: AnalysisRecord = serde_json::from_slice(&get(address, &path).body).unwrap();
        assert_eq!(record.statements.len() + record.events.len(), item["rows"].as_array().unwrap().len());
        assert_eq!(get(address, "/v1/articles/no-such").status, 404);
        let no_values =
            ["kind=evnt", "kind=statements", "kind=", "country=Finland", "min_confidence=2", "limit=0", "before=x"];
        let no_queries = ["color=red", "kind=event&kind=event"];
        let slips = no_values.map(|slip| (slip, 422, "bad_value")).into_iter();
        for (slip, status, reason) in slips.chain(no_queries.map(|slip| (slip, 400, "bad_request"))) {
            let refused = get(address, &format!("/v1/findings?{slip}"));
            assert_eq!((refused.status, &refused.json()["reason"]), (status, &reason.into()), "{slip}");
        }
        let detail = get(address, "/v1/findings?kind=evnt").json()["detail"].clone();
        assert_eq!(detail, "kind: expected statement, event or refused, not \"evnt\"");
        let events = get(address, "/v1/findings?kind=event&min_confidence=0.2").json();
        let rows = events["items"].as_array().unwrap().iter().flat_map(|item| item["rows"].as_array().unwrap());
        let kinds: Vec<&Value> = rows.map(|row| &row["k"]).collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| *kind == "event"), "{kinds:?}");
        assert_eq!(send(address, "DELETE", "/v1/history", "", b"").status, 204);
        assert_eq!(get(address, &path).status, 404, "forgotten");
    });
}

#[test]
fn a_listener_hears_what_is_committed_and_first_what_it_missed() {
    let explorer = new_explorer(0);
    let shown = Arc::clone(&explorer);
    with_page(&explorer, None, move |address| {
        commit_samples(&shown);
        let last = samples::all().len() - 1;
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET /v1/stream HTTP/1.1\r\nHost: {address}\r\nLast-Event-ID: {last}\r\n\r\n").unwrap();
        let mut heard = String::new();
        let mut until = |word: &str| {
            let mut buffer = [0; 4096];
            while !heard.contains(word) {
                let n = stream.read(&mut buffer).unwrap();
                assert!(n > 0, "the stream ended before {word}: {heard}");
                heard.push_str(&String::from_utf8_lossy(&buffer[..n]));
            }
        };
        until(&format!("id: {}", last + 1));
        commit_samples(&shown);
        until(&format!("id: {}", last + 2));
        until("event: refusal");
        until("event: counts");
        assert!(!heard.contains("event: lost"), "nothing is lost: {heard}");
    });
}

#[test]
fn a_foreign_page_gets_nothing_and_every_answer_forbids_scripts_of_others() {
    with_page(&new_explorer(0), None, |address| {
        for path in ["/v1/summary", "/v1/findings", "/v1/stream"] {
            assert_eq!(send(address, "GET", path, "Host: evil.example\r\n", b"").status, 403, "{path}");
        }
        let foreign = "Origin: https://evil.example\r\nContent-Type: text/plain\r\n";
        assert_eq!(send(address, "POST", "/v1/analyze", foreign, b"It rained.").status, 403);
        for path in
            ["/", "/page.js", "/page.css", "/map.json", "/names.json", "/v1/summary", "/v1/articles/x", "/openapi.json"]
        {
            let head = get(address, path).head;
            for part in ["script-src 'self'", "require-trusted-types-for 'script'", "nosniff", "no-referrer"] {
                assert!(head.contains(part), "{path} lacks {part}: {head}");
            }
            assert!(!head.contains("unsafe-inline") && !head.contains("access-control-"), "{path}: {head}");
        }
        assert!(get(address, "/v1/summary").head.contains("cache-control: no-store"));
        assert_eq!(get(address, "/livez").status, 200, "probes are still answered");
        assert!(get(address, "/metrics").text().ends_with("# EOF\n"));
    });
}

#[test]
fn with_a_token_data_is_for_those_who_know_it_and_probes_for_all() {
    with_page(&new_explorer(0), Some("open sesame"), |address| {
        assert_eq!(get(address, "/v1/summary").status, 401);
        let known = send(address, "GET", "/v1/summary", "Authorization: Bearer open sesame\r\n", b"");
        assert_eq!(known.status, 200);
        assert_eq!((get(address, "/").status, get(address, "/livez").status), (200, 200));
        assert_eq!(send(address, "POST", "/-/resume", "", b"").status, 401, "it changes what the service does");
        assert_eq!(send(address, "POST", "/-/resume", "Authorization: Bearer open sesame\r\n", b"").status, 200);
    });
}

#[test]
fn schemas_can_be_fetched_where_the_api_is() {
    with_page(&new_explorer(0), None, |address| {
        let document = get(address, "/schemas/openapi.json").json();
        assert_eq!(document["openapi"], "3.1.0");
        for (path, methods) in document["paths"].as_object().unwrap() {
            // A listener is answered for as long as it listens.
            for method in methods.as_object().unwrap().keys().filter(|_| path != "/v1/stream") {
                let asked = send(address, &method.to_uppercase(), &path.replace("{id}", "x"), "", b"");
                let is_there = asked.status != 405 && !asked.text().contains("nothing at");
                assert!(is_there, "openapi.json names {method} {path}, which is not there");
            }
        }
        for name in ["event.schema.json", "statement.schema.json", "analysis.schema.json", "article.schema.json"] {
            assert!(get(address, &format!("/schemas/{name}")).json()["$id"].is_string(), "{name}");
        }
        assert_eq!(get(address, "/schemas/../Cargo.toml").status, 404);
    });
}
