//! House rules run as a program: layering, no circles, module docs, file length, commented dependencies, nothing left lying about.
//!
//! One crate gives no compiler wall between modules, so the wall is here: every `crate::…` path in `src` is read, and a
//! module may name only what stands above it. Each rule is a function from a file to complaints, tried on planted
//! violations at the foot of this file: a rule that cannot fail proves nothing.

mod circles;

use std::fs;
use std::path::Path;

/// The layers, lowest first. A module uses modules of earlier rows only; those of one row do not know each other.
const LAYERS: &[&[&str]] = &[
    &["article", "text"],
    &["finding"],
    &["nlp"],
    &["extract"],
    &["analyzer"],
    &["record"],
    &["score"],
    &["telemetry"],
    &["pipeline"],
    &["explorer"],
    &["kafka"],
    &["config"],
    &["cli"],
    &["main"],
];

/// Foreign paths that only some modules may name: the core does no I/O, the loop knows no Kafka, and so on.
const CONFINED: &[(&str, &[&str])] = &[
    ("rdkafka", &["kafka"]),
    ("axum", &["telemetry", "explorer"]),
    ("tracing_subscriber", &["telemetry"]),
    ("clap", &["cli", "main"]),
    ("anyhow", &["cli", "main"]),
    ("indicatif", &["cli"]),
    ("tokio", &["telemetry", "pipeline", "explorer", "kafka", "config", "cli", "main"]),
    ("std::fs", &["record", "telemetry", "kafka", "config", "cli", "main"]),
    ("std::net", &["telemetry", "explorer", "kafka", "config", "cli", "main"]),
    ("std::env", &["config", "cli", "main"]),
];

/// A rule: what is wrong with a file, one line each.
type Rule = fn(&File) -> Vec<String>;

/// A file asks for a split by responsibility beyond this.
const MAX_LINES: usize = 500;

/// The same of JavaScript, whose lines are longer here.
const MAX_SCRIPT_LINES: usize = 300;

/// What a repository must not hold, and why. Spelled in halves so that this file does not accuse itself.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("/wo", "rk/"), "a path of one machine"),
    (concat!("/ro", "ot/"), "a path of one machine"),
    (concat!("TO", "DO"), "unfinished work: do it or open an issue"),
    (concat!("to", "do!("), "unfinished work: do it or open an issue"),
    (concat!("unimple", "mented!("), "unfinished work: do it or open an issue"),
    (concat!("#[ig", "nore"), "a test is never ignored: assert what is so, and say what would be right"),
];

/// A file of the repository: path from its root with `/`, and text.
struct File {
    path: String,
    text: String,
}

impl File {
    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// The top-level module a source file belongs to; `None` outside `src` and for `lib.rs`, which names all.
    fn layer(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        if inside == "main.rs" || inside.starts_with("bin/") {
            return Some("main");
        }
        let module = inside.split('/').next()?.trim_end_matches(".rs");
        (module != "lib").then_some(module)
    }

    /// How far below the crate root the file's module is: 1 for `src/text/mod.rs`, 2 for `src/text/span.rs`.
    fn depth(&self) -> usize {
        let inside = self.path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        inside.split('/').count()
    }
}

