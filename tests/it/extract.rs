//! `demarche extract` as a user runs it: formats, several files, standard input, what is refused, exit codes.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const ARTICLE: &str =
    r#"{"id": "n-1", "text": "“We will talk,” Foreign Minister Ada Finch told reporters on Monday."}"#;

fn extract(args: &[&str], folder: &Path, stdin: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demarche"));
    command.arg("extract").args(args).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A command that refuses its arguments reads nothing.
    let _ = input.write_all(stdin);
    drop(input);
    child.wait_with_output().unwrap()
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// Ids of the analyses printed, in order.
fn ids(output: &Output) -> Vec<String> {
    let id = |line: &str| {
        let analysis: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        analysis["article"]["id"].as_str().unwrap().to_owned()
    };
    stdout(output).lines().map(id).collect()
}

#[test]
fn json_lines_give_one_analysis_an_article_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String =
        (0..300).map(|n| format!("{{\"id\": \"n-{n}\", \"text\": \"The envoy said {n}.\"}}\n\n")).collect();
    fs::write(folder.path().join("articles.jsonl"), lines).unwrap();
    let one = extract(&["articles.jsonl", "--threads", "1"], folder.path(), b"");
    assert_eq!(one.status.code(), Some(0), "{}", stderr(&one));
    assert_eq!(ids(&one), (0..300).map(|n| format!("n-{n}")).collect::<Vec<_>>());
    let many = extract(&["articles.jsonl", "--threads", "5"], folder.path(), b"");
    assert!(many.stdout == one.stdout, "the output depends on the number of threads");
}

#[test]
fn every_layout_is_recognized_by_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let other = ARTICLE.replace("n-1", "n-2");
    let spread = ARTICLE.replace(", ", ",\n  ");
    for (layout, input, expected) in [
        ("one object", ARTICLE.to_owned(), vec!["n-1"]),
        ("lines", format!("{ARTICLE}\n{other}\n"), vec!["n-1", "n-2"]),
        ("lines with Windows line ends", format!("{ARTICLE}\r\n{other}\r\n"), vec!["n-1", "n-2"]),
        ("an object over lines", spread.clone(), vec!["n-1"]),
        ("objects over lines", format!("{spread}\n\n{}", spread.replace("n-1", "n-2")), vec!["n-1", "n-2"]),
        ("an array", format!("[{ARTICLE},\n{other}]"), vec!["n-1", "n-2"]),
        ("an empty array", "[]".to_owned(), vec![]),
        ("a byte order mark", format!("\u{FEFF}{ARTICLE}\n{other}"), vec!["n-1", "n-2"]),
    ] {
        let output = extract(&["-"], folder.path(), input.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{layout}: {}", stderr(&output));
        assert_eq!(ids(&output), expected, "{layout}");
    }
}

#[test]
fn text_and_html_come_by_extension_or_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let text = "{sic} The envoy arrived.";
    fs::write(folder.path().join("a.txt"), text).unwrap();
    fs::write(folder.path().join("b.html"), "The <b>envoy</b> arrived.").unwrap();
    let output = extract(&["a.txt", "b.html"], folder.path(), b"");
    let texts: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(texts[0]["text"], text);
    assert_eq!(texts[1]["text"], "The envoy arrived.");
    let html = extract(&[], folder.path(), b"<p>The envoy <i>arrived</i>.</p>");
    assert_eq!(serde_json::from_slice::<Value>(&html.stdout).unwrap()["text"], "The envoy arrived.");
}

#[test]
fn refused_articles_are_named_with_file_and_line_and_the_others_printed() {
    let folder = tempfile::tempdir().unwrap();
    let large = format!("{{\"id\": \"l\", \"text\": \"{}\"}}", "a ".repeat(200));
    fs::write(folder.path().join("mixed.jsonl"), format!("{ARTICLE}\n\n{{\"id\": 5\n{large}\n{ARTICLE}\n")).unwrap();
    let output = extract(&["--max-bytes", "300", "mixed.jsonl"], folder.path(), b"");
    assert_eq!(output.status.code(), Some(65), "{}", stderr(&output));
    assert_eq!(ids(&output), ["n-1", "n-1"]);
    let reports: Vec<&str> = stderr(&output).lines().collect();
    assert!(reports[0].starts_with("demarche: mixed.jsonl:3:8: malformed: not JSON: "), "{reports:?}");
    assert!(!reports[0].contains("line 1"), "two line numbers: {reports:?}");
    assert_eq!(reports[1], "demarche: mixed.jsonl:4: too_large: 400 bytes where at most 300 are accepted");
    assert_eq!(reports.len(), 2, "{reports:?}");
}

