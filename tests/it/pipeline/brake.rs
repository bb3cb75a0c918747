//! The brake under a running lane: when it stops, what is told meanwhile, and that nothing is lost or doubled by it.

use std::collections::BTreeMap;

use demarche::pipeline::local::Broker;
use demarche::pipeline::{BrakeOptions, Ended, Options};
use demarche::record::Channel;

use super::bench::{Bench, LIMIT, message, options, partition};

/// A transaction a message, so that it is known how many are committed when the brake is noticed.
fn one_by_one() -> Options {
    let brake = BrakeOptions { streak: 5, ..BrakeOptions::default() };
    Options { epoch: LIMIT, epoch_bytes: 1, brake, ..options() }
}

#[test]
fn a_service_that_refuses_everything_stops_and_goes_on_when_it_is_told_to() {
    let broker = Broker::new("articles", 1);
    for offset in 0..8 {
        broker.append(message(0, offset, "bad"));
    }
    for offset in 8..30 {
        broker.append(message(0, offset, "echo"));
    }
    let mut bench = Bench::start(&broker, one_by_one());
    let stopped = "lane 0 has stopped by itself: 5 dead letters in a row (the last one: malformed); mend the cause, then POST /-/resume";
    bench.wait("the reason in the readiness", |_| bench.health.ready() == Err(stopped.to_owned()));
    bench.wait("nothing more is read", |broker| broker.paused(bench.member) == [partition(0)]);
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 5)]), "it stopped late");
    assert_eq!(bench.metric("demarche_braked{lane=\"0\"}"), 1);
    assert!(bench.brake.release());
    bench.wait_until_read();
    bench.wait("ready", |_| bench.health.ready() == Ok(()));
    assert_eq!(bench.metric("demarche_braked{lane=\"0\"}"), 0);
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    let n_dead = broker.visible().iter().filter(|record| record.channel == Channel::DeadLetter).count();
    assert_eq!((n_dead, broker.visible().len()), (8, 30), "each once");
}

#[test]
fn a_service_that_stands_still_ends_when_it_is_stopped_and_gives_partitions_up() {
    let broker = Broker::new("articles", 2);
    for offset in 0..8 {
        broker.append(message(0, offset, "bad"));
    }
    let mut bench = Bench::start(&broker, one_by_one());
    bench.wait("it stands still", |_| bench.brake.reason().is_some());
    broker.revoke(bench.member, &[partition(1)], false);
    bench.wait("the revocation served", |_| bench.metric("demarche_rebalances_total") == 2);
    assert_eq!(bench.drain(), Ok(Ended::Drained));
    assert_eq!(broker.committed(), BTreeMap::from([(partition(0), 5)]), "it went on by itself");
}
