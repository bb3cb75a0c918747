//! The service against a broker: members that are killed, stopped, frozen or replaced lose nothing and double nothing.
//!
//! `tests/broker/with-broker cargo test` gives these tests a real Apache Kafka. Without one they run on librdkafka's mock
//! cluster, which keeps groups and records truly but ignores transactions: there the delivery is `at_least_once`, and what
//! cannot be shown is named on standard error.

mod articles;
mod checks;
mod cluster;
mod member;
mod pipeline;
mod reading;
mod replay;

use articles::Input;
use cluster::{Cluster, announce, until};
use pipeline::{BRISK, HASTY, MAX_BYTES, N_PARTITIONS, Pipeline, Settings};

#[test]
fn killed_and_stopped_members_lose_nothing_and_double_nothing() {
    let pipeline = Pipeline::new(Cluster::new());
    if !pipeline.cluster.is_real() {
        pipeline.cluster.skipped("that members which are killed or stopped double nothing");
    }
    let inputs = all_inputs();
    let (first, rest) = inputs.split_at(200);
    let (second, rest) = rest.split_at(400);
    let (third, fourth) = rest.split_at(400);

    pipeline.send(first);
    let mut one = pipeline.start("one", "one", &BRISK);
    let mut two = pipeline.start("two", "two", &BRISK);
    pipeline.until_members(2, &mut [&mut one, &mut two]);
    pipeline.until_all_committed(&mut [&mut one, &mut two]);

    pipeline.send_until_begun(second, &mut [&mut one, &mut two]);
    one.kill();
    let n_open = first.len() + second.len() - pipeline.n_committed();
    assert!(n_open > 0, "all was done before the member could be killed, so that nothing was tried");
    let mut one = pipeline.start("one-again", "one", &BRISK);
    pipeline.until_all_committed(&mut [&mut one, &mut two]);

    pipeline.send_until_begun(third, &mut [&mut one, &mut two]);
    let status = two.terminate();
    assert!(status.success(), "a member that is asked to stop ends well, not with {status}");
    let mut two = pipeline.start("two-again", "two", &BRISK);
    pipeline.send(fourth);
    pipeline.until_all_committed(&mut [&mut one, &mut two]);
    for member in [one, two] {
        let status = member.terminate();
        assert!(status.success(), "a member that is asked to stop ends well, not with {status}");
    }
    checks::check(&pipeline, &inputs);
}

#[test]
fn what_a_killed_member_left_open_stays_hidden_and_is_done_again() {
    let Some(cluster) = Cluster::real_or_skip("that records of an aborted transaction stay hidden") else { return };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..60).map(articles::made_up).collect();
    let n_seen = |isolation| pipeline.cluster.read(&pipeline.analyses, isolation).len();

    // A transaction so long that it is certainly open when the member dies.
    let mut one = pipeline.start("one", "one", &Settings { epoch: "5s", options: &[] });
    pipeline.send_until_begun(&inputs, &mut [&mut one]);
    one.kill();
    let n_left = n_seen("read_uncommitted");
    assert!(n_left > 0, "the member had written");
    assert_eq!(n_seen("read_committed"), 0, "what is not committed is hidden");
    assert_eq!(pipeline.n_committed(), 0, "and its offsets with it");

    let mut one = pipeline.start("one-again", "one", &BRISK);
    pipeline.until_all_committed(&mut [&mut one]);
    assert!(one.terminate().success(), "the replacement ends well");
    checks::check(&pipeline, &inputs);
    assert_eq!(n_seen("read_uncommitted"), n_left + inputs.len(), "what was aborted is seen by those who do not mind");
}

#[test]
fn a_frozen_member_doubles_nothing_when_it_wakes() {
    let Some(cluster) = Cluster::real_or_skip("that a transaction which timed out cannot commit any more") else {
        return;
    };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..400).map(articles::made_up).collect();
    let slow = Settings { epoch: "1s", options: &HASTY };
    let brisk = Settings { epoch: "20ms", options: &HASTY };

    let mut frozen = pipeline.start("frozen", "frozen", &slow);
    pipeline.until_members(1, &mut [&mut frozen]);
    pipeline.send_until_begun(&inputs[..200], &mut [&mut frozen]);
    frozen.signal("STOP");
    // Another member gets its partitions when the session is over, and does all of it.
    let mut awake = pipeline.start("awake", "awake", &brisk);
    pipeline.until_all_committed(&mut [&mut awake]);

    frozen.signal("CONT");
    // What it does about its transaction is its own affair, as long as it is soon of use again or gone.
    let gone = until("the frozen member is back or ends", || match frozen.has_ended() {
        Some(status) => Some(Some(status)),
        None => (pipeline.n_members() == Some(2)).then_some(None),
    });
    assert!(gone.is_none_or(|status| !status.success()), "a member that failed does not call it success");
    pipeline.send(&inputs[200..]);
    pipeline.until_all_committed(&mut [&mut awake]);
    assert!(awake.terminate().success(), "the other member ends well");
    drop(frozen);
    checks::check(&pipeline, &inputs);
}

