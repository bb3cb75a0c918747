//! Files with a JSON object a line, each line with its number, so that what is wrong with it can be said.

use serde::de::DeserializeOwned;

use super::ScoreError;
use super::excerpt::Ends;

/// What a line holds, and where it stands.
#[derive(Debug)]
pub(super) struct Row<'a, T> {
    file: &'a str,
    number: usize,
    pub(super) value: T,
}

impl<'a, T: DeserializeOwned> Row<'a, T> {
    /// Every line that is not blank.
    pub(super) fn all(file: &'a str, lines: &'a str) -> impl Iterator<Item = Result<Self, ScoreError>> {
        let numbered = (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty());
        numbered.map(move |(number, line)| {
            let value = serde_json::from_str(line);
            let value = value.map_err(|problem| ScoreError::new(file, number, problem.to_string()))?;
            Ok(Self { file, number, value })
        })
    }
}

impl<T> Row<'_, T> {
    /// What is wrong with this line.
    pub(super) fn wrong(&self, problem: impl Into<String>) -> ScoreError {
        ScoreError::new(self.file, self.number, problem)
    }

    /// Holds spans to the length of their text, in code points.
    pub(super) fn check_spans(&self, spans: impl Iterator<Item = Ends>, length: usize) -> Result<(), ScoreError> {
        let mut outside = spans.filter(|&(start, end)| start > end || end > length);
        outside.next().map_or(Ok(()), |(start, end)| {
            Err(self.wrong(format!("span ({start}, {end}) in a text of {length} code points")))
        })
    }
}
