//! What is wrong with a configuration: every problem at once, each with its place.

use std::fmt;

use crate::config::place::Place;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it was written; for a default that contradicts a written value, the default's line.
    pub place: Place,
    /// The key in dotted form; empty for a problem of the file itself.
    pub key: String,
    /// What is wrong and what was expected; lower case, no full stop. It never holds a secret.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key.is_empty() {
            return write!(f, "{}: {}", self.place, self.message);
        }
        write!(f, "{}: {}: {}", self.place, self.key, self.message)
    }
}

/// All that is wrong, in the order of the places. Displays as one problem a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorted by place, so that a person reads the file from top to bottom. `None` where nothing is wrong.
    pub(crate) fn of(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort();
        problems.dedup();
        (!problems.is_empty()).then_some(Self(problems))
    }

    /// One by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// `; did you mean "…"?` for the closest of the names, or nothing where none is close.
///
/// Two slips in a short key are as many as a person makes; beyond a Jaro–Winkler similarity of 0.8 the suggestions
/// begin to be words of another subject.
pub(crate) fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let scored = known.into_iter().map(|name| (strsim::jaro_winkler(written, name), name));
    let best = scored.fold(None, |best: Option<(f64, &str)>, (score, name)| match best {
        Some((highest, _)) if highest >= score => best,
        _ => Some((score, name)),
    });
    match best {
        Some((score, name)) if score >= 0.8 => format!("; did you mean \"{name}\"?"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognized_and_a_stranger_is_not() {
        let known = ["epoch", "epoch_bytes", "grace", "workers"];
        assert_eq!(did_you_mean("worker", known), "; did you mean \"workers\"?");
        assert_eq!(did_you_mean("epoch_byte", known), "; did you mean \"epoch_bytes\"?");
        assert_eq!(did_you_mean("co~lour", known), "");
    }
}
