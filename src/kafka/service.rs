//! The service: lanes as threads, supervised from the asynchronous side. A lane whose client is finished is built anew,
//! with pauses and a bounded number of times; a lane that hangs ends the process.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::kafka::consumer::KafkaConsumer;
use crate::kafka::producer::KafkaProducer;
use crate::kafka::watchdog::{Limits, Watchdog};
use crate::kafka::{Error, Options};
use crate::pipeline::{
    self, Brake, Clock, Ended, LaneContext, LaneError, ProcessFactory, Pulse, Stop, StopState, lane,
};
use crate::telemetry::{Health, Metrics, Obstacle};

/// Exit code of a process that the watchdog ended: a call into the client never came back (`EX_TEMPFAIL` of sysexits:
/// starting again is the cure, and exactly-once makes it safe).
pub const EXIT_STALLED: i32 = 75;

/// A lane without a sign of life for this long hangs. Well above what its calls may take one after the other when the
/// broker is slow: a minute to start transactions, half a minute to commit.
const STALL: Duration = Duration::from_secs(90);

/// How often a lane is built anew before the service gives up. A lane that has then worked for a while starts at 0.
const MAX_RESTARTS: u32 = 6;

/// A lane that ran for this long was healthy; one that has committed, after less. What it fails of then is another trouble, as each
/// outage of a broker is.
const HEALTHY: Duration = Duration::from_mins(5);
const WORKED: Duration = Duration::from_secs(20);

/// How long after the grace a stop may take twice: for what was committed to be answered, then for aborting and leaving
/// the group. A broker that answers does neither in seconds; one that is away would keep a lane for a minute.
const FAREWELL: Duration = Duration::from_secs(2);

/// How often the switch is looked at.
const STOP_PERIOD: Duration = Duration::from_millis(50);

/// The first pause before a restart; each one after it is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Runs the service until `stop` says so.
///
/// # Errors
/// The settings cannot work, or a lane failed for good; the other lanes have drained then.
pub async fn run<F: ProcessFactory>(
    options: &Options,
    pipeline: &pipeline::Options,
    factory: &Arc<F>,
    metrics: &Arc<Metrics>,
    health: &Arc<Health>,
    brake: &Arc<Brake>,
    stop: &Stop,
) -> Result<Ended, Error> {
    if let Some(problem) = options.problems().into_iter().next() {
        return Err(Error::Options { key: problem.key, problem: problem.problem });
    }
    let limits = Limits { stall: STALL, poll_interval: options.poll_interval(), silence: options.silence_limit() };
    let watchdog = Watchdog::start(limits, Arc::clone(health), |lane, silence| {
        tracing::error!(
            lane,
            silence_s = silence.as_secs(),
            exit_code = EXIT_STALLED,
            "a lane hangs, ending the process"
        );
        std::process::exit(EXIT_STALLED);
    })
    .map_err(|error| Error::Client { action: "start the watchdog".to_owned(), reason: error.to_string() })?;
    let n_lanes = pipeline.lanes.max(1);
    let slot = options.slot();
    let settings = pipeline::Options {
        poll_interval: options.poll_interval(),
        in_flight_bytes: pipeline.in_flight_bytes / n_lanes,
        ..pipeline.clone()
    };
    (0..n_lanes).for_each(|index| health.expect_lane(index));
    let supervised = (0..n_lanes).map(|index| {
        let context = LaneContext {
            index,
            options: settings.clone(),
            metrics: Arc::clone(metrics),
            health: Arc::clone(health),
            stop: stop.clone(),
            brake: Arc::clone(brake),
            pulse: Arc::default(),
            clock: Clock::default(),
        };
        supervise(context, options, &slot, factory, &watchdog)
    });
    let ended: Vec<Result<Ended, Error>> = tokio::select! {
        ended = join_all(supervised) => ended,
        () = overdue(stop, pipeline.grace) => {
            // Its threads end with the process. What they had open is aborted by the broker or by the next run.
            tracing::warn!("the broker does not answer, leaving without it");
            return Ok(Ended::Abandoned);
        }
    };
    let ended: Vec<Ended> = ended.into_iter().collect::<Result<_, _>>()?;
    Ok(if ended.contains(&Ended::Abandoned) { Ended::Abandoned } else { Ended::Drained })
}

