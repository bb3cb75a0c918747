//! Dates by the calendar: "3 November 2021", "Jan. 9", "March 3–5", "in 2003", "the 1980s", "2022-01-09".

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::finding::{Period, Precision};

use super::scan::{Found, LeftOpen, Scan, Tense};

pub(crate) const MONTHS: [&str; 12] = [
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

/// Days of the month in words, as agencies write them: "January second".
const ORDINALS: [&str; 20] = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
];

/// Words behind which a bare month or year is a date.
const BEFORE_DATES: [&str; 18] = [
    "in", "since", "until", "till", "by", "of", "during", "from", "between", "early", "late", "mid", "before", "after",
    "last", "next", "through", "back",
];

/// The date by the calendar that begins at a token.
pub(super) fn read(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    day_first(scan, at)
        .or_else(|| month_first(scan, at))
        .or_else(|| in_figures(scan, at))
        .or_else(|| decade(scan, at))
        .or_else(|| century(scan, at))
        .or_else(|| bare_year(scan, at))
}

/// "3 November 2021", "the 3rd of November", "3-5 March".
fn day_first(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let day = day_number(scan, at)?;
    // "the first of March", but "the second March visit".
    let is_in_words = !scan.lower(at).starts_with(|c: char| c.is_ascii_digit());
    if is_in_words && scan.lower(at + 1) != "of" {
        return None;
    }
    let mut month_at = at + 1;
    let last_day = joined_day(scan, month_at, day).filter(|(_, end)| month_number(scan, *end).is_some());
    if let Some((_, end)) = last_day {
        month_at = end;
    }
    if scan.lower(month_at) == "day" && scan.lower(month_at + 1) == "of" {
        month_at += 2;
    } else if scan.lower(month_at) == "of" {
        month_at += 1;
    }
    let month = month_number(scan, month_at)?;
    days(scan, month, day, last_day.map(|(last, _)| last), month_at + 1)
}

/// "November 3, 2021", "March 3–5", "October of last year", "October".
fn month_first(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let month = month_number(scan, at)?;
    if let Some(day) = day_number(scan, at + 1) {
        let last_day = joined_day(scan, at + 2, day).filter(|(_, end)| {
            // "March 3 to 5 April" begins another date.
            month_number(scan, *end).is_none()
        });
        return days(scan, month, day, last_day.map(|(last, _)| last), last_day.map_or(at + 2, |(_, end)| end));
    }
    if let Some((end, year)) = year_behind(scan, at + 1) {
        return Some(Found::fixed(end, Period::of(Date::new(year, month, 1).ok()?, Precision::Month)));
    }
    let is_date = scan.is_known(at) || BEFORE_DATES.contains(&scan.before(at));
    if !is_date || is_short(scan, at) {
        return None;
    }
    let first = with_nearest_year(scan, month, 1, Precision::Month)?;
    Some(Found { end: at + 1, period: Period::of(first, Precision::Month), left_open: LeftOpen::Year })
}

/// One day of a month, or several, with the year that stands behind them or the nearest one.
fn days(scan: &Scan<'_, '_>, month: i8, day: i8, last: Option<i8>, end: usize) -> Option<Found> {
    let (end, year) = match year_behind(scan, end) {
        Some((end, year)) => (end, Some(year)),
        None => (end, None),
    };
    let first = match year {
        Some(year) => Date::new(year, month, day).ok()?,
        None => with_nearest_year(scan, month, day, Precision::Day)?,
    };
    let last = last.and_then(|last| Date::new(first.year(), month, last).ok());
    let left_open = if year.is_some() { LeftOpen::Nothing } else { LeftOpen::Year };
    Some(Found { end, period: Period { first, last, precision: Precision::Day }, left_open })
}

/// A day of the month that a dash, "to", "through" or "and" joins to the one before: the last of a stretch. "And" only in what is known to be a date:
/// "on March 3 and 20 others".
fn joined_day(scan: &Scan<'_, '_>, at: usize, first: i8) -> Option<(i8, usize)> {
    let last = day_number(scan, at + 1).filter(|last| *last > first)?;
    let joins = match scan.lower(at) {
        "-" | "–" | "—" | "to" | "through" => true,
        "and" => scan.is_known(at + 1) && last == first + 1,
        _ => false,
    };
    if !joins {
        return None;
    }
    Some((last, at + 2))
}

