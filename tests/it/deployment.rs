//! What is deployed agrees with itself: topics, ports and times of `docker-compose.yml`, `deploy/` and `config/`.
//!
//! The compose file is read by its indentation, which `deploy/lint` holds it to; no YAML parser is worth its weight here.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use demarche::config::{Config, Sources};
use demarche::telemetry::Metrics;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines of one service of the compose file.
fn service(name: &str) -> Vec<String> {
    let compose = read("docker-compose.yml");
    let begin = format!("  {name}:");
    let block = compose.lines().skip_while(|line| *line != begin).skip(1);
    let lines: Vec<String> =
        block.take_while(|line| line.is_empty() || line.starts_with("    ")).map(str::to_owned).collect();
    assert!(!lines.is_empty(), "docker-compose.yml has no service `{name}`");
    lines
}

/// The value of `key:` directly in a service.
fn value(name: &str, key: &str) -> Option<String> {
    let prefix = format!("    {key}: ");
    service(name).iter().find_map(|line| line.strip_prefix(&prefix).map(|value| value.trim_matches('"').to_owned()))
}

/// Names of all services, in the file's order.
fn services() -> Vec<String> {
    let compose = read("docker-compose.yml");
    let block = compose.lines().skip_while(|line| *line != "services:").skip(1);
    let lines = block.take_while(|line| line.is_empty() || line.starts_with(' '));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    names.filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic())).map(str::to_owned).collect()
}

/// A pinned version: `name:1.2.3`, a `v` and a suffix allowed; never `latest`, never a bare major.
fn is_pinned(image: &str) -> bool {
    let Some((_, tag)) = image.rsplit_once(':') else { return false };
    let version = tag.trim_start_matches('v').split('-').next().unwrap_or_default();
    let numbers: Vec<&str> = version.split('.').collect();
    numbers.len() == 3 && numbers.iter().all(|n| !n.is_empty() && n.chars().all(|c| c.is_ascii_digit()))
}

#[test]
fn every_image_is_pinned_to_a_version() {
    for (image, pinned) in [
        ("kafka:4.1.0", true),
        ("x/y:v3.1.0-slim", true),
        ("kafka", false),
        ("kafka:latest", false),
        ("kafka:4", false),
    ] {
        assert_eq!(is_pinned(image), pinned, "{image}");
    }
    for name in services() {
        let image = value(&name, "image").unwrap_or_else(|| panic!("service `{name}` names no image"));
        assert!(is_pinned(&image), "service `{name}` runs `{image}`, which may be another program tomorrow");
    }
    let dockerfile = read("Dockerfile");
    let mut n_images = 0;
    for line in dockerfile.lines().filter_map(|line| line.strip_prefix("FROM ")) {
        let image = line.split_whitespace().next().unwrap();
        let is_stage = dockerfile.contains(&format!(" AS {image}\n"));
        // The distroless project publishes no version tags: the Debian release in the name is what it offers.
        let is_distroless = image == "gcr.io/distroless/cc-debian12:nonroot";
        assert!(
            is_stage || is_distroless || image == "scratch" || is_pinned(image),
            "Dockerfile: `{image}` is not pinned"
        );
        n_images += 1;
    }
    assert!(n_images >= 3, "the Dockerfile has {n_images} stages");
}

#[test]
fn the_image_is_built_with_the_toolchain_that_the_crate_states() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let package = manifest["package"].as_table().unwrap();
    let rust_version = package["rust-version"].as_str().unwrap();
    let builder = format!("FROM rust:{rust_version}.0-bookworm AS chef");
    assert!(read("Dockerfile").contains(&builder), "Dockerfile: expected `{builder}`, as rust-version says");
    let label = concat!("org.opencontainers.image.version=\"", env!("CARGO_PKG_VERSION"), "\"");
    assert!(read("Dockerfile").contains(label), "Dockerfile: expected the label {label}");
    let image = format!("demarche:{}", package["version"].as_str().unwrap());
    for name in ["demarche", "samples"] {
        assert_eq!(
            value(name, "image").as_ref(),
            Some(&image),
            "service `{name}` runs another version than this crate"
        );
    }
}

#[test]
fn compose_runs_the_broker_that_the_tests_run_on() {
    let pom = read("tests/broker/pom.xml");
    let (_, after) = pom.split_once("<artifactId>kafka_2.13</artifactId>").unwrap();
    let version = after.split_once("<version>").and_then(|(_, rest)| rest.split_once("</version>")).unwrap().0;
    for name in ["kafka", "topics"] {
        assert_eq!(value(name, "image"), Some(format!("apache/kafka:{version}")), "service `{name}`");
    }
}