/// Ready when a stop has taken longer than the grace allows, whatever a lane waits for.
async fn overdue(stop: &Stop, grace: Duration) {
    while stop.state() == StopState::Running {
        sleep(STOP_PERIOD).await;
    }
    sleep(grace + FAREWELL).await;
    stop.abandon();
    sleep(FAREWELL).await;
}

/// Keeps one lane running.
async fn supervise<F: ProcessFactory>(
    context: LaneContext,
    options: &Options,
    slot: &str,
    factory: &Arc<F>,
    watchdog: &Watchdog,
) -> Result<Ended, Error> {
    let index = context.index;
    let mut restarts = 0;
    // A lane that never got as far as to read has left no work to anybody.
    let mut has_read = false;
    loop {
        let begun = Instant::now();
        let pulse = Arc::new(Pulse::new(context.clock.clone()));
        watchdog.watch(index, Arc::clone(&pulse));
        let attempt = LaneContext { pulse: Arc::clone(&pulse), ..context.clone() };
        let ended = run_on_thread(attempt, options.clone(), slot.to_owned(), Arc::clone(factory)).await;
        watchdog.forget(index);
        context.health.clear_obstacle(index, Obstacle::LongCall);
        context.health.set_assigned(index, false);
        let reason = match ended {
            Ok(ended) => return Ok(ended),
            Err(Broken::AtStart(reason)) => reason,
            Err(Broken::AtWork(LaneError::Failed(reason))) => {
                has_read = true;
                reason
            }
            Err(Broken::AtWork(LaneError::Replaced(reason))) => {
                context.health.set_fatal(&reason);
                context.stop.drain();
                return Err(Error::Replaced { lane: index, reason });
            }
        };
        let stopped = if has_read { Ended::Abandoned } else { Ended::Drained };
        if context.stop.state() != StopState::Running {
            tracing::warn!(lane = index, reason, "a lane failed while it was stopped");
            return Ok(stopped);
        }
        if begun.elapsed() > if pulse.has_committed() { WORKED } else { HEALTHY } {
            restarts = 0;
        }
        if restarts == MAX_RESTARTS {
            context.health.set_fatal(&reason);
            // The others finish what they have; the process is to end as a whole, so that somebody notices.
            context.stop.drain();
            return Err(Error::Lane { lane: index, restarts, reason });
        }
        let pause = FIRST_PAUSE * 2u32.pow(restarts);
        restarts += 1;
        tracing::error!(
            lane = index,
            reason,
            restarts,
            pause_ms = pause.as_millis(),
            "a lane failed, building it anew"
        );
        context.metrics.count_lane_restart();
        let waited_from = Instant::now();
        while waited_from.elapsed() < pause {
            if context.stop.state() != StopState::Running {
                return Ok(stopped);
            }
            sleep(STOP_PERIOD.min(pause)).await;
        }
    }
}

/// Why a lane's thread ended without being told to.
enum Broken {
    /// Its clients could not be built.
    AtStart(String),
    /// It had read, or could have.
    AtWork(LaneError),
}

/// Builds the clients of a lane and runs it, on a thread of its own: its calls block.
async fn run_on_thread<F: ProcessFactory>(
    context: LaneContext,
    options: Options,
    slot: String,
    factory: Arc<F>,
) -> Result<Ended, Broken> {
    let (ended, outcome) = oneshot::channel();
    let name = format!("lane-{}", context.index);
    let run = move || -> Result<Ended, Broken> {
        // The producer first: taking its id over ends what a predecessor left open, and the first fetch of committed
        // offsets waits for exactly that.
        let LaneContext { index, ref stop, .. } = context;
        let delivery = context.options.delivery;
        let producer = KafkaProducer::start(&options, index, delivery, &slot, &factory.channels(), stop)
            .map_err(|error| Broken::AtStart(error.to_string()))?;
        context.pulse.beat();
        let consumer =
            KafkaConsumer::join(&options, context.index, Arc::clone(&context.health), Arc::clone(&context.pulse))
                .map_err(|error| Broken::AtStart(error.to_string()))?;
        lane::run(context, consumer, producer, &factory).map_err(Broken::AtWork)
    };
    let spawned = thread::Builder::new().name(name).spawn(move || {
        // Nobody listens any more only when the whole service was dropped.
        let _ = ended.send(run());
    });
    if let Err(error) = spawned {
        return Err(Broken::AtStart(format!("cannot start a lane's thread: {error}")));
    }
    outcome.await.unwrap_or_else(|_| Err(Broken::AtWork(LaneError::Failed("the lane's thread panicked".to_owned()))))
}