/// The year behind a month or day: "2021", ", 2021", "of 2021", "last year", "of this year".
fn year_behind(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, i16)> {
    let at = if matches!(scan.lower(at), "," | "of" | "in") { at + 1 } else { at };
    if let Some(year) = year_number(scan.lower(at)) {
        return Some((at + 1, year));
    }
    let shift = match scan.lower(at) {
        "last" => -1,
        "this" => 0,
        "next" => 1,
        _ => return None,
    };
    (scan.lower(at + 1) == "year").then_some((at + 2, scan.reference?.year() + shift))
}

/// "2022-01-09", "14.09.2022".
fn in_figures(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let first_word = scan.text(at);
    if !first_word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    // The tokenizer may take the figures apart at their dashes.
    let mut figures = first_word.to_owned();
    let mut end = at + 1;
    let has_figures = |idx: usize| scan.text(idx).starts_with(|c: char| c.is_ascii_digit());
    while end + 1 < at + 5
        && scan.words.is_glued(end)
        && matches!(scan.text(end), "-" | ".")
        && scan.words.is_glued(end + 1)
        && has_figures(end + 1)
    {
        figures.push_str(scan.text(end));
        figures.push_str(scan.text(end + 1));
        end += 2;
    }
    let parts = |mark: char| -> Option<[i16; 3]> {
        let parts: Vec<i16> = figures.split(mark).map(str::parse).collect::<Result<_, _>>().ok()?;
        parts.try_into().ok()
    };
    let date = |year: i16, month: i16, day: i16| {
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| is_year(year))
    };
    let found = match (parts('-'), parts('.')) {
        (Some([year, month, day]), _) => date(year, month, day),
        (None, Some([day, month, year])) => date(year, month, day),
        (None, None) => None,
    };
    Some(Found::fixed(end, Period::of(found?, Precision::Day)))
}

/// "the 1980s".
fn decade(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let word = without_mid(scan.lower(at));
    let (digits, mut end) = match word.strip_suffix('s') {
        Some(digits) => (digits, at + 1),
        None if scan.words.is_glued(at + 1) && matches!(scan.lower(at + 1), "s" | "'s") => (word, at + 2),
        None => return None,
    };
    let first = year_number(digits.trim_end_matches('\'')).filter(|year| year % 10 == 0)?;
    let mut last = first + 9;
    // "the 1970s and 1980s".
    if matches!(scan.lower(end), "and" | "-" | "–" | "to") {
        let next = if scan.lower(end + 1) == "early" { end + 2 } else { end + 1 };
        let second = scan.lower(next).strip_suffix('s').and_then(year_number).filter(|second| *second > first);
        if let Some(second) = second {
            (last, end) = (second + 9, next + 1);
        }
    }
    let year = |year: i16| Date::new(year, 1, 1).ok();
    Some(Found::fixed(end, Period { first: year(first)?, last: year(last), precision: Precision::Year }))
}

/// "the 12th century".
fn century(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    if !matches!(scan.lower(at + 1), "century") {
        return None;
    }
    let number = ordinal_figure(scan.lower(at)).filter(|number| (5..=21).contains(number))?;
    let first = (i16::from(number) - 1) * 100 + 1;
    let year = |year: i16| Date::new(year, 1, 1).ok();
    Some(Found::fixed(at + 2, Period { first: year(first)?, last: year(first + 99), precision: Precision::Year }))
}

/// "in 2020", "since 2017": a bare year needs a preposition, for "2000 people" counts them.
fn bare_year(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let year = year_number(without_mid(scan.lower(at))).filter(|_| !matches!(scan.lower(at + 1), "b.c." | "bc"))?;
    let is_date = scan.is_known(at) || BEFORE_DATES.contains(&scan.before(at));
    let period = Period::of(Date::new(year, 1, 1).ok()?, Precision::Year);
    is_date.then(|| Found::fixed(at + 1, period))
}

