//! A codebook of the user's own: the example of docs/codebook.md holds, problems come all at once with file and line, records tell by which tables they were made.

use std::fs;
use std::process::{Output, Stdio};

use serde_json::Value;

use crate::program::demarche;

const EXAMPLE: &str = "examples/codebook";

fn output(arguments: &[&str]) -> Output {
    demarche(arguments).stderr(Stdio::piped()).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_cases_of_the_example_hold_with_its_tables_and_not_without() {
    let cases = format!("{EXAMPLE}/cases.jsonl");
    let with = output(&["test", &cases, "--data", EXAMPLE]);
    assert_eq!(with.status.code(), Some(0), "{}", told(&with));
    let without = output(&["test", &cases]);
    assert_eq!(without.status.code(), Some(1), "{}", told(&without));
    for line in [":1: a trigger that is added", "none is {", "8 cases: "] {
        assert!(told(&without).contains(line), "{line:?} is not told:\n{}", told(&without));
    }
}

#[test]
fn a_line_that_is_no_case_is_named() {
    let scratch = tempfile::tempdir().unwrap();
    let cases = scratch.path().join("cases.jsonl");
    fs::write(
        &cases,
        "{\"text\": \"Norway met Chad.\", \"expect\": {\"entities\": [\"Chad\"]}}\n{\"text\": \"No.\"}\n",
    )
    .unwrap();
    let tested = output(&["test", &cases.display().to_string()]);
    assert_eq!(tested.status.code(), Some(65), "{}", told(&tested));
    assert!(told(&tested).contains("cases.jsonl:2: a case needs \"expect\""), "{}", told(&tested));
    assert!(told(&tested).contains("1 case: all as expected"), "{}", told(&tested));
}

#[test]
fn problems_of_a_codebook_are_told_like_those_of_a_configuration() {
    let scratch = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(scratch.path().join(name), text).unwrap();
    write("triggers.tsv", "words\ttype\tcameo\tmode\tbeside\nshun\tREJEKT\nspurn\t\t999\n");
    write("bodies.tsv", "code\tnames\n");
    write("README.md", "Not a table.\n");
    let dir = scratch.path().display().to_string();
    let expected = [
        format!("{dir}/bodies.tsv:1: expected a heading with the columns code, name, other_names"),
        format!("{dir}/triggers.tsv:2: no PLOVER type is \"REJEKT\""),
        format!("{dir}/triggers.tsv:3: no CAMEO code is \"999\""),
    ];
    let extracted = output(&["extract", "--data", &dir, "README.md"]);
    assert_eq!(extracted.status.code(), Some(78), "{}", told(&extracted));
    let lines = told(&extracted);
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[..3], expected, "{lines:#?}");
    assert_eq!(lines[3], "demarche: the codebook has 3 problems");
    let config = scratch.path().join("demarche.toml.md");
    fs::write(&config, format!("[data]\ndir = '{dir}'\n[output]\nmin_confidence.events = 2\n")).unwrap();
    let checked = output(&["check-config", &config.display().to_string()]);
    assert_eq!(checked.status.code(), Some(78), "{}", told(&checked));
    for problem in &expected {
        assert!(told(&checked).contains(problem), "check-config does not say {problem}:\n{}", told(&checked));
    }
    assert!(told(&checked).contains("min_confidence.events: 2 is out of range"), "{}", told(&checked));
    let missing = output(&["extract", "--data", "no/such/folder", "README.md"]);
    assert_eq!(missing.status.code(), Some(66), "{}", told(&missing));
}

#[test]
fn a_record_tells_that_other_tables_made_it() {
    let hash = |arguments: &[&str]| {
        let extracted = output(&[&["extract", "data/samples/readout.txt"], arguments].concat());
        let record: Value = serde_json::from_slice(&extracted.stdout).unwrap();
        record["model"]["data"].as_str().unwrap().to_owned()
    };
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().display().to_string();
    let built_in = hash(&[]);
    assert_eq!(hash(&["--data", &dir]), built_in, "a folder with nothing in it changes nothing");
    let with_example = hash(&["--data", EXAMPLE]);
    assert_ne!(with_example, built_in);
    fs::write(scratch.path().join("bodies.tsv"), "code\tname\tother_names\nIGONFC\tNorthern Fisheries Council\n")
        .unwrap();
    let with_other = hash(&["--data", &dir]);
    assert!(with_other != built_in && with_other != with_example);
}
