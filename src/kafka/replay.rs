//! Puts the originals of dead letters back on their topics, exactly once: each transaction holds the messages put back and how
//! far the letters were read, so that a replay which is killed and started again doubles none and leaves none out.
//!
//! How far is a position in each partition *for each reason*, because a replay may be asked for some reasons alone. The group
//! `GROUP-replay` keeps the lowest as its offset, and those that are ahead of it in the metadata beside it
//! (`Positions`). One who replays at a time: the transactional id is always the same, so that a second one fences the first.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _};
use rdkafka::{Offset, TopicPartitionList};

use crate::kafka::log::Logged;
use crate::kafka::topics::{self, Access};
use crate::kafka::{Error, Options, message};
use crate::pipeline::Delivery;
use crate::record::dead_letter::{self, Original};
use crate::record::{Message, RejectionReason};

/// How long one request may take.
const REQUEST_WAIT: Duration = Duration::from_secs(15);

/// How long the transactions may take to begin: a broker that has just come up needs some seconds.
const INIT_WAIT: Duration = Duration::from_secs(60);

/// How long a commit may take.
const COMMIT_WAIT: Duration = Duration::from_secs(30);

/// Most letters, and bytes of letters, that one transaction puts back.
const BATCH: usize = 500;
const BATCH_BYTES: usize = 16 << 20;

/// Times that a message is put back at most. One that comes back each time would go round for ever.
pub const MAX_ATTEMPTS: u32 = 3;

/// What is put back.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Only letters of these reasons; none: of all.
    pub reasons: Vec<RejectionReason>,
    /// Only letters written at or after this time, milliseconds since 1970. Those before count as passed.
    pub since_ms: Option<i64>,
    /// Where to begin, by partition, instead of where the last replay ended.
    pub from: BTreeMap<i32, i64>,
    /// Most letters a second.
    pub rate: Option<NonZeroU32>,
    /// Only look: nothing is put back, and no position moves.
    pub dry_run: bool,
}

impl Selection {
    fn reasons(&self) -> &[RejectionReason] {
        if self.reasons.is_empty() { &RejectionReason::ALL } else { &self.reasons }
    }
}

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was put back, or would be.
    PutBack,
    /// It has been put back [`MAX_ATTEMPTS`] times and stays.
    Stays,
    /// It is none of this service's letters: its headers do not say where it came from, or name another input.
    Foreign,
}

