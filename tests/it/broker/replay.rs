//! Dead letters put back: the same bytes in the same partition, once, whatever happens; and not for ever.

use std::process::Command;

use demarche::record::dead_letter;

use super::articles::{self, Input};
use super::cluster::{Cluster, Stored, until};
use super::pipeline::{BRISK, MAX_BYTES, Pipeline};

/// What a command printed on standard error, which must have ended well.
fn told(mut command: Command) -> String {
    let output = command.output().expect("it runs");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "it ended with {}: {told}", output.status);
    told
}

/// The service refuses what is there until there are so many dead letters, and ends.
fn serve(pipeline: &Pipeline, name: &str, n_letters: usize) {
    let mut member = pipeline.start(name, "one", &BRISK);
    // Not when all is committed: behind what was put back stand the markers of its transactions, which nobody commits.
    until("every message is refused", || {
        member.assert_alive();
        (pipeline.cluster.read(&pipeline.dead_letters, "read_committed").len() >= n_letters).then_some(())
    });
    assert!(member.terminate().success(), "the service ends well");
}

/// The messages of the input topic that were put back, by how often.
fn put_back(pipeline: &Pipeline, times: &str) -> Vec<Stored> {
    let is_attempt = |(name, value): &(String, Option<Vec<u8>>)| {
        name == dead_letter::ATTEMPTS && value.as_deref() == Some(times.as_bytes())
    };
    let all = pipeline.cluster.read(&pipeline.articles, "read_committed");
    all.into_iter().filter(|message| message.headers.iter().any(is_attempt)).collect()
}

#[test]
fn letters_are_put_back_as_they_were_received_and_stay_after_the_third_time() {
    let pipeline = Pipeline::new(Cluster::new());
    let bad = articles::unreadable(MAX_BYTES);
    pipeline.send(&bad);
    serve(&pipeline, "first", bad.len());
    let sent = pipeline.cluster.read(&pipeline.articles, "read_committed");
    let looked = told(pipeline.command("replay", &["--dry-run"]));
    assert!(looked.contains(&format!("would put back {} messages: ", bad.len())), "{looked}");
    assert_eq!(put_back(&pipeline, "1").len(), 0, "a look has put something back");

    let one = told(pipeline.command("replay", &["--reason", "malformed"]));
    assert!(one.contains("put back 1 message: 1 malformed"), "{one}");
    if !pipeline.cluster.is_real() {
        pipeline.cluster.skipped("that a replay goes on where the last one ended, for each reason");
        assert_eq!(put_back(&pipeline, "1").len(), 1);
        return;
    }
    let rest = told(pipeline.command("replay", &[]));
    assert!(rest.contains(&format!("put back {} messages: ", bad.len() - 1)), "each reason goes on by itself: {rest}");
    let mut back = put_back(&pipeline, "1");
    // All but the count is as it was received.
    for message in &mut back {
        message.headers.retain(|(name, _)| name != dead_letter::ATTEMPTS);
    }
    let bytes = |messages: &[Stored]| {
        let mut all: Vec<_> =
            messages.iter().map(|m| (m.partition, m.key.clone(), m.payload.clone(), m.headers.clone())).collect();
        all.sort();
        all
    };
    assert_eq!(bytes(&back), bytes(&sent), "what was put back is what was received, where it was received");

    for (times, next, n_letters) in [("1", "2", 2 * bad.len()), ("2", "3", 3 * bad.len())] {
        serve(&pipeline, times, n_letters);
        assert_eq!(put_back(&pipeline, next).len(), 0);
        told(pipeline.command("replay", &[]));
        assert_eq!(put_back(&pipeline, next).len(), bad.len(), "{times} times is not too often");
    }
    serve(&pipeline, "last", 4 * bad.len());
    let last = told(pipeline.command("replay", &[]));
    assert!(last.contains("put back 0 messages") && last.contains(&format!("{} stay", bad.len())), "{last}");
}

#[test]
fn a_replay_that_is_killed_and_started_again_doubles_none_and_leaves_none_out() {
    let Some(cluster) = Cluster::real_or_skip("that a killed replay is exact") else { return };
    let pipeline = Pipeline::new(cluster);
    let malformed = articles::unreadable(MAX_BYTES).remove(1);
    let inputs: Vec<Input> = (0..90).map(|number| Input { key: Some(vec![number]), ..malformed.clone() }).collect();
    pipeline.send(&inputs);
    serve(&pipeline, "first", inputs.len());
    for _ in 0..3 {
        let before = put_back(&pipeline, "1").len();
        let mut replay = pipeline.command("replay", &["--rate", "10"]).spawn().expect("it runs");
        until("some letters are put back", || {
            assert!(replay.try_wait().expect("its state can be asked").is_none(), "it ended before it could be killed");
            (put_back(&pipeline, "1").len() > before).then_some(())
        });
        replay.kill().expect("a running process can be killed");
        replay.wait().expect("its end is seen");
    }
    told(pipeline.command("replay", &[]));
    // A broker writes a transaction's markers after it has said that it is committed: until then a reader sees less.
    until("all letters are seen", || (put_back(&pipeline, "1").len() >= inputs.len()).then_some(()));
    let mut keys: Vec<_> = put_back(&pipeline, "1").into_iter().map(|message| message.key).collect();
    keys.sort();
    let expected: Vec<_> = inputs.iter().map(|input| input.key.clone()).collect();
    assert_eq!(keys, expected, "each letter once");
}

#[test]
fn a_check_that_connects_names_what_is_missing_and_writes_nothing() {
    let Some(cluster) = Cluster::real_or_skip("what a broker says when it is asked") else { return };
    let pipeline = Pipeline::new(cluster);
    let checked = |expected: i32| {
        // The configuration is its argument here.
        let output = pipeline.command("check-config", &["--connect"]).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(expected), "{told}{}", String::from_utf8_lossy(&output.stderr));
        told
    };
    let told = checked(0);
    for part in
        ["answers", "4 partitions, records of up to 8388608 bytes", "may be joined", "transactions may be begun"]
    {
        assert!(told.contains(part), "no word of `{part}`: {told}");
    }
    pipeline.cluster.delete(&pipeline.events);
    let told = checked(69);
    let expected = format!("problem  topic `{}` does not exist: make it", pipeline.events);
    assert!(told.contains(&expected), "{told}");
    assert_eq!(pipeline.n_written(), 0);
}
