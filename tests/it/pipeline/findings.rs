//! What `demarche_findings_total` says is what a reader of the output topics counts, however often the work was done. The
//! stages are those of the service; what they find is not looked at, only counted, so that a better model changes nothing here.

use std::collections::BTreeMap;

use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::{Clock, Ended, Options, Stages};
use demarche::record::{Channel, InputOptions, Message, Origin, OutputOptions, samples};
use demarche::telemetry::Metrics;

use super::bench::{Bench, options};
use crate::explorer::models;

const METRIC: &str = "demarche_findings_total";

/// Labels of a series, and how many findings it counts.
type Findings = BTreeMap<String, u64>;

/// A topic that holds all samples.
fn broker_with_samples() -> Broker {
    let broker = Broker::new("articles", 1);
    for sample in samples::all() {
        let origin = Origin { topic: "articles".into(), ..sample.origin };
        broker.append(Message { origin, ..sample });
    }
    broker
}

/// A lane that does what the service does.
fn start(broker: &Broker, options: Options) -> Bench {
    let stages = Stages {
        models: models(),
        input: InputOptions::default(),
        output: OutputOptions { analyses: true, ..OutputOptions::default() },
        metrics: Metrics::new(),
        tap: None,
    };
    Bench::start_with_work(broker, options, &broker.partitions(), Clock::default(), stages)
}

/// The findings that the metric tells of; series at zero are left out.
fn counted(bench: &Bench) -> Findings {
    let text = bench.metrics.encode();
    let series = text.lines().filter_map(|line| line.strip_prefix(METRIC)?.rsplit_once(' '));
    let findings = series.map(|(labels, value)| (labels.to_owned(), value.parse().unwrap()));
    findings.filter(|(_, n)| *n > 0).collect()
}

/// The findings that somebody counts who reads the topics `statements` and `events`.
fn in_the_topics(broker: &Broker) -> Findings {
    let mut found = Findings::new();
    for record in broker.visible() {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(record.payload.as_deref().unwrap()) else {
            continue;
        };
        let text = |pointer: &str| value.pointer(pointer).and_then(|value| value.as_str()).unwrap();
        let (channel, of_type, status) = match record.channel {
            Channel::Statements => ("statements", text("/attitude"), ""),
            Channel::Events => ("events", text("/plover/type"), text("/status")),
            Channel::Analyses | Channel::DeadLetter => continue,
        };
        *found.entry(format!("{{channel=\"{channel}\",type=\"{of_type}\",status=\"{status}\"}}")).or_default() += 1;
    }
    found
}

/// The sum over a channel.
fn sum(findings: &Findings, channel: &str) -> u64 {
    let prefix = format!("{{channel=\"{channel}\",");
    findings.iter().filter(|(labels, _)| labels.starts_with(&prefix)).map(|(_, n)| n).sum()
}

#[test]
fn each_finding_in_the_topics_is_counted_once_however_often_it_was_found() {
    for call in [Call::Deliver, Call::Commit] {
        let broker = broker_with_samples();
        for _ in 0..3 {
            broker.inject(call, Fault::Abortable);
        }
        // A transaction a message, or nearly: some commit, some are aborted and done again.
        let mut bench = start(&broker, Options { epoch_bytes: 100, ..options() });
        bench.wait_until_read();
        assert_eq!(bench.drain(), Ok(Ended::Drained), "{call:?}");
        let n_aborted = bench.metric("demarche_transactions_total{outcome=\"aborted\"}");
        assert!(n_aborted > 0, "{call:?}: nothing was aborted, so this test proved nothing");
        let counted = counted(&bench);
        assert_eq!(counted, in_the_topics(&broker), "the metric is on the left, what the topics hold on the right");
        for channel in ["statements", "events"] {
            let n_records = bench.metric(&format!("demarche_records_total{{channel=\"{channel}\"}}"));
            assert_eq!(sum(&counted, channel), n_records, "{channel} and their sum by type");
            assert!(n_records > 0, "the samples have no {channel}, so this test proved nothing");
        }
    }
}

#[test]
fn what_a_dying_lane_had_found_is_counted_by_the_one_that_commits_it() {
    let broker = broker_with_samples();
    broker.inject(Call::Commit, Fault::Fatal);
    let mut bench = start(&broker, options());
    bench.join().expect_err("the lane went on after a fatal error");
    assert_eq!(counted(&bench), Findings::new(), "nothing was committed");
    let mut next = start(&broker, options());
    next.wait_until_read();
    assert_eq!(next.drain(), Ok(Ended::Drained));
    assert_eq!(counted(&next), in_the_topics(&broker));
}
