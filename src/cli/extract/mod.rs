//! `demarche extract`: files or standard input to findings on standard output, without a broker.

mod checkpoint;
mod output;
mod progress;
mod workers;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};

use super::exit::{Exit, Failure, OrExit as _};
use super::files;
use super::filter::Filter;
use super::given::GivenArgs;
use super::models::ModelArgs;
use super::render::{self, Format, Renderer, Wanted, What};
use crate::explorer;
use crate::record::files::{FileError, Messages, STDIN};
use crate::record::{AnalysisRecord, EventStatusRecord, InputOptions, MinConfidence, Rejection, RejectionReason};
use checkpoint::Checkpoint;
use output::Output;
use progress::Progress;
use workers::{Outcome, Work};

const AFTER_HELP: &str = "\
Examples:
  demarche extract article.txt                                    for reading
  curl -s https://news.example/story.html | demarche extract --what statements | jq .speaker.name
  demarche extract articles.jsonl --output findings.csv
  demarche extract articles.jsonl --output report.html            a page in one file, to mail
  demarche extract articles.jsonl --where 'event.quad_class == 4 && event.status == \"occurred\"'

A condition compares fields of the records: == != < <= > >= contains, in ['A', 'B'], with && || ! and brackets. A field \
that begins with statement. or event. is one of that kind alone; behind a list any element counts. docs/messages.md \
names the fields.

Exit codes: 0 all articles analyzed, 65 some article was refused, 66 some file could not be read; what cannot be \
analyzed is named on standard error, all else is printed.";

/// Finds statements and events in files or standard input.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub struct ExtractArgs {
    /// Articles: plain text, HTML, JSON (an article, ninjs, an array of either, a news API's answer), JSON lines, CSV or TSV with named
    /// columns, any of them compressed with gzip or zstd; a folder is all files in it, "-" standard input
    #[arg(value_name = "FILE", default_value = STDIN)]
    pub files: Vec<PathBuf>,
    /// How it is printed [default: pretty on a terminal, jsonl in a pipe, by the name of --output]
    #[arg(short, long, value_enum)]
    pub format: Option<Format>,
    /// What is printed [default: everything, in jsonl analyses]
    #[arg(long, value_enum, value_name = "KINDS", value_delimiter = ',')]
    pub what: Vec<What>,
    /// Print into this file; it is there only when all is
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Findings that fulfill this condition alone, such as 'event.quad_class == 4'
    #[arg(long = "where", value_name = "CONDITION", value_parser = Filter::parse)]
    pub(super) filter: Option<Filter>,
    /// Leave out findings below this confidence, 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.0, value_parser = probability)]
    pub min_confidence: f32,
    /// Leave out events below this confidence [default: that of all findings]
    #[arg(long, value_name = "P", value_parser = probability)]
    pub min_event_confidence: Option<f32>,
    /// Events of these statuses alone: occurred, planned, conditional, negated, alleged [default: all; for gdelt occurred]
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = render::status)]
    pub status: Vec<EventStatusRecord>,
    /// Analyze text in any language as if it were English
    #[arg(long)]
    pub any_language: bool,
    /// Largest text in bytes; a page, alone or in JSON, may have twice as many
    #[arg(long, value_name = "BYTES", default_value_t = InputOptions::default().max_bytes)]
    pub max_bytes: usize,
    /// Most tokens of an article; a core takes some 15,000 a second of text dense with names and events
    #[arg(long, value_name = "N", default_value_t = InputOptions::default().max_tokens)]
    pub max_tokens: usize,
    /// Analysis threads [default: one a core]
    #[arg(short, long, value_name = "N")]
    pub threads: Option<std::num::NonZeroUsize>,
    /// Go on where an earlier run over the same files was, as this file notes it; append its output to the earlier one
    #[arg(long, value_name = "FILE", conflicts_with = "output")]
    pub resume: Option<PathBuf>,
    /// What is known of the articles.
    #[command(flatten)]
    pub given: GivenArgs,
    /// The trained core.
    #[command(flatten)]
    pub(super) model: ModelArgs,
}