/// The last year of a stretch that is cut short: "1950–53", "1904-5".
pub(super) fn shortened_year(scan: &Scan<'_, '_>, at: usize, first: Date) -> Option<Date> {
    let word = scan.lower(at);
    let tail: i16 = word.parse().ok().filter(|_| word.len() <= 2)?;
    let base = if word.len() == 2 { 100 } else { 10 };
    let year = first.year() / base * base + tail;
    Date::new(year, 1, 1).ok().filter(|last| *last > first)
}

/// The day or month without a year that fits what it is the date of.
fn with_nearest_year(scan: &Scan<'_, '_>, month: i8, day: i8, precision: Precision) -> Option<Date> {
    let reference = scan.reference?;
    let today = if precision == Precision::Month { reference.first_of_month() } else { reference };
    let this_year = Date::new(today.year(), month, day).ok();
    let in_year = |year: i16| Date::new(year, month, day).ok();
    let Some(this_year) = this_year else {
        // February 29 of another year.
        return in_year(today.year() - 1).or_else(|| in_year(today.year() + 1));
    };
    match scan.tense {
        Tense::Past if this_year > today.checked_add(2.days()).ok()? => in_year(today.year() - 1),
        Tense::Open if precision == Precision::Month && this_year > today => in_year(today.year() - 1),
        Tense::Open if this_year > today.checked_add(6.months()).ok()? => in_year(today.year() - 1),
        Tense::Future if this_year < today.checked_sub(2.days()).ok()? => in_year(today.year() + 1),
        _ => Some(this_year),
    }
}

/// Months count with a capital only: "may" and "march" are other words.
pub(super) fn month_number(scan: &Scan<'_, '_>, at: usize) -> Option<i8> {
    if at >= scan.end || !without_mid(scan.words.text(at)).starts_with(char::is_uppercase) {
        return None;
    }
    let word = without_mid(scan.lower(at));
    let stem = word.trim_end_matches('.');
    let fits = |name: &&str| **name == *word || is_short_form(stem, name);
    (1..).zip(&MONTHS).find(|(_, name)| fits(name)).map(|(number, _)| number)
}

/// "mid-January" without what tells that it is the middle.
fn without_mid(word: &str) -> &str {
    word.strip_prefix("mid-").or_else(|| word.strip_prefix("Mid-")).unwrap_or(word)
}

/// "jan", "sept".
fn is_short_form(stem: &str, month: &str) -> bool {
    stem.len() == 3 && month.starts_with(stem) || stem == "sept" && month == "september"
}

/// Whether the month is cut short: "Mar." is a surname, too.
fn is_short(scan: &Scan<'_, '_>, at: usize) -> bool {
    !MONTHS.contains(&without_mid(scan.lower(at)))
}

/// "3", "3rd", "29th", and behind a month or before "of", "third".
fn day_number(scan: &Scan<'_, '_>, at: usize) -> Option<i8> {
    let word = scan.lower(at);
    let in_words = || (1..).zip(ORDINALS).find(|(_, name)| *name == word).map(|(number, _)| number);
    let digits = word.parse().ok().filter(|_| word.len() <= 2);
    digits.or_else(|| ordinal_figure(word)).or_else(in_words).filter(|day| (1..=31).contains(day))
}

/// "3rd", "29th".
fn ordinal_figure(word: &str) -> Option<i8> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending))?;
    digits.parse().ok()
}

fn year_number(word: &str) -> Option<i16> {
    word.parse().ok().filter(|year| word.len() == 4 && is_year(*year))
}

fn is_year(year: i16) -> bool {
    (1500..=2100).contains(&year)
}

/// "Sunday".
pub(super) fn weekday(scan: &Scan<'_, '_>, at: usize) -> Option<Weekday> {
    if at >= scan.end || !scan.words.is_capitalized(at) {
        return None;
    }
    Some(match scan.lower(at).trim_end_matches('.') {
        "monday" => Weekday::Monday,
        "tuesday" | "tues" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" | "thurs" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
