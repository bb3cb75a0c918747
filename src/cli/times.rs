//! Points in time as people write them on a command line: a time, a day, or how long ago.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, SpanRelativeTo, Timestamp};

/// Milliseconds since 1970 of `2024-03-04T09:00:00Z`, `2024-03-04` (where the day begins in UTC) or `2h` or `7d` (that long ago).
///
/// # Errors
/// It is none of these.
pub(super) fn since(text: &str) -> Result<i64, String> {
    let day = |day: Date| Offset::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
    let ago = |ago: Span| Timestamp::now().checked_sub(ago.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?).ok();
    let time = text.parse::<Timestamp>().ok();
    let time = time.or_else(|| text.parse().ok().and_then(day)).or_else(|| text.parse().ok().and_then(ago));
    let time = time
        .ok_or("expected a time such as 2024-03-04T09:00:00Z, a day such as 2024-03-04, or how long ago, such as 2h")?;
    Ok(time.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_a_day_and_how_long_ago_are_read() {
        assert_eq!(since("1970-01-01T00:00:02Z"), Ok(2000));
        assert_eq!(since("1970-01-02"), Ok(86_400_000));
        let hour_ago = since("1h").unwrap();
        assert!((Timestamp::now().as_millisecond() - hour_ago - 3_600_000).abs() < 600_000);
        assert!((since("1d").unwrap() - since("24h").unwrap()).abs() < 600_000);
        assert!(since("yesterday").is_err());
    }
}