/// Runs the command. Articles that are refused and files that cannot be read are named on standard error, and show in the
/// exit code: 66 if a file could not be read, else 65 if an article was refused, else 0.
///
/// # Errors
/// If the model file is of no use, or standard output cannot be written to. A closed pipe is no error: nobody wants to read on.
pub(super) fn run(args: ExtractArgs) -> Result<ExitCode, Failure> {
    files::look_at(&args.files)?;
    let format = args.format.unwrap_or_else(|| Format::of_output(args.output.as_deref()));
    if args.resume.is_some() && format == Format::Html {
        return Err(Failure::new(
            Exit::Usage,
            anyhow!("--resume appends to what was printed, and a page is one document"),
        ));
    }
    let checkpoint = Checkpoint::open(args.resume.clone(), &args.files);
    let mut checkpoint =
        checkpoint.with_context(|| format!("cannot resume by {:?}", args.resume)).or_exit(Exit::Usage)?;
    let n_done = checkpoint.n_done();
    let wanted = Wanted { what: args.what, statuses: args.status, filter: args.filter };
    let renderer = Renderer::new(format, wanted).map_err(|told| Failure::new(Exit::Usage, anyhow!(told)))?;
    let format = renderer.format();
    let header = if n_done == 0 { renderer.header() } else { Vec::new() };
    let mut progress = Progress::new(&args.files, args.output.is_some());
    let n_cores = || std::thread::available_parallelism().ok();
    let work = Work {
        models: args.model.load()?,
        input: InputOptions {
            max_bytes: args.max_bytes,
            max_tokens: args.max_tokens,
            check_language: !args.any_language,
        },
        min_confidence: MinConfidence {
            statements: args.min_confidence,
            events: args.min_event_confidence.unwrap_or(args.min_confidence),
        },
        renderer,
        n_threads: args.threads.or_else(n_cores).map_or(1, Into::into),
    };

    let name = args.output.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let out = Output::open(args.output, format);
    let mut out = out.with_context(|| format!("cannot write to {name}")).or_exit(Exit::Io)?;
    let mut exit = Exit::Ok.code();
    // All of it, for a page is one document.
    let mut page: Vec<AnalysisRecord> = Vec::new();
    let largest = work.input.max_page_bytes();
    let written = out.write_all(&header).and_then(|()| {
        let messages = Messages::of_all(args.files, largest, args.given.given(), progress.counter());
        work.run(messages.skip(n_done), |outcome| {
            progress.article_done();
            let printed = match outcome {
                Outcome::Rendered(bytes) if format == Format::Html => {
                    page.extend(serde_json::from_slice(&bytes));
                    Ok(())
                }
                Outcome::Rendered(bytes) => out.write_all(&bytes),
                Outcome::Refused { place, rejection } => {
                    exit = exit.max(Exit::Data.code());
                    progress.aside(|| writeln!(io::stderr(), "demarche: {place}: {rejection}"))
                }
                Outcome::Unreadable(error) => {
                    exit = exit.max(Exit::NoInput.code());
                    progress.aside(|| writeln!(io::stderr(), "demarche: {error}"))
                }
            };
            printed.and_then(|()| checkpoint.done(&mut out))
        })
    });
    let written = written.and_then(|()| checkpoint.note(&mut out));
    let written = written.and_then(|()| match format {
        Format::Html => out.write_all(explorer::report(&page).as_bytes()),
        _ => Ok(()),
    });
    let name = out.name();
    match written.and_then(|()| out.close()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error).with_context(|| format!("cannot write to {name}")).or_exit(Exit::Io),
        Ok(()) => Ok(ExitCode::from(exit)),
    }
}

fn probability(text: &str) -> Result<f32, String> {
    let value = text.parse().ok().filter(|value| (0.0..=1.0).contains(value));
    value.ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

/// What is too large in a file is refused for the same reason as in a topic.
fn refused(error: FileError) -> Outcome {
    match error {
        FileError::TooLarge { origin, limit } => Outcome::Refused {
            place: workers::place(&origin),
            rejection: Rejection::new(
                RejectionReason::TooLarge,
                format!("more than the {limit} bytes that are accepted"),
            ),
        },
        FileError::Refused { origin, rejection } => Outcome::Refused { place: workers::place(&origin), rejection },
        other => Outcome::Unreadable(other),
    }
}
