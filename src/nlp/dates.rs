//! Date expressions among the names: "14 May 2021", "Monday", "last week", "in 2016", where the core saw none or a part.
//!
//! Finds where they stand, not what they mean; that is for `extract`, which knows the day of publication.

use crate::text::{Document, Entity, EntityKind, TokenRange, Upos};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const SHORT_MONTHS: [&str; 12] =
    ["Jan.", "Feb.", "Mar.", "Apr.", "Jun.", "Jul.", "Aug.", "Sept.", "Sep.", "Oct.", "Nov.", "Dec."];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// Days named from today.
const NEAR: [&str; 4] = ["today", "yesterday", "tomorrow", "tonight"];

/// Words that make a date of the period after them.
const POINTING: [&str; 6] = ["last", "next", "this", "past", "coming", "previous"];

const PERIODS: [&str; 14] = [
    "week", "weekend", "month", "year", "quarter", "decade", "century", "spring", "summer", "autumn", "fall", "winter",
    "morning", "evening",
];

/// Words after which a number of four digits is a year, and "May" a month.
const BEFORE_DATES: [&str; 15] = [
    "in", "since", "until", "till", "by", "of", "from", "during", "before", "after", "through", "early", "late", "mid",
    "between",
];

/// Adds the date expressions of a document to its names, and completes those that the core found in part. A name that is
/// no date stays as it is, and no date is found in it.
pub fn mark_dates(doc: &mut Document) {
    let mut names = Vec::with_capacity(doc.entities.len());
    let mut found = doc.entities.iter().copied().peekable();
    for sentence in &doc.sentences {
        let end = sentence.tokens.end as usize;
        let mut token_idx = sentence.tokens.start as usize;
        while token_idx < end {
            // The next name that is no date bounds what may be a date here.
            while token_idx < end
                && let Some(date) = found.next_if(|name| name.tokens.start as usize == token_idx)
            {
                let reached = date.tokens.end as usize;
                let longer = Scan { doc, end }.date_at(token_idx).filter(|date_end| *date_end > reached);
                let free =
                    found.peek().is_none_or(|next| longer.is_none_or(|longer| longer <= next.tokens.start as usize));
                token_idx = match longer {
                    Some(longer) if date.kind == EntityKind::Date && free => longer,
                    _ => reached,
                };
                names.push(Entity { tokens: TokenRange::new(date.tokens.start as usize, token_idx), ..date });
            }
            if token_idx >= end {
                break;
            }
            let Some(reached) = (Scan { doc, end }).date_at(token_idx) else {
                token_idx += 1;
                continue;
            };
            let mut inside = found.clone().take_while(|name| (name.tokens.start as usize) < reached);
            if inside.all(|name| name.kind == EntityKind::Date && name.tokens.end as usize <= reached) {
                while found.next_if(|name| (name.tokens.start as usize) < reached).is_some() {}
                names.push(Entity { tokens: TokenRange::new(token_idx, reached), kind: EntityKind::Date });
                token_idx = reached;
            } else {
                token_idx += 1;
            }
        }
    }
    doc.entities = names;
}

/// One sentence, up to `end`. Each method takes a token and returns the one after what it found there.
struct Scan<'a> {
    doc: &'a Document,
    end: usize,
}

impl Scan<'_> {
    fn word(&self, at: usize) -> &str {
        if at < self.end { self.doc.token_text(at) } else { "" }
    }

    fn date_at(&self, at: usize) -> Option<usize> {
        let word = self.word(at);
        if WEEKDAYS.contains(&word) {
            let after = if self.word(at + 1) == "," { at + 2 } else { at + 1 };
            return self.calendar(after).or(Some(at + 1));
        }
        if let Some(end) = self.calendar(at) {
            return Some(end);
        }
        if POINTING.contains(&word) || POINTING.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            let next = self.word(at + 1);
            let is_period = PERIODS.contains(&next) || WEEKDAYS.contains(&next) || MONTHS.contains(&next);
            let is_night = word.eq_ignore_ascii_case("last") && next == "night";
            return (is_period || is_night).then_some(at + 2);
        }
        if NEAR.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            return Some(at + 1);
        }
        self.lone(at)
    }

    /// A day and a month in either order, or a month and a year.
    fn calendar(&self, at: usize) -> Option<usize> {
        if self.is_month(at) {
            if is_day(self.word(at + 1)) {
                return Some(self.year_after(at + 2));
            }
            let end = self.year_after(at + 1);
            return (end > at + 1).then_some(end);
        }
        let month = if self.word(at + 1) == "of" { at + 2 } else { at + 1 };
        (is_day(self.word(at)) && self.is_month(month)).then(|| self.year_after(month + 1))
    }

    fn is_month(&self, at: usize) -> bool {
        MONTHS.contains(&self.word(at)) || SHORT_MONTHS.contains(&self.word(at))
    }

    /// The place after a year that begins here, with or without a comma; here, if there is none.
    fn year_after(&self, at: usize) -> usize {
        let year = if self.word(at) == "," { at + 1 } else { at };
        if is_year(self.word(year)) { year + 1 } else { at }
    }

    /// A month or year by itself, after a word that is followed by dates; a decade anywhere.
    fn lone(&self, at: usize) -> Option<usize> {
        let word = self.word(at);
        let is_decade = word.strip_suffix('s').is_some_and(|stem| is_year(stem) && stem.ends_with('0'));
        if is_decade {
            return Some(at + 1);
        }
        let before = at.checked_sub(1).map_or("", |before| self.doc.token_text(before));
        let introduced = BEFORE_DATES.iter().any(|known| known.eq_ignore_ascii_case(before));
        // "in 2000 cases" counts something.
        let counts = self.doc.upos.get(at + 1).is_some_and(|upos| matches!(upos, Upos::Noun | Upos::Adj | Upos::Propn));
        let is_date = self.is_month(at) || is_year(word) && !(counts && at + 1 < self.end);
        (introduced && is_date).then_some(at + 1)
    }
}

/// "7", "07", "7th".
fn is_day(word: &str) -> bool {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|suffix| word.strip_suffix(suffix)).unwrap_or(word);
    digits.len() <= 2 && digits.parse::<u8>().is_ok_and(|day| (1..=31).contains(&day))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1700..2100).contains(&year))
}
