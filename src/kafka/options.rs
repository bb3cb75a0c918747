//! Settings of the Kafka side, and the librdkafka configuration they make. Settings that exactly-once rests on are
//! forced; an attempt to override one is a [`Problem`] with its reason, never silently ignored.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::KafkaError;

use crate::kafka::defaults::{
    BROKERS_HEARTBEAT_MS, CLASSIC_ONLY, CONSUMER_DEFAULTS, MESSAGE_MAX_BYTES, PRODUCER_DEFAULTS, REFUSED,
};
use crate::kafka::{addresses, trial};
use crate::pipeline::Delivery;
use crate::record::Channel;
use crate::telemetry::secrets::{REDACTED, is_secret};

/// Names of the topics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topics {
    /// Read from; at least one.
    pub articles: Vec<String>,
    /// Written to, one record a statement.
    pub statements: String,
    /// Written to, one record an event.
    pub events: String,
    /// Written to, one record an article, where that is switched on.
    pub analyses: String,
    /// Written to, messages that were refused.
    pub dead_letters: String,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            articles: vec!["articles".to_owned()],
            statements: "statements".to_owned(),
            events: "events".to_owned(),
            analyses: "analyses".to_owned(),
            dead_letters: "articles.dead-letter".to_owned(),
        }
    }
}

impl Topics {
    /// The topic of an output channel.
    pub fn of(&self, channel: Channel) -> &str {
        match channel {
            Channel::Statements => &self.statements,
            Channel::Events => &self.events,
            Channel::Analyses => &self.analyses,
            Channel::DeadLetter => &self.dead_letters,
        }
    }

    /// Every topic, inputs first.
    pub fn all(&self) -> Vec<&str> {
        let outputs = [&self.statements, &self.events, &self.analyses, &self.dead_letters];
        self.articles.iter().chain(outputs).map(String::as_str).collect()
    }
}

/// Settings of the Kafka side.
#[derive(Clone, PartialEq, Eq)]
pub struct Options {
    /// `host:port` of some brokers, separated by commas.
    pub brokers: String,
    /// The consumer group: members of one group share the partitions.
    pub group: String,
    /// Name of this process in the group, kept over restarts (a container's host name, a pod's ordinal). With it the
    /// group knows a restarted member again and moves no partitions (KIP-345). Must differ between processes.
    pub instance_id: Option<String>,
    /// Prefix of the transactional ids. Instance and lane are appended.
    pub transactional_id: String,
    /// The topics.
    pub topics: Topics,
    /// Anything else that librdkafka knows, by its own keys; wins over our defaults, not over what is forced.
    pub options: BTreeMap<String, String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            brokers: "localhost:9092".to_owned(),
            group: "demarche".to_owned(),
            instance_id: None,
            transactional_id: "demarche".to_owned(),
            topics: Topics::default(),
            options: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options: BTreeMap<&str, &str> = self
            .options
            .iter()
            .map(|(key, value)| (key.as_str(), if is_secret(key) { REDACTED } else { value.as_str() }))
            .collect();
        f.debug_struct("Options")
            .field("brokers", &self.brokers)
            .field("group", &self.group)
            .field("instance_id", &self.instance_id)
            .field("transactional_id", &self.transactional_id)
            .field("topics", &self.topics)
            .field("options", &options)
            .finish()
    }
}

/// One thing that is wrong with the settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct Problem {
    /// The key: one of ours (`brokers`, `topics.articles`) or `options.` and librdkafka's.
    pub key: String,
    /// What is wrong, and what was expected.
    pub problem: String,
}

