//! `demarche explore`: the page over files or over the topics of a cluster. Articles are analyzed, analyses that `extract` wrote are
//! shown as they are, and more can be pasted into the page.

#[cfg(feature = "kafka")]
mod topics;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use anyhow::anyhow;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use super::exit::{Exit, Failure, OrExit as _};
use super::given::GivenArgs;
use super::models::ModelArgs;
use super::{files, out, settings};
use crate::config::{Config, Sources};
use crate::explorer::{self, Access, Explorer};
use crate::pipeline::{ArticleProcess, ProcessFactory as _, Sight, Stages, Tap, guarded};
use crate::record::files::{FileError, Given, Messages};
use crate::record::{AnalysisRecord, Message};
use crate::telemetry::{Control, Health, Metrics, http};

/// Largest line that is read: an analysis is several times as large as its article.
const MAX_BYTES: usize = 16 << 20;

/// A page over articles or analyses in files or in the topics of a cluster, and over what is pasted into it.
///
/// It shows what `demarche run` shows of a topic: the articles with their findings drawn into them, who did what to whom, when
/// and where, who speaks, what was refused. Nothing is written to a disk, and only this machine can open it unless http.listen
/// says otherwise.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche explore                          samples to look at, and a box to paste into
  demarche explore articles.jsonl           articles, analyzed as they are read
  demarche extract articles.jsonl > findings.jsonl && demarche explore findings.jsonl
  demarche explore --brokers localhost:9094 --since 7d      what a cluster's topics hold, and what comes

Of topics it joins no group, reads what was committed, and stores no offset. Texts come from `analyses` \
(output.analyses = true); without them the other views work. Everything is held in memory, bounded by http.history.")]
pub(super) struct ExploreArgs {
    /// Articles (plain text, HTML, JSON, ninjs, JSON lines), or analyses as `extract` prints them; "-" is standard input.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Address of the page, instead of http.listen; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[cfg(feature = "kafka")]
    #[command(flatten)]
    topics: topics::TopicArgs,
    #[command(flatten)]
    config: settings::ConfigArgs,
    #[command(flatten)]
    given: GivenArgs,
    #[command(flatten)]
    model: ModelArgs,
}

/// Runs the command, until Ctrl-C.
pub(super) fn run(args: ExploreArgs) -> Result<Exit, Failure> {
    files::look_at(&args.files)?;
    let dir = args.model.data.as_ref().map(|dir| dir.display().to_string());
    let sources = Sources::of_process(args.config.config).with("--data", "data.dir", dir.as_deref());
    let sources = sources.with("--listen", "http.listen", args.listen.as_deref());
    #[cfg(feature = "kafka")]
    let sources = sources.with("--brokers", "kafka.brokers", args.topics.brokers.as_deref());
    let config = settings::load(&sources)?;
    #[cfg(feature = "kafka")]
    settings::logs_for_people(&config)?;
    let models = args.model.load_with(&config.codebook)?;
    let metrics = Metrics::new();
    // Reading files gives way to nobody: the page waits for no core of theirs.
    let page = Explorer::new(&config.explorer, Arc::clone(&models), config.input.clone(), 0, None);
    let stages = Stages {
        models,
        input: config.input.clone(),
        output: config.output.clone(),
        metrics: Arc::clone(&metrics),
        tap: Some(Arc::clone(&page) as Arc<dyn Tap>),
    };
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().or_exit(Exit::Internal)?;
    let ended = runtime.block_on(async {
        // From now on it ends here, however far the rest has come.
        let mut interrupt = signal(SignalKind::interrupt()).or_exit(Exit::Internal)?;
        let Some(listener) = http::bind(&config.http).await.or_exit(Exit::Unavailable)? else {
            return Err(Failure::new(Exit::Usage, anyhow!("http.listen is empty: there is nowhere to look")));
        };
        let address = listener.local_addr().or_exit(Exit::Unavailable)?;
        let access = access(&config, address.ip())?;
        out::line(format_args!("Look at it: http://{address}/\nCtrl-C ends it.")).or_exit(Exit::Io)?;
        let (close, closed) = oneshot::channel::<()>();
        let routes = explorer::routes(&page, access);
        let shutdown = async { closed.await.unwrap_or(()) };
        let control = Control { resume: Arc::new(|| false), token: config.explorer.token.clone() };
        let serving = tokio::spawn(http::serve(listener, metrics, Health::new(), control, Some(routes), shutdown));
        #[cfg(feature = "kafka")]
        let read = async {
            if args.topics.brokers.is_none() {
                return std::future::pending().await;
            }
            // It waits for brokers, and that on a thread of its own: this one hears of Ctrl-C.
            let (asked, of) = (args.topics.clone(), config.clone());
            let reader =
                tokio::task::spawn_blocking(move || topics::open(&asked, &of)).await.or_exit(Exit::Internal)??;
            topics::show(&reader, &config.kafka.topics, &page).await
        };
        #[cfg(not(feature = "kafka"))]
        let read = std::future::pending::<Result<(), Failure>>();
        let (files, shown) = (args.files.clone(), Arc::clone(&page));
        let reader = thread::Builder::new().name("files".to_owned());
        let given = args.given.given();
        reader.spawn(move || show(files, given, &stages, &shown)).or_exit(Exit::Internal)?;
        tokio::select! {
            failed = read => failed?,
            _ = interrupt.recv() => {}
        }
        // Whoever still listens is cut off: it is the end of the process.
        drop(close);
        serving.abort();
        Ok(Exit::Ok)
    });
    // A broker that does not answer is not waited for.
    runtime.shutdown_background();
    ended
}

fn access(config: &Config, bound: IpAddr) -> Result<Access, Failure> {
    let access = Access::new(bound, config.explorer.token.clone());
    if access.is_open() {
        return Ok(access);
    }
    let told = "others can reach this address: set http.token_file, or listen on 127.0.0.1";
    Err(Failure::new(Exit::Config, anyhow!("{told}")))
}

/// Shows every article of the files, on as many threads as the machine has cores but one.
fn show(files: Vec<PathBuf>, given: Given, stages: &Stages, page: &Arc<Explorer>) {
    let n_threads = thread::available_parallelism().map_or(1, |n| n.get().saturating_sub(1).max(1));
    let (sender, messages) = crossbeam_channel::bounded::<Result<Message, FileError>>(2 * n_threads);
    thread::scope(|scope| {
        for _ in 0..n_threads {
            let messages = messages.clone();
            scope.spawn(move || {
                let mut process = stages.build();
                for message in messages {
                    match message {
                        Ok(message) => page.committed(sights(stages, &mut process, page, &message)),
                        Err(error) => out::complain(format_args!("{error}")),
                    }
                }
            });
        }
        drop(messages);
        for message in Messages::of_all(files, MAX_BYTES, given, |reader| reader) {
            if sender.send(message).is_err() {
                return;
            }
        }
        drop(sender);
    });
}

fn sights(stages: &Stages, process: &mut ArticleProcess, page: &Arc<Explorer>, message: &Message) -> Vec<Sight> {
    let payload = message.payload.as_deref().unwrap_or_default();
    // What `extract` wrote begins with the article.
    if payload.trim_ascii_start().starts_with(b"{\"article\":")
        && let Ok(record) = serde_json::from_slice::<AnalysisRecord>(payload)
    {
        return vec![page.of_analysis(message, &record)];
    }
    let outcome = guarded(stages, process, message);
    let refused = || Some(page.of_dead_letter(outcome.records.last()?, outcome.rejection?));
    outcome.sight.clone().or_else(refused).into_iter().collect()
}
