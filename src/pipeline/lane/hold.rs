//! What a lane does while there is something for people to mend. Where the broker does not take its records (a topic that is
//! missing, or that it may not write to), it tries again after a while; where nearly all messages are refused (the brake), it
//! goes on when it is told to. Either way it says so, keeps its place in the group, and reads nothing.

use std::time::{Duration, Instant};

use super::{IDLE_WAIT, Lane};
use crate::pipeline::ports::{Answer, Consumer, Failure, Producer};
use crate::telemetry::Obstacle;

/// Wait before the first new try; each one after it is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// Longest wait: how long people wait at most to see that what they did helped.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How often to ask about topics that are read, as long as there is something against them or none was given yet. Reading goes
/// on meanwhile: what can be read is.
const INPUT_PERIOD: Duration = Duration::from_secs(2);

/// What is known of a refusal.
#[derive(Debug, Default)]
pub(super) struct Hold {
    /// When to try again; `None`: now.
    until: Option<Instant>,
    /// The last wait; zero while nothing is refused.
    wait: Duration,
    /// The broker said so when it was asked, and so can say when it is over. Else only a commit can.
    was_told: bool,
}

impl<C, P> Lane<C, P>
where
    C: Consumer,
    P: Producer<Group = C::Group>,
{
    /// Asks the broker whether the topics take records, as far as it tells.
    pub(super) fn ask_about_topics(&mut self) {
        self.context.pulse.beat();
        let answer = self.producer.ask();
        self.note_silence(Obstacle::OutputsUnknown, &answer);
        match answer {
            Answer::Refused(reason) => self.hold(&reason, true),
            Answer::Fine if self.hold.was_told => self.end_hold(),
            Answer::Fine => self.hold.until = None,
            // What is not known is not promised: nothing is read before it is.
            Answer::Silent => self.hold.until = Some(self.now() + self.hold.wait.max(FIRST_WAIT)),
        }
    }

    /// Asks now and then about the topics that are read, until nothing is against them and the group has given some.
    pub(super) fn ask_about_inputs(&mut self) {
        let now = self.now();
        if self.ask_inputs.is_none_or(|due| now < due) {
            return;
        }
        let answer = self.consumer.ask();
        self.note_silence(Obstacle::InputsUnknown, &answer);
        let (lane, health) = (self.context.index, &self.context.health);
        self.ask_inputs = match answer {
            Answer::Refused(reason) => {
                if health.set_obstacle(lane, Obstacle::InputRefused, reason.as_str()) {
                    tracing::error!(lane, reason, "cannot read all that is to be read");
                }
                Some(now + INPUT_PERIOD)
            }
            Answer::Silent => Some(now + INPUT_PERIOD),
            Answer::Fine => {
                health.clear_obstacle(lane, Obstacle::InputRefused);
                (!health.is_assigned(lane)).then_some(now + INPUT_PERIOD)
            }
        };
        self.context.pulse.beat();
    }

    /// Says that the broker has not told yet whether topics can be used, or says so no more.
    fn note_silence(&self, obstacle: Obstacle, answer: &Answer) {
        let (lane, health) = (self.context.index, &self.context.health);
        if *answer == Answer::Silent {
            health.set_obstacle(lane, obstacle, "no broker has told yet");
        } else {
            health.clear_obstacle(lane, obstacle);
        }
    }

    /// Lets a while pass before anything is written again.
    pub(super) fn hold(&mut self, reason: &str, was_told: bool) {
        let lane = self.context.index;
        let wait = (self.hold.wait * 2).clamp(FIRST_WAIT, MAX_WAIT);
        tracing::error!(lane, reason, retry_s = wait.as_secs(), "cannot write; reading nothing until that is mended");
        self.hold = Hold { until: Some(self.now() + wait), wait, was_told };
        self.context.health.set_obstacle(lane, Obstacle::TopicRefused, reason);
    }

    /// Records are taken.
    pub(super) fn end_hold(&mut self) {
        if !self.hold.wait.is_zero() {
            tracing::info!(lane = self.context.index, "the topics take records again");
            self.hold = Hold::default();
            self.context.health.clear_obstacle(self.context.index, Obstacle::TopicRefused);
        }
    }

    /// One turn of a lane that holds; says whether it still does.
    pub(super) fn stand_by(&mut self) -> Result<bool, Failure> {
        let Some(until) = self.hold.until else { return Ok(false) };
        if self.now() >= until {
            self.ask_about_topics();
            return Ok(self.hold.until.is_some());
        }
        self.keep_place()?;
        Ok(true)
    }

    /// One turn of a lane whose service has stopped by itself; says whether it still stands still. What was read and not
    /// committed when it stopped is read again when it goes on.
    pub(super) fn stand_still(&mut self) -> Result<bool, Failure> {
        let lane = self.context.index;
        match self.context.brake.reason() {
            None if self.is_braked => {
                self.is_braked = false;
                tracing::info!(lane, "told to go on");
                self.context.health.clear_obstacle(lane, Obstacle::Braked);
                self.context.metrics.set_braked(lane, false);
                Ok(false)
            }
            None => Ok(false),
            Some(reason) => {
                if !self.is_braked {
                    self.is_braked = true;
                    tracing::error!(
                        lane,
                        reason,
                        "too much is refused; reading nothing until told to go on (demarche resume)"
                    );
                    let told = format!("{reason}; mend the cause, then POST /-/resume");
                    self.context.health.set_obstacle(lane, Obstacle::Braked, told);
                    self.context.metrics.set_braked(lane, true);
                    self.abort("too much is refused")?;
                }
                self.keep_place()?;
                Ok(true)
            }
        }
    }

    /// A turn without reading.
    fn keep_place(&mut self) -> Result<(), Failure> {
        self.collect(Duration::ZERO);
        let partitions = self.tracker.partitions();
        if !self.paused && !partitions.is_empty() {
            self.consumer.pause(&partitions)?;
            self.paused = true;
        }
        self.serve_group(IDLE_WAIT)?;
        self.report();
        Ok(())
    }
}
