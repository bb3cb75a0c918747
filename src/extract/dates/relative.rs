//! Dates counted from the day of the article, or from the date that the text gave last: "Sunday", "last month", "two weeks ago", "the following day".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::finding::{Period, Precision};

use super::calendar;
use super::scan::{Found, LeftOpen, Scan, Tense};

/// The relative date that begins at a token.
pub(super) fn read(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    on_weekday(scan, at)
        .or_else(|| near(scan, at))
        .or_else(|| pointing(scan, at))
        .or_else(|| counted(scan, at))
        .or_else(|| weekend(scan, at))
        .or_else(|| season(scan, at))
        .or_else(|| part_of(scan, at))
}

/// "Sunday", "next Sunday", "Friday last week", "Tuesday, January 31".
fn on_weekday(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let points = ["last", "next", "this", "coming", "previous", "following"];
    let (pointer, day_at) = match scan.lower(at) {
        word if points.contains(&word) => (word, at + 1),
        _ => (scan.before(at), at),
    };
    let weekday = calendar::weekday(scan, day_at)?;
    let mut end = day_at + 1;
    while matches!(scan.lower(end), "morning" | "afternoon" | "evening" | "night") {
        end += 1;
    }
    let behind = end + usize::from(matches!(scan.lower(end), "," | "of"));
    if let Some(by_calendar) = calendar::read(scan, behind).filter(|found| found.period.precision == Precision::Day) {
        return Some(by_calendar);
    }
    let reference = scan.reference?;
    // "on Friday of last week"
    let weeks = match scan.lower(behind) {
        "last" => Some(-1),
        "this" => Some(0),
        "next" => Some(1),
        _ => None,
    };
    if let Some(weeks) = weeks.filter(|_| scan.lower(behind + 1) == "week") {
        let monday = week_of(reference)?.checked_add(weeks.weeks()).ok()?;
        let day = monday.checked_add(i64::from(weekday.since(Weekday::Monday)).days()).ok()?;
        return Some(Found::fixed(behind + 2, Period::of(day, Precision::Day)));
    }
    let (day, left_open) = match (pointer, scan.anchor.map(|anchor| anchor.first)) {
        ("previous", Some(anchor)) => (latest(anchor.yesterday().ok()?, weekday)?, LeftOpen::Nothing),
        ("following", Some(anchor)) => (earliest(anchor.tomorrow().ok()?, weekday)?, LeftOpen::Nothing),
        ("last" | "previous", _) => (latest(reference.yesterday().ok()?, weekday)?, LeftOpen::Nothing),
        ("next" | "coming" | "following", _) => (earliest(reference.tomorrow().ok()?, weekday)?, LeftOpen::Nothing),
        // "have until Sunday to leave", "by Friday"
        ("until" | "till" | "by", _) => (earliest(reference, weekday)?, LeftOpen::Week),
        _ if scan.tense == Tense::Future => (earliest(reference, weekday)?, LeftOpen::Week),
        _ => (latest(reference, weekday)?, LeftOpen::Week),
    };
    Some(Found { end, period: Period::of(day, Precision::Day), left_open })
}

/// "today", "yesterday evening", "the day before yesterday", "overnight".
fn near(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let reference = scan.reference?;
    let shifted = |days: i64| reference.checked_add(days.days()).ok();
    let (n_words, day) = match scan.lower(at) {
        "today" | "tonight" => (1, reference),
        "yesterday" => (1, shifted(-1)?),
        "tomorrow" => (1, shifted(1)?),
        "day" if scan.lower(at + 1) == "before" && scan.lower(at + 2) == "yesterday" => (3, shifted(-2)?),
        "day" if scan.lower(at + 1) == "after" && scan.lower(at + 2) == "tomorrow" => (3, shifted(2)?),
        "last" if scan.lower(at + 1) == "night" => (2, shifted(-1)?),
        "this" if matches!(scan.lower(at + 1), "morning" | "afternoon" | "evening") => (2, reference),
        "overnight" => {
            let night = Period { first: shifted(-1)?, last: Some(reference), precision: Precision::Day };
            return Some(Found::fixed(at + 1, night));
        }
        _ => return None,
    };
    Some(Found::fixed(at + n_words, Period::of(day, Precision::Day)))
}

