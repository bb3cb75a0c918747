//! The loop over the ports in memory: nothing lost, nothing doubled, order kept, whatever fails. No broker, no sleeps.
//! Where a limit of the lane must have run out it is zero or the clock is turned, and where it must not it is longer than any machine
//! needs: how fast this one is decides nothing.

mod bench;
mod brake;
mod findings;
mod silence;
mod storm;
mod tap;
mod topics;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bench::{Bench, LARGE, LIMIT, expected_echoes, fill, message, options, partition, payloads, seen};
use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::{Delivery, Ended, Options};
use demarche::record::Channel;

#[test]
fn every_message_comes_out_once_and_in_order_within_its_partition() {
    let broker = Broker::new("articles", 3);
    let messages = fill(&broker, 500);
    let mut bench = Bench::start(&broker, options());
    bench.wait_until_read();
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes(messages));
    let mut last: BTreeMap<i32, i64> = BTreeMap::new();
    for payload in payloads(&broker) {
        let mut parts = payload.split('/').map(|part| part.parse::<i64>().unwrap());
        let (partition, offset) = (i32::try_from(parts.next().unwrap()).unwrap(), parts.next().unwrap());
        let before = last.insert(partition, offset);
        assert!(before.is_none_or(|before| before < offset), "partition {partition}: {offset} after {before:?}");
    }
    assert!(broker.has_left(0), "the member did not leave the group");
}

#[test]
fn a_message_without_records_and_gaps_in_offsets_move_the_position_on() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 5, "nothing"));
    broker.append(message(0, 90, "nothing"));
    let bench = Bench::start(&broker, options());
    bench.wait_until_read();
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 91)]));
    assert_eq!(payloads(&broker), Vec::<String>::new());
}

#[test]
fn bad_messages_become_dead_letters_of_the_same_transaction() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "bad one"));
    broker.append(message(0, 1, "twice"));
    let bench = Bench::start(&broker, options());
    bench.wait_until_read();
    let visible = broker.visible();
    assert_eq!(
        visible.iter().map(|record| record.channel).collect::<Vec<_>>(),
        [Channel::DeadLetter, Channel::Statements, Channel::Events]
    );
    assert_eq!(visible[0].payload.as_deref(), Some(b"bad one".as_slice()), "a dead letter keeps its bytes");
}

#[test]
fn poison_costs_one_dead_letter_and_a_fresh_process() {
    let broker = Broker::new("articles", 1);
    for (offset, value) in ["echo", "panic", "echo"].into_iter().enumerate() {
        broker.append(message(0, offset.try_into().unwrap(), value));
    }
    let bench = Bench::start(&broker, Options { workers: 1, ..options() });
    bench.wait_until_read();
    let visible = broker.visible();
    assert_eq!(visible.len(), 3);
    assert_eq!(visible[1].channel, Channel::DeadLetter);
    assert_eq!(visible[1].payload.as_deref(), Some(b"panic".as_slice()));
    let detail = visible[1].headers.iter().find_map(|(key, value)| (key == "demarche-detail").then_some(value));
    assert_eq!(detail, Some(&Some(b"poison at offset 1".to_vec())));
    assert_eq!(bench.n_built.load(Ordering::Relaxed), 2, "the process was not built anew after the panic");
}

