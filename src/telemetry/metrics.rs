//! Every metric of the service, in one file, with what it means. Names follow Prometheus' conventions; labels come from
//! closed lists, never from what an article says.
//!
//! What a lane did is first collected in a [`Tally`] and counted when its transaction has committed, so that work which
//! was aborted and done again is not counted twice. Hence the identity that holds at every commit:
//! `demarche_articles_consumed_total` is the sum of `demarche_articles_total` over all outcomes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::record::{Channel, FindingClass, RejectionReason};
use crate::telemetry::process;

/// A step of the work on one article whose time is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Message to article.
    Decode,
    /// Article to findings.
    Analyze,
    /// Findings to records.
    Encode,
}

/// How a transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransactionOutcome {
    /// Records and offsets became visible together.
    Committed,
    /// Nothing became visible; the input is read again.
    Aborted,
}

/// A label that has one of a closed list of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Name(&'static str);

impl EncodeLabelValue for Name {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> Result<(), fmt::Error> {
        self.0.encode(encoder)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: String,
    model: String,
    data: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabel {
    outcome: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabel {
    channel: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabel {
    reason: Name,
}

/// A label without a value is to Prometheus one that is not there; OpenMetrics wants the same names in all series of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FindingLabels {
    channel: Name,
    r#type: Name,
    status: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabel {
    stage: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LaneLabel {
    lane: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PartitionLabel {
    topic: String,
    partition: i32,
}

/// All metrics. Shared by reference; every method may be called from any thread.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    /// Figures of the process itself, under names that all clients give them.
    process: Registry,
    /// Always 1; what runs is in the labels.
    build: Family<BuildLabels, Gauge>,
    /// Input messages whose offset was committed.
    consumed: Counter,
    /// The same messages by how they ended: `analyzed`, or the reason of the rejection.
    articles: Family<OutcomeLabel, Counter>,
    /// Records committed, by channel.
    records: Family<ChannelLabel, Counter>,
    /// Statements committed, by attitude, and events, by PLOVER type and status; the records of these channels, told apart.
    findings: Family<FindingLabels, Counter>,
    /// Dead letters committed, by reason; the records of channel `dead_letter`, told apart.
    dead_letters: Family<ReasonLabel, Counter>,
    /// Work done per article and stage; work that was done again after an abort shows again, for it took its time.
    stage_seconds: Family<StageLabel, Histogram, fn() -> Histogram>,
    /// From the message's own timestamp to its commit, for messages that have one.
    end_to_end_seconds: Histogram,
    /// End offset minus next offset to commit, as of the last statistics.
    lag: Family<PartitionLabel, Gauge>,
    /// Bytes of messages begun and of records not yet handed to the producer.
    in_flight_bytes: Family<LaneLabel, Gauge>,
    /// 1 while a lane stands still because too much is refused.
    braked: Family<LaneLabel, Gauge>,
    /// Transactions by how they ended.
    transactions: Family<OutcomeLabel, Counter>,
    /// Times that partitions were given or taken.
    rebalances: Counter,
    /// Times that a lane was built anew after a fatal error.
    lane_restarts: Counter,
    /// Offsets that the broker had removed before they were read.
    missed_offsets: Counter,
    /// Times that an input partition began anew below what had been read of it.
    input_restarts: Counter,
}

impl Metrics {
    /// All metrics at zero; every outcome and channel already there, so that a rate over it is never missing.
    pub fn new() -> Arc<Self> {
        let mut metrics = Self {
            registry: Registry::with_prefix("demarche"),
            process: process::registry(),
            build: Family::default(),
            consumed: Counter::default(),
            articles: Family::default(),
            records: Family::default(),
            findings: Family::default(),
            dead_letters: Family::default(),
            stage_seconds: Family::new_with_constructor(stage_histogram),
            end_to_end_seconds: end_to_end_histogram(),
            lag: Family::default(),
            in_flight_bytes: Family::default(),
            braked: Family::default(),
            transactions: Family::default(),
            rebalances: Counter::default(),
            lane_restarts: Counter::default(),
            missed_offsets: Counter::default(),
            input_restarts: Counter::default(),
        };
        metrics.register();
        metrics.touch_closed_labels();
        Arc::new(metrics)
    }

    /// The text that Prometheus scrapes (OpenMetrics 1.0).
    pub fn encode(&self) -> String {
        let mut text = String::new();
        let written =
            encode_registry(&mut text, &self.registry).and_then(|()| encode_registry(&mut text, &self.process));
        written.and_then(|()| encode_eof(&mut text)).expect("writing to a string does not fail");
        text
    }

    /// Says what runs: the program's version, the model's, and the hash of the tables.
    pub fn set_build(&self, version: &str, model: &str, data: &str) {
        let [version, model, data] = [version, model, data].map(str::to_owned);
        self.build.get_or_create(&BuildLabels { version, model, data }).set(1);
    }

    /// Counts what a committed transaction (or, at least once, a committed batch) held.
    pub fn count(&self, tally: &Tally) {
        self.consumed.inc_by(tally.consumed);
        if tally.analyzed > 0 {
            self.articles.get_or_create(&OutcomeLabel { outcome: ANALYZED }).inc_by(tally.analyzed);
        }
        for (reason, n) in RejectionReason::ALL.into_iter().zip(tally.rejected).filter(|(_, n)| *n > 0) {
            let name = Name(reason.as_str());
            self.articles.get_or_create(&OutcomeLabel { outcome: name }).inc_by(n);
            self.dead_letters.get_or_create(&ReasonLabel { reason: name }).inc_by(n);
        }
        for (channel, n) in CHANNELS.into_iter().zip(tally.records).filter(|(_, n)| *n > 0) {
            self.records.get_or_create(&ChannelLabel { channel: channel_name(channel) }).inc_by(n);
        }
        for (class, n) in &tally.findings {
            self.findings.get_or_create(&finding_labels(*class)).inc_by(*n);
        }
    }

    /// Records how long a message took from its timestamp to its commit.
    pub fn observe_end_to_end(&self, elapsed: Duration) {
        self.end_to_end_seconds.observe(elapsed.as_secs_f64());
    }

    /// Records how long one article took in a stage.
    pub fn observe_stage(&self, stage: Stage, elapsed: Duration) {
        self.stage_seconds.get_or_create(&StageLabel { stage: stage_name(stage) }).observe(elapsed.as_secs_f64());
    }

    /// Counts the end of a transaction.
    pub fn count_transaction(&self, outcome: TransactionOutcome) {
        self.transactions.get_or_create(&OutcomeLabel { outcome: transaction_name(outcome) }).inc();
    }

    /// Counts a rebalance.
    pub fn count_rebalance(&self) {
        self.rebalances.inc();
    }

    /// Counts a lane that was built anew.
    pub fn count_lane_restart(&self) {
        self.lane_restarts.inc();
    }

    /// Counts offsets that were gone before they were read.
    pub fn count_missed_offsets(&self, n_offsets: u64) {
        self.missed_offsets.inc_by(n_offsets);
    }

    /// Counts an input partition that began anew.
    pub fn count_input_restart(&self) {
        self.input_restarts.inc();
    }

    /// Sets the lag of a partition, in messages.
    pub fn set_lag(&self, topic: &str, partition: i32, lag: i64) {
        self.lag.get_or_create(&PartitionLabel { topic: topic.to_owned(), partition }).set(lag);
    }

    /// Forgets the lag of a partition that another member reads now; else it would stand still at its last value.
    pub fn forget_lag(&self, topic: &str, partition: i32) {
        self.lag.remove(&PartitionLabel { topic: topic.to_owned(), partition });
    }

    /// Sets the bytes a lane has in flight.
    pub fn set_in_flight_bytes(&self, lane: usize, bytes: usize) {
        let label = LaneLabel { lane: u32::try_from(lane).unwrap_or(u32::MAX) };
        self.in_flight_bytes.get_or_create(&label).set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// Says whether a lane stands still because too much is refused.
    pub fn set_braked(&self, lane: usize, is_braked: bool) {
        let label = LaneLabel { lane: u32::try_from(lane).unwrap_or(u32::MAX) };
        self.braked.get_or_create(&label).set(i64::from(is_braked));
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("build_info", "Always 1; what runs is in the labels", self.build.clone());
        registry.register("articles_consumed", "Input messages whose offset was committed", self.consumed.clone());
        registry.register(
            "articles",
            "Input messages by outcome: analyzed, or the reason of the rejection",
            self.articles.clone(),
        );
        registry.register("records", "Records committed, by channel", self.records.clone());
        registry.register(
            "findings",
            "Statements committed by attitude, events by PLOVER type and status",
            self.findings.clone(),
        );
        registry.register("dead_letters", "Dead letters committed, by reason", self.dead_letters.clone());
        registry.register(
            "stage_seconds",
            "Time per article and stage, repeated work included",
            self.stage_seconds.clone(),
        );
        registry.register(
            "end_to_end_seconds",
            "Time from a message's timestamp to its commit",
            self.end_to_end_seconds.clone(),
        );
        registry.register("lag_messages", "End offset minus next offset to commit, by partition", self.lag.clone());
        registry.register(
            "in_flight_bytes",
            "Bytes of messages begun and of records not yet handed to the producer",
            self.in_flight_bytes.clone(),
        );
        registry.register(
            "braked",
            "1 while a lane stands still because too much is refused, else 0",
            self.braked.clone(),
        );
        registry.register("transactions", "Transactions by outcome", self.transactions.clone());
        registry.register("rebalances", "Times that partitions were given or taken", self.rebalances.clone());
        registry.register(
            "lane_restarts",
            "Lanes built anew after a fatal error of their client",
            self.lane_restarts.clone(),
        );
        registry.register(
            "missed_offsets",
            "Offsets that the broker had removed before they were read",
            self.missed_offsets.clone(),
        );
        registry.register(
            "input_restarts",
            "Times that an input partition began anew below what had been read of it",
            self.input_restarts.clone(),
        );
    }

    fn touch_closed_labels(&self) {
        drop(self.articles.get_or_create(&OutcomeLabel { outcome: ANALYZED }));
        for reason in RejectionReason::ALL {
            drop(self.articles.get_or_create(&OutcomeLabel { outcome: Name(reason.as_str()) }));
            drop(self.dead_letters.get_or_create(&ReasonLabel { reason: Name(reason.as_str()) }));
        }
        for channel in CHANNELS {
            drop(self.records.get_or_create(&ChannelLabel { channel: channel_name(channel) }));
        }
        for class in FindingClass::all() {
            drop(self.findings.get_or_create(&finding_labels(class)));
        }
        for outcome in [TransactionOutcome::Committed, TransactionOutcome::Aborted] {
            drop(self.transactions.get_or_create(&OutcomeLabel { outcome: transaction_name(outcome) }));
        }
        for stage in [Stage::Decode, Stage::Analyze, Stage::Encode] {
            drop(self.stage_seconds.get_or_create(&StageLabel { stage: stage_name(stage) }));
        }
    }
}

/// What one transaction holds, counted when it has committed and forgotten when it has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages released in offset order.
    consumed: u64,
    analyzed: u64,
    rejected: [u64; RejectionReason::ALL.len()],
    records: [u64; CHANNELS.len()],
    /// The records that are one finding each, by what it is.
    findings: BTreeMap<FindingClass, u64>,
}

impl Tally {
    /// A message went by, whatever became of it.
    pub fn add_consumed(&mut self) {
        self.consumed += 1;
    }

    /// How it ended: analyzed, or rejected for a reason.
    pub fn add_outcome(&mut self, rejection: Option<RejectionReason>) {
        match rejection {
            None => self.analyzed += 1,
            Some(reason) => self.rejected[reason as usize] += 1,
        }
    }

    /// A record of this channel is in the transaction; where it is one finding, of this class.
    pub fn add_record(&mut self, channel: Channel, class: Option<FindingClass>) {
        self.records[channel as usize] += 1;
        if let Some(class) = class {
            *self.findings.entry(class).or_default() += 1;
        }
    }

    /// Messages released.
    pub fn consumed(&self) -> u64 {
        self.consumed
    }
}

const ANALYZED: Name = Name("analyzed");

/// In the order of the enum's discriminants, which index [`Tally::records`].
const CHANNELS: [Channel; 4] = [Channel::Statements, Channel::Events, Channel::Analyses, Channel::DeadLetter];

const fn channel_name(channel: Channel) -> Name {
    Name(match channel {
        Channel::Statements => "statements",
        Channel::Events => "events",
        Channel::Analyses => "analyses",
        Channel::DeadLetter => "dead_letter",
    })
}

fn finding_labels(class: FindingClass) -> FindingLabels {
    FindingLabels {
        channel: channel_name(Channel::of_finding(class)),
        r#type: Name(class.type_name()),
        status: class.status_name().map(Name),
    }
}

const fn stage_name(stage: Stage) -> Name {
    Name(match stage {
        Stage::Decode => "decode",
        Stage::Analyze => "analyze",
        Stage::Encode => "encode",
    })
}

const fn transaction_name(outcome: TransactionOutcome) -> Name {
    Name(match outcome {
        TransactionOutcome::Committed => "committed",
        TransactionOutcome::Aborted => "aborted",
    })
}

/// 50 µs to 13 s by powers of four: an article takes about a millisecond, a pathological one seconds.
fn stage_histogram() -> Histogram {
    Histogram::new((0..10).map(|power| 50e-6 * 4f64.powi(power)))
}

/// 10 ms to 45 min by powers of four: the epoch is 100 ms, a backlog may be hours old.
fn end_to_end_histogram() -> Histogram {
    Histogram::new((0..10).map(|power| 10e-3 * 4f64.powi(power)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::EventType;
    use crate::record::{AttitudeRecord, EventStatusRecord};

    #[test]
    fn every_channel_and_reason_has_its_place_in_a_tally() {
        for (index, channel) in CHANNELS.into_iter().enumerate() {
            assert_eq!(channel as usize, index, "{channel:?} would be counted as another channel");
        }
        for (index, reason) in RejectionReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index, "{reason} would be counted as another reason");
        }
    }

    #[test]
    fn a_tally_shows_up_in_the_scraped_text() {
        let metrics = Metrics::new();
        let mut tally = Tally::default();
        tally.add_consumed();
        tally.add_outcome(Some(RejectionReason::TooLarge));
        tally.add_record(Channel::DeadLetter, None);
        let planned = FindingClass::Event(EventType::Consult, EventStatusRecord::Planned);
        for class in [FindingClass::Statement(AttitudeRecord::Speech), planned, planned] {
            tally.add_record(Channel::of_finding(class), Some(class));
        }
        metrics.count(&tally);
        metrics.set_lag("articles", 3, 17);
        metrics.set_build("1.2.3", "english 4", "abc");
        let text = metrics.encode();
        for line in [
            "demarche_build_info{version=\"1.2.3\",model=\"english 4\",data=\"abc\"} 1",
            "demarche_articles_consumed_total 1",
            "demarche_articles_total{outcome=\"too_large\"} 1",
            "demarche_articles_total{outcome=\"analyzed\"} 0",
            "demarche_dead_letters_total{reason=\"too_large\"} 1",
            "demarche_records_total{channel=\"dead_letter\"} 1",
            "demarche_records_total{channel=\"events\"} 2",
            "demarche_findings_total{channel=\"statements\",type=\"speech\",status=\"\"} 1",
            "demarche_findings_total{channel=\"events\",type=\"CONSULT\",status=\"planned\"} 2",
            "demarche_findings_total{channel=\"events\",type=\"ASSAULT\",status=\"negated\"} 0",
            "demarche_lag_messages{topic=\"articles\",partition=\"3\"} 17",
        ] {
            assert!(text.lines().any(|found| found == line), "no line `{line}` in\n{text}");
        }
    }
}
