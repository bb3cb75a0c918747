//! Dates in words, resolved against the day of publication: "on Sunday", "last month", "3rd November 2021", "in 2020".
//!
//! Only what can be resolved is a date: without a day of publication, relative words give none.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;

use crate::extract::lexicon::Words;
use crate::finding::Precision;
use crate::text::TokenRange;

/// A date expression and what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DateMention {
    pub(crate) tokens: TokenRange,
    /// First day of the period.
    pub(crate) value: Date,
    pub(crate) precision: Precision,
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The day of a moment, in UTC: articles give no zone of their own.
pub(crate) fn day_of(moment: jiff::Timestamp) -> Date {
    Offset::UTC.to_datetime(moment).date()
}

/// The date expressions of a token range, ascending.
pub(crate) fn find(words: &Words<'_>, range: TokenRange, published: Option<Date>) -> Vec<DateMention> {
    let mut found = Vec::new();
    let (mut idx, end) = (range.start as usize, range.end as usize);
    while idx < end {
        match at(words, idx, end, published) {
            Some((length, value, precision)) => {
                found.push(DateMention { tokens: TokenRange::new(idx, idx + length), value, precision });
                idx += length;
            }
            None => idx += 1,
        }
    }
    found
}

/// Whether a date expression begins at a token.
pub(crate) fn begins(words: &Words<'_>, idx: usize, end: usize, published: Option<Date>) -> bool {
    at(words, idx, end, published).is_some()
}

fn at(words: &Words<'_>, idx: usize, end: usize, published: Option<Date>) -> Option<(usize, Date, Precision)> {
    explicit(words, idx, end, published).or_else(|| relative(words, idx, end, published?))
}

/// "3 November 2021", "November 3, 2021", "March 29", "October", "2020", "14.09.2022".
fn explicit(words: &Words<'_>, idx: usize, end: usize, published: Option<Date>) -> Option<(usize, Date, Precision)> {
    let lower = |at: usize| if at < end { words.lower(at) } else { "" };
    if let Some(day) = day_number(lower(idx)) {
        let mut at = idx + 1;
        if lower(at) == "day" && lower(at + 1) == "of" {
            at += 2;
        }
        if let Some(month) = month_number(words, at, end) {
            if let Some(year) = year_number(lower(at + 1)) {
                return Some((at + 2 - idx, Date::new(year, month, day).ok()?, Precision::Day));
            }
            return Some((at + 1 - idx, nearest_past(published?, month, day)?, Precision::Day));
        }
    }
    if let Some(month) = month_number(words, idx, end) {
        if let Some(day) = day_number(lower(idx + 1)) {
            let comma = usize::from(lower(idx + 2) == ",");
            if let Some(year) = year_number(lower(idx + 2 + comma)) {
                return Some((3 + comma, Date::new(year, month, day).ok()?, Precision::Day));
            }
            return Some((2, nearest_past(published?, month, day)?, Precision::Day));
        }
        if let Some(year) = year_number(lower(idx + 1)) {
            return Some((2, Date::new(year, month, 1).ok()?, Precision::Month));
        }
        let published = published?;
        let year = if month > published.month() { published.year() - 1 } else { published.year() };
        return Some((1, Date::new(year, month, 1).ok()?, Precision::Month));
    }
    // A bare year needs a preposition: "in 2020", "since 2017".
    let has_preposition = idx > 0 && matches!(words.lower(idx - 1), "in" | "since" | "until" | "by" | "during" | "of");
    let year = year_number(lower(idx)).filter(|_| has_preposition)?;
    Some((1, Date::new(year, 1, 1).ok()?, Precision::Year))
}

/// "Sunday", "last month", "yesterday", "two years ago".
fn relative(words: &Words<'_>, idx: usize, end: usize, published: Date) -> Option<(usize, Date, Precision)> {
    let lower = |at: usize| if at < end { words.lower(at) } else { "" };
    if let Some(weekday) = weekday(lower(idx)) {
        // The last such day, the day of publication included; "next Sunday" lies ahead.
        let is_next = idx > 0 && words.eq(idx - 1, "next");
        let back = i64::from(published.weekday().since(weekday));
        let value = if is_next { published.checked_add((7 - back).days()) } else { published.checked_sub(back.days()) };
        return Some((1, value.ok()?, Precision::Day));
    }
    let next = lower(idx + 1);
    match lower(idx) {
        "today" | "tonight" => Some((1, published, Precision::Day)),
        "yesterday" => Some((1, published.yesterday().ok()?, Precision::Day)),
        "tomorrow" => Some((1, published.tomorrow().ok()?, Precision::Day)),
        "last" if next == "night" => Some((2, published.yesterday().ok()?, Precision::Day)),
        "last" if next == "month" => {
            Some((2, published.first_of_month().checked_sub(1.month()).ok()?, Precision::Month))
        }
        "next" if next == "month" => {
            Some((2, published.first_of_month().checked_add(1.month()).ok()?, Precision::Month))
        }
        "this" if next == "month" => Some((2, published.first_of_month(), Precision::Month)),
        "last" if next == "year" => Some((2, published.first_of_year().checked_sub(1.year()).ok()?, Precision::Year)),
        "next" if next == "year" => Some((2, published.first_of_year().checked_add(1.year()).ok()?, Precision::Year)),
        "this" if next == "year" => Some((2, published.first_of_year(), Precision::Year)),
        "last" => {
            // "last October"
            let month = month_number(words, idx + 1, end)?;
            let year = if month >= published.month() { published.year() - 1 } else { published.year() };
            Some((2, Date::new(year, month, 1).ok()?, Precision::Month))
        }
        count if lower(idx + 2) == "ago" => {
            let n = small_number(count)?;
            let (value, precision) = match next {
                "day" | "days" => (published.checked_sub(n.days()), Precision::Day),
                "week" | "weeks" => (published.checked_sub(n.weeks()), Precision::Day),
                "month" | "months" => (published.first_of_month().checked_sub(n.months()), Precision::Month),
                "year" | "years" => (published.first_of_year().checked_sub(n.years()), Precision::Year),
                _ => return None,
            };
            Some((3, value.ok()?, precision))
        }
        _ => None,
    }
}

/// The day without a year that lies nearest before the publication, or at most half a year after it.
fn nearest_past(published: Date, month: i8, day: i8) -> Option<Date> {
    let this_year = Date::new(published.year(), month, day).ok()?;
    let limit = published.checked_add(6.months()).ok()?;
    if this_year > limit { Date::new(published.year() - 1, month, day).ok() } else { Some(this_year) }
}

/// Months count with a capital only: "may" and "march" are other words.
fn month_number(words: &Words<'_>, idx: usize, end: usize) -> Option<i8> {
    if idx >= end || !words.is_capitalized(idx) {
        return None;
    }
    (1..).zip(MONTHS).find(|(_, name)| words.eq(idx, name)).map(|(number, _)| number)
}

/// "3", "3rd", "29th".
fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_ordinal = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    digits.parse().ok().filter(|day| is_ordinal && (1..=31).contains(day))
}

fn year_number(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| word.len() == 4 && (1800..=2100).contains(year))
}

fn small_number(word: &str) -> Option<i64> {
    let names = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let named = (1..).zip(names).find(|(_, name)| *name == word).map(|(number, _)| number);
    let counted = || word.parse().ok().filter(|n| (1..=200).contains(n));
    named.or_else(|| matches!(word, "a" | "an").then_some(1)).or_else(counted)
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
