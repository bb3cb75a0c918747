//! Dates as senders write them. A time without a zone is taken as UTC; what cannot be read is absent, not an error.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, temporal};
use jiff::tz::Offset;

/// Numbers at least this large are milliseconds, smaller ones seconds since 1970: as seconds it is the year 5138, as
/// milliseconds March 1973.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Reads RFC 3339, ISO 8601 (a date alone is its midnight), RFC 2822 or a number of seconds or milliseconds since 1970.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        // A year or a compact date (2022, 20220109) is no time since 1970.
        return if number >= 1_000_000_000 { from_epoch(number) } else { compact_date(text) };
    }
    let parser = temporal::DateTimeParser::new();
    let utc = |datetime: DateTime| Offset::UTC.to_timestamp(datetime).ok();
    None.or_else(|| parser.parse_timestamp(text).ok())
        .or_else(|| parser.parse_datetime(text).ok().and_then(utc))
        .or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}

/// Seconds or milliseconds since 1970.
pub(super) fn from_epoch(number: i64) -> Option<Timestamp> {
    if number.abs() >= FIRST_MILLISECONDS {
        Timestamp::from_millisecond(number).ok()
    } else {
        Timestamp::from_second(number).ok()
    }
}

/// Seconds since 1970 with a fraction, which is dropped.
pub(super) fn from_epoch_fraction(number: f64) -> Option<Timestamp> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and what is out of range is no date")]
    from_epoch(number as i64)
}

fn compact_date(text: &str) -> Option<Timestamp> {
    let date = (text.len() == 8).then(|| Date::strptime("%Y%m%d", text).ok()).flatten()?;
    Offset::UTC.to_timestamp(date.into()).ok()
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
            "2022-01-09T21:30:00",
            "2022-01-09 21:30",
            "Sun, 09 Jan 2022 21:30:00 GMT",
            "Sun, 09 Jan 2022 22:30:00 +0100",
            "1641763800",
            "1641763800000",
            "  2022-01-09T21:30:00Z ",
        ] {
            assert_eq!(parse(text), Some(expected), "{text:?}");
        }
        let midnight: Timestamp = "2022-01-09T00:00:00Z".parse().unwrap();
        assert_eq!(parse("2022-01-09"), Some(midnight));
        assert_eq!(parse("20220109"), Some(midnight));
    }

    #[test]
    fn what_is_no_date_is_absent() {
        for text in ["", "yesterday", "2022", "2022-13-40", "99999999999999999999", "5 minutes ago"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }
}
