//! The commands that talk to a broker, as real processes on an embedded one.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use demarche::kafka::EmbeddedBroker;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

/// Only ends a test that hangs. What a test waits for is an event, and on a busy machine that may be long in coming.
const DEADLINE: Duration = Duration::from_mins(10);

/// Its endpoints on a free port, and all the time it wants to finish in when it is stopped.
fn demarche(arguments: &[&str]) -> Command {
    let mut command = crate::program::demarche(arguments);
    command.env("DEMARCHE__HTTP__LISTEN", "127.0.0.1:0").env("DEMARCHE__PIPELINE__GRACE", "600s");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Runs a command to its end; kills it and fails when that takes too long.
fn finish(command: &mut Command) -> Output {
    let process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = process.id().to_string();
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(process.wait_with_output().unwrap()));
    ended.recv_timeout(DEADLINE).unwrap_or_else(|_| {
        Command::new("kill").args(["-KILL", &id]).status().unwrap();
        panic!("{command:?} did not end within {DEADLINE:?}")
    })
}

fn assert_ok(output: &Output) {
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "stdout:\n{out}\nstderr:\n{err}");
}

/// A service that runs beside the test; killed with it.
struct Service {
    process: Child,
    log: mpsc::Receiver<String>,
}

impl Service {
    fn start(brokers: &str) -> Self {
        Self::start_with(&mut demarche(&["run", "--brokers", brokers]))
    }