/// A period that a word points to: "last week", "this year", "next March", "the following day", "the past two weeks".
fn pointing(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let pointer = scan.lower(at);
    let steps = match pointer {
        "last" | "previous" | "past" => -1,
        "this" | "same" => 0,
        "next" | "coming" | "following" => 1,
        _ => return None,
    };
    if let Some(found) = span_of_units(scan, at, steps) {
        return Some(found);
    }
    if let Some(month) = calendar::month_number(scan, at + 1).filter(|_| steps != 0) {
        let reference = scan.reference?;
        let is_before = month < reference.month();
        let year = match (steps, month == reference.month(), is_before) {
            (-1, false, true) | (1, false, false) => reference.year(),
            (-1, ..) => reference.year() - 1,
            _ => reference.year() + 1,
        };
        // "last December 26"
        let by_day = calendar::read(scan, at + 1).filter(|found| found.period.precision == Precision::Day);
        if let Some(found) = by_day {
            let first = found.period.first.with().year(year).build().ok()?;
            return Some(Found::fixed(found.end, Period { first, last: None, ..found.period }));
        }
        return Some(Found::fixed(at + 2, Period::of(Date::new(year, month, 1).ok()?, Precision::Month)));
    }
    // "in the coming weeks": nobody knows how many.
    let unit = Unit::of(scan.lower(at + 1)).filter(|_| !scan.lower(at + 1).ends_with('s'))?;
    let end = at + 2;
    let is_anchored =
        matches!(pointer, "previous" | "following" | "same") || pointer == "next" && scan.before(at) == "the";
    let from = match scan.anchor.filter(|_| is_anchored) {
        Some(anchor) => anchor.first,
        None if matches!(pointer, "following" | "same") => return None,
        None => scan.reference?,
    };
    // "over the past week": seven days, not the calendar's week.
    if pointer == "past" {
        return Some(Found::fixed(end, unit.stretch(from, -1)?));
    }
    if unit == Unit::Hour {
        return None;
    }
    Some(Found::fixed(end, unit.shifted(from, steps)?))
}

/// "the past two weeks", "the next three days".
fn span_of_units(scan: &Scan<'_, '_>, at: usize, steps: i64) -> Option<Found> {
    let n = small_number(scan.lower(at + 1)).filter(|_| steps != 0)?;
    let unit = Unit::of(scan.lower(at + 2)).filter(|unit| *unit != Unit::Hour)?;
    Some(Found::fixed(at + 3, unit.stretch(scan.reference?, steps * n)?))
}

