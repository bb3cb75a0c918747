//! The page over the output topics of a cluster: read outside of any group, from the beginning or a time on, and followed.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use crate::cli::exit::{Exit, Failure};
use crate::cli::output_topics::OutputTopic;
use crate::cli::run::broken;
use crate::cli::{out, times};
use crate::config::Config;
use crate::explorer::Explorer;
use crate::kafka::{Reader, Start, Topics};
use crate::pipeline::Tap as _;
use crate::record::{
    AnalysisRecord, Channel, EventRecord, Message, OutgoingRecord, RejectionReason, StatementRecord, dead_letter,
};

/// Findings of one article stand together in a topic. After so long without another one it is taken to be complete.
const PAUSE: Duration = Duration::from_millis(200);

/// Most findings that are shown as one message.
const MOST: usize = 200;

/// Where the topics are.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct TopicArgs {
    /// Show the output topics of these brokers (host:port with commas) instead of files.
    #[arg(short, long, value_name = "ADDRESSES", conflicts_with = "files")]
    pub(super) brokers: Option<String>,
    /// Which topics [default: analyses and dead-letters; where analyses holds nothing, statements, events and dead-letters].
    #[arg(long, value_enum, value_name = "TOPICS", value_delimiter = ',', requires = "brokers")]
    topics: Vec<OutputTopic>,
    /// Begin with what was written since then: a time (2024-03-04T09:00:00Z), a day, or how long ago (1h).
    #[arg(long, value_name = "TIME", value_parser = times::since, requires = "brokers")]
    since: Option<i64>,
}

/// A reader of what is to be shown. Blocks until the brokers have named the partitions.
pub(super) fn open(args: &TopicArgs, config: &Config) -> Result<Reader, Failure> {
    let topics = &config.kafka.topics;
    let names = if args.topics.is_empty() {
        by_default(config)?
    } else {
        args.topics.iter().map(|what| topics.of(what.channel())).collect()
    };
    let (start, from) = match args.since {
        Some(since_ms) => (Start::Since(since_ms), "from that time on"),
        None => (Start::Beginning, "from the beginning"),
    };
    let reader = Reader::open(&config.kafka, &names, start).map_err(broken)?;
    out::note(format_args!("reading {} at {}, {from}", names.join(", "), config.kafka.brokers));
    if !names.contains(&topics.analyses.as_str()) {
        out::note(format_args!("no texts: they come from `{}`, with output.analyses = true", topics.analyses));
    }
    Ok(reader)
}

/// Analyses have everything; where there are none, what else there is.
fn by_default(config: &Config) -> Result<Vec<&str>, Failure> {
    let topics = &config.kafka.topics;
    let all = [&topics.analyses, &topics.statements, &topics.events, &topics.dead_letters].map(String::as_str);
    let held = Reader::survey(&config.kafka, &all).map_err(broken)?;
    let [analyses, statements, events, dead_letters] = all;
    let has_analyses = held.get(analyses).is_some_and(|n_messages| *n_messages > 0);
    let findings = if has_analyses { vec![analyses] } else { vec![statements, events] };
    let wanted = findings.into_iter().chain([dead_letters]).filter(|topic| held.contains_key(*topic));
    let wanted: Vec<&str> = wanted.collect();
    if wanted.is_empty() {
        let told = format!("there is none of the topics {} at {}", all.join(", "), config.kafka.brokers);
        return Err(Failure::new(Exit::Unavailable, anyhow!(told)));
    }
    Ok(wanted)
}

/// Shows what was read and what comes, for as long as it comes.
pub(super) async fn show(reader: &Reader, topics: &Topics, page: &Arc<Explorer>) -> Result<(), Failure> {
    let mut pile = Pile::default();
    loop {
        let message = match timeout(PAUSE, reader.next()).await {
            Ok(message) => message.map_err(broken)?,
            Err(_) => {
                pile.show(page);
                reader.next().await.map_err(broken)?
            }
        };
        if let Err(error) = take(&message, topics, page, &mut pile) {
            let origin = &message.origin;
            let place = format!("{}, partition {}, offset {}", origin.topic, origin.partition, origin.offset);
            out::complain(format_args!("cannot read {place}: {error:#}"));
        }
    }
}

fn take(message: &Message, topics: &Topics, page: &Arc<Explorer>, pile: &mut Pile) -> anyhow::Result<()> {
    let topic = &*message.origin.topic;
    if topic == topics.statements {
        let record: StatementRecord = parse(message)?;
        pile.of(&record.article.id, message, page).statements.push(record);
    } else if topic == topics.events {
        let record: EventRecord = parse(message)?;
        pile.of(&record.article.id, message, page).events.push(record);
    } else if topic == topics.dead_letters {
        let reason = message.header(dead_letter::REASON).and_then(RejectionReason::of_name);
        let reason = reason.context("it does not say why it was refused")?;
        let letter = OutgoingRecord {
            channel: Channel::DeadLetter,
            key: message.key.clone(),
            payload: message.payload.clone(),
            headers: message.headers.clone(),
            class: None,
        };
        page.committed(vec![page.of_dead_letter(&letter, reason)]);
    } else {
        page.committed(vec![page.of_analysis(message, &parse::<AnalysisRecord>(message)?)]);
    }
    Ok(())
}

fn parse<T: DeserializeOwned>(message: &Message) -> anyhow::Result<T> {
    serde_json::from_slice(message.payload.as_deref().unwrap_or_default()).context("it is not what its topic promises")
}

/// Findings of one article that came one after the other.
#[derive(Default)]
struct Pile {
    article: String,
    last: Option<Message>,
    statements: Vec<StatementRecord>,
    events: Vec<EventRecord>,
}

impl Pile {
    /// The pile of this article; another one is shown first.
    fn of(&mut self, article: &str, message: &Message, page: &Arc<Explorer>) -> &mut Self {
        if self.article != article || self.statements.len() + self.events.len() >= MOST {
            self.show(page);
            article.clone_into(&mut self.article);
        }
        // Its bytes are in the records.
        self.last = Some(Message { payload: None, headers: Vec::new(), ..message.clone() });
        self
    }

    fn show(&mut self, page: &Arc<Explorer>) {
        let (statements, events) = (std::mem::take(&mut self.statements), std::mem::take(&mut self.events));
        if let Some(last) = self.last.take() {
            page.committed(page.of_findings(&last, &statements, &events).into_iter().collect());
        }
        self.article.clear();
    }
}
