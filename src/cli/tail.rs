//! `demarche tail`: follows the output topics as any reader would (`read_committed`, no group) and prints them.

use std::num::NonZeroU64;

use anyhow::Context as _;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::exit::{Exit, Failure, OrExit as _};
use super::run::{broken, runtime};
use super::settings::{self, BrokerArgs};
use super::{out, render};
use crate::kafka::{Reader, Start, Topics};
use crate::record::{AnalysisRecord, ArticleRecord, Channel, EventRecord, Message, StatementRecord, dead_letter};

/// Follows the output topics and prints what comes: findings as they are committed, and what was refused.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche tail                                       what comes from now on
  demarche tail --from-beginning --count 20
  demarche tail events --format jsonl | jq .plover.type
  demarche tail dead-letters --from-beginning         what was refused, and why")]
pub(super) struct TailArgs {
    /// Which topics [default: statements, events and dead-letters].
    #[arg(value_name = "WHAT", value_enum)]
    what: Vec<What>,
    /// How it is printed.
    #[arg(short, long, value_enum, default_value = "pretty")]
    format: Form,
    /// Begin with what is there already.
    #[arg(long)]
    from_beginning: bool,
    /// End after this many records.
    #[arg(short = 'n', long, value_name = "N")]
    count: Option<NonZeroU64>,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// What there is to follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Who said what to whom.
    Statements,
    /// Who did what to whom.
    Events,
    /// Whole analyses, where output.analyses is on.
    Analyses,
    /// What was refused.
    DeadLetters,
}

/// How records are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For reading.
    Pretty,
    /// One JSON object a line; dead letters as reason, origin and value.
    Jsonl,
}

impl What {
    fn channel(self) -> Channel {
        match self {
            Self::Statements => Channel::Statements,
            Self::Events => Channel::Events,
            Self::Analyses => Channel::Analyses,
            Self::DeadLetters => Channel::DeadLetter,
        }
    }
}

/// Runs the command.
pub(super) fn run(args: &TailArgs) -> Result<Exit, Failure> {
    let config = settings::load(&args.broker.sources())?;
    settings::logs_for_people(&config)?;
    let what =
        if args.what.is_empty() { vec![What::Statements, What::Events, What::DeadLetters] } else { args.what.clone() };
    let topics = &config.kafka.topics;
    let names: Vec<&str> = what.iter().map(|what| topics.of(what.channel())).collect();
    let start = if args.from_beginning { Start::Beginning } else { Start::End };
    runtime()?.block_on(async {
        let reader = Reader::open(&config.kafka, &names, start).map_err(broken)?;
        let mut printer = Printer::new(topics, args.format);
        let mut n_left = args.count.map(NonZeroU64::get);
        while n_left != Some(0) {
            let message = tokio::select! {
                message = reader.next() => message.map_err(broken)?,
                interrupted = tokio::signal::ctrl_c() => return interrupted.or_exit(Exit::Internal).map(|()| Exit::Ok),
            };
            printer.print(&message)?;
            n_left = n_left.map(|n| n - 1);
        }
        Ok(Exit::Ok)
    })
}

/// Prints messages of output topics, with a headline where a new article begins.
struct Printer<'t> {
    topics: &'t Topics,
    form: Form,
    /// Id of the article that the last finding stood in.
    article: Option<String>,
}

impl<'t> Printer<'t> {
    fn new(topics: &'t Topics, form: Form) -> Self {
        Self { topics, form, article: None }
    }

    fn print(&mut self, message: &Message) -> Result<(), Failure> {
        let channels = [Channel::Statements, Channel::Events, Channel::Analyses, Channel::DeadLetter];
        let channel = channels.into_iter().find(|channel| self.topics.of(*channel) == &*message.origin.topic);
        let text = match (self.form, channel) {
            (Form::Jsonl, Some(Channel::DeadLetter)) => Ok(dead_letter_json(message).to_string()),
            (Form::Jsonl, _) => {
                let payload = message.payload.as_deref().unwrap_or_default();
                std::str::from_utf8(payload).map(str::to_owned).context("its value is not UTF-8")
            }
            (Form::Pretty, Some(Channel::DeadLetter)) => {
                self.article = None;
                Ok(render::pretty_dead_letter(message))
            }
            (Form::Pretty, Some(channel)) => self.finding(channel, message),
            (Form::Pretty, None) => Err(anyhow::anyhow!("its topic is none of ours")),
        };
        match text {
            Ok(text) => out::line(format_args!("{text}")).or_exit(Exit::Io),
            Err(error) => {
                let origin = &message.origin;
                let place = format!("{}, partition {}, offset {}", origin.topic, origin.partition, origin.offset);
                out::complain(format_args!("cannot read {place}: {error:#}"));
                Ok(())
            }
        }
    }

    fn finding(&mut self, channel: Channel, message: &Message) -> anyhow::Result<String> {
        let payload = message.payload.as_deref().unwrap_or_default();
        if channel == Channel::Analyses {
            let record: AnalysisRecord = serde_json::from_slice(payload).context("no analysis")?;
            self.article = None;
            return Ok(render::pretty_analysis(&record));
        }
        let (article, finding) = if channel == Channel::Statements {
            let record: StatementRecord = serde_json::from_slice(payload).context("no statement")?;
            let finding = render::pretty_statement(&record);
            (record.article, finding)
        } else {
            let record: EventRecord = serde_json::from_slice(payload).context("no event")?;
            let finding = render::pretty_event(&record);
            (record.article, finding)
        };
        Ok(format!("{}{finding}", self.headline(&article)))
    }

    /// The article's headline, where the last finding stood in another one.
    fn headline(&mut self, article: &ArticleRecord) -> String {
        if self.article.as_deref() == Some(&article.id) {
            return String::new();
        }
        let gap = if self.article.replace(article.id.clone()).is_some() { "\n" } else { "" };
        format!("{gap}{}", render::pretty_headline(article, None))
    }
}

/// A dead letter as JSON: why, from where, and the value, as text where it is one.
fn dead_letter_json(message: &Message) -> Value {
    let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let number = |name: &str| message.header(name).and_then(|text| text.parse::<i64>().ok());
    json!({
        "reason": message.header(dead_letter::REASON),
        "detail": message.header(dead_letter::DETAIL),
        "topic": message.header(dead_letter::TOPIC),
        "partition": number(dead_letter::PARTITION),
        "offset": number(dead_letter::OFFSET),
        "key": text(&message.key),
        "value": text(&message.payload),
    })
}
