//! What must hold for any bytes, a function a subject. libFuzzer looks for bytes for which it does not (`fuzz_targets/`), and the
//! crate's tests ask of what it has found so far, and of that with slips (`tests/it/fuzz.rs`).
#![allow(dead_code, reason = "a fuzz target asks for one of them")]

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use demarche::analyzer::{Analyzer, Models};
use demarche::article::Article;
use demarche::config::{Config, Error, Sources};
use demarche::extract::codebook::{Codebook, CodebookFile};
use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel};
use demarche::nlp::model_file::{ModelBytes, seal};
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::pipeline::{Process, ProcessFactory, Stages};
use demarche::record::files::{FileError, Messages};
use demarche::record::{self, InputOptions, Message, Origin, OutputOptions};
use demarche::telemetry::Metrics;
use demarche::text::Document;

/// Loaded once: thousands of texts are read with it.
static MODELS: LazyLock<Arc<Models>> = LazyLock::new(Models::embedded);

/// Bytes of an article in a file that are read. Small, so that the limit is met.
const MAX_ARTICLE_BYTES: usize = 2000;

/// What a file may be called, which decides how it is read; the first byte of the input chooses.
const EXTENSIONS: [Option<&str>; 10] = [
    None,
    Some("json"),
    Some("jsonl"),
    Some("csv"),
    Some("tsv"),
    Some("html"),
    Some("txt"),
    Some("xml"),
    Some("warc"),
    Some("eml"),
];

/// Names of a codebook's files; the first byte of the input chooses.
const CODEBOOK_FILES: [&str; 9] = [
    "actors.tsv",
    "bodies.tsv",
    "countries.tsv",
    "offices.tsv",
    "places.tsv",
    "triggers.tsv",
    "any.actors.txt",
    "any.verbs.txt",
    "other",
];

/// Any text is cut into tokens and sentences that cover it, and analyzed without a panic.
pub(crate) fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if text.trim().is_empty() {
        return;
    }
    let analysis = Analyzer::new(&MODELS).analyze(&Article::from_text("fuzz", text.as_ref()));
    let doc = &analysis.document;
    // To the tokenizer the separators of ASCII are space, too.
    let is_space = |c: char| c.is_whitespace() || matches!(c, '\x1c'..='\x1f');
    let mut end = 0;
    for token in &doc.tokens {
        assert!(text[end..token.start as usize].chars().all(is_space), "bytes in no token");
        end = token.end as usize;
    }
    assert!(text[end..].chars().all(is_space), "bytes behind the last token");
    let last = doc.sentences.last().map_or(0, |sentence| sentence.tokens.end as usize);
    assert_eq!(last, doc.tokens.len(), "tokens in no sentence");
}

/// Any message is an article with something to analyze, or a rejection with its reason.
pub(crate) fn input(bytes: &[u8]) {
    match record::input::decode(&message_of(bytes), &InputOptions::default()) {
        Ok(article) => assert!(!article.text.trim().is_empty() || article.title.is_some(), "nothing to analyze"),
        Err(rejection) => assert!(!rejection.detail.is_empty(), "no reason"),
    }
}

/// Any message has an outcome in records that are JSON, or a dead letter; the same one from a thread that has read other messages.
pub(crate) fn records(bytes: &[u8]) {
    let message = message_of(bytes);
    let stages = Stages {
        models: Arc::clone(&MODELS),
        input: InputOptions::default(),
        output: OutputOptions::default(),
        metrics: Metrics::new(),
        tap: None,
    };
    let mut process = stages.build();
    let outcome = process.process(&message);
    assert_eq!(outcome, process.process(&message), "the same message has two outcomes");
    if outcome.rejection.is_some() {
        assert_eq!(outcome.records.len(), 1, "a refused message is one dead letter");
        assert_eq!(outcome.records[0].payload.as_deref(), Some(bytes), "a dead letter is not what came");
        return;
    }
    for record in &outcome.records {
        let payload = record.payload.as_deref().expect("a finding has a value");
        serde_json::from_slice::<serde_json::Value>(payload).expect("a finding is JSON");
    }
}

