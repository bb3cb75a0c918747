//! `demarche run`: the service. tokio carries signals, the HTTP endpoints and the supervision of lanes; the work itself
//! is done on the lanes' own threads.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::exit::{Exit, Failure, OrExit as _};
use super::models::ModelArgs;
use super::settings::{self, BrokerArgs};
use super::signals;
use crate::analyzer::Models;
use crate::config::Config;
use crate::explorer::{self, Access, Explorer};
use crate::kafka::{self, service};
use crate::pipeline::{Brake, Ended, Stages, Stop, StopState, Tap};
use crate::telemetry::{Control, Health, Metrics, http};

/// How long open connections may keep the endpoints up after the service has ended. A scrape takes milliseconds.
const HTTP_FAREWELL: Duration = Duration::from_secs(1);

/// The service: consumes articles, analyzes them, produces findings, until told to stop.
///
/// SIGTERM, SIGHUP or Ctrl-C: it reads no more, finishes and commits what is under way within pipeline.grace, and leaves the
/// group. A second one: it aborts and leaves at once; what was under way is read again by whoever comes next.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche run                                         defaults: broker at localhost:9092
  demarche run --config demarche.toml                  or DEMARCHE_CONFIG=demarche.toml
  DEMARCHE__KAFKA__BROKERS=broker:9092 demarche run    any key, from the environment")]
pub(super) struct RunArgs {
    #[command(flatten)]
    broker: BrokerArgs,
    #[command(flatten)]
    model: ModelArgs,
}

/// Runs the command.
pub(super) fn run(args: RunArgs) -> Result<Exit, Failure> {
    #[cfg(debug_assertions)]
    if let Ok(text) = std::env::var("DEMARCHE_CRASH_AT") {
        crate::pipeline::arm(&text).map_err(anyhow::Error::msg).or_exit(Exit::Config)?;
    }
    let runtime = runtime()?;
    let health = Health::new();
    let stop = Stop::new();
    signals::listen(&runtime, stop.clone(), Arc::clone(&health))?;
    let dir = args.model.data.as_ref().map(|dir| dir.display().to_string());
    let config = settings::load(&args.broker.sources().with("--data", "data.dir", dir.as_deref()))?;
    let models = args.model.load_with(&config.codebook)?;
    config.logs.init().or_exit(Exit::Config)?;
    if stop.state() != StopState::Running {
        tracing::info!("told to stop before anything was begun");
        return Ok(Exit::Ok);
    }
    runtime.block_on(async {
        let metrics = Metrics::new();
        let brake = Brake::new(config.pipeline.brake);
        let page = explorer(&models, &config, &health);
        let endpoints = Endpoints::open(&config, &metrics, &health, &brake, page.as_ref()).await?;
        tracing::info!(
            version = env!("CARGO_PKG_VERSION"),
            brokers = config.kafka.brokers,
            group = config.kafka.group,
            articles = config.kafka.topics.articles.join(","),
            delivery = config.pipeline.delivery.as_str(),
            lanes = config.pipeline.lanes,
            workers = config.pipeline.workers,
            "starting"
        );
        let stages = stages(models, &config, &metrics, page);
        let ended = service::run(&config.kafka, &config.pipeline, &stages, &metrics, &health, &brake, &stop).await;
        endpoints.close().await;
        exit_of(ended)
    })
}

/// The runtime of the commands that wait for several things at once.
pub(super) fn runtime() -> Result<Runtime, Failure> {
    // Two threads carry signals, endpoints and deliveries with ease; analysis has threads of its own.
    Builder::new_multi_thread().worker_threads(2).enable_all().build().or_exit(Exit::Internal)
}

