//! The configuration: `config/default.toml`, under a file, under the environment, under options of the command line.
//!
//! [`Config::load`] reads all of it, finds everything that is wrong at once, each problem with its place, and composes
//! the `Options` of the other modules. Nothing else in the crate reads the environment. It starts nothing and asks no
//! broker, so that a configuration can be checked anywhere.

pub mod codebook;
mod environment;
#[cfg(feature = "kafka")]
mod kafka;
mod place;
mod problem;
mod raw;
mod reader;
mod secret;
mod show;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use crate::explorer::{Admission, ExplorerOptions};
use crate::extract::codebook::Codebook;
use crate::pipeline::{self, Delivery};
use crate::record::{InputOptions, MinConfidence, OutputOptions};
use crate::telemetry::{HttpOptions, LogFormat, LogOptions, Token};

use raw::{Entry, Layer};
use reader::Reader;

pub use place::Place;
pub use problem::{Problem, Problems};

/// Variable that names the configuration file where the command line does not.
pub const FILE_VARIABLE: &str = "DEMARCHE_CONFIG";

/// Where a configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file; none for the defaults.
    pub file: Option<PathBuf>,
    /// The environment, whole; what is not ours is passed over.
    pub variables: Vec<(String, String)>,
    /// Options of the command line that stand for a key.
    pub overrides: Vec<Override>,
    /// Defaults of a command that differ from the built-in ones; everything else goes before them.
    pub defaults: Vec<Override>,
}

/// An option of the command line that stands for a key.
#[derive(Debug, Clone)]
pub struct Override {
    /// The option with its dashes, for messages.
    pub option: &'static str,
    /// The key.
    pub key: &'static str,
    /// The value, written as in the environment.
    pub value: String,
}

impl Sources {
    /// This process's environment, with the file that was given or that [`FILE_VARIABLE`] names.
    pub fn of_process(file: Option<PathBuf>) -> Self {
        // Variables that are no UTF-8 cannot be ours: every key and value of ours is text.
        let variables: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let named = variables.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        let file = file.or_else(|| named.map(|(_, path)| PathBuf::from(path)));
        Self { file, variables, ..Self::default() }
    }

    /// The same with one more option of the command line, where it was given.
    #[must_use]
    pub fn with(mut self, option: &'static str, key: &'static str, value: Option<&str>) -> Self {
        self.overrides.extend(value.map(|value| Override { option, key, value: value.to_owned() }));
        self
    }
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}")]
    Unreadable {
        /// Its path as given.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is wrong, in one or several places.
    #[error("{0}")]
    Wrong(Problems),
}

/// A checked configuration, ready to be used.
#[derive(Debug, Clone)]
pub struct Config {
    /// What is accepted.
    pub input: InputOptions,
    /// The user's own tables; empty where there are none.
    pub codebook: Codebook,
    /// What is written.
    pub output: OutputOptions,
    /// How the loop runs.
    pub pipeline: pipeline::Options,
    /// The broker.
    #[cfg(feature = "kafka")]
    pub kafka: crate::kafka::Options,
    /// Logs.
    pub logs: LogOptions,
    /// Health and metrics.
    pub http: HttpOptions,
    /// The page and its API.
    pub explorer: ExplorerOptions,
    effective: show::Effective,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// The file cannot be read; or all that is wrong, at once.
    pub fn load(sources: &Sources) -> Result<Self, Error> {
        let mut layer = raw::defaults();
        let mut problems = Vec::new();
        let known = layer.clone();
        layer.extend(sources.defaults.iter().filter_map(|given| overriding(given, &known, &mut problems)));
        if let Some(file) = &sources.file {
            let path = file.display().to_string();
            let text =
                std::fs::read_to_string(file).map_err(|source| Error::Unreadable { path: path.clone(), source })?;
            let (written, wrong) = raw::file(&text, &path, &known);
            layer.extend(written);
            problems.extend(wrong);
        }
        let (written, wrong) = environment::layer(sources.variables.iter().cloned(), &known);
        layer.extend(written);
        problems.extend(wrong);
        layer.extend(sources.overrides.iter().filter_map(|given| overriding(given, &known, &mut problems)));
        let from_files = secret::resolve(&mut layer, |path| std::fs::read_to_string(path), &mut problems);
        let effective = show::Effective { layer: layer.clone(), from_files };
        Self::check(&layer, effective, problems).map_err(Error::Wrong)
    }