/// Goes through the letters that are there now, and tells of each that was selected.
///
/// # Errors
/// The broker cannot be reached, or refuses; what was committed before stays so.
pub fn run(
    options: &Options,
    selection: &Selection,
    mut tell: impl FnMut(&Message, Option<&Original>, Fate),
) -> Result<(), Error> {
    // The producer first: taking the id over ends what a replay before left open, and with it decides the positions.
    let target = if selection.dry_run { None } else { Some(Target::open(options)?) };
    let mut letters = Letters::open(options, selection)?;
    loop {
        let begun = Instant::now();
        let batch = letters.next_batch(selection)?;
        let mut back = Vec::new();
        let mut fates = Vec::with_capacity(batch.selected.len());
        for letter in &batch.selected {
            let original = dead_letter::original(letter).filter(|original| is_input(options, &original.topic));
            let fate = match &original {
                None => Fate::Foreign,
                Some(original) if original.attempts >= MAX_ATTEMPTS => Fate::Stays,
                Some(_) => Fate::PutBack,
            };
            if let (Some(original), Fate::PutBack) = (&original, fate) {
                back.push((letter, original.clone()));
            }
            fates.push((letter, original, fate));
        }
        if let Some(target) = &target
            && batch.has_moved
        {
            target.put_back(&back, &letters)?;
        }
        // After the commit: what was aborted was not put back.
        for (letter, original, fate) in &fates {
            tell(letter, original.as_ref(), *fate);
        }
        if batch.is_last {
            return Ok(());
        }
        if let Some(rate) = selection.rate {
            let due = Duration::from_secs(1) * u32::try_from(back.len()).unwrap_or(u32::MAX) / rate.get();
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
    }
}

/// Whether the service reads this topic. A pattern is taken to mean it.
fn is_input(options: &Options, topic: &str) -> bool {
    options.topics.articles.iter().any(|input| input == topic || input.starts_with('^'))
}

/// How far each reason's letters of a partition were put back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Positions(BTreeMap<RejectionReason, i64>);

impl Positions {
    /// As committed: the lowest, and what is ahead of it.
    fn read(lowest: i64, ahead: &str) -> Self {
        let mut positions: BTreeMap<_, _> = RejectionReason::ALL.iter().map(|reason| (*reason, lowest)).collect();
        for (name, position) in ahead.split(' ').filter_map(|part| part.split_once('=')) {
            if let (Some(reason), Ok(position)) = (RejectionReason::of_name(name), position.parse()) {
                positions.insert(reason, position);
            }
        }
        Self(positions)
    }

    /// To be committed.
    fn write(&self) -> (i64, String) {
        let lowest = self.0.values().copied().min().unwrap_or(0);
        let ahead = self.0.iter().filter(|(_, position)| **position > lowest);
        (lowest, ahead.map(|(reason, position)| format!("{reason}={position}")).collect::<Vec<_>>().join(" "))
    }

    /// Where the letters of these reasons are to be read from.
    fn begin(&self, reasons: &[RejectionReason]) -> i64 {
        reasons.iter().filter_map(|reason| self.0.get(reason)).copied().min().unwrap_or(0)
    }

    /// Begins elsewhere.
    fn set(&mut self, reasons: &[RejectionReason], position: i64) {
        self.0.extend(reasons.iter().map(|reason| (*reason, position)));
    }

    /// A message was passed; says whether a letter of this reason there was still to be looked at.
    fn pass(&mut self, reasons: &[RejectionReason], reason: Option<RejectionReason>, offset: i64) -> bool {
        let is_due = match reason {
            Some(reason) => reasons.contains(&reason) && self.0.get(&reason).is_none_or(|position| *position <= offset),
            // Nobody knows what it is: told of once, with the first reason that comes by.
            None => reasons.iter().all(|reason| self.0.get(reason).is_none_or(|position| *position <= offset)),
        };
        for reason in reasons {
            let position = self.0.entry(*reason).or_default();
            *position = (*position).max(offset + 1);
        }
        is_due
    }
}

/// The topic of dead letters, as far as it reaches now.
struct Letters {
    consumer: BaseConsumer<Logged>,
    topic: String,
    positions: BTreeMap<i32, Positions>,
    /// End of each partition that is still being read.
    ends: BTreeMap<i32, i64>,
}

/// Letters of one transaction.
#[derive(Default)]
struct Batch {
    selected: Vec<Message>,
    /// Some letter was passed, selected or not.
    has_moved: bool,
    is_last: bool,
}

impl Letters {
    fn open(options: &Options, selection: &Selection) -> Result<Self, Error> {
        let topic = options.topics.dead_letters.clone();
        let consumer: BaseConsumer<Logged> = options
            .reader_config("replay")
            .set("enable.partition.eof", "true")
            .create_with_context(Logged("replay"))
            .map_err(|error| Error::client("make a consumer", &error))?;
        let action = || format!("read the dead letters in `{topic}`");
        let n_partitions = topics::n_partitions(consumer.client(), &topic, Access::Read, REQUEST_WAIT)
            .map_err(|reason| Error::Client { action: action(), reason })?;
        if let Some(unknown) = selection.from.keys().find(|partition| **partition >= n_partitions) {
            let reason = format!("it has partitions 0 to {}, none with number {unknown}", n_partitions - 1);
            return Err(Error::Client { action: action(), reason });
        }
        let mut asked = TopicPartitionList::new();
        asked.add_partition_range(&topic, 0, n_partitions - 1);
        let committed =
            consumer.committed_offsets(asked, REQUEST_WAIT).map_err(|error| Error::client(action(), &error))?;
        let mut letters = Self { consumer, topic: topic.clone(), positions: BTreeMap::new(), ends: BTreeMap::new() };
        let mut assignment = TopicPartitionList::new();
        for place in committed.elements() {
            let partition = place.partition();
            let (first, end) = letters
                .consumer
                .fetch_watermarks(&topic, partition, REQUEST_WAIT)
                .map_err(|error| Error::client(action(), &error))?;
            let mut positions = match place.offset() {
                // Above the end, it is of a topic that was made again since.
                Offset::Offset(lowest) if lowest <= end => Positions::read(lowest, place.metadata()),
                _ => Positions::read(first, ""),
            };
            if let Some(from) = selection.from.get(&partition) {
                // Above the end it would be taken for a position in a topic that was made again since.
                positions.set(selection.reasons(), (*from).clamp(first, end));
            }
            let begin = positions.begin(selection.reasons()).max(first);
            letters.positions.insert(partition, positions);
            if begin < end {
                letters.ends.insert(partition, end);
                assignment
                    .add_partition_offset(&topic, partition, Offset::Offset(begin))
                    .map_err(|error| Error::client(action(), &error))?;
            }
        }
        letters.consumer.assign(&assignment).map_err(|error| Error::client(action(), &error))?;
        Ok(letters)
    }

    fn next_batch(&mut self, selection: &Selection) -> Result<Batch, Error> {
        let most = selection.rate.map_or(BATCH, |rate| BATCH.min(rate.get().try_into().unwrap_or(BATCH)));
        let mut batch = Batch::default();
        let mut n_bytes = 0;
        while !self.ends.is_empty() && batch.selected.len() < most && n_bytes < BATCH_BYTES {
            let letter = match self.consumer.poll(REQUEST_WAIT) {
                Some(Ok(borrowed)) => message::detach(&borrowed, |topic| topic.into()),
                Some(Err(KafkaError::PartitionEOF(partition))) => {
                    self.ends.remove(&partition);
                    continue;
                }
                Some(Err(error)) => return Err(Error::client(format!("read `{}`", self.topic), &error)),
                None => {
                    let reason = "the broker sends nothing".to_owned();
                    return Err(Error::Client { action: format!("read `{}`", self.topic), reason });
                }
            };
            let (partition, offset) = (letter.origin.partition, letter.origin.offset);
            let Some(end) = self.ends.get(&partition).copied() else { continue };
            if offset + 1 >= end {
                self.ends.remove(&partition);
            }
            if offset >= end {
                continue;
            }
            batch.has_moved = true;
            let reason = letter.header(dead_letter::REASON).and_then(RejectionReason::of_name);
            let positions = self.positions.entry(partition).or_default();
            let is_late =
                selection.since_ms.is_some_and(|since| letter.origin.timestamp_ms.is_some_and(|at| at < since));
            if positions.pass(selection.reasons(), reason, offset) && !is_late {
                n_bytes += letter.n_bytes();
                batch.selected.push(letter);
            }
        }
        batch.is_last = self.ends.is_empty();
        Ok(batch)
    }

    fn offsets(&self) -> Result<TopicPartitionList, KafkaError> {
        let mut offsets = TopicPartitionList::new();
        for (partition, positions) in &self.positions {
            let (lowest, ahead) = positions.write();
            let mut place = offsets.add_partition(&self.topic, *partition);
            place.set_offset(Offset::Offset(lowest))?;
            place.set_metadata(ahead);
        }
        Ok(offsets)
    }
}

/// The topics that originals go back to.
struct Target {
    producer: BaseProducer<Logged>,
    /// Partitions of each input topic.
    n_partitions: BTreeMap<String, i32>,
}

impl Target {
    fn open(options: &Options) -> Result<Self, Error> {
        let producer: BaseProducer<Logged> = options
            .producer_config(0, Delivery::ExactlyOnce, "replay")
            .create_with_context(Logged("replay"))
            .map_err(|error| Error::client("make a producer", &error))?;
        let mut n_partitions = BTreeMap::new();
        for topic in options.topics.articles.iter().filter(|topic| !topic.starts_with('^')) {
            let n = topics::n_partitions(producer.client(), topic, Access::Write, REQUEST_WAIT)
                .map_err(|reason| Error::Client { action: format!("put anything back on `{topic}`"), reason })?;
            n_partitions.insert(topic.clone(), n);
        }
        producer.init_transactions(INIT_WAIT).map_err(|error| Error::client("start transactions", &error))?;
        Ok(Self { producer, n_partitions })
    }

    /// One transaction.
    fn put_back(&self, back: &[(&Message, Original)], letters: &Letters) -> Result<(), Error> {
        let done = self.try_to(back, letters);
        if done.is_err() {
            // What fails here too is aborted by whoever replays next, or by the broker.
            drop(self.producer.abort_transaction(COMMIT_WAIT));
        }
        done.map_err(|error| Error::client("put letters back", &error))
    }

    fn try_to(&self, back: &[(&Message, Original)], letters: &Letters) -> Result<(), KafkaError> {
        self.producer.begin_transaction()?;
        for (letter, original) in back {
            let mut headers = OwnedHeaders::new_with_capacity(original.headers.len());
            for (key, value) in &original.headers {
                headers = headers.insert(Header { key, value: value.as_ref() });
            }
            let mut record: BaseRecord<'_, Vec<u8>, Vec<u8>> = BaseRecord::to(&original.topic).headers(headers);
            record.key = letter.key.as_ref();
            record.payload = letter.payload.as_ref();
            // Where it stood, so that it comes before or behind the others of its key as it would have; unless the topic has
            // been made again with fewer partitions.
            if self.n_partitions.get(&original.topic).is_none_or(|n| original.partition < *n) {
                record.partition = Some(original.partition);
            }
            self.producer.send(record).map_err(|(error, _)| error)?;
        }
        let group = letters.consumer.group_metadata().ok_or(KafkaError::Canceled)?;
        self.producer.send_offsets_to_transaction(&letters.offsets()?, &group, COMMIT_WAIT)?;
        self.producer.commit_transaction(COMMIT_WAIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_position_of_its_own_that_outlives_a_replay_of_others() {
        let malformed = [RejectionReason::Malformed];
        let mut positions = Positions::read(10, "");
        assert!(positions.pass(&malformed, Some(RejectionReason::Malformed), 10));
        assert!(!positions.pass(&malformed, Some(RejectionReason::TooLarge), 11), "not asked for");
        let (lowest, ahead) = positions.write();
        assert_eq!((lowest, ahead.as_str()), (10, "malformed=12"));
        let mut again = Positions::read(lowest, &ahead);
        assert_eq!(again, positions);
        assert_eq!((again.begin(&malformed), again.begin(&RejectionReason::ALL)), (12, 10));
        // All that is left, this time.
        assert!(!again.pass(&RejectionReason::ALL, Some(RejectionReason::Malformed), 10), "put back before");
        assert!(again.pass(&RejectionReason::ALL, Some(RejectionReason::TooLarge), 11));
        assert_eq!(again.write(), (12, String::new()));
    }

    #[test]
    fn a_replay_that_begins_elsewhere_puts_back_again() {
        let mut positions = Positions::read(10, "malformed=12 no_such_reason=99");
        positions.set(&[RejectionReason::Malformed], 3);
        assert_eq!(positions.begin(&RejectionReason::ALL), 3);
        assert!(positions.pass(&[RejectionReason::Malformed], Some(RejectionReason::Malformed), 3));
    }
}
