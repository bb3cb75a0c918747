//! `demarche replay`: dead letters back onto the topics they came from, exactly once.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use super::exit::{Exit, Failure, OrExit as _};
use super::out;
use super::run::broken;
use super::settings::{self, BrokerArgs};
use super::times;
use crate::kafka::replay::{self, Fate, MAX_ATTEMPTS, Selection};
use crate::record::{Message, RejectionReason, dead_letter};

/// Puts refused articles back on the input topic, once what they were refused for is mended.
///
/// Key, value and headers are those that were received, with a header demarche-attempts that counts how often; a letter that was put
/// back three times stays. Messages put back and the position that is reached commit in one transaction: a replay that is killed
/// doubles none and leaves none out, and the next one goes on where it was, for each reason apart.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche replay --dry-run                         what would be put back
  demarche replay --reason analysis_panicked        after a new version was deployed
  demarche replay --since 2h --rate 50
  demarche replay --from 3:1200                     again, from offset 1200 of partition 3")]
pub(super) struct ReplayArgs {
    /// Only letters of this reason; several with commas [default: all].
    #[arg(long, value_name = "REASON", value_delimiter = ',', value_parser = reason)]
    reason: Vec<RejectionReason>,
    /// Only letters written since then: a time (2024-03-04T09:00:00Z), a day, or how long ago (2h). Those before count as passed.
    #[arg(long, value_name = "TIME", value_parser = times::since)]
    since: Option<i64>,
    /// Begin at an offset of the topic of dead letters, PARTITION:OFFSET, instead of where the last replay ended.
    #[arg(long, value_name = "PARTITION:OFFSET", value_delimiter = ',', value_parser = place)]
    from: Vec<(i32, i64)>,
    /// Most letters a second.
    #[arg(long, value_name = "N")]
    rate: Option<NonZeroU32>,
    /// Only print what would be put back.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    broker: BrokerArgs,
}

/// Runs the command.
pub(super) fn run(args: ReplayArgs) -> Result<Exit, Failure> {
    let config = settings::load(&args.broker.sources())?;
    settings::logs_for_people(&config)?;
    let selection = Selection {
        reasons: args.reason,
        since_ms: args.since,
        from: args.from.into_iter().collect(),
        rate: args.rate,
        dry_run: args.dry_run,
    };
    let mut told = Told::default();
    let mut written = Ok(());
    let result = replay::run(&config.kafka, &selection, |letter, original, fate| {
        told.count(letter, fate);
        if let (true, Some(original)) = (args.dry_run && written.is_ok(), original) {
            let place = format!("{}:{}", letter.origin.partition, letter.origin.offset);
            let why = letter.header(dead_letter::REASON).unwrap_or_default();
            let detail = letter.header(dead_letter::DETAIL).unwrap_or_default();
            let stays = if fate == Fate::Stays { "  (stays)" } else { "" };
            written = out::line(format_args!(
                "{place}  {why}: {detail}  -> {} [{}]{stays}",
                original.topic, original.partition
            ));
        }
    });
    told.report(args.dry_run);
    result.map_err(broken)?;
    written.or_exit(Exit::Io)?;
    Ok(Exit::Ok)
}

/// What became of the letters.
#[derive(Default)]
struct Told {
    put_back: BTreeMap<String, u64>,
    n_staying: u64,
    n_foreign: u64,
}

impl Told {
    fn count(&mut self, letter: &Message, fate: Fate) {
        match fate {
            Fate::PutBack => {
                let reason = letter.header(dead_letter::REASON).unwrap_or_default().to_owned();
                *self.put_back.entry(reason).or_default() += 1;
            }
            Fate::Stays => self.n_staying += 1,
            Fate::Foreign => self.n_foreign += 1,
        }
    }

    fn report(&self, dry_run: bool) {
        let n: u64 = self.put_back.values().sum();
        let s = if n == 1 { "" } else { "s" };
        let by_reason: Vec<String> = self.put_back.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
        let by_reason = if by_reason.is_empty() { String::new() } else { format!(": {}", by_reason.join(", ")) };
        let did = if dry_run { "would put back" } else { "put back" };
        out::note(format_args!("{did} {n} message{s}{by_reason}"));
        if self.n_staying > 0 {
            out::note(format_args!("{} stay, put back {MAX_ATTEMPTS} times already", self.n_staying));
        }
        if self.n_foreign > 0 {
            out::note(format_args!("{} are no letters of this service's input topics, and stay", self.n_foreign));
        }
    }
}

fn reason(text: &str) -> Result<RejectionReason, String> {
    let names = || RejectionReason::ALL.map(RejectionReason::as_str).join(", ");
    RejectionReason::of_name(text).ok_or_else(|| format!("expected one of {}", names()))
}

fn place(text: &str) -> Result<(i32, i64), String> {
    let (partition, offset) = text.split_once(':').unwrap_or_default();
    match (partition.parse(), offset.parse()) {
        (Ok(partition @ 0..), Ok(offset @ 0..)) => Ok((partition, offset)),
        _ => Err("expected PARTITION:OFFSET, such as 3:1200".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_people_write_them() {
        assert_eq!(place("3:1200"), Ok((3, 1200)));
        assert!(place("7").is_err(), "of which partition?");
        assert!(place("-1:2").is_err() && place("a:2").is_err());
    }
}
