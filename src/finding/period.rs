//! When something was: a day, week, month or year, or a stretch of them.

use jiff::civil::Date;

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// To the day.
    Day,
    /// To the week, Monday to Sunday.
    Week,
    /// To the month.
    Month,
    /// To the year.
    Year,
}

/// What the words of a date mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The day, or the first day of the week, month or year.
    pub first: Date,
    /// The same of the last one, where the words name several: "March 3–5", "between 1998 and 2000", "in the 1980s".
    pub last: Option<Date>,
    /// Days, weeks, months or years.
    pub precision: Precision,
}

impl Period {
    /// One day, week, month or year; `first` is its first day.
    pub const fn of(first: Date, precision: Precision) -> Self {
        Self { first, last: None, precision }
    }
}
