//! What reading a date needs to know: the words, the day it is counted from, and which way it points.

use jiff::civil::Date;

use crate::extract::lexicon::Words;
use crate::finding::Period;

/// Which way a date points that does not say so itself: "on Friday" is the last one for what happened, the next one for what is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tense {
    /// What happened.
    Past,
    /// What is to come.
    Future,
    /// Nobody knows: the past, but a day and month without a year may also lie a little ahead.
    Open,
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// The token behind it.
    pub(super) end: usize,
    pub(super) period: Period,
    /// How much of it the words leave to be told.
    pub(super) left_open: LeftOpen,
}

/// What the words of a date leave open, so that it may move to fit another one: "from June 3 to July 2, 2004", "Monday to Wednesday".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LeftOpen {
    /// Nothing.
    Nothing,
    /// The year.
    Year,
    /// The week.
    Week,
}

impl Found {
    /// A date whose words leave nothing open.
    pub(super) fn fixed(end: usize, period: Period) -> Self {
        Self { end, period, left_open: LeftOpen::Nothing }
    }
}

/// A stretch of words in which dates are read. Each reader takes a token and returns what begins there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scan<'a, 'd> {
    pub(super) words: &'a Words<'d>,
    /// Where the stretch ends.
    pub(super) end: usize,
    /// The day that dates are counted from.
    pub(super) reference: Option<Date>,
    /// The date that the text gave last, for "two days later".
    pub(super) anchor: Option<Period>,
    pub(super) tense: Tense,
    /// Tokens that are known to be a date: there, a bare year or month needs no preposition, and two dates with "and" between them are a stretch. Empty if
    /// nothing is known.
    pub(super) known: (usize, usize),
}

impl Scan<'_, '_> {
    /// The word in lower case; empty beyond the end.
    pub(super) fn lower(&self, at: usize) -> &str {
        if at < self.end { self.words.lower(at) } else { "" }
    }

    /// The word as it stands; empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &str {
        if at < self.end { self.words.text(at) } else { "" }
    }

    /// Whether a token belongs to what is known to be a date.
    pub(super) fn is_known(&self, at: usize) -> bool {
        (self.known.0..self.known.1).contains(&at)
    }

    /// The word before a token, in lower case; empty at the beginning of the text.
    pub(super) fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.words.lower(before))
    }
}