/// Any file has an end, and each article in it is read or refused.
pub(crate) fn file(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let extension = EXTENSIONS[usize::from(*which) % EXTENSIONS.len()];
    let reader = Box::new(Cursor::new(bytes.to_vec()));
    let messages = match Messages::from_reader(reader, "fuzz", extension, MAX_ARTICLE_BYTES) {
        Ok(messages) => messages,
        Err(error) => return assert!(!error.to_string().is_empty(), "no reason"),
    };
    let mut n_articles = 0;
    for message in messages {
        // A byte can begin an article of its own, in a list; what is read more often goes round in circles.
        n_articles += 1;
        assert!(n_articles <= bytes.len() + 1, "more articles than bytes");
        match message {
            Ok(message) => drop(record::input::decode(&message, &InputOptions::default())),
            Err(error @ FileError::TooLarge { .. }) => assert!(bytes.len() > MAX_ARTICLE_BYTES, "{error}"),
            Err(error) => assert!(!error.to_string().is_empty(), "no reason"),
        }
    }
}

/// Any bytes are a model file or refused with an error, and a model that is taken reads a text.
///
/// The bytes are given magic, version and checksum first, so that what is fuzzed is the header, the sections and their weights.
pub(crate) fn model(bytes: &[u8]) {
    let mut bytes = bytes.to_vec();
    seal(&mut bytes);
    let Ok(model) = CoreModel::parse(ModelBytes::Read(bytes.into())) else { return };
    let mut doc =
        Document::new("“We won’t sign it,” Foreign Minister Lena Ortiz told reporters in Geneva.\n\nShe left: twice.");
    Tokenizer::new().annotate(&mut doc);
    model.boundaries().map_or_else(SentenceSplitter::new, SentenceSplitter::with_model).annotate(&mut doc);
    Core::new(&Arc::new(model)).annotate(&mut doc);
    assert_eq!(doc.heads.len(), doc.tokens.len(), "tokens without a head");
}

/// Any bytes are a configuration, or refused with what is wrong.
pub(crate) fn config(bytes: &[u8]) {
    let path = scratch_file();
    std::fs::write(&path, bytes).expect("a file can be written");
    let loaded = Config::load(&Sources { file: Some(path.clone()), ..Sources::default() });
    // What cannot be deleted lies among what is temporary.
    drop(std::fs::remove_file(&path));
    match loaded {
        Ok(config) => assert!(!config.to_toml().is_empty(), "a configuration without a key"),
        Err(Error::Wrong(problems)) => {
            for problem in problems.iter() {
                assert!(!problem.to_string().is_empty(), "a problem without words");
            }
        }
        Err(other) => assert!(!other.to_string().is_empty(), "an error without words"),
    }
}

/// Any bytes are a file of a codebook, or refused with what is wrong.
pub(crate) fn codebook(bytes: &[u8]) {
    let Some((which, bytes)) = bytes.split_first() else { return };
    let name = CODEBOOK_FILES[usize::from(*which) % CODEBOOK_FILES.len()].to_owned();
    let text = String::from_utf8_lossy(bytes).into_owned();
    if let Err(errors) = Codebook::parse(vec![CodebookFile { path: name.clone(), name, text }]) {
        assert!(!errors.is_empty() && errors.iter().all(|error| !error.problem().is_empty()), "refused without a word");
    }
}

fn message_of(bytes: &[u8]) -> Message {
    let origin = Origin { topic: "fuzz".into(), partition: 0, offset: 0, timestamp_ms: None };
    Message { origin, key: None, payload: Some(bytes.to_vec()), headers: Vec::new() }
}

/// One of this thread's own: several may fuzz at once.
fn scratch_file() -> PathBuf {
    let thread = std::thread::current().id();
    std::env::temp_dir().join(format!("demarche-fuzz-{}-{thread:?}.toml", std::process::id()))
}
