//! Holds what README.md and docs/ show of the program to the program: every command can be given, every configuration is one, every
//! JSON is an article, a record or a case.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Command, CommandFactory as _, Parser as _};
use serde_json::Value;

use super::Cli;
use crate::config::{Config, Error, Sources};
use crate::record::schema;

/// A block of code in a page of documentation.
struct Block {
    /// File and line, for a message.
    place: String,
    language: String,
    text: String,
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

fn blocks(language: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let mut open: Option<Block> = None;
        for (number, line) in (1..).zip(text.lines()) {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    let place = format!("{}:{number}", page.file_name().unwrap().to_string_lossy());
                    open = Some(Block { place, language: language.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => block.text.extend([line, "\n"]),
                (None, None) => {}
            }
        }
    }
    blocks.retain(|block| block.language == language);
    blocks
}

/// The commands on a line of a shell: words without their quotation marks; nothing of comments and redirections.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut chars = line.chars().peekable();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, '>' | '<') => {
                // What follows names a file.
                word = None;
                while chars.next_if(|c| c.is_whitespace()).is_some() {}
                while chars.next_if(|c| !c.is_whitespace()).is_some() {}
            }
            (None, '|' | ';' | '&') => {
                commands.last_mut().unwrap().extend(word.take());
                commands.push(Vec::new());
            }
            (None, _) if c.is_whitespace() => commands.last_mut().unwrap().extend(word.take()),
            (None, _) => word.get_or_insert_default().push(c),
        }
    }
    commands.last_mut().unwrap().extend(word.take());
    commands
}

/// The arguments of `demarche` on a line, for each time that it is called.
fn calls(line: &str) -> Vec<Vec<String>> {
    let is_variable = |word: &String| {
        word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
    };
    let of_command = |words: Vec<String>| {
        let words: Vec<String> = words.into_iter().skip_while(is_variable).collect();
        let by_cargo = || {
            words
                .iter()
                .position(|word| word == "--")
                .filter(|_| words.starts_with(&["cargo".to_owned(), "run".to_owned()]))
        };
        let at = if words.first().is_some_and(|word| word == "demarche") { Some(0) } else { by_cargo() };
        let is_other = words.iter().any(|word| word == "--bin");
        at.filter(|_| !is_other).map(|at| words[at + 1..].to_vec())
    };
    commands(line).into_iter().filter_map(of_command).collect()
}

fn problem(place: &str, line: &str) -> Option<String> {
    let slip = |arguments: Vec<String>| {
        let told = Cli::try_parse_from([vec!["demarche".to_owned()], arguments].concat()).err()?;
        told.use_stderr().then(|| format!("{place}: {line}\n{told}"))
    };
    calls(line).into_iter().find_map(slip)
}

#[test]
fn commands_in_the_documentation_can_be_given() {
    let mut n_calls = 0;
    let mut problems = Vec::new();
    for block in blocks("sh") {
        for line in block.text.replace("\\\n", " ").lines() {
            n_calls += calls(line).len();
            problems.extend(problem(&block.place, line));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(n_calls > 20, "only {n_calls} commands were found");
}

#[test]
fn examples_in_the_help_can_be_given() {
    fn visit(command: &Command, problems: &mut Vec<String>, n_examples: &mut usize) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines().filter_map(|line| line.strip_prefix("  ")) {
            // Behind two spaces stands what it does.
            let example = line.split("  ").next().unwrap_or_default();
            *n_examples += calls(example).len();
            problems.extend(problem(command.get_name(), example));
        }
        command.get_subcommands().for_each(|command| visit(command, problems, n_examples));
    }
    let (mut problems, mut n_examples) = (Vec::new(), 0);
    visit(&Cli::command(), &mut problems, &mut n_examples);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(n_examples > 10, "only {n_examples} examples were found");
}

#[test]
fn configurations_in_the_documentation_are_configurations() {
    let blocks = blocks("toml");
    assert!(!blocks.is_empty());
    let folder = tempfile::tempdir().unwrap();
    for block in blocks {
        let file = folder.path().join("shown.toml");
        fs::write(&file, &block.text).unwrap();
        let sources = Sources { file: Some(file), ..Sources::default() };
        let problems: Vec<String> = match Config::load(&sources) {
            Ok(_) => Vec::new(),
            Err(Error::Wrong(problems)) => problems.iter().map(ToString::to_string).collect(),
            Err(unreadable) => vec![unreadable.to_string()],
        };
        // Secrets are files of an installation, and not every build has TLS.
        let is_slip = |problem: &&String| !problem.contains("/run/secrets/") && !problem.contains("--features");
        let slips: Vec<&String> = problems.iter().filter(is_slip).collect();
        assert!(slips.is_empty(), "{}: {slips:#?}", block.place);
    }
}

#[test]
fn json_in_the_documentation_is_an_article_a_record_or_a_case() {
    let schemas: Vec<(&str, Value)> = schema::all()
        .into_iter()
        .filter(|(name, _)| name.ends_with(".schema.json"))
        .map(|(name, text)| (name, serde_json::from_str(&text).unwrap()))
        .collect();
    let blocks = blocks("json");
    assert!(blocks.len() > 2);
    for block in blocks {
        for value in serde_json::Deserializer::from_str(&block.text).into_iter::<Value>() {
            let value = value.unwrap_or_else(|error| panic!("{}: {error}", block.place));
            let name = match &value {
                value if value["plover"].is_object() => "event.schema.json",
                value if value["content"].is_array() => "statement.schema.json",
                value if value["sentences"].is_array() => "analysis.schema.json",
                value if value["expect"].is_object() => {
                    let case = super::test::is_case(&value.to_string());
                    assert!(case.is_ok(), "{}: {}", block.place, case.unwrap_err());
                    continue;
                }
                _ => "article.schema.json",
            };
            let schema = &schemas.iter().find(|(known, _)| *known == name).unwrap().1;
            let problems: Vec<String> =
                jsonschema::validator_for(schema).unwrap().iter_errors(&value).map(|error| error.to_string()).collect();
            assert!(problems.is_empty(), "{} is no {name}: {}", block.place, problems.join("; "));
        }
    }
}

#[test]
fn a_line_of_a_shell_is_read_as_a_shell_reads_it() {
    let line =
        "A=1 demarche extract 'a b' --where \"x == 'y' | z\" > out.txt && curl -s x | demarche explain -   # why";
    let expected: [&[&str]; 2] = [&["extract", "a b", "--where", "x == 'y' | z"], &["explain", "-"]];
    assert_eq!(calls(line), expected);
    assert_eq!(calls("cargo run --release -- demo"), [["demo"]]);
    assert_eq!(calls("docker compose exec demarche demarche resume"), Vec::<Vec<String>>::new());
}
