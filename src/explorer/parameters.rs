//! Parameters of a query. One that there is not makes a query that cannot be read (400); a value that a parameter cannot have is no
//! value of its (422), with those that it can have in the detail.

use std::str::FromStr;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;

use super::problem::{Problem, bad_request, bad_value};

/// A query as it was written.
pub(super) type Written<T> = Result<Query<T>, QueryRejection>;

/// What was asked for, by its names.
pub(super) fn named<T>(query: Written<T>) -> Result<T, Problem> {
    query.map(|Query(named)| named).map_err(|error| bad_request(&error.body_text()))
}

/// The value that was given for a parameter, if one was.
pub(super) fn value<T>(
    name: &str,
    given: Option<String>,
    expected: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Problem> {
    let Some(given) = given else { return Ok(None) };
    let found = read(&given);
    found.map(Some).ok_or_else(|| bad_value(format!("{name}: expected {expected}, not {given:?}")))
}

/// A number from 0 to 1; 0 where none was given.
pub(super) fn probability<T>(name: &str, given: Option<String>) -> Result<T, Problem>
where
    T: FromStr + PartialOrd + From<u8>,
{
    let read = |text: &str| text.parse().ok().filter(|value| (T::from(0)..=T::from(1)).contains(value));
    Ok(value(name, given, "a number from 0 to 1", read)?.unwrap_or_else(|| T::from(0)))
}
