//! The ring of what was committed: bounded in bytes and in age, the oldest go first, and it can be emptied.
//!
//! An article is kept as the compressed line of its analysis record and, beside it, as rows for tables. Nothing here is
//! written to a disk.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::options::ExplorerOptions;
use crate::pipeline::Sight;
use crate::record::{Origin, RejectionReason};

/// What an entry takes besides what is shown of it.
const BOOKKEEPING: usize = 512;

/// One message, analyzed or refused.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its number, from 1, in the order of the commits.
    pub(super) seq: u64,
    /// When it was committed, milliseconds since 1970.
    pub(super) at_ms: u64,
    pub(super) origin: Option<Origin>,
    pub(super) rejection: Option<RejectionReason>,
    /// What stands in tables, a JSON object.
    pub(super) rows: Arc<[u8]>,
    /// The analysis record as a compressed line; of a refused message there is none.
    pub(super) record: Option<Arc<[u8]>>,
    /// The article's id, of an analyzed one.
    id: Option<Arc<str>>,
}

impl Entry {
    fn n_bytes(&self) -> usize {
        let ids = 2 * self.id.as_ref().map_or(0, |id| id.len());
        BOOKKEEPING + ids + self.rows.len() + self.record.as_ref().map_or(0, |record| record.len())
    }
}

/// Numbers about the ring.
#[derive(Debug, Clone, Default)]
pub(super) struct Figures {
    /// Messages committed since the start.
    pub(super) n_committed: u64,
    /// Refused ones among them, by reason.
    pub(super) refused: BTreeMap<RejectionReason, u64>,
    /// Entries that are held, and their bytes.
    pub(super) n_held: usize,
    pub(super) n_bytes: usize,
    /// Number and time of the oldest that is held.
    pub(super) oldest: Option<(u64, u64)>,
    /// Last offset seen of every partition.
    pub(super) positions: BTreeMap<(Arc<str>, i32), i64>,
    /// Messages still to be read of every partition that is read here.
    pub(super) lags: BTreeMap<(Arc<str>, i32), i64>,
}

/// How far a listener is.
#[derive(Debug)]
pub(super) struct Place {
    /// Number of the last entry that was told.
    after: u64,
    /// Some before are missing.
    lost: bool,
    newest: watch::Receiver<u64>,
}

impl Place {
    /// Waits until something more was committed; whether anything more can come.
    pub(super) async fn wait(&mut self) -> bool {
        let after = self.after;
        self.newest.wait_for(|newest| *newest > after).await.is_ok()
    }
}

/// What a listener is to be told.
#[derive(Debug)]
pub(super) enum Next {
    Entry(Arc<Entry>),
    /// Some are forgotten that it has not heard of.
    Lost,
}

#[derive(Debug, Default)]
struct Ring {
    entries: VecDeque<Arc<Entry>>,
    /// The newest entry of every article.
    by_id: HashMap<Arc<str>, u64>,
    /// Number of the newest entry that was forgotten.
    forgotten: u64,
    figures: Figures,
}

/// The ring, and who listens to what comes in.
#[derive(Debug)]
pub(super) struct History {
    max_bytes: usize,
    max_age: Duration,
    ring: Mutex<Ring>,
    /// Number of the newest entry: who listens holds numbers, and no entries.
    newest: watch::Sender<u64>,
}

impl History {
    pub(super) fn new(options: &ExplorerOptions) -> Self {
        let (newest, _) = watch::channel(0);
        Self { max_bytes: options.history, max_age: options.history_age, ring: Mutex::default(), newest }
    }

    /// Takes in what was committed, and forgets what is too old or too much.
    pub(super) fn add(&self, sights: Vec<Sight>, now: SystemTime) {
        let at_ms = milliseconds(now);
        let mut ring = self.ring();
        for sight in sights {
            let figures = &mut ring.figures;
            figures.n_committed += 1;
            if let Some(reason) = sight.rejection {
                *figures.refused.entry(reason).or_default() += 1;
            }
            if let Some(origin) = &sight.origin {
                figures.positions.insert((Arc::clone(&origin.topic), origin.partition), origin.offset);
            }
            let seq = figures.n_committed;
            let mut shown = sight.shown.into_iter();
            let (Some(rows), record, id) = (shown.next(), shown.next(), shown.next()) else { continue };
            let id: Option<Arc<str>> = id.and_then(|id| Some(std::str::from_utf8(&id).ok()?.into()));
            if let Some(id) = &id {
                ring.by_id.insert(Arc::clone(id), seq);
            }
            let entry =
                Arc::new(Entry { seq, at_ms, origin: sight.origin, rejection: sight.rejection, rows, record, id });
            ring.figures.n_bytes += entry.n_bytes();
            ring.entries.push_back(entry);
        }
        self.forget(&mut ring, at_ms);
        self.newest.send_replace(ring.figures.n_committed);
    }