#[test]
fn of_two_members_in_one_slot_the_older_ends() {
    let Some(cluster) = Cluster::real_or_skip("that a second member of the same slot fences the first") else { return };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..400).map(articles::made_up).collect();

    let mut older = pipeline.start("older", "one", &BRISK);
    pipeline.send_until_begun(&inputs[..200], &mut [&mut older]);
    let mut newer = pipeline.start("newer", "one", &BRISK);
    pipeline.send(&inputs[200..]);
    let status = older.ended();
    assert!(!status.success(), "the older member was fenced, and says so by its exit code");
    pipeline.until_all_committed(&mut [&mut newer]);
    assert!(newer.terminate().success(), "the newer member ends well");
    checks::check(&pipeline, &inputs);
}

#[test]
fn an_input_topic_that_is_made_again_is_read_from_its_beginning() {
    let Some(cluster) = Cluster::real_or_skip("that a topic which is made again is read") else { return };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..80).map(articles::made_up).collect();
    let (before, after) = inputs.split_at(20);
    let mut member = pipeline.start("one", "one", &BRISK);
    pipeline.send(before);
    pipeline.until_all_committed(&mut [&mut member]);
    pipeline.cluster.delete(&pipeline.articles);
    pipeline.cluster.make(&pipeline.articles, N_PARTITIONS);
    // At once: the service is still at the end of the topic that is no more.
    pipeline.send(after);
    pipeline.until_all_committed(&mut [&mut member]);
    assert!(member.terminate().success(), "it ends well");
    let analyzed = pipeline.cluster.read(&pipeline.analyses, "read_committed").len();
    assert_eq!(analyzed, inputs.len(), "articles of the new topic are passed over, or some came twice");
}

#[test]
fn what_the_broker_removed_before_it_was_read_is_told_and_the_rest_is_read() {
    let Some(cluster) = Cluster::real_or_skip("that a log without its beginning is read") else { return };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..160).map(articles::made_up).collect();
    let mut member = pipeline.start("one", "one", &BRISK);
    pipeline.send(&inputs[..80]);
    pipeline.until_all_committed(&mut [&mut member]);
    assert!(member.terminate().success(), "it ends well");
    let read: Vec<(i32, i64)> = pipeline.progress().into_iter().map(|(index, (end, _))| (index, end)).collect();
    pipeline.send(&inputs[80..]);
    pipeline.cluster.truncate(&pipeline.articles, read.iter().map(|(index, end)| (*index, end + 3)));
    let mut member = pipeline.start("two", "one", &BRISK);
    pipeline.until_all_committed(&mut [&mut member]);
    let log = member.log();
    assert!(member.terminate().success(), "it ends well");
    let analyzed = pipeline.cluster.read(&pipeline.analyses, "read_committed").len();
    assert_eq!(analyzed, inputs.len() - 3 * read.len(), "three of each partition were gone before they were read");
    let n_told = log.matches("the broker removed messages before they were read").count();
    assert_eq!(n_told, read.len(), "one line for each partition:\n{log}");
}

#[test]
fn an_output_topic_that_is_missing_is_named_and_nothing_is_lost_until_it_is_made() {
    let Some(cluster) = Cluster::real_or_skip("that a missing topic is waited for") else { return };
    let pipeline = Pipeline::new(cluster);
    let inputs: Vec<Input> = (0..60).map(articles::made_up).collect();
    let missing = format!("topic `{}` does not exist", pipeline.analyses);
    pipeline.cluster.delete(&pipeline.analyses);
    let mut member = pipeline.start("one", "one", &BRISK);
    pipeline.send(&inputs[..30]);
    until("the log names the topic", || {
        member.assert_alive();
        member.log().contains(&missing).then_some(())
    });
    pipeline.cluster.make(&pipeline.analyses, N_PARTITIONS);
    pipeline.until_all_committed(&mut [&mut member]);
    // Under a running service, which has no reason to ask.
    pipeline.cluster.delete(&pipeline.analyses);
    pipeline.send(&inputs[30..]);
    until("the log names the topic again", || {
        member.assert_alive();
        (member.log().matches(&missing).count() > 1).then_some(())
    });
    pipeline.cluster.make(&pipeline.analyses, N_PARTITIONS);
    pipeline.until_all_committed(&mut [&mut member]);
    assert!(member.terminate().success(), "it ends well");
    let analyzed = pipeline.cluster.read(&pipeline.analyses, "read_committed").len();
    assert_eq!(analyzed, 30, "what was refused is written once, to the topic that takes it");
}

/// Made-up articles, with the unreadable messages, the samples and the seed among them.
fn all_inputs() -> Vec<Input> {
    let mut inputs: Vec<Input> = (0..1200).map(articles::made_up).collect();
    let seed = articles::seed();
    if seed.is_none() {
        announce("skipped: ../shared is not there, so the seed article is not sent");
    }
    for (nth, input) in articles::unreadable(MAX_BYTES).into_iter().chain(articles::samples()).chain(seed).enumerate() {
        // Spread over all phases of the test.
        inputs.insert((nth * 83 + 7) % inputs.len(), input);
    }
    inputs
}
