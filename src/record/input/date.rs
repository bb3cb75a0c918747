//! Dates as senders write them. A time without a zone is taken as UTC; what cannot be read, or cannot be meant, is absent,
//! not an error.
//!
//! Digits alone are a date in compact form (`20260305`, `202603051200`, `20260305120000`) before they are a time since 1970,
//! for as such they would be the years 1976 and 2612. A time since 1970 shows its unit by its size. What has two readings, and what
//! stands for no date at all in many databases (zero, the years 1 and 9999), is absent: a wrong day would move every event of the article.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::Offset;

/// Years that an article can be of: from the first newspapers to what no plan reaches.
const YEARS: std::ops::RangeInclusive<i16> = 1600..=2199;

/// Smallest number that is a time since 1970: in seconds March 1973. Below are zero, years, and days since 1970.
const FIRST_SECONDS: i64 = 100_000_000;

/// Smallest number of milliseconds, likewise; as seconds it would be the year 5138.
const FIRST_MILLISECONDS: i64 = 1_000 * FIRST_SECONDS;

/// Smallest number of microseconds, likewise.
const FIRST_MICROSECONDS: i64 = 1_000 * FIRST_MILLISECONDS;

/// Smallest number of nanoseconds, likewise.
const FIRST_NANOSECONDS: i64 = 1_000 * FIRST_MICROSECONDS;

/// Digits of the compact forms that are read, and of the one with an hour alone, which may as well be seconds of the 2030s.
const DATE_DIGITS: usize = 8;
const HOUR_DIGITS: usize = 10;
const MINUTE_DIGITS: usize = 12;
const SECOND_DIGITS: usize = 14;

/// Forms of a day that people and content systems write, beside the standards. `05/03/2026` is not among them: it is March in London and
/// May in New York.
const DAYS: [&str; 6] = ["%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%b %d %Y"];

/// Forms of the time behind it.
const TIMES: [&str; 5] = ["%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M%p", "%I:%M:%S %p"];

/// The form of C's clock, in which the year comes last.
const YEAR_LAST: &str = "%b %d %H:%M:%S %Y";

/// Names of zones that mean one offset, in hours: those of RFC 2822, and of Europe.
const ZONES: [(&str, i8); 17] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UT", 0),
    ("Z", 0),
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("BST", 1),
    ("CET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
];

/// Reads RFC 3339, ISO 8601 (a date alone is its midnight), RFC 2822, a compact date, a time since 1970, or a day in words.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().and_then(from_number);
    }
    let parser = temporal::DateTimeParser::new();
    let found = None
        .or_else(|| parser.parse_timestamp(text).ok())
        .or_else(|| {
            let (text, zone) = without_zone(text);
            parser.parse_datetime(text).ok().and_then(|time| zone.to_timestamp(time).ok())
        })
        .or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
        .or_else(|| text.parse().ok().and_then(from_fraction))
        .or_else(|| in_words(text));
    found.filter(|time| can_be_meant(*time))
}

/// A number: a compact date, or a time since 1970.
pub(super) fn from_number(number: i64) -> Option<Timestamp> {
    let digits = number.to_string();
    let time = match digits.len() {
        DATE_DIGITS => compact(&digits),
        HOUR_DIGITS if compact(&digits).is_some() => None,
        MINUTE_DIGITS => compact(&digits).or_else(|| from_epoch(number)),
        SECOND_DIGITS => compact(&digits),
        _ => from_epoch(number),
    };
    time.filter(|time| can_be_meant(*time))
}

/// Seconds since 1970 with a fraction, which is dropped.
pub(super) fn from_fraction(number: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and what is out of range is no date")]
    from_number(number as i64)
}

/// A time since 1970, in the unit that its size shows.
fn from_epoch(number: i64) -> Option<Timestamp> {
    match number.checked_abs()? {
        FIRST_NANOSECONDS.. => Timestamp::from_nanosecond(number.into()).ok(),
        FIRST_MICROSECONDS.. => Timestamp::from_microsecond(number).ok(),
        FIRST_MILLISECONDS.. => Timestamp::from_millisecond(number).ok(),
        FIRST_SECONDS.. => Timestamp::from_second(number).ok(),
        _ => None,
    }
}

/// Year, month and day, and as far as they are there hour, minute and second, without anything between.
fn compact(digits: &str) -> Option<Timestamp> {
    let (day, time) = digits.split_at_checked(DATE_DIGITS)?;
    let date = Date::strptime("%Y%m%d", day).ok()?;
    let part = |at: usize| time.get(at..at + 2).map_or(Some(0), |part| part.parse::<i8>().ok());
    let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
    let datetime = DateTime::new(date.year(), date.month(), date.day(), hour, minute, second, 0).ok()?;
    utc(datetime).filter(|time| can_be_meant(*time))
}