/// Everything people write, without build output and without `tests/data`, whose texts are dirty by intention.
fn repository() -> Vec<File> {
    const FOLDERS: &[&str] =
        &[".ci", "benches", "config", "data", "deploy", "docs", "examples", "models", "src", "tests", "training"];
    const TEXT: &[&str] =
        &["rs", "md", "toml", "yml", "yaml", "json", "tsv", "sh", "py", "txt", "properties", "xml", "js", "mjs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pending: Vec<_> = FOLDERS.iter().map(|name| root.join(name)).filter(|path| path.is_dir()).collect();
    let mut files = Vec::new();
    let mut take = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let has_text = match path.extension().and_then(|extension| extension.to_str()) {
            Some(extension) => TEXT.contains(&extension),
            None => matches!(name, "Dockerfile" | "run" | "lint" | "start" | "stop" | ".dockerignore"),
        };
        if has_text && let Ok(text) = fs::read_to_string(path) {
            let relative = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.push(File { path: relative, text });
        }
    };
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            take(&path);
        }
    }
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_symlink() || path == root.join("tests/data") || name == "__pycache__" || name == "target" {
                continue;
            }
            if path.is_dir() {
                let hidden = name.starts_with('.');
                if !hidden && name != "node_modules" {
                    pending.push(path);
                }
            } else {
                take(&path);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// The source with comments, strings and characters blanked out, so that paths in prose do not count.
fn code_only(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    let ends_word = |code: &str| code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    while at < chars.len() {
        let rest = &chars[at..];
        let skipped = match rest {
            ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => {
                (2..rest.len()).find(|&i| rest[i - 1] == '*' && rest[i] == '/').map_or(rest.len(), |i| i + 1)
            }
            ['r', '"' | '#', ..] if !ends_word(&code) || code.ends_with('b') => raw_string(rest).unwrap_or(0),
            ['"', ..] => string(rest),
            ['\'', '\\', ..] => 3 + rest[3..].iter().position(|&c| c == '\'').map_or(0, |i| i + 1),
            ['\'', _, '\'', ..] => 3,
            _ => 0,
        };
        if skipped == 0 {
            code.push(chars[at]);
            at += 1;
        } else {
            code.push(' ');
            at += skipped;
        }
    }
    code
}

/// Length of the raw string that starts here, `r` included; `None` for a raw identifier.
fn raw_string(rest: &[char]) -> Option<usize> {
    let n_hashes = rest[1..].iter().take_while(|&&c| c == '#').count();
    if rest.get(1 + n_hashes) != Some(&'"') {
        return None;
    }
    let closes =
        |i: usize| rest[i] == '"' && rest[i + 1..].iter().take(n_hashes).filter(|&&c| c == '#').count() == n_hashes;
    let end = (n_hashes + 2..rest.len()).find(|&i| closes(i))?;
    Some(end + 1 + n_hashes)
}

/// Length of the string that starts here, both quotation marks included.
fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != '"' {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// The first names after each `prefix::`, groups (`prefix::{a, b::c}`) opened.
fn names_after<'a>(code: &'a str, prefix: &str) -> Vec<&'a str> {
    let first_name = |path: &'a str| {
        let path = path.trim_start();
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        &path[..end]
    };
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = code[at + prefix.len()..].trim_start();
        let Some(group) = rest.strip_prefix('{') else {
            names.push(first_name(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = 0;
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' if depth == 0 => {
                    names.push(first_name(&group[start..i]));
                    start = i + 1;
                }
                '}' => {
                    names.push(first_name(&group[start..i]));
                    break;
                }
                _ => {}
            }
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

fn rank(module: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&module))
}

/// A module names only modules below it, and reaches them by `crate::`, never by climbing with `super`.
fn layering(file: &File) -> Vec<String> {
    let Some(layer) = file.layer().filter(|_| file.is_rust()) else { return Vec::new() };
    let path = &file.path;
    let Some(own) = rank(layer) else {
        return vec![format!("{path}: module `{layer}` stands in no layer; add it to LAYERS and to ARCHITECTURE.md")];
    };
    let code = code_only(&file.text);
    let mut complaints = Vec::new();
    for name in names_after(&code, "crate::").into_iter().chain(names_after(&code, "demarche::")) {
        let allowed = name == layer || rank(name).is_some_and(|other| other < own);
        if !allowed {
            complaints.push(format!("{path}: `{layer}` uses `{name}`, which does not stand below it"));
        }
    }
    for (at, climbed) in climbs(&code) {
        if climbed >= file.depth() + open_modules(&code[..at]) {
            complaints.push(format!("{path}: `super` climbs to the crate root; write `crate::…`"));
        }
    }
    complaints
}

/// Each chain of `super::`: where it stands and how long it is.
fn climbs(code: &str) -> Vec<(usize, usize)> {
    let mut chains: Vec<(usize, usize, usize)> = Vec::new();
    for (at, word) in code.match_indices("super::") {
        match chains.last_mut() {
            Some((_, end, n)) if *end == at => {
                *end = at + word.len();
                *n += 1;
            }
            _ => chains.push((at, at + word.len(), 1)),
        }
    }
    chains.into_iter().map(|(at, _, n)| (at, n)).collect()
}