    fn start_with(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(process.stderr.take().unwrap());
        let (sender, log) = mpsc::channel();
        thread::spawn(move || stderr.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Self { process, log }
    }

    /// The first log line with this message, or why there is none.
    fn wait_for(&self, message: &str) -> serde_json::Value {
        let mut before = Vec::new();
        loop {
            let line = self.log.recv_timeout(DEADLINE);
            let line = line.unwrap_or_else(|_| panic!("no log line \"{message}\" after\n{}", before.join("\n")));
            match serde_json::from_str::<serde_json::Value>(&line) {
                Ok(logged) if logged["message"].as_str().is_some_and(|text| text.starts_with(message)) => {
                    return logged;
                }
                _ => before.push(line),
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.process.id().to_string()).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn broker() -> EmbeddedBroker {
    let topics = ["articles", "statements", "events", "analyses", "articles.dead-letter"];
    EmbeddedBroker::start(topics.map(|topic| (topic, 2))).unwrap()
}

#[test]
fn the_demo_shows_what_comes_out_and_its_sums_are_right() {
    let shown = finish(&mut demarche(&["demo"]));
    assert_ok(&shown);
    // On a machine that is busy enough an article takes long, which is said.
    let log = text(&shown.stderr);
    let told: Vec<&str> = log.lines().filter(|line| !line.contains("an article took long")).collect();
    assert_eq!(told, [""; 0], "a newcomer sees findings, no log");
    let out = text(&shown.stdout);
    assert!(!out.contains('\u{1b}'), "no colors into a pipe");
    let count = |mark: &str| out.lines().filter(|line| line.trim_start().starts_with(mark)).count();
    let (statements, events, dead_letters) = (count("❝ "), count("▸ "), count("✗ "));
    assert!(statements > 0 && events > 0, "{out}");
    let n_samples = demarche::record::samples::all().len();
    let sums = out.lines().find(|line| line.contains(" analyzed, ")).unwrap();
    let number_before = |word: &str| -> usize {
        let before = sums.split(word).next().unwrap().trim_end();
        before.rsplit(' ').next().unwrap().parse().unwrap()
    };
    let s = if dead_letters == 1 { "" } else { "s" };
    let outcomes =
        format!("{n_samples} articles: {} analyzed, {dead_letters} dead letter{s}; ", n_samples - dead_letters);
    assert!(sums.starts_with(&outcomes), "expected \"{outcomes}\" at the end of\n{out}");
    let hidden = out.split("--all shows the other ").nth(1).and_then(|rest| rest.split('.').next()).unwrap();
    let hidden: usize = hidden.parse().unwrap();
    let found = number_before(" statement") + number_before(" event");
    assert_eq!(statements + events + hidden, found, "shown and not shown are what was found:\n{out}");
    for next in ["demarche extract FILE", "demarche explore", "demarche demo --serve"] {
        assert!(out.contains(next), "what to try next lacks {next}:\n{out}");
    }
    crate::readme::assert_shows(&out);
}

#[test]
fn the_demo_takes_articles_of_the_user() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("mine.jsonl");
    let articles = "{\"id\":\"one\",\"title\":\"A quiet day\",\"text\":\"The lake was calm on Monday and the boats stayed in.\"}\n{\"id\":\"two\"}\n";
    std::fs::write(&file, articles).unwrap();
    let shown = finish(&mut demarche(&["demo", file.to_str().unwrap()]));
    assert_ok(&shown);
    let out = text(&shown.stdout);
    assert!(out.contains("A quiet day"), "{out}");
    assert!(out.contains("refused: no_text"), "{out}");
    assert!(out.contains("2 articles: 1 analyzed, 1 dead letter;"), "{out}");
    let missing = finish(&mut demarche(&["demo", "no-such-file.txt"]));
    assert_eq!(missing.status.code(), Some(66), "{}", text(&missing.stderr));
}

#[test]
fn published_articles_come_out_of_the_service_and_sigterm_ends_it() {
    let broker = broker();
    let brokers = broker.brokers();
    let mut service = Service::start(&brokers);
    let address = service.wait_for("answering")["address"].as_str().unwrap().to_owned();
    let starting = service.wait_for("starting");
    let told = (&starting["articles"], &starting["delivery"]);
    assert_eq!(told, (&"articles".into(), &"exactly_once".into()), "the values as configured");

    let published = finish(&mut demarche(&["publish", "--samples", "--brokers", &brokers]));
    assert_ok(&published);
    let n_samples = demarche::record::samples::all().len();
    let told = text(&published.stderr);
    assert!(told.ends_with(&format!("published {n_samples} articles to articles, acknowledged\n")), "{told}");

    // `tail` waits until as many have come; the statements of one article are enough to see that all is connected.
    let tailed = finish(
        demarche(&["tail", "statements", "--format", "jsonl", "--from-beginning", "--count", "3"])
            .args(["--brokers", &brokers]),
    );
    assert_ok(&tailed);
    let out = text(&tailed.stdout);
    let mut ids = BTreeSet::new();
    for line in out.lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(record["content"][0]["text"].is_string(), "{line}");
        ids.insert(record["id"].as_str().unwrap().to_owned());
    }
    assert_eq!(ids.len(), 3, "{out}");

    let ready = finish(demarche(&["health"]).env("DEMARCHE__HTTP__LISTEN", &address));
    assert_ok(&ready);
    assert_eq!(text(&ready.stdout), "ready\n");

    service.signal("TERM");
    service.wait_for("stopping");
    service.wait_for("stopped");
    assert_eq!(service.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_service_that_never_reached_its_broker_leaves_no_work_behind() {
    // Nobody listens there.
    let mut service = Service::start("127.0.0.1:1");
    service.wait_for("starting");
    service.signal("TERM");
    assert_eq!(service.process.wait().unwrap().code(), Some(0), "there is nothing that was under way");
}

#[test]
fn a_terminal_that_closes_ends_the_service_as_sigterm_does() {
    let broker = broker();
    let mut command = Command::new("env");
    // Whoever runs the tests under nohup ignores the signal, and what they start inherits that.
    command.args(["--default-signal=HUP", env!("CARGO_BIN_EXE_demarche"), "run", "--brokers"]);
    let mut service = Service::start_with(command.arg(broker.brokers()).env("DEMARCHE__HTTP__LISTEN", ""));
    service.wait_for("starting");
    service.signal("HUP");
    assert_eq!(service.wait_for("stopping")["signal"], "SIGHUP");
    assert_eq!(service.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_service_under_nohup_outlives_its_terminal() {
    let broker = broker();
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP; exec \"$0\" run --brokers \"$1\"", env!("CARGO_BIN_EXE_demarche")]);
    let mut service = Service::start_with(command.arg(broker.brokers()).env("DEMARCHE__HTTP__LISTEN", ""));
    service.wait_for("partitions assigned");
    service.signal("HUP");
    service.signal("TERM");
    assert_eq!(service.wait_for("stopping")["signal"], "SIGTERM");
    assert_eq!(service.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_signal_during_the_start_ends_the_service_well() {
    let scratch = tempfile::tempdir().unwrap();
    // It reads its configuration from a pipe, and so is still starting until somebody writes there.
    let pipe = scratch.path().join("config.toml");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut process = demarche(&["run", "--config"]).arg(&pipe).stdout(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", process.id());
    let begun = Instant::now();
    // The mask of the signals that it handles; SIGTERM is the fifteenth.
    let handles_sigterm = || {
        let told = std::fs::read_to_string(&status).unwrap();
        let mask = told.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap();
        u64::from_str_radix(mask.trim(), 16).unwrap() >> 14 & 1 == 1
    };
    while !handles_sigterm() && begun.elapsed() < DEADLINE {
        thread::yield_now();
    }
    let sent = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(sent.success());
    // Opened for both, so that a process which the signal has killed does not keep us here; again and again, for it may come to the pipe later than we do.
    let ended = loop {
        drop(std::fs::File::options().read(true).write(true).open(&pipe).unwrap());
        match process.try_wait().unwrap() {
            Some(ended) => break ended,
            None => assert!(begun.elapsed() < DEADLINE, "it never ended"),
        }
        thread::yield_now();
    };
    assert_eq!(ended.code(), Some(0));
}

#[test]
fn tail_prints_for_people_and_says_what_was_refused() {
    let broker = broker();
    let brokers = broker.brokers();
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("empty.json");
    std::fs::write(&file, "{\"id\": \"hollow\", \"text\": \" \"}").unwrap();
    let service = Service::start(&brokers);
    let published = finish(demarche(&["publish", "--key", "k1", "--brokers", &brokers]).arg(&file));
    assert_ok(&published);
    let tail = |form: &str| {
        let arguments =
            ["tail", "dead-letters", "--from-beginning", "-n", "1", "--brokers", &brokers, "--format", form];
        let tailed = finish(&mut demarche(&arguments));
        assert_ok(&tailed);
        text(&tailed.stdout)
    };
    let pretty = tail("pretty");
    assert!(pretty.contains("✗ k1 refused: no_text"), "{pretty}");
    let json: serde_json::Value = serde_json::from_str(&tail("jsonl")).unwrap();
    assert_eq!((json["reason"].as_str(), json["key"].as_str()), (Some("no_text"), Some("k1")), "{json}");
    assert_eq!(json["topic"], "articles", "{json}");
    let arguments = ["tail", "dead-letters", "--from-beginning", "-n", "1", "--brokers", &brokers, "--headers"];
    let tailed = finish(demarche(&arguments).args(["--where", "letter.reason == 'no_text'"]));
    let around: serde_json::Value = serde_json::from_str(&text(&tailed.stdout)).unwrap();
    assert_eq!(
        (around["topic"].as_str(), around["key"].as_str()),
        (Some("articles.dead-letter"), Some("k1")),
        "{around}"
    );
    let names: Vec<_> = around["headers"].as_array().unwrap().iter().map(|header| &header["name"]).collect();
    assert!(names.iter().any(|name| *name == "demarche-reason"), "{names:?}");
    assert_eq!(around["value"]["reason"], "no_text", "a pipe gets JSON");
    let told = text(&tailed.stderr);
    let expected = format!("following articles.dead-letter at {brokers}, from the beginning; Ctrl-C ends it");
    // On a slow machine it may say as well that nothing has come yet.
    assert_eq!(told.lines().next(), Some(expected.as_str()));
    drop(service);
}

#[test]
fn publish_says_what_could_not_be_read_and_publishes_the_rest() {
    let broker = broker();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/readout.txt");
    let published = finish(demarche(&["publish", "--brokers", &broker.brokers(), "no-such-file.txt"]).arg(sample));
    assert_eq!(published.status.code(), Some(66), "{}", text(&published.stderr));
    let told = text(&published.stderr);
    assert!(told.contains("no-such-file.txt"), "{told}");
    assert!(told.contains("published 1 article to articles, acknowledged"), "{told}");
}

#[test]
fn what_is_not_acknowledged_is_a_failure() {
    let broker = broker();
    let brokers = broker.brokers();
    broker
        .mock()
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED]);
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/readout.txt");
    let published = finish(demarche(&["publish", "--brokers", &brokers]).arg(sample));
    let told = text(&published.stderr);
    assert_eq!(published.status.code(), Some(69), "{told}");
    assert!(told.contains(&format!("1 not acknowledged by {brokers}")), "{told}");
    assert!(!told.contains("published"), "nothing was published: {told}");
}

#[test]
fn what_cannot_be_published_is_said_before_anything_is_sent() {
    // Nobody listens there, and no other test can be given this port meanwhile.
    let address = "127.0.0.1:1";
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/samples/readout.txt");
    let published = finish(demarche(&["publish", "--brokers", address]).arg(sample));
    let told = text(&published.stderr);
    assert_eq!(published.status.code(), Some(69), "{told}");
    assert!(told.contains("cannot publish to `articles`: no broker answers"), "{told}");
    let reached = "demarche: cannot reach 127.0.0.1:1: Connection refused; still trying\n";
    assert_eq!(told.matches(reached).count(), 1, "{told}");
    let published = finish(&mut demarche(&["publish", "--brokers", address, "no-such-file.txt"]));
    let told = text(&published.stderr);
    assert_eq!(published.status.code(), Some(66), "{told}");
    assert_eq!(told.lines().count(), 1, "the file is named, and no broker bothered: {told}");
}

#[test]
fn a_demo_that_serves_stays_until_it_is_told_to_end() {
    let mut demo = demarche(&["demo", "--serve", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    let (mut line, mut all) = (String::new(), String::new());
    while !line.contains("Ctrl-C ends it") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it ended by itself");
        all.push_str(&line);
    }
    let address = line.split("Look at it: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!(address.starts_with("http://127.0.0.1:"), "the last line names the page: {line}");
    for next in ["demarche publish --brokers ", "demarche tail --brokers ", &format!("{address}v1/analyze")] {
        assert!(all.contains(next), "what to try next lacks {next}:\n{all}");
    }
    let sent = Command::new("kill").arg("-INT").arg(demo.id().to_string()).status().unwrap();
    assert!(sent.success());
    out.read_to_string(&mut line).unwrap();
    assert_eq!(demo.wait().unwrap().code(), Some(0));
}