    /// So many messages of a partition are still to be read; none is said of one that is not read here any more.
    pub(super) fn set_lag(&self, topic: &Arc<str>, partition: i32, lag: Option<i64>) {
        let lags = &mut self.ring().figures.lags;
        let key = (Arc::clone(topic), partition);
        match lag {
            Some(lag) => lags.insert(key, lag),
            None => lags.remove(&key),
        };
    }

    /// The entries before a number, newest first, at most so many.
    pub(super) fn before(&self, seq: Option<u64>, most: usize) -> Vec<Arc<Entry>> {
        let ring = self.current();
        let older = ring.entries.iter().rev().filter(|entry| seq.is_none_or(|seq| entry.seq < seq));
        older.take(most).cloned().collect()
    }

    /// Where somebody who knows the entries up to this number, or none, begins to listen.
    pub(super) fn listen(&self, seq: Option<u64>) -> Place {
        let newest = self.newest.subscribe();
        let n_committed = self.current().figures.n_committed;
        match seq {
            None => Place { after: n_committed, lost: false, newest },
            // A number that was never given is one of another process, before this one was started.
            Some(seq) if seq > n_committed => Place { after: 0, lost: true, newest },
            Some(seq) => Place { after: seq, lost: false, newest },
        }
    }

    /// What comes next for who listens, if it is there. Places hold no entries: a listener that is slow, or has stopped reading, keeps
    /// nothing from being forgotten.
    pub(super) fn next(&self, place: &mut Place) -> Option<Next> {
        let ring = self.current();
        if std::mem::take(&mut place.lost) || place.after < ring.forgotten {
            place.after = place.after.max(ring.forgotten);
            return Some(Next::Lost);
        }
        let Some(entry) = ring.entries.get(ring.entries.partition_point(|entry| entry.seq <= place.after)) else {
            // Of some messages there is nothing to be shown.
            place.after = ring.figures.n_committed;
            return None;
        };
        place.after = entry.seq;
        Some(Next::Entry(Arc::clone(entry)))
    }

    /// The newest entry of an article.
    pub(super) fn article(&self, id: &str) -> Option<Arc<Entry>> {
        let ring = self.current();
        let seq = ring.by_id.get(id)?;
        let at = ring.entries.binary_search_by_key(seq, |entry| entry.seq).ok()?;
        ring.entries.get(at).cloned()
    }

    /// Numbers about it.
    pub(super) fn figures(&self) -> Figures {
        let ring = self.current();
        let oldest = ring.entries.front().map(|entry| (entry.seq, entry.at_ms));
        Figures { n_held: ring.entries.len(), oldest, ..ring.figures.clone() }
    }

    /// Forgets everything.
    pub(super) fn clear(&self) {
        let mut ring = self.ring();
        ring.forgotten = ring.figures.n_committed;
        ring.entries = VecDeque::new();
        ring.by_id = HashMap::new();
        ring.figures.n_bytes = 0;
    }