/// Days, weeks, months or years from another day: "two weeks ago", "a day later", "in three days".
fn counted(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    // "Hours later"
    if matches!(scan.lower(at), "hours" | "minutes" | "moments") && matches!(scan.lower(at + 1), "later" | "earlier") {
        let day = scan.anchor.map(|anchor| anchor.first).or(scan.reference)?;
        return Some(Found::fixed(at + 2, Period::of(day, Precision::Day)));
    }
    let is_in = matches!(scan.lower(at), "in" | "within") && scan.tense == Tense::Future;
    let number_at = at + usize::from(is_in);
    // "the day before", "the week before"
    let n = if scan.lower(number_at) == "the" { Some(1) } else { small_number(scan.lower(number_at)) }?;
    let is_the = scan.lower(number_at) == "the";
    let unit = Unit::of(scan.lower(number_at + 1))?;
    let end = number_at + 2;
    if is_in {
        return Some(Found::fixed(end, unit.shifted(scan.reference?, n)?));
    }
    match scan.lower(end) {
        "ago" if !is_the => {
            // "three years ago Saturday" is one date.
            let swallowed = usize::from(calendar::weekday(scan, end + 1).is_some());
            Some(Found::fixed(end + 1 + swallowed, unit.shifted(scan.reference?, -n)?))
        }
        "later" | "afterwards" | "afterward" if !is_the => {
            Some(Found::fixed(end + 1, unit.shifted(scan.anchor?.first, n)?))
        }
        "earlier" | "before" | "previously" if is_unfinished(scan, end + 1) => {
            let from =
                scan.anchor.map(|anchor| anchor.first).or(scan.reference).filter(|_| !is_the || scan.anchor.is_some());
            Some(Found::fixed(end + 1, unit.shifted(from?, -n)?))
        }
        "after" if is_unfinished(scan, end + 1) => Some(Found::fixed(end + 1, unit.shifted(scan.anchor?.first, n)?)),
        // "two days after February 10": from the day that the words name.
        side @ ("before" | "after") => {
            let limit = scan.end.min(end + 7);
            let named = (end + 1..limit).find_map(|next| {
                let inside = Scan { end: limit, ..*scan };
                calendar::read(&inside, next).or_else(|| on_weekday(&inside, next))
            })?;
            let n = if side == "before" { -n } else { n };
            let is_day = named.period.precision == Precision::Day;
            is_day.then_some(())?;
            Some(Found::fixed(named.end, unit.shifted(named.period.first, n)?))
        }
        _ => None,
    }
}

/// Whether nothing follows that "before" or "after" could introduce.
fn is_unfinished(scan: &Scan<'_, '_>, at: usize) -> bool {
    !scan.lower(at).starts_with(char::is_alphanumeric)
}

/// "over the weekend", "last weekend": Saturday and Sunday.
fn weekend(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let (pointer, end) = match scan.lower(at) {
        "weekend" => ("", at + 1),
        word @ ("last" | "past" | "previous" | "this" | "next" | "coming") if scan.lower(at + 1) == "weekend" => {
            (word, at + 2)
        }
        _ => return None,
    };
    let reference = scan.reference?;
    let saturday = match pointer {
        // On a Sunday, "last weekend" is the one before.
        "last" | "past" | "previous" => latest(latest(reference, Weekday::Monday)?, Weekday::Saturday)?,
        "next" => earliest(week_of(reference)?.checked_add(1.week()).ok()?, Weekday::Saturday)?,
        "coming" => earliest(reference, Weekday::Saturday)?,
        _ if scan.tense == Tense::Future => earliest(week_of(reference)?, Weekday::Saturday)?,
        _ => latest(reference, Weekday::Saturday)?,
    };
    let period = Period { first: saturday, last: Some(saturday.tomorrow().ok()?), precision: Precision::Day };
    Some(Found::fixed(end, period))
}

/// "last summer", "the spring of 2005": three months, as the northern half of the world has them.
fn season(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let (pointer, name_at) = match scan.lower(at) {
        word @ ("last" | "this" | "next") => (word, at + 1),
        _ => ("", at),
    };
    let month = match scan.lower(name_at) {
        "spring" => 3,
        "summer" => 6,
        "autumn" | "fall" => 9,
        "winter" => 12,
        _ => return None,
    };
    let of = usize::from(scan.lower(name_at + 1) == "of");
    let named: Option<i16> = scan.lower(name_at + 1 + of).parse().ok().filter(|year| (1500..2100).contains(year));
    let (end, year) = match (named, pointer) {
        (Some(year), _) => (name_at + 2 + of, year),
        (None, "") => return None,
        (None, pointer) => {
            let reference = scan.reference?;
            let is_over = reference.month() > month + 2;
            let has_begun = reference.month() >= month;
            let shift = match pointer {
                "last" => i16::from(is_over) - 1,
                "next" => i16::from(has_begun),
                _ => 0,
            };
            (name_at + 1, reference.year() + shift)
        }
    };
    let first = Date::new(year, month, 1).ok()?;
    Some(Found::fixed(
        end,
        Period { first, last: Some(first.checked_add(2.months()).ok()?), precision: Precision::Month },
    ))
}