    fn check(layer: &Layer, effective: show::Effective, problems: Vec<Problem>) -> Result<Self, Problems> {
        let mut reader = Reader::new(layer);
        reader.problems = problems;
        let input = input(&mut reader);
        let codebook = own_tables(&mut reader);
        let output = output(&mut reader);
        #[cfg_attr(not(feature = "kafka"), expect(unused_mut, reason = "the poll interval is Kafka's"))]
        let mut pipeline = pipeline(&mut reader);
        #[cfg(feature = "kafka")]
        let mut kafka = kafka::options(&mut reader);
        #[cfg(feature = "kafka")]
        kafka::bound_batches(&mut kafka, &output);
        #[cfg(feature = "kafka")]
        kafka::agree(&mut reader, &mut pipeline, &kafka);
        let logs = logs(&mut reader);
        let http = http(&mut reader);
        let explorer = explorer(&mut reader);
        match Problems::of(reader.problems) {
            Some(problems) => Err(problems),
            None => Ok(Self {
                input,
                codebook,
                output,
                pipeline,
                #[cfg(feature = "kafka")]
                kafka,
                logs,
                http,
                explorer,
                effective,
            }),
        }
    }

    /// The configuration as it holds, as TOML that could be loaded again; where a value is no default, a comment says
    /// where it was written. Secrets are left out.
    pub fn to_toml(&self) -> String {
        self.effective.to_toml()
    }
}

/// The entry that an option stands for, read as the kind of value that the key's default has.
fn overriding(given: &Override, known: &Layer, problems: &mut Vec<Problem>) -> Option<(String, Entry)> {
    let place = Place::CommandLine { option: given.option.to_owned() };
    match environment::value_of(&given.value, known.get(given.key).map(|entry| &entry.value)) {
        Ok(value) => Some((given.key.to_owned(), Entry { value, place })),
        Err(message) => {
            problems.push(Problem { place, key: given.key.to_owned(), message });
            None
        }
    }
}

fn input(reader: &mut Reader<'_>) -> InputOptions {
    InputOptions {
        // A Kafka message cannot be larger than 2 GiB; a limit below a kibibyte refuses every article.
        max_bytes: reader.size("input.max_bytes", 1 << 10..=1 << 30),
        max_tokens: reader.count("input.max_tokens", 1_000..=100_000_000),
        check_language: reader.flag("input.check_language"),
    }
}

/// The codebook of `data.dir`; its problems stand beside those of the configuration.
fn own_tables(reader: &mut Reader<'_>) -> Codebook {
    let dir = reader.text("data.dir");
    if dir.is_empty() {
        return Codebook::default();
    }
    match codebook::read(&PathBuf::from(&dir)) {
        Ok(codebook) => codebook,
        Err(codebook::Error::Unreadable { path, source }) => {
            reader.complain("data.dir", format!("cannot read {path}: {source}"));
            Codebook::default()
        }
        Err(codebook::Error::Wrong(problems)) => {
            reader.problems.extend(problems.iter().cloned());
            Codebook::default()
        }
    }
}