#[test]
fn the_service_can_be_scaled_and_is_confined() {
    let lines = service("demarche");
    for forbidden in ["    container_name:", "    hostname:", "    ports:"] {
        assert!(
            !lines.iter().any(|line| line.starts_with(forbidden)),
            "`{}` forbids a second replica",
            forbidden.trim()
        );
    }
    for name in services() {
        let lines = service(&name);
        assert!(lines.iter().any(|line| line == "    <<: *confined"), "service `{name}` keeps its capabilities");
        assert!(value(&name, "mem_limit").is_some(), "service `{name}` has no memory limit");
        // The broker's start script writes its configuration into the image's folders.
        let may_write = name == "kafka";
        assert!(may_write || value(&name, "read_only").as_deref() == Some("true"), "service `{name}` is writable");
        for port in lines.iter().filter_map(|line| line.strip_prefix("      - \"")).filter(|port| port.contains(':')) {
            assert!(port.starts_with("127.0.0.1:"), "service `{name}` opens {port} to the network");
        }
    }
    let compose = read("docker-compose.yml");
    for words in ["cap_drop:\n    - ALL\n", "security_opt:\n    - no-new-privileges:true\n"] {
        assert!(compose.contains(words), "docker-compose.yml: `x-confined` lost `{words}`");
    }
}

/// A key of the configuration that compose mounts: from config/compose.toml, else the default.
fn configured(section: &str, key: &str) -> toml::Value {
    let table = |path: &str| read(path).parse::<toml::Table>().unwrap();
    let look = |config: toml::Table| {
        let mut place = toml::Value::Table(config);
        for name in section.split('.').chain([key]) {
            place = place.get(name)?.clone();
        }
        Some(place)
    };
    let value = look(table("config/compose.toml")).or_else(|| look(table("config/default.toml")));
    value.unwrap_or_else(|| panic!("no configuration key {section}.{key}"))
}

/// Topics that the job makes, with their `max.message.bytes` where it sets one.
fn topics_made() -> BTreeMap<String, Option<u64>> {
    let script = read("deploy/kafka/make-topics");
    let topics = script.lines().filter_map(|line| line.strip_prefix("make "));
    let entry = |line: &str| {
        let mut words = line.split_whitespace();
        let topic = words.next().unwrap().to_owned();
        let limit = words.find_map(|word| word.strip_prefix("max.message.bytes="));
        (topic, limit.map(|bytes| bytes.parse().unwrap()))
    };
    topics.map(entry).collect()
}

#[test]
fn the_job_makes_the_topics_that_the_service_uses() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for topic in configured("kafka.topics", "articles").as_array().unwrap() {
        used.insert(topic.as_str().unwrap().to_owned());
    }
    for key in ["statements", "events", "analyses", "dead_letters"] {
        used.insert(configured("kafka.topics", key).as_str().unwrap().to_owned());
    }
    let made: BTreeSet<String> = topics_made().into_keys().collect();
    assert_eq!(made, used, "deploy/kafka/make-topics on the left, config/ on the right");
}

#[test]
fn a_dead_letter_has_room_for_the_article_and_the_reason() {
    let made = topics_made();
    let articles = made["articles"].expect("`articles` has a limit of its own");
    let dead_letters = made["articles.dead-letter"].expect("`articles.dead-letter` has a limit of its own");
    let headers = 64 * 1024;
    assert!(
        dead_letters >= articles + headers,
        "an article of {articles} bytes may be refused, and its dead letter, with headers, must fit {dead_letters}"
    );
}

#[test]
fn ports_and_addresses_agree() {
    let listen = configured("http", "listen");
    let (host, port) = listen.as_str().unwrap().rsplit_once(':').unwrap();
    assert_eq!(host, "0.0.0.0", "Prometheus and its fellow containers could not reach the service on {host}");
    let exposed = format!("      - \"{port}\"");
    assert!(service("demarche").contains(&exposed), "docker-compose.yml does not expose port {port}");
    let scraped = format!("port: {port}");
    let prometheus = read("deploy/prometheus/prometheus.yml");
    assert!(prometheus.contains(&scraped), "deploy/prometheus/prometheus.yml does not scrape port {port}");

    let broker = configured("kafka", "brokers");
    let broker = broker.as_str().unwrap();
    let advertised = format!("PLAINTEXT://{broker},");
    let has_listener = service("kafka").iter().any(|line| line.contains(&advertised));
    assert!(has_listener, "the service asks for {broker}, which the broker does not advertise to containers");
    let job = format!("      BOOTSTRAP_SERVER: {broker}");
    assert!(service("topics").contains(&job), "the job makes its topics elsewhere than on {broker}");
}