#[test]
fn every_consumed_message_has_one_outcome_even_after_aborts() {
    let broker = Broker::new("articles", 2);
    let values = ["echo", "bad", "nothing", "panic", "twice"];
    for offset in 0..200 {
        for partition in 0..2 {
            broker.append(message(partition, offset, values[usize::try_from(offset).unwrap() % values.len()]));
        }
    }
    for _ in 0..3 {
        broker.inject(Call::Commit, Fault::Abortable);
    }
    let mut bench = Bench::start(&broker, options());
    bench.wait_until_read();
    // The last commit is counted after it has taken place: before the lane ends.
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(bench.metric("demarche_articles_consumed_total"), 400);
    let outcomes = ["analyzed", "too_large", "not_utf8", "malformed", "no_text", "unsupported_language"];
    let panicked = bench.metric("demarche_articles_total{outcome=\"analysis_panicked\"}");
    let sum: u64 =
        outcomes.iter().map(|name| bench.metric(&format!("demarche_articles_total{{outcome=\"{name}\"}}"))).sum();
    assert_eq!(sum + panicked, 400, "outcomes do not sum up to the messages consumed");
    assert_eq!(panicked, 80);
    assert_eq!(bench.metric("demarche_dead_letters_total{reason=\"malformed\"}"), 80);
    assert_eq!(bench.metric("demarche_records_total{channel=\"dead_letter\"}"), 160);
    assert_eq!(bench.metric("demarche_records_total{channel=\"statements\"}"), 160);
    assert_eq!(bench.metric("demarche_transactions_total{outcome=\"aborted\"}"), 3);
}

#[test]
fn whatever_call_fails_each_record_is_seen_once() {
    for (call, fault) in [
        (Call::Begin, Fault::Abortable),
        (Call::Enqueue, Fault::Abortable),
        (Call::Enqueue, Fault::Full),
        (Call::Deliver, Fault::Abortable),
        (Call::Commit, Fault::Abortable),
        (Call::Commit, Fault::AnswerLost),
    ] {
        let broker = Broker::new("articles", 2);
        let messages = fill(&broker, 100);
        broker.inject(call, fault);
        // Going back fails too, the first time.
        broker.inject(Call::Rewind, Fault::Abortable);
        let mut bench = Bench::start(&broker, Options { epoch_bytes: 100, ..options() });
        bench.wait_until_read();
        assert_eq!(bench.drain(), Ok(Ended::Drained), "{fault:?} at {call:?}");
        assert_eq!(seen(&broker), expected_echoes(messages), "{fault:?} at {call:?}");
    }
}

#[test]
fn a_fatal_error_ends_the_lane_and_the_next_one_takes_up_where_it_was() {
    let broker = Broker::new("articles", 1);
    let messages = fill(&broker, 50);
    broker.inject(Call::Commit, Fault::Fatal);
    let mut bench = Bench::start(&broker, options());
    let error = bench.join().expect_err("the lane went on after a fatal error");
    assert_eq!(error.to_string(), "injected at Commit");
    assert_eq!(payloads(&broker), Vec::<String>::new());
    let next = Bench::start(&broker, options());
    next.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes(messages));
}

#[test]
fn memory_in_flight_is_bounded_while_the_analysis_is_slow() {
    let broker = Broker::new("articles", 1);
    for offset in 0..200 {
        broker.append(message(0, offset, &format!("wait {}", "x".repeat(10_000))));
    }
    let limit = 50_000;
    let mut bench = Bench::start(&broker, Options { in_flight_bytes: limit, ..options() });
    // Three threads wait, the lane has taken what it may, and it goes on turning (it polls the producer's deliveries
    // and reports its gauge at each turn).
    for _ in 0..3 {
        bench.waiting.recv_timeout(LIMIT).expect("the threads got no work");
    }
    bench.wait("the gauge", |_| bench.in_flight_bytes() >= limit);
    let in_flight = bench.in_flight_bytes();
    assert!(in_flight < limit + 11_000, "{in_flight} bytes in flight, at most one message over {limit} expected");
    bench.let_all_go();
    bench.wait_until_read();
    assert_eq!(broker.visible().len(), 200);
}

#[test]
fn a_revocation_waits_for_what_is_under_way_and_commits_it() {
    let broker = Broker::new("articles", 2);
    broker.append(message(0, 0, "wait"));
    broker.append(message(1, 0, "echo"));
    let mut bench = Bench::start(&broker, options());
    bench.waiting.recv_timeout(LIMIT).unwrap();
    broker.revoke(bench.member, &broker.partitions(), false);
    bench.let_all_go();
    bench.wait("the partitions given up", |broker| !broker.is_assigned(bench.member));
    assert_eq!(seen(&broker), expected_echoes([(0, 0), (1, 0)]));
    assert_eq!(bench.metric("demarche_transactions_total{outcome=\"aborted\"}"), 0);
    // Its next owner begins behind it.
    broker.append(message(0, 1, "echo"));
    let next = Bench::start(&broker, options());
    next.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes([(0, 0), (1, 0), (0, 1)]));
}

