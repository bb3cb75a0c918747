//! `demarche tail`: follows the output topics as any reader would (`read_committed`, no group) and prints them.

mod printer;

use std::num::NonZeroU64;
use std::time::Duration;

use anyhow::anyhow;
use jiff::Timestamp;
use tokio::time::{Instant, sleep_until};

use super::exit::{Exit, Failure, OrExit as _};
use super::filter::Filter;
use super::output_topics::OutputTopic;
use super::run::{broken, runtime};
use super::settings::{self, BrokerArgs};
use super::{out, render, times};
use crate::kafka::{Reader, Start};
use crate::record::EventStatusRecord;
use printer::Printer;

/// How long nothing comes before it is said why.
const QUIET: Duration = Duration::from_secs(5);

/// Follows the output topics and prints what comes: findings as they are committed, and what was refused.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche tail                                       what comes from now on
  demarche tail --since 1h --count 20
  demarche tail events --format jsonl | jq .plover.type
  demarche tail --where \"event.quad_class == 4 && event.actors.country == 'RUS'\"
  demarche tail dead-letters --from-beginning         what was refused, and why

A condition is written as for `extract`; a refused message has the fields letter.reason, .detail, .topic, .partition, \
.offset, .key and .value.")]
pub(super) struct TailArgs {
    /// Which topics [default: statements, events and dead-letters].
    #[arg(value_name = "WHAT", value_enum)]
    what: Vec<OutputTopic>,
    /// The same, with commas, as `extract` has it.
    #[arg(long = "what", value_name = "WHAT", value_enum, value_delimiter = ',', conflicts_with = "what")]
    what_named: Vec<OutputTopic>,
    /// How it is printed [default: pretty on a terminal, jsonl in a pipe].
    #[arg(short, long, value_enum)]
    format: Option<render::Format>,
    /// Begin with what is there already.
    #[arg(long)]
    from_beginning: bool,
    /// Begin with what was written since then: a time (2024-03-04T09:00:00Z), a day, or how long ago (1h).
    #[arg(long, value_name = "TIME", value_parser = times::since, conflicts_with = "from_beginning")]
    since: Option<i64>,
    /// Records that fulfill this condition alone, such as 'event.quad_class == 4'.
    #[arg(long = "where", value_name = "CONDITION", value_parser = Filter::parse)]
    filter: Option<Filter>,
    /// Events of these statuses alone [default: all; for gdelt occurred].
    #[arg(long, value_name = "STATUS", value_delimiter = ',', value_parser = render::status)]
    status: Vec<EventStatusRecord>,
    /// With place, time, key and headers of each record; in jsonl as an object around it.
    #[arg(long)]
    headers: bool,
    /// End after this many records.
    #[arg(short = 'n', long, value_name = "N")]
    count: Option<NonZeroU64>,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// Runs the command.
pub(super) fn run(args: TailArgs) -> Result<Exit, Failure> {
    let config = settings::load(&args.broker.sources())?;
    settings::logs_for_people(&config)?;
    let format = args.format.unwrap_or_else(|| render::Format::of_output(None));
    let what = what(&args, format);
    let is_filtered = args.filter.is_some() || !args.status.is_empty();
    let wanted = render::Wanted { what: Vec::new(), statuses: args.status, filter: args.filter };
    let topics = &config.kafka.topics;
    let printer = Printer::new(topics, format, wanted, args.headers);
    let mut printer = printer.map_err(|told| Failure::new(Exit::Usage, anyhow!(told)))?;
    let names: Vec<&str> = what.iter().map(|what| topics.of(what.channel())).collect();
    let start = match args.since {
        Some(since_ms) => Start::Since(since_ms),
        None if args.from_beginning => Start::Beginning,
        None => Start::End,
    };
    runtime()?.block_on(async {
        let reader = Reader::open(&config.kafka, &names, start).map_err(broken)?;
        out::note(format_args!("{}", following(&names, &config.kafka.brokers, start)));
        printer.begin()?;
        let mut n_left = args.count.map(NonZeroU64::get);
        let (mut is_quiet, quiet) = (true, sleep_until(Instant::now() + QUIET));
        tokio::pin!(quiet);
        while n_left != Some(0) {
            let message = tokio::select! {
                message = reader.next() => message.map_err(broken)?,
                () = &mut quiet, if is_quiet => {
                    is_quiet = false;
                    out::note(format_args!("{}", nothing_yet(start, is_filtered)));
                    continue;
                }
                interrupted = tokio::signal::ctrl_c() => return interrupted.or_exit(Exit::Internal).map(|()| Exit::Ok),
            };
            if printer.print(&message)? {
                is_quiet = false;
                n_left = n_left.map(|n| n - 1);
            }
        }
        Ok(Exit::Ok)
    })
}

/// What is followed where nothing was named: what the form has room for.
fn what(args: &TailArgs, format: render::Format) -> Vec<OutputTopic> {
    let named: Vec<OutputTopic> = args.what.iter().chain(&args.what_named).copied().collect();
    if !named.is_empty() {
        return named;
    }
    match format {
        render::Format::Statements => vec![OutputTopic::Statements],
        render::Format::Events | render::Format::Gdelt => vec![OutputTopic::Events],
        render::Format::Csv => vec![OutputTopic::Statements, OutputTopic::Events],
        _ => vec![OutputTopic::Statements, OutputTopic::Events, OutputTopic::DeadLetters],
    }
}

/// What somebody who sees nothing come has to know.
fn following(topics: &[&str], brokers: &str, start: Start) -> String {
    let from = match start {
        Start::Beginning => "from the beginning".to_owned(),
        Start::End => "from now on".to_owned(),
        Start::Since(since_ms) => format!("from {} on", time(since_ms)),
    };
    format!("following {} at {brokers}, {from}; Ctrl-C ends it", topics.join(", "))
}

/// Why nothing has come.
fn nothing_yet(start: Start, is_filtered: bool) -> String {
    let wanted = if is_filtered { " that is asked for" } else { "" };
    match start {
        Start::Beginning => format!("nothing yet: the topics hold no committed record{wanted}; waiting for what comes"),
        Start::End => format!(
            "nothing yet: no record{wanted} was committed since; --since 1h shows what was committed before, --from-beginning all of it"
        ),
        Start::Since(since_ms) => {
            format!("nothing yet: no record{wanted} was written since {}; waiting for what comes", time(since_ms))
        }
    }
}

fn time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| "that time".to_owned(), |time| format!("{time:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sees_nothing_come_is_told_what_is_followed_and_why_nothing_comes() {
        let since = Start::Since(1_709_542_800_123);
        assert_eq!(
            following(&["statements", "events"], "broker:9092", since),
            "following statements, events at broker:9092, from 2024-03-04T09:00:00Z on; Ctrl-C ends it"
        );
        let told = nothing_yet(since, false);
        assert!(told.starts_with("nothing yet: no record was written since 2024-03-04T09:00:00Z"), "{told}");
        assert!(nothing_yet(Start::End, true).contains("no record that is asked for"));
        assert!(nothing_yet(Start::End, false).contains("--from-beginning"));
    }
}