    /// The ring without what is too old by now: a topic that is silent does not keep it longer.
    fn current(&self) -> MutexGuard<'_, Ring> {
        let mut ring = self.ring();
        self.forget(&mut ring, milliseconds(SystemTime::now()));
        ring
    }

    fn forget(&self, ring: &mut Ring, now_ms: u64) {
        let max_age_ms = u64::try_from(self.max_age.as_millis()).unwrap_or(u64::MAX);
        let too_old = |entry: &Entry| now_ms.saturating_sub(entry.at_ms) > max_age_ms;
        while let Some(oldest) = ring.entries.front()
            && (ring.figures.n_bytes > self.max_bytes || too_old(oldest))
        {
            let Some(oldest) = ring.entries.pop_front() else { return };
            ring.figures.n_bytes = ring.figures.n_bytes.saturating_sub(oldest.n_bytes());
            ring.forgotten = oldest.seq;
            if let Some(id) = &oldest.id
                && ring.by_id.get(id) == Some(&oldest.seq)
            {
                ring.by_id.remove(id);
            }
        }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A panic while holding the lock leaves plain values behind, each of them valid.
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(max_bytes: usize, max_age: Duration) -> History {
        History::new(&ExplorerOptions { history: max_bytes, history_age: max_age, ..ExplorerOptions::default() })
    }

    fn sight(id: &str, n_bytes: usize) -> Sight {
        let part = |bytes: &[u8]| Arc::from(bytes);
        let shown = vec![part(b"{}"), part(&vec![b'x'; n_bytes]), part(id.as_bytes())];
        Sight { origin: None, rejection: None, shown }
    }

    #[test]
    fn the_ring_never_holds_more_than_its_bytes_and_the_oldest_go_first() {
        let history = history(10_000, Duration::from_hours(1));
        let now = SystemTime::now();
        for n in 0..50 {
            history.add(vec![sight(&format!("n-{n}"), 1000)], now);
            assert!(history.figures().n_bytes <= 10_000, "after {n}: {:?}", history.figures());
        }
        let held = history.figures();
        assert_eq!((held.n_committed, held.n_held), (50, 6));
        assert!(history.article("n-49").is_some() && history.article("n-0").is_none());
        assert_eq!(history.before(None, 2).iter().map(|entry| entry.seq).collect::<Vec<_>>(), [50, 49]);
    }

    #[test]
    fn what_is_too_old_is_forgotten_though_nothing_new_comes() {
        let history = history(1 << 20, Duration::from_hours(1));
        let now = SystemTime::now();
        history.add(vec![sight("old", 10)], now - Duration::from_hours(2));
        assert!(history.article("old").is_none());
        history.add(vec![sight("new", 10)], now);
        assert!(history.article("new").is_some());
        history.clear();
        assert!(history.article("new").is_none(), "it can be emptied");
        assert_eq!((history.figures().n_held, history.figures().n_bytes), (0, 0));
    }

    /// What a listener hears until nothing more is there: numbers, and 0 where some are missing.
    fn heard(history: &History, place: &mut Place) -> Vec<u64> {
        let next = || history.next(place);
        std::iter::from_fn(next)
            .map(|next| match next {
                Next::Entry(entry) => entry.seq,
                Next::Lost => 0,
            })
            .collect()
    }

    #[test]
    fn who_comes_back_gets_what_was_missed_and_is_told_what_is_lost() {
        let history = history(4000, Duration::from_hours(1));
        let now = SystemTime::now();
        let mut first = history.listen(None);
        (0..5).for_each(|n| history.add(vec![sight(&format!("n-{n}"), 600)], now));
        assert_eq!(heard(&history, &mut history.listen(Some(4))), [5]);
        assert_eq!(heard(&history, &mut history.listen(Some(0))), [0, 3, 4, 5]);
        assert_eq!(heard(&history, &mut history.listen(Some(5))), [0_u64; 0]);
        assert_eq!(heard(&history, &mut history.listen(None)), [0_u64; 0]);
        assert_eq!(heard(&history, &mut history.listen(Some(u64::MAX))), [0, 3, 4, 5], "a number of another process");
        assert_eq!(heard(&history, &mut first), [0, 3, 4, 5], "who was slow");
        history.add(vec![sight("n-6", 600)], now);
        history.clear();
        assert_eq!(heard(&history, &mut first), [0], "what was emptied is gone for who was to hear of it, too");
        history.add(vec![sight("n-7", 600)], now);
        assert_eq!(heard(&history, &mut first), [7]);
    }

    #[test]
    fn a_listener_that_reads_nothing_keeps_nothing() {
        let history = history(4000, Duration::from_hours(1));
        let now = SystemTime::now();
        history.add(vec![sight("n-0", 600)], now);
        let held = Arc::downgrade(&history.article("n-0").unwrap());
        let stalled: Vec<_> = (0..16).map(|_| history.listen(Some(0))).collect();
        assert!(held.upgrade().is_some());
        (1..9).for_each(|n| history.add(vec![sight(&format!("n-{n}"), 600)], now));
        assert!(held.upgrade().is_none(), "the ring has forgotten it, and somebody holds it");
        let newest = Arc::downgrade(&history.article("n-8").unwrap());
        history.clear();
        assert!(newest.upgrade().is_none(), "it was emptied, and somebody holds some of it");
        drop(stalled);
    }

    #[test]
    fn an_article_that_came_twice_is_the_later_one() {
        let history = history(1 << 20, Duration::from_hours(1));
        history.add(vec![sight("twice", 10), sight("twice", 20)], SystemTime::now());
        let found = history.article("twice").unwrap();
        assert_eq!((found.seq, found.record.as_ref().map(|record| record.len())), (2, Some(20)));
    }
}