#[test]
fn a_missing_file_is_named_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), ARTICLE).unwrap();
    let output = extract(&["missing.json", "a.json"], folder.path(), b"");
    assert_eq!(output.status.code(), Some(66));
    assert_eq!(ids(&output), ["n-1"]);
    assert!(stderr(&output).starts_with("demarche: cannot open missing.json: "), "{}", stderr(&output));
}

#[test]
fn pretty_output_has_no_colors_in_a_pipe_and_defuses_the_articles_own() {
    let folder = tempfile::tempdir().unwrap();
    let article = r#"{"id": "n-1", "title": "Envoy\u001b[31m arrives", "publisher": "Example Wire", "text": "The envoy arrived."}"#;
    let output = extract(&["--format", "pretty"], folder.path(), article.as_bytes());
    let shown = stdout(&output);
    assert!(!shown.contains('\u{1b}'), "an escape sequence gets through: {shown:?}");
    assert!(shown.starts_with("Envoy[31m arrives\nn-1 · Example Wire\n"), "{shown}");
}

#[test]
fn tables_have_the_columns_that_they_promise() {
    let folder = tempfile::tempdir().unwrap();
    let csv = extract(&["--format", "csv"], folder.path(), ARTICLE.as_bytes());
    let mut table = csv::Reader::from_reader(csv.stdout.as_slice());
    assert_eq!(&table.headers().unwrap()[0], "record");
    for row in table.records() {
        row.expect("every row has as many cells as the header");
    }
    let gdelt = extract(&["--format", "gdelt"], folder.path(), ARTICLE.as_bytes());
    for line in stdout(&gdelt).lines() {
        assert_eq!(line.split('\t').count(), 61, "{line}");
    }
}

#[test]
fn what_is_known_of_files_goes_along_and_a_second_run_goes_on_where_the_first_was() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("in")).unwrap();
    fs::write(folder.path().join("in/arrival.txt"), "The envoy arrived on Monday.").unwrap();
    fs::write(folder.path().join("in/table.csv"), "Headline,Text\nTalks,The envoy left.\nPort,The port is closed.\n")
        .unwrap();
    let arguments = ["in", "--published-at", "20260305", "--publisher", "Example Wire", "--id-from", "name"];
    let all = extract(&arguments, folder.path(), b"");
    assert_eq!(ids(&all), ["arrival", "table:2", "table:3"], "{}", stderr(&all));
    let first: Value = serde_json::from_str(stdout(&all).lines().next().unwrap()).unwrap();
    assert_eq!(first["article"]["published_at"], "2026-03-05T00:00:00Z");
    assert_eq!(first["article"]["publisher"], "Example Wire");
    let wrong = extract(&["in", "--published-at", "soon"], folder.path(), b"");
    assert_eq!(wrong.status.code(), Some(64), "{}", stderr(&wrong));

    let resumed = [&arguments[..], &["--resume", "note"]].concat();
    assert_eq!(ids(&extract(&resumed, folder.path(), b"")).len(), 3);
    fs::write(folder.path().join("in/unrest.txt"), "The port is open again.").unwrap();
    assert_eq!(ids(&extract(&resumed, folder.path(), b"")), ["unrest"], "only what is new at the end");
    let other = extract(&["in/arrival.txt", "--resume", "note"], folder.path(), b"");
    assert!(stderr(&other).contains("a run over other files"), "{}", stderr(&other));
}

#[test]
fn an_object_over_lines_is_told_by_the_line_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), "{\"id\": \"n-1\",\n \"text\": oops}").unwrap();
    let output = extract(&["a.json"], folder.path(), b"");
    assert!(stderr(&output).starts_with("demarche: a.json:2:"), "{}", stderr(&output));
}