/// What the lanes do with an article.
pub(super) fn stages(
    models: Arc<Models>,
    config: &Config,
    metrics: &Arc<Metrics>,
    page: Option<Arc<Explorer>>,
) -> Arc<Stages> {
    let made_with = models.provenance();
    metrics.set_build(&made_with.program, made_with.model.as_deref().unwrap_or_default(), &made_with.data);
    Arc::new(Stages {
        models,
        input: config.input.clone(),
        output: config.output.clone(),
        metrics: Arc::clone(metrics),
        tap: page.map(|page| page as Arc<dyn Tap>),
    })
}

/// The page, where it is wanted and somebody may open it.
pub(super) fn explorer(models: &Arc<Models>, config: &Config, health: &Arc<Health>) -> Option<Arc<Explorer>> {
    let listen = config.http.listen.filter(|_| config.explorer.page)?;
    if !Access::new(listen.ip(), config.explorer.token.clone()).is_open() {
        tracing::info!("no page: others can reach {listen}, and http.token_file is not set");
        return None;
    }
    let n_threads = config.pipeline.lanes * config.pipeline.workers;
    let (models, input) = (Arc::clone(models), config.input.clone());
    Some(Explorer::new(&config.explorer, models, input, n_threads, Some(Arc::clone(health))))
}

/// The exit code of a service that has ended.
pub(super) fn exit_of(ended: Result<Ended, kafka::Error>) -> Result<Exit, Failure> {
    match ended {
        Ok(Ended::Drained) => {
            tracing::info!("stopped; everything under way was finished");
            Ok(Exit::Ok)
        }
        Ok(Ended::Abandoned) => {
            tracing::warn!("stopped with work under way; it will be read again");
            Ok(Exit::Again)
        }
        Err(error) => Err(broken(error)),
    }
}

/// The exit code of a failed client or service.
pub(super) fn broken(error: kafka::Error) -> Failure {
    let exit = match error {
        kafka::Error::Options { .. } => Exit::Config,
        kafka::Error::Client { .. } | kafka::Error::Replaced { .. } | kafka::Error::Lane { .. } => Exit::Unavailable,
    };
    Failure::new(exit, error)
}

/// The HTTP endpoints, while they are up.
pub(super) struct Endpoints {
    running: Option<(JoinHandle<std::io::Result<()>>, oneshot::Sender<()>)>,
    /// Where they are.
    pub(super) address: Option<SocketAddr>,
}

impl Endpoints {
    /// Takes the configured address, if there is one, and begins to answer.
    pub(super) async fn open(
        config: &Config,
        metrics: &Arc<Metrics>,
        health: &Arc<Health>,
        brake: &Arc<Brake>,
        page: Option<&Arc<Explorer>>,
    ) -> Result<Self, Failure> {
        let Some(listener) = http::bind(&config.http).await.or_exit(Exit::Unavailable)? else {
            return Ok(Self { running: None, address: None });
        };
        let address = listener.local_addr().ok();
        let access = address.map(|address| Access::new(address.ip(), config.explorer.token.clone()));
        let page = page.zip(access).map(|(page, access)| explorer::routes(page, access));
        let (close, closed) = oneshot::channel();
        let shutdown = async {
            // The sender is dropped only when the process ends anyway.
            let _ = closed.await;
        };
        let brake = Arc::clone(brake);
        let control = Control { resume: Arc::new(move || brake.release()), token: config.explorer.token.clone() };
        let serving = http::serve(listener, Arc::clone(metrics), Arc::clone(health), control, page, shutdown);
        Ok(Self { running: Some((tokio::spawn(serving), close)), address })
    }

    /// Answers what has begun, and ends.
    pub(super) async fn close(self) {
        let Some((serving, close)) = self.running else { return };
        let abort = serving.abort_handle();
        // Sending fails only when the server has ended by itself.
        let _ = close.send(());
        match timeout(HTTP_FAREWELL, serving).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(error))) => tracing::warn!(%error, "the endpoints broke"),
            Ok(Err(error)) => tracing::warn!(%error, "the endpoints broke"),
            Err(_) => abort.abort(),
        }
    }
}
