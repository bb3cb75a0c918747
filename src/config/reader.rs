//! Takes values out of the merged layers by key: the right kind, within its range, or a problem. It goes on after each
//! problem, so that all are found; what it returns then is a stand-in nobody will use.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

#[cfg(feature = "kafka")]
use crate::config::place::Place;
use crate::config::problem::{Problem, did_you_mean};
use crate::config::raw::{Entry, Layer, Value};

/// Reads one merged layer and gathers what is wrong with it.
pub(crate) struct Reader<'a> {
    layer: &'a Layer,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(layer: &'a Layer) -> Self {
        Self { layer, problems: Vec::new() }
    }

    /// What was written under the key.
    ///
    /// # Panics
    /// Where the defaults do not have the key: the code and `config/default.toml` have grown apart.
    pub(crate) fn entry(&self, key: &str) -> &'a Entry {
        self.layer.get(key).unwrap_or_else(|| panic!("config/default.toml has no {key}"))
    }

    /// Says that the value of this key is wrong.
    pub(crate) fn complain(&mut self, key: &str, message: impl Into<String>) {
        let place = self.entry(key).place.clone();
        self.problems.push(Problem { place, key: key.to_owned(), message: message.into() });
    }

    /// A text; may be empty.
    pub(crate) fn text(&mut self, key: &str) -> String {
        match &self.entry(key).value {
            Value::String(text) => text.trim().to_owned(),
            other => self.wrong_kind(key, "text in quotation marks", other),
        }
    }

    /// A text that must say something.
    pub(crate) fn some_text(&mut self, key: &str) -> String {
        let text = self.text(key);
        if text.is_empty() && matches!(self.entry(key).value, Value::String(_)) {
            self.complain(key, "must not be empty");
        }
        text
    }

    /// `true` or `false`.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        match &self.entry(key).value {
            Value::Boolean(flag) => *flag,
            other => self.wrong_kind(key, "true or false", other),
        }
    }

    /// A whole number within the range.
    pub(crate) fn count(&mut self, key: &str, range: RangeInclusive<usize>) -> usize {
        let number = match &self.entry(key).value {
            Value::Integer(number) => *number,
            other => return self.wrong_kind(key, "a whole number", other),
        };
        match usize::try_from(number).ok().filter(|count| range.contains(count)) {
            Some(count) => count,
            None => {
                self.out_of_range(key, number, range.start(), range.end());
                *range.start()
            }
        }
    }

    /// A number within the range.
    pub(crate) fn fraction(&mut self, key: &str, range: RangeInclusive<f32>) -> f32 {
        let number = match &self.entry(key).value {
            Value::Float(number) => *number,
            Value::Integer(number) if *number == 0 => 0.0,
            Value::Integer(number) if *number == 1 => 1.0,
            Value::Integer(number) => {
                self.out_of_range(key, number, range.start(), range.end());
                return *range.start();
            }
            other => return self.wrong_kind(key, "a number", other),
        };
        #[expect(clippy::cast_possible_truncation, reason = "seven digits are more than a threshold has")]
        let single = number as f32;
        if !range.contains(&single) {
            self.out_of_range(key, number, range.start(), range.end());
        }
        single
    }

    /// Bytes: a whole number, or a text with a unit.
    pub(crate) fn size(&mut self, key: &str, range: RangeInclusive<usize>) -> usize {
        let bytes = match &self.entry(key).value {
            Value::Integer(number) => usize::try_from(*number).ok(),
            Value::String(text) => parse_size(text),
            other => return self.wrong_kind(key, "a size such as \"4 MB\"", other),
        };
        let Some(bytes) = bytes else {
            self.complain(key, "expected a size such as 4000000, \"512 KiB\" or \"4 MB\"");
            return *range.start();
        };
        if !range.contains(&bytes) {
            let (low, high) = (show_size(*range.start()), show_size(*range.end()));
            self.complain(key, format!("{} is out of range; expected {low} to {high}", show_size(bytes)));
        }
        bytes
    }

    /// A length of time with a unit.
    pub(crate) fn duration(&mut self, key: &str, range: RangeInclusive<Duration>) -> Duration {
        let parsed = match &self.entry(key).value {
            Value::String(text) => text.trim().parse::<jiff::SignedDuration>().ok(),
            Value::Integer(number) => {
                let hint = format!("expected a time with its unit, such as \"{number}ms\" or \"{number}s\"");
                self.complain(key, hint);
                return *range.start();
            }
            other => return self.wrong_kind(key, "a time such as \"100ms\"", other),
        };
        let Some(duration) = parsed.and_then(|signed| Duration::try_from(signed).ok()) else {
            self.complain(key, "expected a time such as \"100ms\", \"30s\" or \"2min\"");
            return *range.start();
        };
        if !range.contains(&duration) {
            let (low, high) = (range.start(), range.end());
            self.complain(key, format!("{duration:?} is out of range; expected {low:?} to {high:?}"));
        }
        duration
    }

    /// One of a closed list of words.
    pub(crate) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> T {
        let text = self.text(key);
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == text) {
            return *choice;
        }
        if matches!(self.entry(key).value, Value::String(_)) {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            let hint = did_you_mean(&text, words.iter().copied());
            self.complain(key, format!("\"{text}\" is none of {}{hint}", words.join(", ")));
        }
        choices[0].1
    }

    fn wrong_kind<T: Default>(&mut self, key: &str, expected: &str, found: &Value) -> T {
        let found = match found {
            Value::String(_) => "text",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Boolean(_) => "true or false",
            Value::List(_) => "a list",
        };
        self.complain(key, format!("expected {expected}, found {found}"));
        T::default()
    }

    fn out_of_range(&mut self, key: &str, found: impl Display, low: impl Display, high: impl Display) {
        self.complain(key, format!("{found} is out of range; expected {low} to {high}"));
    }
}