/// How many inline `mod name {` are open at the end of this code: each takes one `super` to leave.
fn open_modules(code: &str) -> usize {
    let mut stack = Vec::new();
    for (at, c) in code.char_indices() {
        match c {
            '{' => {
                let mut words = code[..at].split_whitespace().rev();
                words.next();
                stack.push(words.next() == Some("mod"));
            }
            '}' => {
                stack.pop();
            }
            _ => {}
        }
    }
    stack.into_iter().filter(|&is_module| is_module).count()
}

/// Foreign crates and operating-system modules stay where they belong.
fn confinement(file: &File) -> Vec<String> {
    let Some(layer) = file.layer().filter(|_| file.is_rust()) else { return Vec::new() };
    let code = code_only(&file.text);
    let uses =
        |name: &str| !names_after(&code, &format!("{name}::")).is_empty() || code.contains(&format!("use {name};"));
    let strays = CONFINED.iter().filter(|(name, allowed)| !allowed.contains(&layer) && uses(name));
    strays.map(|(name, allowed)| format!("{}: `{name}` belongs to {allowed:?}", file.path)).collect()
}

/// A file opens with `//!`, is not too long, and is named for what it holds.
fn shape(file: &File) -> Vec<String> {
    let path = &file.path;
    let mut complaints = Vec::new();
    let is_script = path.ends_with(".js") || path.ends_with(".mjs");
    if !file.is_rust() && !is_script {
        return complaints;
    }
    let (opening, max_lines) = if is_script { ("//", MAX_SCRIPT_LINES) } else { ("//!", MAX_LINES) };
    if !file.text.starts_with(opening) {
        complaints.push(format!("{path}: opens without `{opening}`: say what it is for and what not"));
    }
    let n_lines = file.text.lines().count();
    if n_lines > max_lines {
        complaints.push(format!("{path}: {n_lines} lines, at most {max_lines}: split it by responsibility"));
    }
    let name = path.rsplit('/').next().unwrap_or(path);
    if ["utils.rs", "util.rs", "helpers.rs", "common.rs", "misc.rs", "types.rs"].contains(&name) {
        complaints.push(format!("{path}: a name that holds anything; name it for what it holds"));
    }
    complaints
}

/// Nothing that should not have been committed.
fn cleanliness(file: &File) -> Vec<String> {
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        let place = format!("{}:{number}", file.path);
        if line.ends_with(' ') {
            complaints.push(format!("{place}: ends in a space"));
        }
        for (words, why) in FORBIDDEN.iter().filter(|(words, _)| line.contains(words)) {
            complaints.push(format!("{place}: `{words}`: {why}"));
        }
    }
    complaints
}

/// Each dependency stands under a comment that ends with its license; neighbors may share one.
fn dependencies(file: &File) -> Vec<String> {
    const LICENSES: &[&str] = &["MIT", "Apache-2.0", "BSD", "Unlicense", "ISC", "MPL-2.0", "Zlib", "Unicode"];
    if file.path != "Cargo.toml" {
        return Vec::new();
    }
    let mut in_table = false;
    let mut comment = "";
    let mut complaints = Vec::new();
    for (number, line) in (1..).zip(file.text.lines()) {
        if line.starts_with('[') {
            in_table = line.contains("dependencies");
            comment = "";
        } else if let Some(words) = line.strip_prefix('#') {
            comment = words.trim();
        } else if line.trim().is_empty() {
            comment = "";
        } else if in_table && line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            let has_reason = comment.split_whitespace().count() >= 3;
            if !has_reason || !LICENSES.iter().any(|license| comment.contains(license)) {
                complaints.push(format!("Cargo.toml:{number}: needs a comment above with reason and license: {line}"));
            }
        }
    }
    complaints
}

