//! The commands as a user runs them: real processes, their output, their exit codes.

use std::process::{Output, Stdio};

use crate::program::demarche;

fn output(arguments: &[&str]) -> Output {
    demarche(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn assert_code(output: &Output, expected: i32) {
    let (out, err) = (stdout(output), stderr(output));
    assert_eq!(output.status.code(), Some(expected), "stdout:\n{out}\nstderr:\n{err}");
}

#[test]
fn help_names_commands_and_exit_codes() {
    let help = output(&["--help"]);
    assert_code(&help, 0);
    let text = stdout(&help);
    let mut expected =
        vec!["extract", "explain", "test", "check-config", "schema", "health", "completions", "Exit codes:", "78"];
    if cfg!(feature = "kafka") {
        expected.extend(["demo", "run", "publish", "tail"]);
    }
    for word in expected {
        assert!(text.contains(word), "--help does not say {word}:\n{text}");
    }
}

#[test]
fn a_wrong_command_line_is_a_usage_error() {
    for arguments in [&["no-such-command"][..], &["schema", "--no-such-option"], &["schema", "no-such-schema"]] {
        assert_code(&output(arguments), 64);
    }
}

#[test]
fn check_config_lists_every_problem_with_its_place() {
    let checked = output(&["check-config", "tests/data/config/slips.toml"]);
    assert_code(&checked, 78);
    let expected = include_str!("../data/config/slips.problems");
    let n_problems = expected.lines().count();
    let told = stderr(&checked);
    let places: Vec<&str> = told.lines().filter_map(|line| line.strip_prefix("tests/data/config/")).collect();
    assert_eq!(places, expected.lines().collect::<Vec<_>>());
    assert!(told.ends_with(&format!("demarche: the configuration has {n_problems} problems\n")), "{told}");
}

#[test]
fn check_config_prints_what_holds() {
    let printed = demarche(&["check-config", "--print"]).env("DEMARCHE__PIPELINE__WORKERS", "3").output().unwrap();
    assert_code(&printed, 0);
    let text = stdout(&printed);
    assert!(text.contains("workers = 3  # environment variable DEMARCHE__PIPELINE__WORKERS\n"), "{text}");
    assert!(text.contains("epoch = \"100ms\"\n"), "{text}");
    let missing = output(&["check-config", "no-such-file.toml"]);
    assert_code(&missing, 66);
    assert!(stderr(&missing).contains("no-such-file.toml"), "{}", stderr(&missing));
}

#[test]
fn every_schema_can_be_printed_and_written() {
    let listed = output(&["schema"]);
    assert_code(&listed, 0);
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("schemas");
    assert_code(&output(&["schema", "--out", folder.to_str().unwrap()]), 0);
    let mut n_schemas = 0;
    for line in stdout(&listed).lines() {
        let (name, file) = line.split_once(' ').unwrap();
        let printed = output(&["schema", name]);
        assert_code(&printed, 0);
        let written = std::fs::read_to_string(folder.join(file.trim())).unwrap();
        assert_eq!(stdout(&printed).trim_end(), written.trim_end(), "{name}");
        n_schemas += 1;
    }
    assert!(n_schemas >= 3, "only {n_schemas} schemas");
}

#[test]
fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let printed = output(&["completions", shell]);
        assert_code(&printed, 0);
        assert!(stdout(&printed).contains("check-config"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let page = output(&["man"]);
    assert_code(&page, 0);
    assert!(stdout(&page).contains(".TH demarche 1"), "{}", stdout(&page));
    let folder = tempfile::tempdir().unwrap();
    assert_code(&output(&["man", "--out", folder.path().to_str().unwrap()]), 0);
    let page = std::fs::read_to_string(folder.path().join("demarche-extract.1")).unwrap();
    assert!(page.contains("Leave out findings below this confidence"), "{page}");
}

#[test]
fn the_long_version_says_what_a_report_needs() {
    let long = output(&["--version"]);
    assert_code(&long, 0);
    let lines: Vec<String> = stdout(&long).lines().map(str::to_owned).collect();
    assert_eq!(lines[0], concat!("demarche ", env!("CARGO_PKG_VERSION")));
    for (line, name) in lines[1..].iter().zip(["commit", "model", "data", "features", "target"]) {
        let (first, rest) = line.split_once(' ').unwrap_or_default();
        assert!(first == name && !rest.trim().is_empty(), "{line:?} is not {name}");
    }
    assert_eq!(lines.len(), 6);
    let short = output(&["-V"]);
    assert_eq!(stdout(&short), format!("{}\n", lines[0]));
}

#[cfg(feature = "kafka")]
#[test]
fn publish_asks_for_files_or_samples_and_looks_at_files_before_it_asks_a_broker() {
    let nothing = output(&["publish"]);
    assert_code(&nothing, 64);
    assert!(stderr(&nothing).contains("<FILE|--samples>"), "{}", stderr(&nothing));
    let missing = output(&["publish", "no-such-file", "--brokers", "localhost:1"]);
    assert_code(&missing, 66);
    assert!(stderr(&missing).starts_with("demarche: cannot open no-such-file: "), "{}", stderr(&missing));
    assert_eq!(stderr(&missing).lines().count(), 1, "{}", stderr(&missing));
}

#[cfg(feature = "kafka")]
#[test]
fn tail_refuses_forms_that_have_no_room() {
    for (arguments, told) in [
        (&["tail", "--format", "html"][..], "demarche explore"),
        (&["tail", "--format", "csv", "--headers"], "no room for headers"),
        (&["tail", "--where", "event.cameo = '1'"], "at character 13: = means nothing here; write =="),
        (&["tail", "--since", "yesterday"], "expected a time"),
    ] {
        let refused = output(arguments);
        assert_code(&refused, 64);
        assert!(stderr(&refused).contains(told), "{arguments:?}: {}", stderr(&refused));
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut printing = demarche(&["schema", "event"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(printing.stdout.take());
    let ended = printing.wait_with_output().unwrap();
    assert_code(&ended, 0);
    assert_eq!(stderr(&ended), "");
}

#[test]
fn health_says_when_no_service_answers() {
    // Nobody listens there, and no other test can be given this port meanwhile.
    let address = "127.0.0.1:1";
    let asked = demarche(&["health"]).env("DEMARCHE__HTTP__LISTEN", address).output().unwrap();
    assert_code(&asked, 69);
    let expected = format!("demarche: no answer from http://{address}/readyz: ");
    assert!(stderr(&asked).starts_with(&expected), "{}", stderr(&asked));
}
