//! `demarche publish`: articles from files into the input topic, each acknowledged by the broker.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::anyhow;
use clap::ArgGroup;
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressStyle};

use super::exit::{Exit, Failure};
use super::given::GivenArgs;
use super::run::{broken, runtime};
use super::settings::{self, BrokerArgs};
use super::{files, out};
use crate::kafka::{Feeder, Options};
use crate::record::files::{FileError, Given, Messages, STDIN};
use crate::record::{Message, samples};

/// Messages under way at once. Enough to fill batches, few enough that memory stays small with large articles.
const UNDER_WAY: usize = 256;

/// Largest article that is sent, in bytes. What the service's own limit refuses becomes a dead letter there, with its
/// reason; this one only keeps a wrong file from filling the memory.
const MAX_BYTES: usize = 32 << 20;

/// How long a message may wait for its acknowledgement (`message.timeout.ms`), unless configured. The library's five
/// minutes are long for a person who mistyped an address.
const TIMEOUT_MS: &str = "30000";

/// Puts articles into the input topic; each is acknowledged by the broker before it counts.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "publish-args")]
#[command(group = ArgGroup::new("articles").required(true).multiple(false), after_help = "\
Examples:
  demarche publish articles.jsonl
  demarche publish --samples                               the articles that come with the program
  demarche publish --brokers localhost:9094 story.txt page.html
  some-scraper | demarche publish -                        JSON lines from standard input")]
pub(super) struct PublishArgs {
    /// Articles: plain text, HTML, JSON, ninjs, JSON lines, CSV or TSV, compressed or not; a folder is all files in it, "-" standard input.
    #[arg(value_name = "FILE", group = "articles")]
    files: Vec<PathBuf>,
    /// Publish the articles that come with the program.
    #[arg(long, group = "articles")]
    samples: bool,
    #[command(flatten)]
    broker: BrokerArgs,
    /// Topic, instead of the first of kafka.topics.articles.
    #[arg(short, long, value_name = "TOPIC")]
    topic: Option<String>,
    /// Key of every message. Articles of one key keep their order; without one they are spread over the partitions.
    #[arg(short, long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    given: GivenArgs,
}

/// Runs the command.
pub(super) fn run(args: PublishArgs) -> Result<Exit, Failure> {
    files::look_at(&args.files)?;
    let sources = args.broker.sources().with("--topic", "kafka.topics.articles", args.topic.as_deref());
    let config = settings::load(&sources)?;
    settings::logs_for_people(&config)?;
    if !args.samples {
        can_be_opened(&args.files)?;
    }
    let mut options = config.kafka;
    options.options.entry("message.timeout.ms".to_owned()).or_insert_with(|| TIMEOUT_MS.to_owned());
    let samples = if args.samples { samples::all() } else { Vec::new() };
    let messages = samples.into_iter().map(Ok).chain(read(args.files, args.given.given())).map(|message| {
        let key = args.key.as_ref().map(|key| key.clone().into_bytes());
        message.map(|message| Message { key: key.or(message.key), ..message })
    });
    let sent = runtime()?.block_on(send(&options, messages))?;
    sent.report(&options)
}

/// Whether there is anything to read at all, before any broker is bothered.
fn can_be_opened(files: &[PathBuf]) -> Result<(), Failure> {
    let first_error = |path: &PathBuf| {
        if path.as_os_str() == STDIN {
            None
        } else {
            std::fs::File::open(path).err().map(|error| (path.clone(), error))
        }
    };
    let mut errors: Vec<_> = files.iter().filter_map(first_error).collect();
    if errors.len() < files.len() {
        // What cannot be read is named in its turn, and the rest is sent.
        return Ok(());
    }
    let Some((path, error)) = errors.pop() else { return Ok(()) };
    for (path, error) in errors {
        out::complain(format_args!("cannot open {}: {error}", path.display()));
    }
    Err(Failure::new(Exit::NoInput, anyhow!("cannot open {}: {error}", path.display())))
}

/// The articles of these files, one after the other.
pub(super) fn read(files: Vec<PathBuf>, given: Given) -> impl Iterator<Item = Result<Message, FileError>> {
    Messages::of_all(files, MAX_BYTES, given, |reader| reader)
}

/// What became of the articles.
#[derive(Debug, Default)]
struct Sent {
    acknowledged: u64,
    lost: u64,
    unreadable: u64,
    too_large: u64,
}

impl Sent {
    fn report(&self, options: &Options) -> Result<Exit, Failure> {
        let topic = options.topics.articles.first().map_or("", String::as_str);
        if self.acknowledged > 0 || self.lost == 0 && self.unreadable == 0 {
            let s = if self.acknowledged == 1 { "" } else { "s" };
            out::note(format_args!("published {} article{s} to {topic}, acknowledged", self.acknowledged));
        }
        match self {
            Self { lost: 1.., .. } => {
                Err(Failure::new(Exit::Unavailable, anyhow!("{} not acknowledged by {}", self.lost, options.brokers)))
            }
            Self { unreadable: 1.., .. } => Ok(Exit::NoInput),
            Self { too_large: 1.., .. } => Ok(Exit::Data),
            _ => Ok(Exit::Ok),
        }
    }
}

async fn send(options: &Options, messages: impl Iterator<Item = Result<Message, FileError>>) -> Result<Sent, Failure> {
    let feeder = Feeder::new(options).map_err(broken)?;
    feeder.ask().map_err(broken)?;
    let progress = progress();
    let mut sent = Sent::default();
    // `buffered`, not `buffer_unordered`: messages enter the producer in the order of the files.
    let mut deliveries = stream::iter(messages)
        .map(|message| {
            let feeder = feeder.clone();
            async move {
                match message {
                    Ok(message) => Ok(feeder.send(&message).await),
                    Err(error) => Err(error),
                }
            }
        })
        .buffered(UNDER_WAY);
    while let Some(delivery) = deliveries.next().await {
        match delivery {
            Ok(Ok(_)) => sent.acknowledged += 1,
            Ok(Err(error)) => {
                sent.lost += 1;
                progress.suspend(|| out::complain(format_args!("{error}")));
            }
            Err(error) => {
                match &error {
                    FileError::TooLarge { .. } | FileError::Refused { .. } => sent.too_large += 1,
                    FileError::Open { .. } | FileError::Read { .. } => sent.unreadable += 1,
                }
                progress.suspend(|| out::complain(format_args!("{error}")));
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(sent)
}

/// Shown on a terminal only. How many articles the files hold is not known beforehand, so it counts.
fn progress() -> ProgressBar {
    let style = ProgressStyle::with_template("{spinner} {human_pos} articles  {per_sec}  {elapsed}")
        .expect("the template has known keys only");
    let progress = ProgressBar::new_spinner().with_style(style);
    progress.enable_steady_tick(Duration::from_millis(100));
    progress
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn a_missing_file_is_named_and_the_next_one_still_read() {
        let scratch = tempfile::tempdir().unwrap();
        let there = scratch.path().join("there.txt");
        std::fs::write(&there, "The envoys met on Tuesday.").unwrap();
        let found: Vec<_> = read(vec![Path::new("no-such-file").to_owned(), there], Given::default()).collect();
        assert_eq!(found.len(), 2);
        assert!(found[0].as_ref().unwrap_err().to_string().contains("no-such-file"));
        assert!(found[1].is_ok());
    }
}
