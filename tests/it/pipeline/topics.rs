//! Topics that change under a running lane: refused, missing, made again, cut off at an end.

use std::collections::BTreeMap;
use std::time::Duration;

use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::ports::Answer;
use demarche::pipeline::{Clock, Ended, Options};

use super::bench::{Bench, LIMIT, expected_echoes, fill, message, options, partition, payloads, seen};

#[test]
fn a_refused_topic_is_told_and_tried_again_after_a_while() {
    let broker = Broker::new("articles", 2);
    let messages = fill(&broker, 20);
    broker.inject(Call::Deliver, Fault::Refused);
    let mut bench = Bench::start(&broker, Options { epoch: LIMIT, epoch_bytes: 1, ..options() });
    let refused = Err("lane 0 cannot write: injected at Deliver".to_owned());
    bench.wait("the reason in the readiness", |_| bench.health.ready() == refused);
    assert_eq!(payloads(&broker), Vec::<String>::new());
    bench.wait("nothing more is read", |broker| broker.paused(bench.member).len() == 2);
    bench.wait_until_read();
    bench.wait("ready", |_| bench.health.ready() == Ok(()));
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes(messages));
}

#[test]
fn a_topic_that_is_missing_at_the_start_is_waited_for_without_any_transaction() {
    let broker = Broker::new("articles", 1);
    let messages = fill(&broker, 20);
    broker.answer_about_outputs(Answer::Refused("topic `statements` does not exist".to_owned()));
    let mut bench = Bench::start(&broker, options());
    let refused = Err("lane 0 cannot write: topic `statements` does not exist".to_owned());
    bench.wait("the reason in the readiness", |_| bench.health.ready() == refused);
    assert_eq!(broker.n_calls(Call::Begin), 0);
    broker.answer_about_outputs(Answer::Fine);
    bench.wait_until_read();
    bench.wait("ready", |_| bench.health.ready() == Ok(()));
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes(messages));
}

#[test]
fn an_input_topic_that_is_missing_is_told_and_the_others_are_read() {
    let broker = Broker::new("articles", 1);
    let messages = fill(&broker, 20);
    broker.answer_about_inputs(Answer::Refused("topic `wires` does not exist".to_owned()));
    let bench = Bench::start(&broker, options());
    let refused = Err("lane 0 cannot read: topic `wires` does not exist".to_owned());
    bench.wait("the reason in the readiness", |_| bench.health.ready() == refused);
    bench.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes(messages));
    assert_eq!(bench.health.ready(), refused);
}

#[test]
fn a_broker_that_falls_silent_takes_back_nothing_that_it_said_against_a_topic() {
    let broker = Broker::new("articles", 1);
    fill(&broker, 20);
    broker.answer_about_outputs(Answer::Refused("topic `statements` does not exist".to_owned()));
    let bench = Bench::start(&broker, options());
    let refused = Err("lane 0 cannot write: topic `statements` does not exist".to_owned());
    bench.wait("the reason in the readiness", |_| bench.health.ready() == refused);
    broker.answer_about_outputs(Answer::Silent);
    let n_asked = broker.n_calls(Call::Ask);
    bench.wait("it is asked again", |broker| broker.n_calls(Call::Ask) > n_asked + 1);
    assert_eq!((bench.health.ready(), broker.n_calls(Call::Begin)), (refused, 0));
    broker.answer_about_outputs(Answer::Fine);
    bench.wait_until_read();
}

#[test]
fn a_broker_that_falls_silent_does_not_bring_a_missing_input_topic_back() {
    let broker = Broker::new("articles", 1);
    broker.answer_about_inputs(Answer::Refused("topic `wires` does not exist".to_owned()));
    let bench = Bench::start(&broker, options());
    let refused = Err("lane 0 cannot read: topic `wires` does not exist".to_owned());
    bench.wait("the reason in the readiness", |_| bench.health.ready() == refused);
    broker.answer_about_inputs(Answer::Silent);
    let n_asked = broker.n_calls(Call::Ask);
    bench.wait("it is asked again", |broker| broker.n_calls(Call::Ask) > n_asked + 1);
    assert_eq!(bench.health.ready(), refused);
    broker.answer_about_inputs(Answer::Fine);
    bench.wait("ready", |_| bench.health.ready() == Ok(()));
}

