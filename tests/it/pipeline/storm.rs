//! Storms: any number of faults, at any calls, in any order, with rebalances and new lanes between; and each record is seen once.

use std::time::Duration;

use demarche::pipeline::local::{Broker, Call, Fault};
use demarche::pipeline::{Clock, Options};
use proptest::prelude::*;

use super::bench::{Bench, LIMIT, message, options, partition, payloads};

/// Every call of a port, with the faults that it can have.
const FAULTS: [(Call, Fault); 24] = [
    (Call::Begin, Fault::Abortable),
    (Call::Begin, Fault::Fatal),
    (Call::Enqueue, Fault::Abortable),
    (Call::Enqueue, Fault::Full),
    (Call::Enqueue, Fault::Refused),
    (Call::Enqueue, Fault::Fatal),
    (Call::Deliver, Fault::Abortable),
    (Call::Deliver, Fault::Refused),
    (Call::Deliver, Fault::Fatal),
    (Call::Commit, Fault::Abortable),
    (Call::Commit, Fault::AnswerLost),
    (Call::Commit, Fault::Refused),
    (Call::Commit, Fault::Fatal),
    (Call::Abort, Fault::Fatal),
    (Call::Rewind, Fault::Abortable),
    (Call::Rewind, Fault::Fatal),
    (Call::Poll, Fault::Abortable),
    (Call::Poll, Fault::Fatal),
    (Call::Assign, Fault::Fatal),
    (Call::Revoke, Fault::Fatal),
    (Call::Pause, Fault::Abortable),
    (Call::Resume, Fault::Abortable),
    (Call::Group, Fault::Abortable),
    (Call::Group, Fault::Fatal),
];

const N_PARTITIONS: i32 = 3;

/// What happens, one after the other.
#[derive(Debug, Clone)]
enum Blow {
    /// A call fails.
    Fault(Call, Fault),
    /// Some messages come.
    Messages(i64),
    /// The group takes a partition away and gives it back, with or without asking.
    Rebalance { index: i32, lost: bool },
}

fn blows() -> impl Strategy<Value = Vec<Blow>> {
    let blow = prop_oneof![
        4 => prop::sample::select(FAULTS.to_vec()).prop_map(|(call, fault)| Blow::Fault(call, fault)),
        2 => (1..6_i64).prop_map(Blow::Messages),
        1 => (0..N_PARTITIONS, any::<bool>()).prop_map(|(index, lost)| Blow::Rebalance { index, lost }),
    ];
    prop::collection::vec(blow, 1..25)
}

/// A lane, and another one in its place whenever it has ended.
struct Service {
    broker: Broker,
    clock: Clock,
    options: Options,
    lane: Bench,
}

impl Service {
    fn start(broker: &Broker, options: Options) -> Self {
        let clock = Clock::turned_by_hand();
        let lane = Bench::start_by(&clock, broker, options.clone());
        Self { broker: broker.clone(), clock, options, lane }
    }

    fn keep_up(&mut self) {
        if self.lane.has_ended() {
            let ended = self.lane.join();
            assert!(ended.is_err(), "a lane ended although nobody told it to");
            self.lane = Bench::start_by(&self.clock, &self.broker, self.options.clone());
        }
    }

    /// Lets time pass until all is read, however many lanes that takes.
    fn settle(&mut self) {
        while self.broker.lag() > 0 {
            let came = self.broker.wait_until(LIMIT, |broker| {
                self.clock.turn(Duration::from_millis(500));
                broker.lag() == 0 || self.lane.has_ended()
            });
            assert!(
                came,
                "a lane hangs; committed {:?}, ready: {:?}",
                self.broker.committed(),
                self.lane.health.ready()
            );
            self.keep_up();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_storm_each_record_is_seen_once_and_in_order(blows in blows(), room in prop::sample::select(vec![1, 2000, 64 << 20])) {
        let broker = Broker::new("articles", N_PARTITIONS);
        let mut service = Service::start(&broker, Options { in_flight_bytes: room, epoch: Duration::ZERO, ..options() });
        let mut n_sent = 0;
        let mut expected: Vec<Vec<String>> = (0..N_PARTITIONS).map(|_| Vec::new()).collect();
        for blow in blows {
            match blow {
                Blow::Fault(call, fault) => broker.inject(call, fault),
                Blow::Messages(n) => for offset in n_sent..n_sent + n {
                    for (index, records) in (0..).zip(&mut expected) {
                        broker.append(message(index, offset, if offset % 5 == 3 { "twice" } else { "echo" }));
                        records.push(format!("{index}/{offset}/0"));
                        if offset % 5 == 3 {
                            records.push(format!("{index}/{offset}/1"));
                        }
                    }
                },
                Blow::Rebalance { index, lost } => {
                    service.keep_up();
                    let partitions = [partition(index)];
                    broker.revoke(service.lane.member, &partitions, lost);
                    broker.assign(service.lane.member, &partitions);
                }
            }
            if let Blow::Messages(n) = blow {
                n_sent += n;
            }
        }
        service.settle();
        let mut seen: Vec<Vec<String>> = (0..N_PARTITIONS).map(|_| Vec::new()).collect();
        for payload in payloads(&broker) {
            let index: usize = payload.split('/').next().unwrap().parse().unwrap();
            seen[index].push(payload);
        }
        prop_assert_eq!(seen, expected);
    }
}
