//! One pipeline under test: its topics, its group, the configurations and logs of its members, and what can be seen of its
//! progress from outside.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use rdkafka::TopicPartitionList;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use super::articles::Input;
use super::cluster::{CALL, Cluster, until};
use super::member::Member;

/// Small, so that "too large" costs little to produce.
pub(crate) const MAX_BYTES: usize = 64 * 1024;
pub(crate) const N_PARTITIONS: i32 = 4;

/// Topics and members that belong together.
pub(crate) struct Pipeline {
    pub(crate) cluster: Cluster,
    pub(crate) articles: String,
    pub(crate) statements: String,
    pub(crate) events: String,
    pub(crate) analyses: String,
    pub(crate) dead_letters: String,
    group: String,
    /// Sees offsets as they are, without waiting for transactions to end.
    observer: BaseConsumer,
    folder: tempfile::TempDir,
}

/// What differs between the members of the tests.
pub(crate) struct Settings<'a> {
    /// How long records gather.
    pub(crate) epoch: &'a str,
    /// For librdkafka.
    pub(crate) options: &'a [(&'a str, &'a str)],
}

/// Short epochs: many transactions, so that whatever strikes a member finds one open.
pub(crate) const BRISK: Settings<'static> = Settings { epoch: "20ms", options: &[] };

/// Settings with which sessions and transactions of a dead or frozen member end soon.
pub(crate) const HASTY: [(&str, &str); 3] =
    [("transaction.timeout.ms", "2000"), ("session.timeout.ms", "3000"), ("heartbeat.interval.ms", "500")];

impl Pipeline {
    /// Makes the topics.
    pub(crate) fn new(mut cluster: Cluster) -> Self {
        let group = cluster.name("group");
        Self {
            articles: cluster.topic("articles", N_PARTITIONS),
            statements: cluster.topic("statements", N_PARTITIONS),
            events: cluster.topic("events", N_PARTITIONS),
            analyses: cluster.topic("analyses", N_PARTITIONS),
            dead_letters: cluster.topic("dead-letters", 1),
            observer: cluster.observer(&group, "read_uncommitted"),
            folder: tempfile::tempdir().expect("a scratch folder"),
            group,
            cluster,
        }
    }

    /// Starts a member. Whoever starts in the same slot again takes over from the one before. `name` is for its log.
    pub(crate) fn start(&self, name: &str, slot: &str, settings: &Settings<'_>) -> Member {
        Member::start(name, &self.config(slot, settings), self.folder.path())
    }

    /// Another command of the program, with the configuration of a member.
    pub(crate) fn command(&self, name: &str, arguments: &[&str]) -> Command {
        let path = self.folder.path().join("command.toml");
        std::fs::write(&path, self.config("command", &BRISK)).expect("a configuration can be written");
        let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
        command.arg(name).args(arguments).arg("--config").arg(path).stdin(Stdio::null()).env("NO_COLOR", "1");
        command
    }

    fn config(&self, slot: &str, settings: &Settings<'_>) -> String {
        let delivery = if self.cluster.is_real() { "exactly_once" } else { "at_least_once" };
        let Self { group, articles, statements, events, analyses, dead_letters, .. } = self;
        let (brokers, epoch) = (self.cluster.brokers(), settings.epoch);
        let options: String =
            settings.options.iter().map(|(key, value)| format!("\"{key}\" = \"{value}\"\n")).collect();
        format!(
            r#"
[kafka]
brokers = "{brokers}"
group = "{group}"
instance_id = "{slot}"
transactional_id = "{group}"

[kafka.topics]
articles = ["{articles}"]
statements = "{statements}"
events = "{events}"
analyses = "{analyses}"
dead_letters = "{dead_letters}"

[kafka.options]
{options}

[input]
max_bytes = {MAX_BYTES}

[output]
analyses = true
max_analysis_bytes = "4 MB"

[pipeline]
delivery = "{delivery}"
lanes = 1
workers = 2
epoch = "{epoch}"

[logs]
format = "json"

[http]
listen = ""
"#
        )
    }

    /// Produces articles.
    pub(crate) fn send(&self, inputs: &[Input]) {
        self.cluster.produce(&self.articles, inputs);
    }

    /// Produces articles, and waits until a member has written about one of them, committed or not. Nothing else may be under
    /// way.
    pub(crate) fn send_until_begun(&self, inputs: &[Input], members: &mut [&mut Member]) {
        let before = self.n_written();
        self.send(inputs);
        until("a member begins with the articles", || {
            members.iter_mut().for_each(|member| member.assert_alive());
            (self.n_written() > before).then_some(())
        });
    }

    /// How far the topic of analyses has grown, over all partitions. Open and aborted transactions count.
    pub(crate) fn n_written(&self) -> i64 {
        let ends = (0..N_PARTITIONS).map(|partition| self.end(&self.analyses, partition));
        ends.sum()
    }

    fn end(&self, topic: &str, partition: i32) -> i64 {
        self.observer.fetch_watermarks(topic, partition, CALL).expect("watermarks").1
    }

    /// Where each input partition ends, and the offset that the group has committed for it (0 before the first commit).
    pub(crate) fn progress(&self) -> BTreeMap<i32, (i64, i64)> {
        let mut asked = TopicPartitionList::new();
        (0..N_PARTITIONS).for_each(|partition| {
            asked.add_partition(&self.articles, partition);
        });
        // A group's first question may reach a broker that does not know yet that it coordinates the group.
        let committed = until("the group's offsets", || self.observer.committed_offsets(asked.clone(), CALL).ok());
        let progress = committed.elements().into_iter().map(|element| {
            let next = element.offset().to_raw().map_or(0, |offset| offset.max(0));
            (element.partition(), (self.end(&self.articles, element.partition()), next))
        });
        progress.collect()
    }

    /// How many input messages are committed.
    pub(crate) fn n_committed(&self) -> usize {
        self.progress().values().map(|(_, next)| usize::try_from(*next).expect("offsets are not negative")).sum()
    }

    /// Waits until all input messages are committed; none of these members may end meanwhile.
    pub(crate) fn until_all_committed(&self, members: &mut [&mut Member]) {
        until("every message is committed", || {
            members.iter_mut().for_each(|member| member.assert_alive());
            self.progress().values().all(|(end, next)| end == next).then_some(())
        });
    }

    /// Waits until the group has settled with so many members. (The mock does not describe groups; there it returns at once.)
    pub(crate) fn until_members(&self, n_members: usize, members: &mut [&mut Member]) {
        if !self.cluster.is_real() {
            return;
        }
        until(&format!("the group settles with {n_members} members"), || {
            members.iter_mut().for_each(|member| member.assert_alive());
            (self.n_members() == Some(n_members)).then_some(())
        });
    }

    /// How many members the group has, once it has settled; nothing while it rebalances.
    pub(crate) fn n_members(&self) -> Option<usize> {
        let groups = self.observer.fetch_group_list(Some(&self.group), CALL).ok()?;
        let group = groups.groups().iter().find(|group| group.name() == self.group)?;
        (group.state() == "Stable").then(|| group.members().len())
    }
}