/// Names of all series that the service exports.
fn series() -> BTreeSet<String> {
    let metrics = Metrics::new();
    // Families without a member are not written out.
    metrics.set_lag("articles", 0, 0);
    metrics.set_in_flight_bytes(0, 0);
    metrics.set_braked(0, false);
    metrics.set_build("1", "2", "3");
    let text = metrics.encode();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split(['{', ' ']).next().map(str::to_owned)).collect()
}

/// The metric that a series belongs to: a histogram has three series.
fn metric(series: &str) -> &str {
    ["_bucket", "_sum", "_count"].iter().find_map(|part| series.strip_suffix(part)).unwrap_or(series)
}

#[test]
fn the_dashboard_shows_every_metric_and_none_that_does_not_exist() {
    let series = series();
    let dashboard = read("deploy/grafana/dashboards/demarche.json");
    let parsed: serde_json::Value = serde_json::from_str(&dashboard).unwrap();
    let mut shown = BTreeSet::new();
    for panel in parsed["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap();
            let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            for name in words.filter(|word| word.starts_with("demarche_") || word.starts_with("process_")) {
                assert!(series.contains(name), "panel {} asks for `{name}`, which the service lacks", panel["title"]);
                shown.insert(name.to_owned());
            }
        }
    }
    for name in &series {
        let is_shown = shown.iter().any(|shown| metric(shown) == metric(name));
        assert!(is_shown, "no panel of the dashboard shows `{}`", metric(name));
    }
}

#[test]
fn the_manual_explains_every_metric() {
    let manual = read("docs/operations.md");
    for name in series() {
        let row = format!("| `{}` |", metric(&name));
        assert!(manual.contains(&row), "docs/operations.md has no row for `{}`", metric(&name));
    }
}

/// Every `*.toml` under `config/`.
fn shipped_configs() -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join("config")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    assert!(paths.len() >= 2, "config/ holds {paths:?}");
    paths
}

fn load(path: &Path) -> Config {
    let sources = Sources { file: Some(path.to_owned()), ..Sources::default() };
    Config::load(&sources).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_shipped_configuration_loads() {
    for path in shipped_configs() {
        load(&path);
    }
}

#[test]
fn the_container_is_given_more_time_to_stop_than_the_service_takes() {
    let config = load(&root().join("config/compose.toml"));
    let grace = value("demarche", "stop_grace_period").expect("a grace period is set");
    let grace = Duration::from_secs(grace.strip_suffix('s').and_then(|seconds| seconds.parse().ok()).unwrap());
    let margin = Duration::from_secs(5);
    assert!(
        grace >= config.pipeline.grace + margin,
        "docker-compose.yml kills the service after {grace:?}, within its own grace of {:?} and a margin",
        config.pipeline.grace
    );
}

#[test]
fn an_article_over_the_limit_arrives_to_be_refused() {
    let config = load(&root().join("config/compose.toml"));
    let limit = topics_made()["articles"].expect("`articles` has a limit of its own");
    let accepted = u64::try_from(config.input.max_bytes).unwrap();
    assert!(limit > accepted, "the topic takes {limit} bytes: an article over {accepted} sticks at its sender");
}

#[test]
fn the_largest_records_fit_their_topics() {
    /// Kafka's own default of `max.message.bytes`.
    const DEFAULT: u64 = 1_048_588;
    /// What a batch takes around a record.
    const BATCH: u64 = 1_000;
    let config = load(&root().join("config/compose.toml"));
    let made = topics_made();
    for (key, topic, largest) in [
        ("output.max_record_bytes", "statements", config.output.max_record_bytes),
        ("output.max_record_bytes", "events", config.output.max_record_bytes),
        ("output.max_analysis_bytes", "analyses", config.output.max_analysis_bytes),
    ] {
        let limit = made[topic].unwrap_or(DEFAULT);
        let largest = u64::try_from(largest).unwrap() + BATCH;
        assert!(largest <= limit, "{key}: a record of that size stops the service, `{topic}` takes {limit} bytes");
    }
}

/// A file of `deploy/kubernetes`, without its comments.
fn manifest(name: &str) -> String {
    let text = read(&format!("deploy/kubernetes/{name}.yaml"));
    text.lines().filter(|line| !line.trim_start().starts_with('#')).map(|line| format!("{line}\n")).collect()
}

/// The value of the only line `key: value` of a manifest.
fn only(manifest: &str, key: &str) -> String {
    let prefix = format!("{key}: ");
    let mut values = manifest.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix(&prefix));
    let value = values.next().unwrap_or_else(|| panic!("no {key} in\n{manifest}"));
    assert_eq!(values.next(), None, "{key} stands in several places");
    value.trim_matches('"').to_owned()
}