#[test]
fn findings_of_the_kinds_and_the_condition_asked_for_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    let statements = |arguments: &[&str]| {
        let output = extract(arguments, folder.path(), ARTICLE.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).to_owned()
    };
    let all = statements(&["--what", "statements"]);
    assert_eq!(all, statements(&["--format", "statements"]));
    assert!(all.lines().count() > 0, "the article has a statement");
    assert_eq!(all, statements(&["--what", "statements", "--where", "statement.kind == 'direct'"]));
    assert_eq!(statements(&["--what", "statements,events", "--where", "event.quad_class == 9"]), "");
    let wrong = extract(&["--where", "statement.knd == 'direct'"], folder.path(), b"");
    assert_eq!(wrong.status.code(), Some(64));
    let told = stderr(&wrong);
    assert!(told.contains("at character 11: ") && told.contains("did you mean kind?"), "{told}");
}

#[test]
fn a_file_of_results_appears_when_it_is_whole_and_its_name_says_what_is_in_it() {
    let folder = tempfile::tempdir().unwrap();
    for (name, begins) in [
        ("out.csv", "record,"),
        ("out.html", "<!doctype html>"),
        ("out.jsonl", "{\"article\":"),
        ("out.txt", "“We will talk,”"),
    ] {
        let output = extract(&["--output", name], folder.path(), ARTICLE.as_bytes());
        assert_eq!((output.status.code(), stdout(&output)), (Some(0), ""), "{}", stderr(&output));
        let written = fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(written.to_lowercase().starts_with(&begins.to_lowercase()), "{name}: {written}");
        assert!(!written.contains('\u{1b}'), "{name} has colors");
    }
    let names = || fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    assert_eq!(names().len(), 4, "something was left beside: {:?}", names());
    let nowhere = extract(&["--output", "no/such/folder/out.csv"], folder.path(), ARTICLE.as_bytes());
    assert_eq!(nowhere.status.code(), Some(74), "{}", stderr(&nowhere));
    assert!(stderr(&nowhere).starts_with("demarche: cannot write to no/such/folder/out.csv: "), "{}", stderr(&nowhere));
}

#[cfg(unix)]
#[test]
fn through_a_link_its_target_is_written_and_the_link_stays() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("shared")).unwrap();
    fs::write(path("shared/day.jsonl"), "yesterday").unwrap();
    symlink("shared/day.jsonl", path("latest.jsonl")).unwrap();
    symlink("latest.jsonl", path("link-to-link.jsonl")).unwrap();
    symlink("shared/new.jsonl", path("nothing-there-yet.jsonl")).unwrap();
    for (link, target) in [
        ("latest.jsonl", "shared/day.jsonl"),
        ("link-to-link.jsonl", "shared/day.jsonl"),
        ("nothing-there-yet.jsonl", "shared/new.jsonl"),
    ] {
        let output = extract(&["--output", link], folder.path(), ARTICLE.as_bytes());
        assert_eq!(output.status.code(), Some(0), "{link}: {}", stderr(&output));
        assert!(path(link).is_symlink(), "{link} is a link no more");
        assert!(fs::read_to_string(path(target)).unwrap().starts_with("{\"article\":"), "{link}");
        fs::write(path(target), "yesterday").unwrap();
    }
    let left = fs::read_dir(path("shared")).unwrap().count();
    assert_eq!(left, 2, "something was left beside the targets");
    symlink("circle.jsonl", path("circle.jsonl")).unwrap();
    let circle = extract(&["--output", "circle.jsonl"], folder.path(), ARTICLE.as_bytes());
    assert_eq!(circle.status.code(), Some(74), "{}", stderr(&circle));
}

#[test]
fn an_address_is_told_apart_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let output = extract(&["https://news.example/story.html"], folder.path(), b"");
    assert_eq!(output.status.code(), Some(64));
    assert!(
        stderr(&output).contains("curl -sL 'https://news.example/story.html' | demarche extract"),
        "{}",
        stderr(&output)
    );
}