fn output(reader: &mut Reader<'_>) -> OutputOptions {
    let options = OutputOptions {
        source: reader.some_text("output.source"),
        statements: reader.flag("output.statements"),
        events: reader.flag("output.events"),
        analyses: reader.flag("output.analyses"),
        min_confidence: MinConfidence {
            statements: reader.fraction("output.min_confidence.statements", 0.0..=1.0),
            events: reader.fraction("output.min_confidence.events", 0.0..=1.0),
        },
        max_record_bytes: reader.size("output.max_record_bytes", 1 << 16..=1 << 26),
        max_analysis_bytes: reader.size("output.max_analysis_bytes", 1 << 16..=1 << 26),
    };
    if options.source.contains(|c: char| c.is_whitespace() || c.is_control()) {
        reader.complain("output.source", "expected a URI reference, which has no spaces (CloudEvents 1.0)");
    }
    if !options.statements && !options.events && !options.analyses {
        reader.complain("output.statements", "one of output.statements, output.events and output.analyses must be on");
    }
    options
}

fn pipeline(reader: &mut Reader<'_>) -> pipeline::Options {
    let delivery = Delivery::ALL.map(|delivery| (delivery.as_str(), delivery));
    let delivery = reader.choice("pipeline.delivery", &delivery);
    let lanes = reader.count("pipeline.lanes", 1..=64);
    let cores = available_parallelism().map_or(1, std::num::NonZero::get);
    let workers = match reader.count("pipeline.workers", 0..=1024) {
        0 => (cores / lanes.max(1)).max(1),
        workers => workers,
    };
    let second = Duration::from_secs(1);
    pipeline::Options {
        delivery,
        lanes,
        workers,
        epoch: reader.duration("pipeline.epoch", Duration::from_millis(1)..=5 * second),
        epoch_bytes: reader.size("pipeline.epoch_bytes", 1 << 10..=1 << 30),
        in_flight_bytes: reader.size("pipeline.in_flight_bytes", 1 << 16..=1 << 34),
        grace: reader.duration("pipeline.grace", second..=600 * second),
        revocation_drain: reader.duration("pipeline.revocation_drain", Duration::ZERO..=60 * second),
        brake: pipeline::BrakeOptions {
            streak: reader.count("pipeline.brake.streak", 0..=1_000_000),
            ratio: reader.fraction("pipeline.brake.ratio", 0.0..=1.0),
            window: reader.count("pipeline.brake.window", 10..=1_000_000),
        },
        ..pipeline::Options::default()
    }
}

fn logs(reader: &mut Reader<'_>) -> LogOptions {
    let formats = [("auto", LogFormat::Auto), ("human", LogFormat::Human), ("json", LogFormat::Json)];
    let options = LogOptions { format: reader.choice("logs.format", &formats), filter: reader.some_text("logs.level") };
    if let Err(reason) = options.check() {
        reader.complain("logs.level", reason);
    }
    options
}

fn http(reader: &mut Reader<'_>) -> HttpOptions {
    let text = reader.text("http.listen");
    if text.is_empty() {
        return HttpOptions { listen: None };
    }
    let listen = text.parse::<SocketAddr>().ok();
    if listen.is_none() {
        reader.complain("http.listen", format!("\"{text}\" is no address; expected one such as 127.0.0.1:8080"));
    }
    HttpOptions { listen }
}

fn explorer(reader: &mut Reader<'_>) -> ExplorerOptions {
    let path = reader.text("http.token_file");
    let token = (!path.is_empty()).then(|| std::fs::read_to_string(&path));
    let token = match token {
        Some(Ok(text)) if text.trim().is_empty() => {
            reader.complain("http.token_file", format!("{path} is empty: it must hold the token"));
            None
        }
        Some(Ok(text)) => Some(Token::new(&text)),
        Some(Err(error)) => {
            reader.complain("http.token_file", format!("cannot read {path}: {error}"));
            None
        }
        None => None,
    };
    ExplorerOptions {
        page: reader.flag("http.page"),
        history: reader.size("http.history", 1 << 20..=1 << 34),
        history_age: reader.duration("http.history_age", Duration::from_mins(1)..=Duration::from_hours(24 * 365)),
        token,
        token_file: (!path.is_empty()).then(|| path.into()),
        admission: Admission::default(),
    }
}