/// "earlier in the day", "later in the week", "the end of the year": the period that the text speaks of.
fn part_of(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let is_part = match scan.lower(at) {
        "earlier" | "later" | "early" | "late" => scan.lower(at + 1) == "in",
        "end" | "beginning" | "start" | "middle" => scan.lower(at + 1) == "of",
        _ => false,
    } && scan.lower(at + 2) == "the";
    if !is_part {
        return None;
    }
    let unit = Unit::of(scan.lower(at + 3)).filter(|unit| *unit != Unit::Hour)?;
    let day = scan.anchor.map(|anchor| anchor.first).or(scan.reference)?;
    Some(Found::fixed(at + 4, unit.shifted(day, 0)?))
}

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hour,
    Day,
    Week,
    Fortnight,
    Month,
    Year,
}

impl Unit {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "hour" | "hours" | "minutes" => Self::Hour,
            "day" | "days" => Self::Day,
            "week" | "weeks" => Self::Week,
            "fortnight" => Self::Fortnight,
            "month" | "months" => Self::Month,
            "year" | "years" => Self::Year,
            _ => return None,
        })
    }

    /// The day, week, month or year that lies `n` of them from a day.
    fn shifted(self, day: Date, n: i64) -> Option<Period> {
        let (first, precision) = match self {
            Self::Hour => (Ok(day), Precision::Day),
            Self::Day => (day.checked_add(n.days()), Precision::Day),
            Self::Week => (week_of(day)?.checked_add(n.weeks()), Precision::Week),
            Self::Fortnight => (week_of(day)?.checked_add((2 * n).weeks()), Precision::Week),
            Self::Month => (day.first_of_month().checked_add(n.months()), Precision::Month),
            Self::Year => (day.first_of_year().checked_add(n.years()), Precision::Year),
        };
        Some(Period::of(first.ok()?, precision))
    }

    /// The `n` of them that lie before a day, for a negative `n`, or behind it.
    fn stretch(self, day: Date, n: i64) -> Option<Period> {
        let (other, precision) = match self {
            Self::Hour => (day.checked_sub(1.day()), Precision::Day),
            Self::Day => (day.checked_add(n.days()), Precision::Day),
            Self::Week => (day.checked_add(n.weeks()), Precision::Day),
            Self::Fortnight => (day.checked_add((2 * n).weeks()), Precision::Day),
            Self::Month => (day.first_of_month().checked_add(n.months()), Precision::Month),
            Self::Year => (day.first_of_month().checked_add(n.years()), Precision::Month),
        };
        let day = if precision == Precision::Month { day.first_of_month() } else { day };
        let other = other.ok()?;
        Some(Period { first: day.min(other), last: Some(day.max(other)), precision })
    }
}

/// The Monday of a day's week.
fn week_of(day: Date) -> Option<Date> {
    latest(day, Weekday::Monday)
}

/// The last such day up to one.
pub(super) fn latest(day: Date, weekday: Weekday) -> Option<Date> {
    day.checked_sub(i64::from(day.weekday().since(weekday)).days()).ok()
}

/// The first such day from one on.
pub(super) fn earliest(day: Date, weekday: Weekday) -> Option<Date> {
    day.checked_add(i64::from(weekday.since(day.weekday())).days()).ok()
}

fn small_number(word: &str) -> Option<i64> {
    let names = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let named = (1..).zip(names).find(|(_, name)| *name == word).map(|(number, _)| number);
    let counted = || word.parse().ok().filter(|n| (1..=200).contains(n));
    named.or_else(|| matches!(word, "a" | "an").then_some(1)).or_else(counted)
}