fn assert_kept(rule: Rule) {
    let files = repository();
    assert!(files.len() > 20, "the walk found {} files only", files.len());
    let complaints: Vec<String> = files.iter().flat_map(rule).collect();
    assert!(complaints.is_empty(), "{} broken rules:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn modules_use_only_what_stands_below_them() {
    assert_kept(layering);
}

#[test]
fn foreign_crates_stay_in_their_modules() {
    assert_kept(confinement);
}

#[test]
fn files_open_with_docs_and_stay_short() {
    assert_kept(shape);
}

#[test]
fn nothing_is_left_lying_about() {
    assert_kept(cleanliness);
}

#[test]
fn every_dependency_says_why_and_under_which_license() {
    assert_kept(dependencies);
}

#[test]
fn the_rules_catch_planted_violations() {
    let forbidden = FORBIDDEN[0].0;
    let long = format!("//! Long.\n{}", "\n".repeat(MAX_LINES));
    #[rustfmt::skip]
    let planted: &[(Rule, &str, &str, usize)] = &[
        (layering, "src/text/span.rs", "use crate::nlp::Tokenizer;", 1),
        (layering, "src/text/span.rs", "use crate::article::Article;", 1),
        (layering, "src/text/span.rs", "use crate::text::Document;", 0),
        (layering, "src/text/span.rs", "// crate::kafka\nlet s = \"crate::kafka::x\"; let r = r#\"crate::cli::\"#;", 0),
        (layering, "src/text/span.rs", "let c = '\"'; use crate::kafka::Options;", 1),
        (layering, "src/nlp/mod.rs", "use crate::{article::Article, text::{Span, Document}, record::Message};", 1),
        (layering, "src/nlp/mod.rs", "fn f(x: crate::config::Config) {}", 1),
        (layering, "src/nlp/mod.rs", "use super::text::Span;", 1),
        (layering, "src/nlp/mod.rs", "mod tests { use super::*; }", 0),
        (layering, "src/nlp/tokenizer.rs", "fn f() {} mod tests { use super::super::x; use super::super::super::kafka; }", 1),
        (layering, "src/shelf/mod.rs", "use crate::text::Span;", 1),
        (layering, "src/main.rs", "use demarche::cli;", 0),
        (layering, "src/lib.rs", "pub mod cli; use crate::cli::main;", 0),
        (confinement, "src/pipeline/lane.rs", "use rdkafka::message::Message;", 1),
        (confinement, "src/kafka/consumer.rs", "use rdkafka::message::Message;", 0),
        (confinement, "src/nlp/mod.rs", "use std::fs;", 1),
        (confinement, "src/nlp/mod.rs", "let x = std::env::var(\"X\");", 1),
        (shape, "src/nlp/mod.rs", "use crate::text;", 1),
        (shape, "src/nlp/mod.rs", &long, 1),
        (shape, "src/explorer/page/read.js", "import { el } from \"./dom.js\";", 1),
        (shape, "src/explorer/page/read.js", &long, 1),
        (shape, "src/nlp/utils.rs", "//! Odds and ends.", 1),
        (shape, "src/extract/statements/types.rs", "//! All the types.", 1),
        (layering, "src/finding/event.rs", "use crate::text::TokenRange; use crate::extract::Knowledge;", 1),
        (cleanliness, "docs/a.md", "an end \n", 1),
        (cleanliness, "docs/a.md", forbidden, 1),
        (dependencies, "Cargo.toml", "[dependencies]\nserde = \"1\"", 1),
        (dependencies, "Cargo.toml", "[dependencies]\n# Wire types.\nserde = \"1\"", 1),
        (dependencies, "Cargo.toml", "[dependencies]\n# Wire types, both ways. MIT\nserde = \"1\"\nserde_json = \"1\"", 0),
        (dependencies, "Cargo.toml", "[package]\nname = \"x\"", 0),
    ];
    for (rule, path, text, expected) in planted {
        let file = File { path: (*path).to_owned(), text: (*text).to_owned() };
        let complaints = rule(&file);
        assert_eq!(complaints.len(), *expected, "{path}: {text}\ncomplaints: {complaints:?}");
    }
}