/// What the broker's part of the configuration needs besides.
#[cfg(feature = "kafka")]
impl<'a> Reader<'a> {
    /// A list of texts, or one text.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<String> {
        match &self.entry(key).value {
            Value::List(items) => items.iter().map(|item| item.trim().to_owned()).collect(),
            Value::String(text) => vec![text.trim().to_owned()],
            other => self.wrong_kind(key, "a list of texts", other),
        }
    }

    /// Every value under a table, by its key within it.
    pub(crate) fn table(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a Entry)> + use<'a> {
        let prefix = format!("{name}.");
        self.layer.iter().filter_map(move |(key, entry)| Some((key.strip_prefix(&prefix)?, entry)))
    }

    /// Where a key was written, if it was.
    pub(crate) fn find(&self, key: &str) -> Option<&'a Place> {
        self.layer.get(key).map(|entry| &entry.place)
    }
}

/// Units of sizes: decimal and binary, as IEC 80000-13 tells them apart.
const UNITS: [(&str, usize); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
];

fn parse_size(text: &str) -> Option<usize> {
    let text = text.trim();
    let unit = UNITS.iter().find(|(unit, _)| {
        let tail = text.len().checked_sub(unit.len()).and_then(|at| text.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(unit))
    });
    let (digits, factor) = match unit {
        Some((unit, factor)) => (&text[..text.len() - unit.len()], *factor),
        None => (text, 1),
    };
    digits.trim_end().parse::<usize>().ok()?.checked_mul(factor)
}

/// A size in the largest unit that divides it.
pub(crate) fn show_size(bytes: usize) -> String {
    let unit = UNITS.iter().filter(|(_, factor)| bytes.is_multiple_of(*factor)).max_by_key(|(_, factor)| *factor);
    match unit {
        Some((unit, factor)) if bytes > 0 => format!("{} {unit}", bytes / factor),
        _ => format!("{bytes} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        #[rustfmt::skip]
        let cases = [
            ("2 MiB", Some(2_097_152)), ("4 MB", Some(4_000_000)), ("4mb", Some(4_000_000)), ("512KiB", Some(524_288)), ("17", Some(17)),
            ("17 B", Some(17)), ("", None), ("MB", None), ("-1 MB", None), ("1.5 MB", None), ("99999999999999 GB", None), ("é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_size(text), expected, "{text:?}");
        }
        assert_eq!(show_size(2_097_152), "2 MiB");
        assert_eq!(show_size(4_000_000), "4 MB");
        assert_eq!(show_size(0), "0 B");
    }
}
