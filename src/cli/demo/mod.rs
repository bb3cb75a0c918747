//! `demarche demo`: the whole pipeline in one process. An embedded broker, the real feeder, the real lanes with their
//! transactions, and the real reader on the output topics; nothing is passed around the topics.
//!
//! It also asks for whole analyses (`output.analyses`), one record an article: that is how it knows, as any reader could,
//! that everything about an article has come out.

mod desk;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow};
use futures::{StreamExt as _, stream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::timeout;

use super::exit::{Exit, Failure, OrExit as _};
use super::models::ModelArgs;
use super::run::{Endpoints, broken, explorer, runtime, stages};
use super::{files, out, publish, settings};
use crate::config::{Config, Override, Sources};
use crate::kafka::{self, EmbeddedBroker, Feeder, Reader, Start, service};
use crate::pipeline::{Brake, Ended, Stop};
use crate::record::files::Given;
use crate::record::{Message, samples};
use crate::telemetry::{Health, Metrics};
use desk::Desk;

/// Partitions of the input topic: more than one, so that the demo shows what the service does.
const PARTITIONS: i32 = 4;

/// Messages on their way into the topic at once.
const UNDER_WAY: usize = 64;

/// Without any result for this long something is broken; on a slow machine the first one takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// The whole pipeline in one process on an embedded broker; needs nothing installed.
///
/// It puts the articles that come with the program (or those given) into a topic, runs the real consumer, stages and
/// transactional producer on it, reads the output topics back and prints what comes out.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche demo
  demarche demo story.txt                  an article of yours
  demarche demo --serve                    stays up: a page to look at, a broker to publish to")]
pub(super) struct DemoArgs {
    /// Articles instead of the bundled ones: plain text, HTML, JSON, ninjs or JSON lines; "-" is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Stay up with broker and HTTP endpoints until Ctrl-C, and print what else comes.
    #[arg(long)]
    serve: bool,
    /// Show findings of any confidence.
    #[arg(long)]
    all: bool,
    /// Address of the HTTP endpoints with --serve; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", requires = "serve")]
    listen: String,
    #[command(flatten)]
    model: ModelArgs,
}

/// Runs the command.
pub(super) fn run(args: &DemoArgs) -> Result<Exit, Failure> {
    let begun = Instant::now();
    files::look_at(&args.files)?;
    let models = args.model.load()?;
    let (messages, n_unreadable) = articles(args);
    if messages.is_empty() {
        return Err(Failure::new(Exit::NoInput, anyhow!("no article to show")));
    }
    // The broker first: its address is part of the configuration.
    let plain = configuration(args, None)?;
    plain.logs.init().or_exit(Exit::Config)?;
    let broker = start_broker(&plain.kafka.topics).map_err(broken)?;
    let config = configuration(args, Some(&broker.brokers()))?;
    runtime()?.block_on(async {
        let metrics = Metrics::new();
        let health = Health::new();
        let stop = Stop::new();
        let brake = Brake::new(config.pipeline.brake);
        let page = explorer(&models, &config, &health);
        let endpoints = Endpoints::open(&config, &metrics, &health, &brake, page.as_ref()).await?;
        let topics = &config.kafka.topics;
        let outputs = [&topics.statements, &topics.events, &topics.analyses, &topics.dead_letters];
        let outputs = outputs.map(String::as_str);
        let reader = Reader::open(&config.kafka, &outputs, Start::Beginning).map_err(broken)?;
        let mut desk = Desk::new(topics.clone(), messages.len(), args.all);
        desk.greet()?;
        let stages = stages(models, &config, &metrics, page);
        let mut service = {
            let (kafka, pipeline) = (config.kafka.clone(), config.pipeline.clone());
            let (metrics, health, stop) = (Arc::clone(&metrics), Arc::clone(&health), stop.clone());
            tokio::spawn(
                async move { service::run(&kafka, &pipeline, &stages, &metrics, &health, &brake, &stop).await },
            )
        };
        let shown = async {
            feed(&config.kafka, messages).await?;
            show(&reader, &mut desk).await?;
            desk.sum_up(begun.elapsed())?;
            if args.serve { keep_up(&reader, &mut desk, &broker, endpoints.address).await } else { desk.point_on() }
        };
        let (shown, ended) = tokio::select! {
            shown = shown => {
                stop.drain();
                (shown, service.await)
            }
            // It ends before it is told to only by failing; then there is no point in waiting for results.
            ended = &mut service => (Ok(()), ended),
        };
        let ended = ended.or_exit(Exit::Internal)?;
        endpoints.close().await;
        shown?;
        match ended {
            Ok(Ended::Drained | Ended::Abandoned) if n_unreadable > 0 => Ok(Exit::NoInput),
            Ok(Ended::Drained) => Ok(Exit::Ok),
            Ok(Ended::Abandoned) => Ok(Exit::Again),
            Err(error) => Err(broken(error)),
        }
    })
}

/// What is fed, and how many files could not be read.
fn articles(args: &DemoArgs) -> (Vec<Message>, usize) {
    if args.files.is_empty() {
        return (samples::all(), 0);
    }
    let mut n_unreadable = 0;
    let messages = publish::read(args.files.clone(), Given::default()).filter_map(|message| match message {
        Ok(message) => Some(message),
        Err(error) => {
            n_unreadable += 1;
            out::complain(format_args!("{error}"));
            None
        }
    });
    (messages.collect(), n_unreadable)
}

/// The defaults, on the embedded broker. A file and the environment are left out, but for what is logged: they speak of
/// another installation.
fn configuration(args: &DemoArgs, brokers: Option<&str>) -> Result<Config, Failure> {
    let listen = if args.serve { args.listen.as_str() } else { "" };
    let sources = Sources {
        variables: std::env::var("RUST_LOG").map(|filter| ("RUST_LOG".to_owned(), filter)).into_iter().collect(),
        // A newcomer wants to see findings, not how the client joins its group.
        defaults: vec![
            Override { option: "demo", key: "logs.level", value: "warn".to_owned() },
            Override { option: "demo", key: "logs.format", value: "human".to_owned() },
            Override { option: "demo", key: "output.analyses", value: "true".to_owned() },
            Override { option: "demo", key: "kafka.instance_id", value: "none".to_owned() },
        ],
        ..Sources::default()
    };
    settings::load(&sources.with("--listen", "http.listen", Some(listen)).with("demo", "kafka.brokers", brokers))
}

fn start_broker(topics: &kafka::Topics) -> Result<EmbeddedBroker, kafka::Error> {
    let inputs = topics.articles.iter().map(|topic| (topic.as_str(), PARTITIONS));
    let outputs = [&topics.statements, &topics.events, &topics.analyses, &topics.dead_letters];
    EmbeddedBroker::start(inputs.chain(outputs.map(|topic| (topic.as_str(), 1))))
}

/// Puts the articles into the topic; each is acknowledged.
async fn feed(options: &kafka::Options, messages: Vec<Message>) -> Result<(), Failure> {
    let feeder = Feeder::new(options).map_err(broken)?;
    let feeder = &feeder;
    let sends = messages.into_iter().map(|message| async move { feeder.send(&message).await });
    let mut deliveries = stream::iter(sends).buffered(UNDER_WAY);
    while let Some(delivery) = deliveries.next().await {
        delivery.map_err(broken)?;
    }
    Ok(())
}

/// Prints until every article has an outcome.
async fn show(reader: &Reader, desk: &mut Desk) -> Result<(), Failure> {
    while !desk.is_complete() {
        let waited = timeout(PATIENCE, reader.next()).await;
        let message = waited.with_context(|| desk.what_is_missing()).or_exit(Exit::Internal)?.map_err(broken)?;
        desk.take(&message)?;
    }
    Ok(())
}

/// Prints what else comes, until Ctrl-C.
async fn keep_up(
    reader: &Reader,
    desk: &mut Desk,
    broker: &EmbeddedBroker,
    page: Option<SocketAddr>,
) -> Result<(), Failure> {
    // Before it is said that Ctrl-C ends it: until then it would end at once, and in the middle of something.
    let mut interrupt = signal(SignalKind::interrupt()).or_exit(Exit::Internal)?;
    desk.stay(&broker.brokers(), page)?;
    loop {
        tokio::select! {
            message = reader.next() => desk.take(&message.map_err(broken)?)?,
            _ = interrupt.recv() => return Ok(()),
        }
    }
}
