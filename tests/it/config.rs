//! Configuration: every problem at once and in its place, defaults that the file and the code share, the environment
//! over the file, secrets out of sight. The wrong files are data: `tests/data/config/NAME.toml` beside `NAME.problems`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use demarche::config::{Config, Error, Sources};
use demarche::explorer::ExplorerOptions;
use demarche::pipeline::Delivery;
use demarche::telemetry::{HttpOptions, LogFormat, LogOptions};
use demarche::{pipeline, record};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/config")
}

fn sources(file: Option<&str>, variables: &[(&str, &str)]) -> Sources {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Sources { file: file.map(|name| folder().join(name)), variables, ..Sources::default() }
}

fn problems(sources: &Sources) -> Vec<String> {
    match Config::load(sources) {
        Ok(_) => Vec::new(),
        Err(Error::Wrong(problems)) => {
            let place = format!("{}/", folder().display());
            problems.iter().map(|problem| problem.to_string().replace(&place, "")).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn each_wrong_file_is_told_all_its_problems() {
    let mut n_files = 0;
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let expected_path = path.with_extension("problems");
        // What librdkafka thinks of its options only it can say.
        let needs_kafka =
            fs::read_to_string(&path).unwrap().contains("kafka.options") || path.ends_with("contradictions.toml");
        if path.extension().is_none_or(|extension| extension != "toml") || (needs_kafka && !cfg!(feature = "kafka")) {
            continue;
        }
        n_files += 1;
        let found = problems(&sources(path.file_name().unwrap().to_str(), &[])).join("\n");
        if std::env::var_os("UPDATE_GOLDEN").is_some() && !found.is_empty() {
            fs::write(&expected_path, format!("{found}\n")).unwrap();
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default();
        // Without Kafka nobody asks what its keys hold, only whether there are such keys.
        let ours = |problems: &str| {
            let is_ours = |line: &&str| cfg!(feature = "kafka") || !line.contains(": kafka.");
            problems.lines().filter(is_ours).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(ours(&found), ours(&expected), "check-config says something else of {}", path.display());
    }
    assert!(n_files >= 4, "only {n_files} configurations were tried");
}

#[test]
fn the_documented_defaults_are_the_defaults_of_the_code() {
    let config = Config::load(&Sources::default()).unwrap();
    assert_eq!(config.input, record::InputOptions::default());
    assert_eq!(config.output, record::OutputOptions::default());
    assert_eq!(config.pipeline, pipeline::Options::default());
    assert_eq!(config.logs, LogOptions::default());
    assert_eq!(config.http, HttpOptions::default());
    assert_eq!(config.explorer, ExplorerOptions::default());
    #[cfg(feature = "kafka")]
    {
        let defaults = demarche::kafka::Options { instance_id: config.kafka.instance_id.clone(), ..Default::default() };
        assert_eq!(config.kafka, defaults);
    }
}

#[test]
fn every_key_of_a_file_arrives() {
    let config = Config::load(&sources(Some("good.toml"), &[])).unwrap();
    assert_eq!(config.input, record::InputOptions { max_bytes: 1_000_000, max_tokens: 200_000, check_language: false });
    assert_eq!(config.output.source, "//desk.example/demarche");
    assert!(config.output.analyses && config.output.events);
    assert_eq!(config.pipeline.delivery, Delivery::AtLeastOnce);
    assert_eq!((config.pipeline.lanes, config.pipeline.workers), (2, 3));
    assert_eq!(config.pipeline.epoch, Duration::from_millis(250));
    assert_eq!((config.pipeline.epoch_bytes, config.pipeline.in_flight_bytes), (1_000_000, 8 << 20));
    assert_eq!(config.pipeline.grace, Duration::from_mins(1));
    assert_eq!(config.pipeline.revocation_drain, Duration::from_secs(2));
    assert_eq!(config.pipeline.brake, pipeline::BrakeOptions { streak: 20, ratio: 0.25, window: 100 });
    assert_eq!(config.logs, LogOptions { format: LogFormat::Json, filter: "info,librdkafka=debug".to_owned() });
    assert_eq!(config.http.listen.map(|address| address.to_string()).as_deref(), Some("[::1]:0"));
    #[cfg(feature = "kafka")]
    {
        assert_eq!(config.kafka.brokers, "a:9092,b:9092");
        assert_eq!((config.kafka.group.as_str(), config.kafka.instance_id.as_deref()), ("desk", Some("desk-0")));
        assert_eq!(config.kafka.topics.articles, ["news", "wires"]);
        assert_eq!(config.kafka.topics.dead_letters, "desk.refused");
        let options: Vec<_> = config.kafka.options.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(
            options,
            [
                "client.rack=r1",
                "enable.sparse.connections=false",
                "session.timeout.ms=45000",
                "transaction.timeout.ms=20000"
            ]
        );
    }
}

#[test]
#[cfg(feature = "kafka")]
fn batches_are_no_larger_than_records_unless_they_are_set() {
    let batch = |variables: &[(&str, &str)]| {
        let config = Config::load(&sources(None, variables)).unwrap();
        config.kafka.options.get("batch.size").cloned()
    };
    let records = ("DEMARCHE__OUTPUT__MAX_RECORD_BYTES", "200 KB");
    assert_eq!(batch(&[]), None, "librdkafka's own limit is below what topics take");
    assert_eq!(batch(&[records]).as_deref(), Some("200000"), "a topic's limit above the record's is not enough");
    let own = ("DEMARCHE__KAFKA__OPTIONS__BATCH_SIZE", "5000");
    assert_eq!(batch(&[records, own]).as_deref(), Some("5000"));
}

#[test]
fn the_environment_goes_before_the_file() {
    let variables = [
        ("DEMARCHE__PIPELINE__WORKERS", "7"),
        ("DEMARCHE__OUTPUT__ANALYSES", "false"),
        ("DEMARCHE__HTTP__LISTEN", ""),
        ("RUST_LOG", "debug"),
        ("DEMARCHE_SERVICE_HOST", "10.0.0.1"),
    ];
    let config = Config::load(&sources(Some("good.toml"), &variables)).unwrap();
    assert_eq!(config.pipeline.workers, 7);
    assert_eq!(config.pipeline.lanes, 2, "the file still holds where the environment is silent");
    assert!(!config.output.analyses);
    assert_eq!(config.http.listen, None);
    assert_eq!(config.logs.filter, "debug");
}

#[test]
fn problems_of_file_and_environment_come_together() {
    let variables = [("DEMARCHE__PIPELINE__LANE", "2"), ("DEMARCHE__PIPELINE__GRACE", "1ms")];
    let found = problems(&sources(Some("slips.toml"), &variables));
    let of_file = found.iter().filter(|problem| problem.starts_with("slips.toml:")).count();
    assert!(of_file >= 6, "{found:#?}");
    let of_environment = &found[of_file..];
    assert_eq!(
        of_environment,
        [
            "environment variable DEMARCHE__PIPELINE__GRACE: pipeline.grace: 1ms is out of range; expected 1s to 600s",
            "environment variable DEMARCHE__PIPELINE__LANE: names no key; did you mean \"DEMARCHE__PIPELINE__LANES\"?",
        ]
    );
}

#[test]
fn what_is_printed_can_be_loaded_again() {
    let first = Config::load(&sources(Some("good.toml"), &[("DEMARCHE__PIPELINE__WORKERS", "5")])).unwrap();
    let printed = first.to_toml();
    assert!(printed.contains("workers = 5  # environment variable DEMARCHE__PIPELINE__WORKERS"), "{printed}");
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("printed.toml");
    fs::write(&path, &printed).unwrap();
    let second = Config::load(&Sources { file: Some(path), ..Sources::default() }).unwrap();
    assert_eq!(first.pipeline, second.pipeline);
    assert_eq!(first.output, second.output);
    assert_eq!(first.logs, second.logs);
    #[cfg(feature = "kafka")]
    assert_eq!(first.kafka, second.kafka);
}

#[test]
fn secrets_are_read_from_files_and_shown_nowhere() {
    let scratch = tempfile::tempdir().unwrap();
    let password = scratch.path().join("password");
    fs::write(&password, "correct horse\n").unwrap();
    let named = format!("'{}'", password.display());
    let cases = [
        ("sasl.password_file", named.as_str(), format!("\"sasl.password_file\" = \"{}\"", password.display())),
        ("sasl.password", "'correct horse'", "\"sasl.password\" = \"[redacted]\"".to_owned()),
    ];
    for (key, value, expected) in cases {
        let file = scratch.path().join("demarche.toml");
        fs::write(&file, format!("[kafka.options]\n{key} = {value}\nsasl.username = 'u'\n")).unwrap();
        let config = Config::load(&Sources { file: Some(file), ..Sources::default() }).unwrap();
        #[cfg(feature = "kafka")]
        assert_eq!(config.kafka.options["sasl.password"], "correct horse", "without the file's last line end");
        let printed = config.to_toml();
        let debugged = format!("{config:?}");
        assert!(!printed.contains("correct horse"), "printed: {printed}");
        assert!(!debugged.contains("correct horse"), "debugged: {debugged}");
        assert!(printed.contains(&expected), "{printed}");
        assert!(printed.contains("\"sasl.username\" = \"u\""), "{printed}");
    }
}

#[test]
fn each_shipped_configuration_is_right() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
    let mut n_files = 0;
    for entry in fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            n_files += 1;
            let found = problems(&Sources { file: Some(path.clone()), ..Sources::default() });
            assert!(found.is_empty(), "{}: {found:#?}", path.display());
        }
    }
    assert!(n_files >= 2, "{n_files} files in config/");
}

#[test]
fn every_key_is_documented_where_it_stands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/default.toml");
    let text = fs::read_to_string(path).unwrap();
    let mut above = "";
    for (number, line) in (1..).zip(text.lines()) {
        let is_key = line.starts_with(|c: char| c.is_ascii_lowercase());
        assert!(!is_key || above.starts_with('#'), "config/default.toml:{number}: no comment above `{line}`");
        above = line;
    }
}