impl Options {
    /// Everything that is wrong, at once. Asks no broker.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut report = |key: &str, problem: &str| {
            problems.push(Problem { key: key.to_owned(), problem: problem.to_owned() });
        };
        for (key, value) in [
            ("brokers", &self.brokers),
            ("group", &self.group),
            ("transactional_id", &self.transactional_id),
            ("topics.statements", &self.topics.statements),
            ("topics.events", &self.topics.events),
            ("topics.analyses", &self.topics.analyses),
            ("topics.dead_letters", &self.topics.dead_letters),
        ] {
            if value.trim().is_empty() {
                report(key, "is empty");
            }
        }
        for problem in addresses::problems(&self.brokers) {
            report("brokers", &problem);
        }
        if self.topics.articles.iter().all(|topic| topic.trim().is_empty()) {
            report("topics.articles", "names no topic");
        }
        for output in [&self.topics.statements, &self.topics.events, &self.topics.analyses, &self.topics.dead_letters] {
            if self.topics.articles.contains(output) {
                report("topics.articles", &format!("`{output}` is also written to: the service would feed itself"));
            }
        }
        for (key, value) in &self.options {
            let full_key = format!("options.{key}");
            if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| refused == key) {
                report(&full_key, why);
            } else if let Err(KafkaError::ClientConfig(_, description, _, _)) =
                ClientConfig::new().set(key, value).create_native_config()
            {
                report(&full_key, &refusal(key, &description));
            }
        }
        if problems.is_empty() {
            problems.extend(self.contradictions());
        }
        let mut report = |key: &str, problem: &str| {
            problems.push(Problem { key: key.to_owned(), problem: problem.to_owned() });
        };
        let transaction = self.milliseconds("transaction.timeout.ms", &PRODUCER_DEFAULTS);
        let session = self.milliseconds("session.timeout.ms", &CONSUMER_DEFAULTS);
        if let (Some(transaction), Some(session)) = (transaction, session)
            && transaction >= session
        {
            report(
                "options.transaction.timeout.ms",
                &format!(
                    "{transaction} must be below session.timeout.ms ({session}), so that the open transaction of a dead member ends before its partitions move"
                ),
            );
        }
        problems
    }

    /// What is wrong only with all options together, or on this machine.
    fn contradictions(&self) -> impl Iterator<Item = Problem> {
        let producer = self.producer_config(0, Delivery::ExactlyOnce, "trial");
        let found = trial::complaints(&self.options, &self.consumer_config(0), &producer);
        found.into_iter().map(|(option, problem)| Problem {
            key: option.map_or("options".to_owned(), |option| format!("options.{option}")),
            problem,
        })
    }

    /// The value of `max.poll.interval.ms`.
    pub fn poll_interval(&self) -> Duration {
        Duration::from_millis(self.milliseconds("max.poll.interval.ms", &[]).unwrap_or(300_000))
    }

    /// How long a broker that can be reached may be silent. It answers heartbeats and fetches; what is above those, and
    /// long enough for a broker that collects its garbage, is a broker that is away. Told by the statistics, so that it is
    /// noticed that much later.
    pub(crate) fn silence_limit(&self) -> Duration {
        let heartbeat = if self.is_new_protocol() {
            Some(BROKERS_HEARTBEAT_MS)
        } else {
            self.milliseconds("heartbeat.interval.ms", &CONSUMER_DEFAULTS)
        };
        let longest = heartbeat.max(self.milliseconds("fetch.wait.max.ms", &[]));
        Duration::from_millis(longest.unwrap_or(0) + 2000)
    }

    /// The value of `transaction.timeout.ms`.
    pub(crate) fn transaction_timeout(&self) -> Duration {
        // Sixty seconds are librdkafka's own default; ours stands among `PRODUCER_DEFAULTS`.
        let timeout = self.milliseconds("transaction.timeout.ms", &PRODUCER_DEFAULTS);
        Duration::from_millis(timeout.unwrap_or(60_000))
    }

    /// What the consumer of a lane is built from.
    pub(crate) fn consumer_config(&self, lane: usize) -> ClientConfig {
        let is_known = |key: &str| !self.is_new_protocol() || !CLASSIC_ONLY.contains(&key);
        let defaults: Vec<_> = CONSUMER_DEFAULTS.into_iter().filter(|(key, _)| is_known(key)).collect();
        let mut config = self.client_config(&defaults);
        config
            .set("group.id", &self.group)
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            // That a topic was made again is told by no event, only by a line of this kind (`log::recreated_topic`). There
            // are few of them; `log` shows them to who wants to see that much.
            .set("debug", self.options.get("debug").map_or("metadata".to_owned(), |own| format!("{own},metadata")))
            .set_log_level(RDKafkaLogLevel::Debug);
        if let Some(instance) = &self.instance_id {
            config.set("group.instance.id", format!("{instance}-{lane}"));
        }
        config
    }

    /// What the producer of a lane is built from.
    pub(crate) fn producer_config(&self, lane: usize, delivery: Delivery, slot: &str) -> ClientConfig {
        let mut config = self.client_config(&PRODUCER_DEFAULTS);
        config.set("enable.idempotence", "true").set("statistics.interval.ms", "0");
        if delivery == Delivery::ExactlyOnce {
            config.set("transactional.id", format!("{}-{slot}-{lane}", self.transactional_id));
        } else if !["message.timeout.ms", "delivery.timeout.ms"].iter().any(|key| self.options.contains_key(*key)) {
            // With transactions their time limit rules; without, a record should not keep a lane for five minutes.
            config.set("message.timeout.ms", "30000");
        }
        config
    }

    /// A client outside of any group: brokers, credentials, nothing else.
    pub(crate) fn plain_config(&self) -> ClientConfig {
        self.client_config(&[("client.id", "demarche")])
    }

    /// What reads a topic from its beginning outside of the service's group: only what was committed, and no offset is stored behind its back. The library
    /// wants a group name to assign partitions by hand; `role` makes it.
    pub(crate) fn reader_config(&self, role: &str) -> ClientConfig {
        let mut config = self.plain_config();
        config
            .set("group.id", format!("{}-{role}", self.group))
            .set("isolation.level", "read_committed")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest");
        config
    }

    /// What the producer of articles is built from. Which article is too large is for topic and service to say.
    pub(crate) fn feeder_config(&self) -> ClientConfig {
        let mut config = self.client_config(&[
            ("client.id", "demarche"),
            ("linger.ms", "5"),
            ("message.max.bytes", MESSAGE_MAX_BYTES),
        ]);
        config.set("enable.idempotence", "true");
        config
    }

    /// The middle of the transactional ids. Stable per slot: a restarted process takes over the id of its
    /// predecessor, and `init_transactions` ends what that one left open. Without an instance name the id is unique to
    /// this run; that is as safe (offsets are fenced by the group's generation, KIP-447), but what a killed run left
    /// open then lasts until `transaction.timeout.ms`.
    pub(crate) fn slot(&self) -> String {
        self.instance_id.clone().unwrap_or_else(|| format!("{:016x}", RandomState::new().hash_one(std::process::id())))
    }

    fn client_config(&self, defaults: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        for (key, value) in defaults {
            config.set(*key, *value);
        }
        for (key, value) in &self.options {
            if REFUSED.iter().all(|(refused, _)| refused != key) {
                config.set(key, value);
            }
        }
        self.find_authorities(&mut config);
        config.set("bootstrap.servers", &self.brokers);
        // Lines reach us at every level; `log` decides what to do with each.
        config.set_log_level(RDKafkaLogLevel::Info);
        config
    }

    /// Lets the client look for the system's certificate authorities where systems have them. OpenSSL and libcurl are
    /// built in, and by themselves would look where the machine had them that built the program.
    fn find_authorities(&self, config: &mut ClientConfig) {
        let is = |key: &str, expected: &str| {
            self.options.get(key).is_some_and(|value| value.trim().to_ascii_lowercase().ends_with(expected))
        };
        let names_own = |keys: &[&str]| keys.iter().any(|key| self.options.contains_key(*key));
        if is("security.protocol", "ssl") && !names_own(&["ssl.ca.location", "ssl.ca.pem"]) {
            config.set("ssl.ca.location", "probe");
        }
        if is("sasl.oauthbearer.method", "oidc") && !names_own(&["https.ca.location", "https.ca.pem"]) {
            config.set("https.ca.location", "probe");
        }
    }

    /// Whether the group is to be led by its broker (KIP-848).
    fn is_new_protocol(&self) -> bool {
        self.options.get("group.protocol").is_some_and(|protocol| protocol.trim().eq_ignore_ascii_case("consumer"))
    }

    fn milliseconds(&self, key: &str, defaults: &[(&str, &str)]) -> Option<u64> {
        let default = defaults.iter().find(|(name, _)| *name == key).map(|(_, value)| *value);
        self.options.get(key).map(String::as_str).or(default)?.trim().parse().ok()
    }
}