#[test]
fn a_revocation_does_not_wait_for_ever() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "echo"));
    broker.append(message(0, 1, "wait"));
    // Nothing is committed before the revocation, which gives no time to what is under way.
    let hasty = Options { epoch: LIMIT, revocation_drain: Duration::ZERO, ..options() };
    let mut bench = Bench::start(&broker, hasty);
    bench.waiting.recv_timeout(LIMIT).unwrap();
    bench.wait("the first is done", |broker| broker.n_calls(Call::Enqueue) == 1);
    broker.revoke(bench.member, &broker.partitions(), false);
    // The next owner gets what was not finished, and only that. The late result of the first is stale.
    bench.wait("the partition given up", |broker| !broker.is_assigned(bench.member));
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 1)]));
    let mut next = Bench::start(&broker, options());
    next.waiting.recv_timeout(LIMIT).unwrap();
    next.let_all_go();
    next.wait_until_read();
    bench.let_all_go();
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes([(0, 0), (0, 1)]));
}

#[test]
fn a_lost_assignment_aborts_and_the_new_owner_does_the_work() {
    let broker = Broker::new("articles", 1);
    broker.set_deliveries_per_poll(0);
    let messages = fill(&broker, 10);
    // One transaction takes all of them, however long they take.
    let mut bench = Bench::start(&broker, Options { epoch: LIMIT, ..options() });
    bench.wait("records on their way", |broker| broker.n_calls(Call::Enqueue) == 10);
    broker.revoke(bench.member, &broker.partitions(), true);
    bench.wait("the partition given up", |broker| !broker.is_assigned(bench.member));
    // The group has its answer before the transaction is given up, so only the end of the lane tells that both are done.
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(bench.metric("demarche_transactions_total{outcome=\"aborted\"}"), 1);
    assert_eq!(payloads(&broker), Vec::<String>::new(), "records of a lost assignment became visible");
    broker.set_deliveries_per_poll(100);
    let next = Bench::start(&broker, options());
    next.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes(messages));
}

#[test]
fn the_group_has_its_answer_before_an_abort_that_fails() {
    for lost in [true, false] {
        let broker = Broker::new("articles", 1);
        broker.set_deliveries_per_poll(0);
        let messages = fill(&broker, 10);
        let mut bench = Bench::start(&broker, Options { epoch: LIMIT, ..options() });
        bench.wait("records on their way", |broker| broker.n_calls(Call::Enqueue) == 10);
        // The broker is away for long: what is on its way is not delivered, and the abort has no answer either.
        broker.inject(Call::Deliver, Fault::Abortable);
        broker.inject(Call::Abort, Fault::Fatal);
        broker.revoke(bench.member, &broker.partitions(), lost);
        bench.join().expect_err("the lane went on after an abort that failed");
        assert!(!broker.is_assigned(bench.member), "the group waits for ever; lost: {lost}");
        broker.set_deliveries_per_poll(100);
        let next = Bench::start(&broker, options());
        next.wait_until_read();
        assert_eq!(seen(&broker), expected_echoes(messages));
    }
}

#[test]
fn what_one_partition_does_is_kept_when_another_is_taken_away() {
    let broker = Broker::new("articles", 2);
    broker.append(message(0, 0, "wait"));
    let mut bench = Bench::start(&broker, Options { revocation_drain: Duration::ZERO, ..options() });
    bench.waiting.recv_timeout(LIMIT).unwrap();
    // Cooperative: only partition 1 goes, while partition 0 is in the middle of something.
    broker.revoke(bench.member, &[partition(1)], false);
    bench.wait("the rebalance", |_| bench.metric("demarche_rebalances_total") == 2);
    bench.let_all_go();
    bench.wait_until_read();
    assert_eq!(seen(&broker), expected_echoes([(0, 0)]));
    assert_eq!(bench.health.ready(), Ok(()));
}