/// A day in words, perhaps with a time: "March 5, 2026, 10:00 a.m. EST", "Thu Mar 05 2026 10:00:00 GMT+0100 (CET)".
fn in_words(text: &str) -> Option<Timestamp> {
    let (text, zone) = without_zone(text);
    let text = without_weekday(text).replace(" at ", " ").replace("a.m.", "AM").replace("p.m.", "PM");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let day = || DAYS.iter().find_map(|form| Date::strptime(form, &text).ok()).map(DateTime::from);
    let time = || {
        let forms = DAYS.iter().flat_map(|day| TIMES.iter().map(move |time| (day, time)));
        let mut forms = forms.flat_map(|(day, time)| [format!("{day} {time}"), format!("{day}, {time}")]);
        forms.find_map(|form| DateTime::strptime(form, &text).ok())
    };
    let found = day().or_else(time).or_else(|| DateTime::strptime(YEAR_LAST, &text).ok());
    found.and_then(|found| zone.to_timestamp(found).ok())
}

/// A time without the name or offset of its zone, and that; UTC where there is none.
fn without_zone(text: &str) -> (&str, Offset) {
    // A browser writes the zone's name behind the offset.
    let text = match text.rsplit_once(" (") {
        Some((before, name)) if name.ends_with(')') => before,
        _ => text,
    };
    let Some((before, last)) = text.rsplit_once(' ') else { return (text, Offset::UTC) };
    let named =
        ZONES.iter().find(|(name, _)| name.eq_ignore_ascii_case(last)).map(|(_, hours)| jiff::tz::offset(*hours));
    let found = named.or_else(|| offset(last.strip_prefix("GMT").or_else(|| last.strip_prefix("UTC")).unwrap_or(last)));
    found.map_or((text, Offset::UTC), |zone| (before, zone))
}

/// An offset in digits: "+01:00", "-0500".
fn offset(text: &str) -> Option<Offset> {
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = digits.split_at(2);
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// A day without the name of its weekday.
fn without_weekday(text: &str) -> &str {
    const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let Some((first, rest)) = text.split_once([' ', ',']) else { return text };
    let first = first.trim_end_matches('.').to_ascii_lowercase();
    let is_weekday = first.len() >= 3 && WEEKDAYS.iter().any(|day| day.starts_with(&first));
    if is_weekday { rest.trim_start_matches([',', ' ']) } else { text }
}

fn utc(datetime: DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(datetime).ok()
}

/// Whether an article can be of this time. Midnight of the first of January 1970 is what a missing date becomes.
fn can_be_meant(time: Timestamp) -> bool {
    time != Timestamp::UNIX_EPOCH && YEARS.contains(&Offset::UTC.to_datetime(time).year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_that_senders_use_are_read() {
        let expected: Timestamp = "2022-01-09T21:30:00Z".parse().unwrap();
        for text in [
            "2022-01-09T21:30:00Z",
            "2022-01-09T21:30:00.000Z",
            "2022-01-09 21:30:00+00:00",
            "2022-01-09T22:30:00+01:00",
            "2022-01-09T22:30:00.000+0100",
            "2022-01-09T21:30:00",
            "2022-01-09 21:30",
            "2022-01-09 21:30:00 UTC",
            "20220109T213000Z",
            "Sun, 09 Jan 2022 21:30:00 GMT",
            "Sun, 09 Jan 2022 22:30:00 +0100",
            "1641763800",
            "1641763800.25",
            "1641763800000",
            "1641763800000000",
            "1641763800000000000",
            "202201092130",
            "20220109213000",
            "2022/01/09 21:30",
            "January 9, 2022 9:30 PM",
            "Jan 9, 2022, 9:30 p.m.",
            "Sunday, January 9, 2022 at 4:30 PM EST",
            "Sun Jan 09 2022 22:30:00 GMT+0100 (Central European Standard Time)",
            "Sun Jan  9 21:30:00 2022",
            "9 January 2022, 22:30 CET",
            "2022-01-09 22:30:00 +0100",
            "2022-01-09 16:30:00 -05:00",
            "2022-01-09 21:30:00 GMT",
            "  2022-01-09T21:30:00Z ",
        ] {
            assert_eq!(parse(text), Some(expected), "{text:?}");
        }
        let midnight: Timestamp = "2022-01-09T00:00:00Z".parse().unwrap();
        for text in ["2022-01-09", "20220109", "2022/01/09", "January 9, 2022", "9 January 2022", "Jan 9, 2022"] {
            assert_eq!(parse(text), Some(midnight), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_date_is_absent() {
        for text in [
            "",
            "yesterday",
            "2022",
            "2022-13-40",
            "99999999999999999999",
            "5 minutes ago",
            "Sunday",
            "Monday at 10:00",
            "20221340",
            "20221340000000",
            "05/03/2026",
            "2026030512",
            "0",
            "19000",
            "0001-01-01T00:00:00Z",
            "9999-12-31",
            "1970-01-01T00:00:00Z",
            "-9223372036854775808",
            "NaN",
            "inf",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_since_1970_that_is_no_compact_date_stays_one() {
        for (number, expected) in [(1_772_712_000, "2026-03-05T12:00:00Z"), (-100_000_000, "1966-10-31T14:13:20Z")] {
            assert_eq!(from_number(number), expected.parse().ok(), "{number}");
        }
    }
}
