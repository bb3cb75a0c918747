//! The loop with no work in it beside a plain copy, on a real broker, in the same run: what exactly-once costs.
//!
//! `tests/broker/with-broker cargo bench --bench loop`. Rounds alternate, so that whatever else the machine does falls on both;
//! the figure is the ratio of the medians. Then half of that rate, and how long a record is under way. `DEMARCHE_BENCH_RECORDS`
//! and `DEMARCHE_BENCH_ROUNDS` change the size.

#![allow(clippy::print_stdout, reason = "a bench prints its figures")]

mod copy;
mod lane;
mod latency;
mod topics;

use topics::Topic;

const N_PARTITIONS: i32 = 4;
/// A short news article with its envelope.
const RECORD_BYTES: usize = 4096;

fn main() {
    let Some(brokers) = std::env::var("DEMARCHE_TEST_BROKERS").ok().filter(|brokers| !brokers.is_empty()) else {
        println!(
            "nothing measured: a mock broker would tell nothing; run `tests/broker/with-broker cargo bench --bench loop`"
        );
        return;
    };
    let n_records = number("DEMARCHE_BENCH_RECORDS", 200_000);
    let n_rounds = number("DEMARCHE_BENCH_ROUNDS", 5);
    let name = |what: &str| format!("bench-{}-{what}", std::process::id());
    let input = Topic::make(&brokers, &name("in"), N_PARTITIONS);
    input.fill(n_records, RECORD_BYTES);
    println!("{n_records} records of {RECORD_BYTES} bytes over {N_PARTITIONS} partitions, {n_rounds} rounds\n");
    println!("round    plain copy/s    exactly once/s");
    let (mut copies, mut lanes) = (Vec::new(), Vec::new());
    for round in 0..n_rounds {
        let measure = |kind: &str, run: fn(&str, &str, &str, &str, usize) -> f64| {
            let id = name(&format!("{kind}-{round}"));
            let output = Topic::make(&brokers, &id, N_PARTITIONS);
            rate(n_records, run(&brokers, &id, &input.name, &output.name, n_records))
        };
        // Who goes first changes too: the second finds the broker's caches warm.
        let (copied, processed) = if round % 2 == 0 {
            let copied = measure("copy", copy::run);
            (copied, measure("lane", lane::run))
        } else {
            let processed = measure("lane", lane::run);
            (measure("copy", copy::run), processed)
        };
        println!("{:>5} {copied:>15.0} {processed:>17.0}", round + 1);
        copies.push(copied);
        lanes.push(processed);
    }
    let (copied, processed) = (median(&mut copies), median(&mut lanes));
    println!("\nmedian {copied:>14.0} {processed:>17.0}\nratio of the medians: {:.2}", processed / copied);
    let (from, to) =
        (Topic::make(&brokers, &name("paced"), N_PARTITIONS), Topic::make(&brokers, &name("paced-out"), N_PARTITIONS));
    let latency = latency::run(&brokers, &name("latency"), &from.name, &to.name, n_records, processed / 2.0);
    println!(
        "at half of that rate, append to a reader of committed records: {:.0?} in the median, {:.0?} at 99 in a hundred",
        latency.p50, latency.p99
    );
}

fn number(variable: &str, default: usize) -> usize {
    let given = std::env::var(variable).ok();
    given.map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{variable} must be a number, not {text:?}")))
}

#[expect(clippy::cast_precision_loss, reason = "far fewer records than a float tells apart")]
fn rate(n_records: usize, seconds: f64) -> f64 {
    n_records as f64 / seconds
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