/// Why librdkafka refuses an option: in its own words, unless they may hold a secret; and where the cause is what this
/// build lacks, the feature that has it.
pub(crate) fn refusal(key: &str, description: &str) -> String {
    let words = if is_secret(key) { "refused by librdkafka" } else { description };
    // It names the libraries that its own build did not find; OIDC is the only thing that wants libcurl.
    let lacks =
        [("libcurl", "oidc"), ("OpenSSL", "tls")].into_iter().find(|(library, _)| description.contains(library));
    match lacks {
        Some((_, feature)) => format!("{words}; the image has it, a build of your own needs `--features {feature}`"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(key: &str, value: &str) -> Options {
        Options { options: BTreeMap::from([(key.to_owned(), value.to_owned())]), ..Options::default() }
    }

    #[test]
    fn the_defaults_have_no_problem() {
        assert_eq!(Options::default().problems(), []);
    }

    #[test]
    fn what_exactly_once_rests_on_cannot_be_overridden() {
        for (key, _) in REFUSED {
            let problems = with(key, "x").problems();
            assert_eq!(problems.len(), 1, "`{key}` was accepted: {problems:?}");
            assert_eq!(problems[0].key, format!("options.{key}"));
        }
        let sneaky = with("isolation.level", "read_uncommitted");
        assert_eq!(sneaky.consumer_config(0).get("isolation.level"), Some("read_committed"));
    }

    #[test]
    fn every_problem_is_found_at_once() {
        let mut options = with("no.such.key", "1");
        options.options.insert("transaction.timeout.ms".to_owned(), "60000".to_owned());
        options.topics.articles = vec!["events".to_owned()];
        options.group.clear();
        let keys: Vec<String> = options.problems().into_iter().map(|problem| problem.key).collect();
        assert_eq!(keys, ["group", "topics.articles", "options.no.such.key", "options.transaction.timeout.ms"]);
    }

    #[test]
    fn options_that_contradict_each_other_are_found_without_a_broker() {
        let problems = with("max.poll.interval.ms", "10000").problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(problems[0].key, "options.max.poll.interval.ms", "below the session timeout: {problems:?}");
        if cfg!(feature = "tls") {
            let mut options = with("security.protocol", "ssl");
            options.options.insert("ssl.ca.location".to_owned(), "/no/such/authority.pem".to_owned());
            let problems = options.problems();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].key == "options.ssl.ca.location", "{problems:?}");
            assert!(problems[0].problem.contains("/no/such/authority.pem"), "{problems:?}");
        }
    }

    #[test]
    fn a_group_that_its_broker_leads_is_told_nothing_that_the_broker_decides() {
        let options = with("group.protocol", "consumer");
        assert_eq!(options.problems(), []);
        assert_eq!(options.consumer_config(0).get("session.timeout.ms"), None);
        assert_eq!(options.silence_limit(), Duration::from_secs(7));
    }

    #[test]
    fn secrets_are_never_shown() {
        let options = with("sasl.password", "hunter2");
        assert!(!format!("{options:?}").contains("hunter2"));
        let options = with("sasl.oauthbearer.assertion.private.key.passphrase", "hunter2");
        assert!(!format!("{options:?} {:?}", options.problems()).contains("hunter2"));
    }

    #[test]
    fn what_this_build_lacks_is_told_with_the_feature_that_has_it() {
        for (key, value, feature, is_on) in [
            ("security.protocol", "SASL_SSL", "tls", cfg!(feature = "tls")),
            ("sasl.oauthbearer.method", "oidc", "oidc", cfg!(feature = "oidc")),
            ("sasl.oauthbearer.token.endpoint.url", "https://login.example/token", "oidc", cfg!(feature = "oidc")),
        ] {
            let told: Vec<String> = with(key, value).problems().into_iter().map(|problem| problem.problem).collect();
            if is_on {
                // Here a build fails that was to have OIDC, and whose machine has no libcurl to find (its headers and
                // library): librdkafka's configure then leaves OIDC out without a word.
                assert_eq!(told, [""; 0], "{key} is refused although the feature `{feature}` is on");
            } else {
                assert!(told[0].contains(&format!("`--features {feature}`")), "{key}: {told:?}");
            }
        }
    }

    #[test]
    fn authorities_are_looked_for_unless_they_are_named() {
        let found = |options: &Options| {
            let config = options.plain_config();
            ["ssl.ca.location", "https.ca.location"].map(|key| config.get(key).map(str::to_owned))
        };
        let probe = || Some("probe".to_owned());
        assert_eq!(found(&Options::default()), [None, None]);
        let mut options = with("security.protocol", "SASL_SSL");
        options.options.insert("sasl.oauthbearer.method".to_owned(), "OIDC".to_owned());
        assert_eq!(found(&options), [probe(), probe()]);
        options.options.insert("ssl.ca.location".to_owned(), "/own.pem".to_owned());
        options.options.insert("https.ca.pem".to_owned(), "-----BEGIN CERTIFICATE-----".to_owned());
        assert_eq!(found(&options), [Some("/own.pem".to_owned()), None]);
    }

    #[test]
    fn each_lane_has_names_of_its_own_that_outlive_the_process() {
        let options = Options { instance_id: Some("pod-3".to_owned()), ..Options::default() };
        let slot = options.slot();
        assert_eq!(options.consumer_config(1).get("group.instance.id"), Some("pod-3-1"));
        let config = options.producer_config(1, Delivery::ExactlyOnce, &slot);
        assert_eq!(config.get("transactional.id"), Some("demarche-pod-3-1"));
        let config = options.producer_config(1, Delivery::AtLeastOnce, &slot);
        assert_eq!(config.get("transactional.id"), None);
    }
}