#[test]
fn the_pods_are_given_what_their_configuration_says() {
    let config = load(&root().join("deploy/kubernetes/demarche.toml"));
    let pods = manifest("statefulset");
    let grace = Duration::from_secs(only(&pods, "terminationGracePeriodSeconds").parse().unwrap());
    assert!(grace >= config.pipeline.grace + Duration::from_secs(5), "pods are killed within the service's own grace");
    let listen = config.http.listen.expect("the pods have endpoints");
    assert!(listen.ip().is_unspecified(), "nobody outside of the pod reaches {listen}");
    assert_eq!(only(&pods, "containerPort"), listen.port().to_string());
    assert_eq!(only(&manifest("service"), "port"), listen.port().to_string());
    for path in ["/livez", "/readyz"] {
        assert!(pods.contains(&format!("path: {path}\n")), "no probe asks {path}");
    }
    #[cfg(feature = "kafka")]
    for (_, port) in config.kafka.brokers.split(',').filter_map(|address| address.rsplit_once(':')) {
        assert!(
            manifest("networkpolicy").contains(&format!("- port: {port}\n")),
            "the pods may not talk to port {port}"
        );
    }
    let kustomization = manifest("kustomization");
    assert_eq!(only(&kustomization, "newTag"), env!("CARGO_PKG_VERSION"), "the base names another version");
}

#[test]
fn the_manifests_select_the_pods_that_there_are_and_confine_them() {
    let label = "app.kubernetes.io/name: demarche\n";
    for (name, kind) in [
        ("statefulset", "StatefulSet"),
        ("service", "Service"),
        ("poddisruptionbudget", "PodDisruptionBudget"),
        ("networkpolicy", "NetworkPolicy"),
        ("servicemonitor", "ServiceMonitor"),
    ] {
        let text = manifest(name);
        assert!(text.contains(&format!("\nkind: {kind}\n")), "{name}.yaml is no {kind}");
        let selects = text.split_once("elector:").unwrap_or_else(|| panic!("{name}.yaml selects nothing")).1;
        assert!(selects.contains(label), "{name}.yaml selects other pods");
        let is_listed = manifest("kustomization").contains(&format!("- {name}.yaml\n"));
        assert_eq!(
            is_listed,
            name != "servicemonitor",
            "{name}.yaml: what needs the operator is not part of the base, all else is"
        );
    }
    let pods = manifest("statefulset");
    for line in [
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "automountServiceAccountToken: false",
        // Variables named DEMARCHE_… of a service beside it are no settings of ours.
        "enableServiceLinks: false",
        "- ALL",
    ] {
        assert!(pods.contains(&format!("{line}\n")), "pods without `{line}`");
    }
}

#[test]
fn the_page_of_messages_names_every_field() {
    let page = read("docs/messages.md");
    for kind in ["statement", "event", "analysis"] {
        let schema: serde_json::Value = serde_json::from_str(&read(&format!("schemas/{kind}.schema.json"))).unwrap();
        for field in schema["properties"].as_object().unwrap().keys() {
            let named = format!("`{field}`");
            assert!(page.contains(&named), "docs/messages.md says nothing of {named} of the {kind}");
        }
    }
}

#[test]
fn the_readme_names_every_command() {
    let readme = read("README.md");
    let sources = fs::read_to_string(root().join("src/cli/mod.rs")).unwrap();
    let (_, commands) = sources.split_once("enum Command {").unwrap();
    let (commands, _) = commands.split_once("\n}\n").unwrap();
    let mut n_commands = 0;
    for line in commands.lines().filter_map(|line| line.strip_prefix("    ")) {
        if !line.starts_with(|c: char| c.is_ascii_uppercase()) {
            continue;
        }
        // `CheckConfig(…)` is `check-config` on the command line.
        let name = line.split(['(', ' ']).next().unwrap();
        let mut command = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !command.is_empty() {
                command.push('-');
            }
            command.push(c.to_ascii_lowercase());
        }
        assert!(readme.contains(&format!("| `demarche {command}")), "README.md has no row for `demarche {command}`");
        n_commands += 1;
    }
    assert!(n_commands >= 9, "only {n_commands} commands were found in src/cli/mod.rs");
}
