//! A client that hears no broker: because none is there, or because it has lost them all.

use std::time::Duration;

use demarche::pipeline::local::{Broker, Call};
use demarche::pipeline::{Clock, Ended, LaneError, Options};

use super::bench::{Bench, expected_echoes, fill, message, options, seen};

const SECOND: Duration = Duration::from_secs(1);

/// A lane that has read what there was, by a clock of the test's.
fn lane(broker: &Broker, clock: &Clock) -> Bench {
    let bench = Bench::start_by(clock, broker, Options { epoch: Duration::ZERO, ..options() });
    bench.wait_until_read();
    bench
}

/// Waits until the lane has gone round its loop, from a beginning after this call.
fn wait_for_turns(bench: &Bench, broker: &Broker) {
    let n_polls = broker.n_calls(Call::Poll);
    bench.wait("turns of the lane", |broker| bench.has_ended() || broker.n_calls(Call::Poll) > n_polls + 2);
}

fn wait_until_asked(bench: &Bench, n_times: usize) {
    bench.wait("somebody else is asked", |broker| broker.n_calls(Call::LookOut) >= n_times);
}

#[test]
fn a_lane_that_does_not_hear_a_broker_that_others_hear_is_built_anew() {
    let (broker, clock) = (Broker::new("articles", 2), Clock::turned_by_hand());
    let mut messages = fill(&broker, 20);
    let mut lost = lane(&broker, &clock);
    broker.answer_others(true);
    broker.set_silence(lost.member, 59 * SECOND);
    wait_for_turns(&lost, &broker);
    assert_eq!(broker.n_calls(Call::LookOut), 0, "what is usual is looked into");
    // An answer to somebody else is no proof at once: the broker may be back this moment.
    broker.set_silence(lost.member, 60 * SECOND);
    wait_until_asked(&lost, 1);
    clock.turn(14 * SECOND);
    wait_for_turns(&lost, &broker);
    assert_eq!((broker.n_calls(Call::LookOut), lost.has_ended()), (1, false));
    broker.set_silence(lost.member, 75 * SECOND);
    wait_for_turns(&lost, &broker);
    clock.turn(SECOND);
    let why = "the client hears no broker, nothing for 75 s, though one answers another client";
    assert_eq!(lost.join(), Err(LaneError::Failed(why.to_owned())), "the lane waits for ever");
    // The next one hears all that it has missed.
    broker.append(message(0, 20, "echo"));
    messages.push((0, 20));
    let mut next = lane(&broker, &clock);
    assert_eq!(seen(&broker), expected_echoes(messages));
    // It has as much time to be heard again as the first.
    broker.set_silence(next.member, 59 * SECOND);
    clock.turn(59 * SECOND);
    wait_for_turns(&next, &broker);
    assert_eq!(broker.n_calls(Call::LookOut), 2);
    assert_eq!(next.drain(), Ok(Ended::Drained));
}

#[test]
fn a_lane_stays_as_long_as_the_broker_is_away() {
    let (broker, clock) = (Broker::new("articles", 1), Clock::turned_by_hand());
    let mut messages = fill(&broker, 20);
    let mut lane = lane(&broker, &clock);
    for n_asked in 1..=240 {
        broker.set_silence(lane.member, 60 * SECOND + 15 * SECOND * (n_asked - 1));
        wait_until_asked(&lane, usize::try_from(n_asked).unwrap());
        clock.turn(15 * SECOND);
    }
    assert!(!lane.has_ended(), "an hour without a broker ended the lane");
    // It comes back, others hear it first, and so does the lane before it is asked again.
    broker.answer_others(true);
    wait_until_asked(&lane, 241);
    broker.set_silence(lane.member, Duration::ZERO);
    wait_for_turns(&lane, &broker);
    clock.turn(15 * SECOND);
    broker.append(message(0, 20, "echo"));
    messages.push((0, 20));
    lane.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes(messages));
    // Of the next silence the first answer proves as little.
    broker.set_silence(lane.member, 60 * SECOND);
    wait_until_asked(&lane, 242);
    wait_for_turns(&lane, &broker);
    assert_eq!(lane.drain(), Ok(Ended::Drained), "the lane took an answer of the last outage for one of this");
}