#[test]
fn a_stop_finishes_what_is_under_way_and_reads_no_more() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "wait"));
    let mut bench = Bench::start(&broker, options());
    bench.waiting.recv_timeout(LIMIT).unwrap();
    bench.stop.drain();
    bench.wait("not ready", |_| bench.health.ready() == Err("draining".to_owned()));
    broker.append(message(0, 1, "echo"));
    bench.let_all_go();
    assert_eq!(bench.join(), Ok(Ended::Drained));
    assert_eq!(seen(&broker), expected_echoes([(0, 0)]));
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 1)]));
}

#[test]
fn a_stop_leaves_what_does_not_finish_within_the_grace() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "echo"));
    broker.append(message(0, 1, "wait"));
    // The first is done and not yet committed when the stop comes, which gives no time to the second.
    let mut bench = Bench::start(&broker, Options { epoch: LIMIT, grace: Duration::ZERO, ..options() });
    bench.waiting.recv_timeout(LIMIT).unwrap();
    bench.wait("the first is done", |broker| broker.n_calls(Call::Enqueue) == 1);
    assert_eq!(bench.drain(), Ok(Ended::Abandoned));
    assert_eq!(seen(&broker), expected_echoes([(0, 0)]));
}

#[test]
fn a_second_signal_ends_at_once_and_shows_nothing_unfinished() {
    let broker = Broker::new("articles", 1);
    broker.set_deliveries_per_poll(0);
    fill(&broker, 3);
    // One transaction takes all of them, however long they take.
    let mut bench = Bench::start(&broker, Options { epoch: LIMIT, ..options() });
    bench.wait("records on their way", |broker| broker.n_calls(Call::Enqueue) == 3);
    bench.stop.drain();
    bench.stop.abandon();
    assert_eq!(bench.join(), Ok(Ended::Abandoned));
    assert_eq!(payloads(&broker), Vec::<String>::new());
    assert_eq!(broker.committed(), BTreeMap::new());
}

#[test]
fn at_least_once_repeats_but_never_loses() {
    let broker = Broker::new("articles", 2);
    let messages = fill(&broker, 100);
    broker.inject(Call::Commit, Fault::Abortable);
    let options = Options { delivery: Delivery::AtLeastOnce, ..options() };
    let mut bench = Bench::start(&broker, options);
    bench.wait_until_read();
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    let mut distinct = seen(&broker);
    let n_seen = distinct.len();
    distinct.dedup();
    assert_eq!(distinct, expected_echoes(messages));
    assert!(n_seen > distinct.len(), "the failed commit repeated nothing, so this test proved nothing");
}

#[test]
fn long_back_pressure_pauses_instead_of_missing_the_poll_interval() {
    let broker = Broker::new("articles", 1);
    for offset in 0..20 {
        broker.append(message(0, offset, "wait"));
    }
    let options = Options { in_flight_bytes: 1, poll_interval: Duration::ZERO, workers: 1, ..options() };
    let mut bench = Bench::start(&broker, options);
    bench.waiting.recv_timeout(LIMIT).unwrap();
    // While the one thread is stuck, the group takes the partition away: the lane must notice, although it has no room.
    broker.revoke(bench.member, &broker.partitions(), true);
    bench.wait("the revocation served", |_| bench.metric("demarche_rebalances_total") == 2);
    bench.let_all_go();
    broker.assign(bench.member, &broker.partitions());
    bench.wait_until_read();
    assert_eq!(broker.visible().len(), 20);
}

