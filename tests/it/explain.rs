//! `demarche explain` as a user runs it: what made a finding, why there is none.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::program::demarche;

const TEXT: &str = "Norway expelled two Danish diplomats on Monday.\n\n\
    Foreign Minister Ada Finch said that the two had broken the rules of the embassy.\n\n\
    Share this article\n";

/// A file with an article, and the findings that the command lists of it.
fn article() -> (TempDir, PathBuf, Value) {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("article.json");
    let article = serde_json::json!({"id": "n-1", "text": TEXT, "published_at": "2024-03-14T09:00:00Z"});
    fs::write(&path, article.to_string()).unwrap();
    let listed = json(&explain(&path, &[]));
    (scratch, path, listed)
}

fn explain(path: &std::path::Path, arguments: &[&str]) -> Output {
    let all = [&["explain", path.to_str().unwrap(), "--format", "json"], arguments].concat();
    demarche(&all).output().unwrap()
}

fn json(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{told}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(told.lines().next().unwrap()).unwrap()
}

/// The id of the first finding of a kind.
fn id_of(listed: &Value, kind: &str) -> String {
    let mut of_kind = listed["findings"].as_array().unwrap().iter().filter(|found| found["kind"] == kind);
    of_kind.next().unwrap_or_else(|| panic!("no {kind} in {listed}"))["id"].as_str().unwrap().to_owned()
}

fn is_share(value: &Value) -> bool {
    value.as_f64().is_some_and(|share| (0.0..=1.0).contains(&share))
}

#[test]
fn an_event_is_explained_by_words_scores_and_evidence() {
    let (_scratch, path, listed) = article();
    let id = id_of(&listed, "event");
    let told = json(&explain(&path, &["--finding", &id[..12]]));
    assert_eq!((&told["explains"], &told["id"]), (&Value::from("event"), &Value::from(id.as_str())));
    let trigger = &told["mentions"][0];
    assert_eq!((&trigger["words"], &trigger["found_by"]), (&Value::from("expelled"), &Value::from("core")));
    assert!(is_share(&trigger["probability"]), "{trigger}");
    let party = |side: &str| {
        let parties = told["parties"].as_array().unwrap().iter();
        parties.clone().find(|party| party["side"] == side).unwrap_or_else(|| panic!("no {side} in {told}")).clone()
    };
    assert_eq!(party("actor")["code"], "NOR");
    let recipient = party("recipient");
    assert!(is_share(&recipient["link_probability"]), "{recipient}");
    assert_eq!(recipient["entity"]["country"], "DNK");
    let evidence = recipient["entity"]["evidence"].as_array().unwrap();
    assert!(evidence.iter().any(|evidence| evidence["name"] == "adjective"), "{recipient}");
    assert_eq!(
        (&told["status"]["value"], &told["date"]["means"]),
        (&Value::from("occurred"), &Value::from("2024-03-11"))
    );
    let features = told["confidence"]["features"].as_array().unwrap();
    let odds: f64 = features.iter().map(|feature| feature["adds"].as_f64().unwrap()).sum();
    let confidence = told["confidence"]["value"].as_f64().unwrap();
    assert!((1.0 / (1.0 + (-odds).exp()) - confidence).abs() < 0.01, "the features make {odds}, told is {confidence}");
}

#[test]
fn a_statement_is_explained_by_its_parts() {
    let (_scratch, path, listed) = article();
    let told = json(&explain(&path, &["--finding", &id_of(&listed, "statement")]));
    assert_eq!((&told["explains"], &told["cue"]["words"]), (&Value::from("statement"), &Value::from("said")));
    assert!(is_share(&told["cue"]["probability"]) && is_share(&told["content"][0]["link_probability"]), "{told}");
    assert_eq!(told["speakers"][0]["name"], "Ada Finch");
}

#[test]
fn words_are_told_what_is_found_there_and_why_nothing_is() {
    let (_scratch, path, listed) = article();
    let event = id_of(&listed, "event");
    let near = |words: &str, more: &[&str]| json(&explain(&path, &[&["--near", words], more].concat()));
    let lines =
        |told: &Value, list: &str| told[list].as_array().unwrap().iter().map(Value::to_string).collect::<String>();
    let found = near("expelled", &[]);
    assert!(lines(&found, "events").contains(&format!("evoke event {event}")), "{found}");
    let left_out = near("expelled", &["--min-confidence", "0.999"]);
    assert!(lines(&left_out, "events").contains("LEFT OUT"), "{left_out}");
    let nothing = near("on Monday", &[]);
    assert!(lines(&nothing, "events").contains("take part in event"), "{nothing}");
    assert_eq!(nothing["triggers"].as_array().unwrap().len(), 2, "one of each word: {nothing}");
    assert!(nothing["triggers"][1]["none"].as_f64().unwrap() > 0.9, "{nothing}");
    let no_event = near("embassy", &[]);
    assert!(lines(&no_event, "events").contains("evoke no event"), "{no_event}");
    let boilerplate = near("Share this", &[]);
    assert!(lines(&boilerplate, "events").contains("not part of the story"), "{boilerplate}");
    assert!(lines(&boilerplate, "statements").contains("not part of the story"), "{boilerplate}");
}

#[test]
fn it_reads_as_text_and_says_what_is_not_there() {
    let (_scratch, path, listed) = article();
    let text = |arguments: &[&str]| {
        let told = demarche(&[&["explain", path.to_str().unwrap()], arguments].concat()).output().unwrap();
        assert_eq!(told.status.code(), Some(0), "{}", String::from_utf8_lossy(&told.stderr));
        String::from_utf8(told.stdout).unwrap()
    };
    let event = text(&["--finding", &id_of(&listed, "event")]);
    for part in
        ["trigger \"expelled\": SANCTION", "actor \"Norway\": NOR", "status occurred", "because of", "confidence 0."]
    {
        assert!(event.contains(part), "{part:?} is not told:\n{event}");
    }
    let near = text(&["--near", "embassy"]);
    assert!(near.contains("\"embassy\" evokes: nothing"), "{near}");
    assert!(text(&[]).contains(&id_of(&listed, "statement")));
    for (arguments, told) in
        [(["--finding", "ffff0000ffff"], "no finding has an id"), (["--near", "walrus"], "no article has the words")]
    {
        let missing = explain(&path, &arguments);
        assert_eq!(missing.status.code(), Some(65));
        assert!(String::from_utf8_lossy(&missing.stderr).contains(told), "{arguments:?}");
    }
}
