//! What must be true of the output topics when all is done.

use std::collections::BTreeMap;

use demarche::record::{RejectionReason, dead_letter};

use super::articles::{Expected, Input, SEED_URL, identity_of};
use super::cluster::{Stored, announce};
use super::pipeline::Pipeline;

/// Every message has had its one outcome, in the order of its key, and everything said about it is there once. On the mock
/// cluster, whose delivery is at least once, repetitions are let pass.
pub(crate) fn check(pipeline: &Pipeline, inputs: &[Input]) {
    for (partition, (end, committed)) in pipeline.progress() {
        assert_eq!(committed, end, "partition {partition}: the group has committed up to its end");
    }
    let exactly_once = pipeline.cluster.is_real();
    let read = |topic: &str| pipeline.cluster.read(topic, "read_committed");
    let (received, analyses, dead_letters) =
        (read(&pipeline.articles), read(&pipeline.analyses), read(&pipeline.dead_letters));
    let mut found = outcomes(&analyses, &dead_letters);
    let mut expected: Vec<Expected> = inputs.iter().map(|input| input.expected.clone()).collect();
    found.sort();
    expected.sort();
    if !exactly_once {
        found.dedup();
        expected.dedup();
    }
    assert_same(&found, &expected);
    check_dead_letters(&dead_letters, &received, &pipeline.articles, exactly_once);
    check_order(&analyses, inputs);
    check_findings(&read(&pipeline.statements), &analyses, "statements", exactly_once);
    check_findings(&read(&pipeline.events), &analyses, "events", exactly_once);
    if inputs.iter().any(|input| input.expected == Expected::Analyzed(SEED_URL.to_owned())) {
        check_seed(&analyses);
    }
}

/// What became of the messages.
fn outcomes(analyses: &[Stored], dead_letters: &[Stored]) -> Vec<Expected> {
    let analyzed = analyses.iter().map(|record| Expected::Analyzed(identity_of(&record.json()["article"])));
    let rejected = dead_letters.iter().map(|record| {
        let name = record.header(dead_letter::REASON);
        let reason = RejectionReason::ALL.into_iter().find(|reason| reason.as_str() == name);
        Expected::Rejected(reason.unwrap_or_else(|| panic!("a closed reason, not {name}")))
    });
    analyzed.chain(rejected).collect()
}

/// Names what is lost and what is doubled instead of printing both lists.
fn assert_same(found: &[Expected], expected: &[Expected]) {
    let count = |list: &[Expected]| {
        let mut counts: BTreeMap<Expected, i64> = BTreeMap::new();
        list.iter().for_each(|outcome| *counts.entry(outcome.clone()).or_default() += 1);
        counts
    };
    let (mut balance, expected) = (count(found), count(expected));
    for (outcome, n_expected) in expected {
        *balance.entry(outcome).or_default() -= n_expected;
    }
    balance.retain(|_, surplus| *surplus != 0);
    assert!(balance.is_empty(), "lost (negative) or doubled (positive): {balance:?}");
}

/// A dead letter is the message that its headers point to: key, value and headers byte for byte, with ours behind them.
fn check_dead_letters(dead_letters: &[Stored], received: &[Stored], topic: &str, exactly_once: bool) {
    let mut origins = Vec::new();
    for letter in dead_letters {
        let number = |name: &str| letter.header(name).parse::<i64>().expect("a decimal number");
        let origin = (number(dead_letter::PARTITION), number(dead_letter::OFFSET));
        let message = received
            .iter()
            .find(|message| (i64::from(message.partition), message.offset) == origin)
            .unwrap_or_else(|| panic!("no message stands at {origin:?}, where the dead letter says it came from"));
        assert_eq!(letter.key, message.key, "the key of {origin:?}");
        assert_eq!(letter.payload, message.payload, "the value of {origin:?}");
        let n_headers = message.headers.len();
        assert_eq!(letter.headers[..n_headers], message.headers[..], "the headers of {origin:?}");
        assert_eq!(letter.header(dead_letter::TOPIC), topic, "the topic of {origin:?}");
        assert!(!letter.header(dead_letter::DETAIL).is_empty(), "{origin:?} says no particulars");
        origins.push(origin);
    }
    origins.sort_unstable();
    let n_letters = origins.len();
    origins.dedup();
    assert!(!exactly_once || origins.len() == n_letters, "a message has two dead letters");
}

/// The articles of a key come out in the order in which they went in. (A repetition, where one is allowed, does not count.)
fn check_order(analyses: &[Stored], inputs: &[Input]) {
    let mut sent: BTreeMap<&[u8], Vec<String>> = BTreeMap::new();
    for input in inputs {
        if let (Some(key), Expected::Analyzed(identity)) = (input.key.as_deref(), &input.expected) {
            sent.entry(key).or_default().push(identity.clone());
        }
    }
    let mut came: BTreeMap<&[u8], Vec<String>> = BTreeMap::new();
    for analysis in analyses {
        let identities = came.entry(analysis.key.as_deref().expect("the article id")).or_default();
        let identity = identity_of(&analysis.json()["article"]);
        if !identities.contains(&identity) {
            identities.push(identity);
        }
    }
    for (key, identities) in sent {
        assert_eq!(came.get(key), Some(&identities), "order within the key {:?}", String::from_utf8_lossy(key));
    }
}

/// The findings in their own topic are those that the analyses list, each as often.
fn check_findings(records: &[Stored], analyses: &[Stored], list: &str, exactly_once: bool) {
    let mut found: Vec<String> = records.iter().map(|record| text(&record.json()["id"])).collect();
    let analyses: Vec<serde_json::Value> = analyses.iter().map(Stored::json).collect();
    let findings = analyses.iter().flat_map(|analysis| analysis[list].as_array().expect("a list"));
    let mut listed: Vec<String> = findings.map(|finding| text(&finding["id"])).collect();
    found.sort();
    listed.sort();
    if !exactly_once {
        found.dedup();
        listed.dedup();
    }
    assert!(!listed.is_empty(), "the articles hold {list}, and none was found");
    assert!(found == listed, "{list}: {} in their topic, {} in the analyses", found.len(), listed.len());
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// The seed article yields statements and events, and each span's text is what stands at its offsets.
fn check_seed(analyses: &[Stored]) {
    let seed = analyses.iter().map(Stored::json).find(|analysis| identity_of(&analysis["article"]) == SEED_URL);
    let analysis = seed.expect("its outcome was checked before");
    let letters: Vec<char> = analysis["text"].as_str().expect("the text").chars().collect();
    for (list, part) in [("statements", "cue"), ("events", "trigger")] {
        let findings = analysis[list].as_array().expect("a list");
        assert!(!findings.is_empty(), "the seed article yields {list}");
        for span in findings.iter().map(|finding| &finding[part]).filter(|span| span.is_object()) {
            let at = |end: &str| usize::try_from(span[end].as_u64().expect("an offset")).expect("it fits");
            if span["field"] != "title" {
                let there: String = letters[at("start")..at("end")].iter().collect();
                assert_eq!(span["text"].as_str(), Some(there.as_str()), "{part} at its offsets");
            }
        }
    }
    announce(&format!(
        "seed article through the broker: {} statements, {} events",
        analysis["statements"].as_array().map_or(0, Vec::len),
        analysis["events"].as_array().map_or(0, Vec::len)
    ));
}
