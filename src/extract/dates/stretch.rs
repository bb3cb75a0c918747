//! Two dates that are the ends of one stretch: "from Monday to Wednesday", "between July 30 and August 3", "February and March 2011", "1950–53".

use jiff::ToSpan;
use jiff::civil::Date;

use crate::finding::{Period, Precision};

use super::calendar;
use super::relative;
use super::scan::{Found, LeftOpen, Scan, Tense};

/// The date, single or stretch, that begins at a token.
pub(super) fn read(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    let Some(first) = single(scan, at) else {
        return from_behind(scan, at);
    };
    Some(joined(scan, at, &first).unwrap_or(first))
}

/// "February and March 2011" in an article without a date: the first takes its year from the second.
fn from_behind(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    if scan.reference.is_some() {
        return None;
    }
    let anywhen = Scan { reference: Some(Date::constant(2000, 1, 1)), ..*scan };
    let first = single(&anywhen, at).filter(|first| first.left_open == LeftOpen::Year)?;
    joined(scan, at, &first)
}

fn single(scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
    calendar::read(scan, at).or_else(|| relative::read(scan, at))
}

fn joined(scan: &Scan<'_, '_>, at: usize, first: &Found) -> Option<Found> {
    let link = first.end;
    let is_opened = matches!(scan.before(at), "from" | "between");
    let joins = match scan.lower(link) {
        "-" | "–" | "—" => true,
        "to" | "through" | "and" | "until" | "till" => is_opened || scan.is_known(link + 1),
        _ => false,
    };
    if !joins || first.period.last.is_some() {
        return None;
    }
    // Behind the link a bare month or year is a date.
    let behind = Scan { known: (link + 1, scan.end), ..*scan };
    if first.period.precision == Precision::Year
        && let Some(last) = calendar::shortened_year(&behind, link + 1, first.period.first)
    {
        return Some(Found { end: link + 2, period: Period { last: Some(last), ..first.period }, ..*first });
    }
    let last = single(&behind, link + 1).filter(|last| last.period.precision == first.period.precision)?;
    let (start, end) = fitted(scan.tense, first, &last)?;
    // "in 2006 and 2009" is twice, "on Monday and Tuesday" two days on end.
    let is_and = scan.lower(link) == "and" && scan.before(at) != "between";
    if is_and && last.period.last.is_none() && next(start, first.period.precision)? != end {
        return None;
    }
    let period = Period { first: start, last: Some(last.period.last.unwrap_or(end)), ..first.period };
    (start < end).then_some(Found { end: last.end, period, ..*first })
}

/// The day, week, month or year behind one.
fn next(first: Date, precision: Precision) -> Option<Date> {
    let behind = match precision {
        Precision::Day => first.tomorrow(),
        Precision::Week => first.checked_add(1.week()),
        Precision::Month => first.checked_add(1.month()),
        Precision::Year => first.checked_add(1.year()),
    };
    behind.ok()
}

/// Both ends, with what their words leave open moved so that one lies before the other.
fn fitted(tense: Tense, first: &Found, last: &Found) -> Option<(Date, Date)> {
    let (mut start, mut end) = (first.period.first, last.period.first);
    match (first.left_open, last.left_open) {
        (LeftOpen::Year, LeftOpen::Nothing) => {
            start = start.with().year(end.year()).build().ok()?;
            if start > end {
                start = start.checked_sub(1.year()).ok()?;
            }
        }
        (LeftOpen::Year, _) if start > end && tense == Tense::Future => end = end.checked_add(1.year()).ok()?,
        (LeftOpen::Year, _) if start > end => start = start.checked_sub(1.year()).ok()?,
        (LeftOpen::Week, LeftOpen::Week) if start > end && tense == Tense::Future => {
            end = end.checked_add(1.week()).ok()?
        }
        (LeftOpen::Week, LeftOpen::Week) if start > end => start = start.checked_sub(1.week()).ok()?,
        _ => {}
    }
    Some((start, end))
}