#[test]
fn a_partition_that_comes_while_there_is_no_room_is_paused_too() {
    let broker = Broker::new("articles", 2);
    for offset in 0..20 {
        broker.append(message(0, offset, "wait"));
        broker.append(message(1, offset, "echo"));
    }
    let options = Options { in_flight_bytes: 1, poll_interval: Duration::ZERO, workers: 1, ..options() };
    let mut bench = Bench::start_with(&broker, options, &[partition(0)]);
    bench.waiting.recv_timeout(LIMIT).unwrap();
    bench.wait("the pause", |broker| broker.paused(bench.member) == [partition(0)]);
    broker.assign(bench.member, &[partition(1)]);
    bench.wait("the pause of both", |broker| broker.paused(bench.member) == [partition(0), partition(1)]);
    bench.let_all_go();
    bench.wait_until_read();
    assert_eq!(broker.visible().len(), 40);
}

#[test]
fn no_partition_waits_for_the_giants_of_another() {
    let broker = Broker::new("articles", 2);
    let giant = format!("wait {}", "x".repeat(200_000));
    for offset in 0..40 {
        broker.append(message(0, offset, if offset < 3 { &giant } else { "echo" }));
        broker.append(message(1, offset, "echo"));
    }
    // Two threads; and so little room that what waits behind the giants fills it.
    let mut bench = Bench::start(&broker, Options { workers: 2, in_flight_bytes: 1_000_000, ..options() });
    bench.waiting.recv_timeout(LIMIT).unwrap();
    bench.wait("the other partition", |broker| broker.committed().get(&partition(1)) == Some(&40));
    assert_eq!(broker.committed().get(&partition(0)), None, "nothing waited");
    bench.let_all_go();
    bench.wait_until_read();
    assert_eq!(broker.visible().len(), 80);
}

#[test]
fn a_broker_that_takes_nothing_does_not_fill_the_memory_with_records() {
    let broker = Broker::new("articles", 1);
    broker.set_deliveries_per_poll(0);
    for offset in 0..1000 {
        broker.append(message(0, offset, "large"));
    }
    let limit = 20 * LARGE;
    let bench = Bench::start(&broker, Options { in_flight_bytes: limit, workers: 1, ..options() });
    // When there is no room any more the lane goes on turning, and asks for deliveries each time; a thread that had more to do
    // would do it meanwhile.
    bench.wait("no room", |_| bench.in_flight_bytes() >= limit);
    let n_before = broker.n_calls(Call::Deliver);
    bench.wait("some turns", |broker| broker.n_calls(Call::Deliver) > n_before + 200);
    let in_flight = bench.in_flight_bytes();
    // A lane that the system sets aside between two looks at the clock goes on by what it knew: the thread may then have a batch
    // of 32 articles in hand, two before it and four behind it, as many as the channels hold (`pipeline/worker.rs`).
    let most = limit + 7 * 32 * (LARGE + 1000) + 1_000_000;
    assert!(in_flight < most, "{in_flight} bytes of 100,000,000 in flight, at most {most} expected");
    broker.set_deliveries_per_poll(1000);
    bench.wait_until_read();
    assert_eq!(broker.visible().len(), 1000);
}

#[test]
fn a_stop_does_not_wait_for_what_nobody_wants_any_more() {
    let broker = Broker::new("articles", 1);
    broker.append(message(0, 0, "wait"));
    let mut bench = Bench::start(&broker, Options { revocation_drain: Duration::ZERO, ..options() });
    bench.waiting.recv_timeout(LIMIT).unwrap();
    broker.revoke(bench.member, &broker.partitions(), false);
    bench.wait("the partition given up", |broker| !broker.is_assigned(bench.member));
    bench.stop.drain();
    bench.wait("the end", |_| bench.has_ended());
    assert_eq!(bench.join(), Ok(Ended::Drained));
}

#[test]
fn lag_is_told_per_partition_and_forgotten_with_it() {
    let broker = Broker::new("articles", 1);
    fill(&broker, 5);
    let mut bench = Bench::start(&broker, options());
    bench.wait("no lag", |_| {
        let text = bench.metrics.encode();
        text.contains("demarche_lag_messages{topic=\"articles\",partition=\"0\"} 0\n")
    });
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert!(!bench.metrics.encode().contains("demarche_lag_messages{"), "a lag is told for a partition given up");
}
