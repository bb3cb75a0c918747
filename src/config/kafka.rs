//! The broker's part of the configuration. What librdkafka thinks of its options, and which of them carry a promise,
//! [`kafka::Options::problems`] knows; here each problem gets the place where the value was written.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::config::place::Place;
use crate::config::problem::Problem;
use crate::config::raw::{OPTIONS, Value};
use crate::config::reader::Reader;
use crate::kafka::{Options, Topics};
use crate::pipeline;
use crate::record::OutputOptions;

/// Value of `kafka.instance_id` that turns static membership off.
const NO_INSTANCE: &str = "none";

/// Reads and checks the broker's part.
pub(crate) fn options(reader: &mut Reader<'_>) -> Options {
    let n_problems = reader.problems.len();
    let instance_id = reader.text("kafka.instance_id");
    let options = Options {
        brokers: reader.some_text("kafka.brokers"),
        group: reader.some_text("kafka.group"),
        instance_id: match instance_id.as_str() {
            "" => host_name(),
            NO_INSTANCE => None,
            _ => Some(instance_id),
        },
        transactional_id: reader.some_text("kafka.transactional_id"),
        topics: Topics {
            articles: reader.texts("kafka.topics.articles"),
            statements: reader.some_text("kafka.topics.statements"),
            events: reader.some_text("kafka.topics.events"),
            analyses: reader.some_text("kafka.topics.analyses"),
            dead_letters: reader.some_text("kafka.topics.dead_letters"),
        },
        options: librdkafka(reader),
    };
    let complained: Vec<String> = reader.problems[n_problems..].iter().map(|problem| problem.key.clone()).collect();
    for found in options.problems() {
        let key = format!("kafka.{}", found.key);
        if !complained.contains(&key) {
            let place = place_of(reader, &key, &found.problem);
            reader.problems.push(Problem { place, key, message: in_our_case(&found.problem) });
        }
    }
    options
}

/// Keeps batches as small as records. A topic's limit holds for a whole batch, and one that lies above
/// `output.max_record_bytes` is promised to be enough.
pub(crate) fn bound_batches(kafka: &mut Options, output: &OutputOptions) {
    const KEY: &str = "batch.size";
    /// What librdkafka fills a batch to unless told otherwise; below what Kafka's topics take unless told otherwise.
    const DEFAULT_BYTES: usize = 1_000_000;
    if output.max_record_bytes < DEFAULT_BYTES {
        kafka.options.entry(KEY.to_owned()).or_insert_with(|| output.max_record_bytes.to_string());
    }
}

/// What the loop must know of the broker's part, and where the two contradict each other.
pub(crate) fn agree(reader: &mut Reader<'_>, pipeline: &mut pipeline::Options, kafka: &Options) {
    pipeline.poll_interval = kafka.poll_interval();
    let transaction = Duration::from_millis(
        kafka.options.get("transaction.timeout.ms").and_then(|text| text.trim().parse().ok()).unwrap_or(10_000),
    );
    let is_wrong_anyway = reader.problems.iter().any(|problem| problem.key == "pipeline.epoch");
    if pipeline.epoch * 2 > transaction && !is_wrong_anyway {
        let message = format!(
            "{:?} is too near to kafka.options.transaction.timeout.ms ({transaction:?}); expected at most half of it",
            pipeline.epoch
        );
        reader.complain("pipeline.epoch", message);
    }
}

/// The raw map. librdkafka takes texts; numbers and flags may be written as such.
fn librdkafka(reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    let mut options = BTreeMap::new();
    let mut problems = Vec::new();
    for (name, entry) in reader.table(OPTIONS) {
        let text = match &entry.value {
            Value::String(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Boolean(flag) => flag.to_string(),
            Value::List(items) => items.join(","),
        };
        if text.contains('\0') {
            let message = "holds a zero byte".to_owned();
            problems.push(Problem { place: entry.place.clone(), key: format!("{OPTIONS}.{name}"), message });
            continue;
        }
        options.insert(name.to_owned(), text);
    }
    reader.problems.extend(problems);
    options
}

/// Where the value that a problem is about was written. A contradiction may name a key that only its default gives:
/// then the place of the other option that its message names.
fn place_of(reader: &Reader<'_>, key: &str, message: &str) -> Place {
    if let Some(place) = reader.find(key) {
        return place.clone();
    }
    let named = reader.table(OPTIONS).find(|(name, _)| message.contains(name));
    named.map_or(Place::Default { line: 1 }, |(_, entry)| entry.place.clone())
}

/// librdkafka begins its messages with a capital, as ours do not.
fn in_our_case(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// The host's name, which containers and pods have for their own.
fn host_name() -> Option<String> {
    let files = ["/proc/sys/kernel/hostname", "/etc/hostname"];
    let named = files.iter().find_map(|path| std::fs::read_to_string(path).ok());
    let name = named.or_else(|| std::env::var("HOSTNAME").ok())?;
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
