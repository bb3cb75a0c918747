//! Where a value was written: default, file, environment.

use std::fmt;

/// The place of a value, in the order in which problems are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In a file given by the user.
    File {
        /// Its path as given.
        path: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A line of a table given by the user.
    Line {
        /// Its path as given.
        path: String,
        /// Line, from 1.
        line: usize,
    },
    /// In an environment variable.
    Environment {
        /// The variable's name.
        variable: String,
    },
    /// On the command line.
    CommandLine {
        /// The option, with its dashes.
        option: String,
    },
    /// In the defaults.
    Default {
        /// Line of `config/default.toml`, from 1.
        line: usize,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, line, column } => write!(f, "{path}:{line}:{column}"),
            Self::Line { path, line } => write!(f, "{path}:{line}"),
            Self::Environment { variable } => write!(f, "environment variable {variable}"),
            Self::CommandLine { option } => write!(f, "option {option}"),
            Self::Default { line } => write!(f, "default (config/default.toml:{line})"),
        }
    }
}

/// Line and column, both from 1, of a byte offset; the column counts characters.
pub(crate) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a = 1\né = \"ü\" b";
        let offset = text.find('b').unwrap();
        assert_eq!(line_and_column(text, offset), (2, 9));
        assert_eq!(line_and_column(text, 0), (1, 1));
    }
}