#[test]
fn nothing_is_promised_about_an_input_topic_of_which_no_broker_has_told() {
    let (broker, clock) = (Broker::new("articles", 1), Clock::turned_by_hand());
    let messages = fill(&broker, 20);
    broker.answer_about_inputs(Answer::Silent);
    let bench = Bench::start_by(&clock, &broker, Options { epoch: Duration::ZERO, ..options() });
    // What can be read is.
    bench.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes(messages));
    let unknown = Err("lane 0 does not know whether it can read: no broker has told yet".to_owned());
    assert_eq!(bench.health.ready(), unknown);
    let turn = || clock.turn(Duration::from_secs(1));
    let n_asked = broker.n_calls(Call::Ask);
    bench.wait("it is asked again", |broker| {
        turn();
        broker.n_calls(Call::Ask) > n_asked + 1
    });
    assert_eq!(bench.health.ready(), unknown);
    broker.answer_about_inputs(Answer::Fine);
    bench.wait("ready", |_| {
        turn();
        bench.health.ready() == Ok(())
    });
}

#[test]
fn nothing_is_read_before_a_broker_has_told_whether_the_output_topics_can_be_used() {
    let (broker, clock) = (Broker::new("articles", 1), Clock::turned_by_hand());
    let messages = fill(&broker, 20);
    broker.answer_about_outputs(Answer::Silent);
    let bench = Bench::start_by(&clock, &broker, Options { epoch: Duration::ZERO, ..options() });
    let turn = || clock.turn(Duration::from_secs(1));
    bench.wait("it is asked again", |broker| {
        turn();
        broker.is_assigned(bench.member) && broker.n_calls(Call::Ask) > 5
    });
    let unknown = Err("lane 0 does not know whether it can write: no broker has told yet".to_owned());
    assert_eq!((bench.health.ready(), broker.n_calls(Call::Begin)), (unknown, 0));
    broker.answer_about_outputs(Answer::Fine);
    bench.wait("everything read", |broker| {
        turn();
        broker.lag() == 0
    });
    assert_eq!((seen(&broker), bench.health.ready()), (expected_echoes(messages), Ok(())));
}

#[test]
fn a_topic_that_is_made_again_and_filled_at_once_is_read_from_its_beginning() {
    let broker = Broker::new("articles", 2);
    let mut expected: Vec<(i32, i64)> = fill(&broker, 10);
    let mut bench = Bench::start(&broker, options());
    bench.wait_until_read();
    // The old position is in the new log too.
    let again = (0..25).map(|offset| message(0, offset, "echo")).collect();
    expected.extend((0..25).map(|offset| (0, offset)));
    // None of what is tried next may bring the old position back.
    broker.inject(Call::Rewind, Fault::Abortable);
    broker.recreate(&partition(0), bench.member, again);
    bench.wait("the new articles", |broker| broker.visible().len() >= 45);
    bench.wait_until_read();
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes(expected));
    assert_eq!(bench.metric("demarche_input_restarts_total"), 1);
}

#[test]
fn what_was_read_of_a_topic_that_is_made_again_is_finished() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "wait"));
    let mut bench = Bench::start(&broker, options());
    bench.waiting.recv_timeout(LIMIT).unwrap();
    broker.recreate(&partition(0), bench.member, vec![message(0, 0, "twice")]);
    bench.let_all_go();
    bench.wait("both", |broker| broker.visible().len() >= 3);
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(payloads(&broker), ["0/0/0", "0/0/0", "0/0/1"]);
}

#[test]
fn a_partition_that_begins_anew_is_read_from_its_beginning() {
    let broker = Broker::new("articles", 2);
    let mut expected: Vec<(i32, i64)> = fill(&broker, 10);
    let mut bench = Bench::start(&broker, options());
    bench.wait_until_read();
    broker.empty(&partition(0));
    // Of what is tried next, something fails; the group's old position must not come back by that.
    broker.inject(Call::Rewind, Fault::Abortable);
    for offset in 0..7 {
        broker.append(message(0, offset, "echo"));
        expected.push((0, offset));
    }
    bench.wait("the new articles", |broker| broker.visible().len() >= 27);
    broker.inject(Call::Commit, Fault::Abortable);
    broker.append(message(0, 7, "echo"));
    expected.push((0, 7));
    bench.wait_until_read();
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes(expected));
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 8), (partition(1), 10)]));
    assert_eq!(bench.metric("demarche_input_restarts_total"), 1);
    assert_eq!(bench.metric("demarche_missed_offsets_total"), 0);
}

#[test]
fn what_retention_removed_before_it_was_read_is_counted_and_the_rest_is_read() {
    let broker = Broker::new("articles", 1);
    fill(&broker, 10);
    let first = Bench::start(&broker, options());
    first.wait_until_read();
    drop(first);
    for offset in 10..30 {
        broker.append(message(0, offset, "echo"));
    }
    broker.truncate(&partition(0), 25);
    let next = Bench::start(&broker, options());
    next.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes((0..10).chain(25..30).map(|offset| (0, offset))));
    assert_eq!(next.metric("demarche_missed_offsets_total"), 15);
    assert_eq!(next.metric("demarche_input_restarts_total"), 0);
}
