//! The signals that end the service: the first one drains, the second abandons.
//!
//! They are listened to before anything else is done, so that none of them kills a process that has only just begun.

use std::fs;
use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::exit::{Exit, Failure, OrExit as _};
use crate::pipeline::Stop;
use crate::telemetry::Health;

/// Listens from now on, as long as the runtime lives.
pub(super) fn listen(runtime: &Runtime, stop: Stop, health: Arc<Health>) -> Result<(), Failure> {
    let _entered = runtime.enter();
    let mut signals = Signals {
        terminate: signal(SignalKind::terminate()).or_exit(Exit::Internal)?,
        interrupt: signal(SignalKind::interrupt()).or_exit(Exit::Internal)?,
        hangup: if ignores_hangup() { None } else { Some(signal(SignalKind::hangup()).or_exit(Exit::Internal)?) },
    };
    runtime.spawn(async move {
        let name = signals.next().await;
        tracing::info!(signal = name, "stopping: finishing what is under way; a second signal abandons it");
        health.set_draining();
        stop.drain();
        let name = signals.next().await;
        tracing::warn!(signal = name, "stopping at once");
        stop.abandon();
    });
    Ok(())
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    /// Absent where whoever started us wants it ignored, as nohup(1) does.
    hangup: Option<Signal>,
}

impl Signals {
    async fn next(&mut self) -> &'static str {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
            _ = hangup => "SIGHUP",
        }
    }
}

/// Whether SIGHUP was to be ignored when the process began. Where the system does not tell, it was not.
fn ignores_hangup() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    let bit = SignalKind::hangup().as_raw_value() - 1;
    mask >> bit & 1 == 1
}
