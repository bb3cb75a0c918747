//! Tables of articles: which lines are one, by the names of its columns. Columns go by the names of the fields of a JSON article.

use super::input::{FIELDS, FieldName, compared};

/// What may stand between columns, the usual ones first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Columns from which a line without names that are known is a table all the same, where tabs separate it: GDELT has 61.
const MIN_UNNAMED: usize = 8;

/// Longest name of a column, in bytes.
const MAX_NAME_BYTES: usize = 40;

/// A table's first line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// What stands between columns.
    pub(super) delimiter: u8,
    /// How many of the columns go by the name of a field.
    n_known: usize,
}

impl Header {
    /// The names in a line, if it is a table's first: several short ones, of which one is a text's or a title's.
    pub(super) fn of_line(line: &str) -> Option<Self> {
        DELIMITERS.into_iter().find_map(|delimiter| Self::separated(line, delimiter))
    }

    fn separated(line: &str, delimiter: u8) -> Option<Self> {
        let bare = |name: &str| name.trim().trim_matches('"').trim().to_owned();
        let names: Vec<String> = line.trim().split(char::from(delimiter)).map(bare).collect();
        let is_name = |name: &String| name.len() <= MAX_NAME_BYTES && !name.contains(['.', '!', '?', '"']);
        if names.len() < 2 || !names.iter().all(is_name) || !has_text(&names) {
            return None;
        }
        let n_known = names.iter().filter(|name| field(name).is_some()).count();
        Some(Self { delimiter, n_known })
    }

    /// Whether nothing but a table begins so: two columns at least are an article's.
    pub(super) fn is_sure(&self) -> bool {
        self.n_known >= 2
    }
}

/// The delimiter that a line before the table names for a spreadsheet, as in `sep=;`. A tab may have been trimmed off.
pub(super) fn separator(line: &str) -> Option<u8> {
    let bare = line.trim_start_matches('\u{FEFF}').trim_matches(['"', ' ', '\r', '\n']);
    let (name, sign) = bare.split_at_checked(4)?;
    match sign.as_bytes() {
        _ if !name.eq_ignore_ascii_case("sep=") => None,
        [] => Some(b'\t'),
        [sign] => Some(*sign),
        _ => None,
    }
}

/// Whether one of the columns holds what can be analyzed.
pub(super) fn has_text(names: &[String]) -> bool {
    let holds_text =
        |field| matches!(field, FieldName::Text | FieldName::Html | FieldName::Title | FieldName::Description);
    names.iter().filter_map(|name| field(name)).any(holds_text)
}

/// The field that a column holds.
fn field(name: &str) -> Option<FieldName> {
    let compared = compared(name.as_bytes());
    FIELDS.iter().find(|alias| alias.others.iter().any(|other| other.as_bytes() == compared)).map(|alias| alias.field)
}

/// Whether a text is a table: a first line of names with a row behind it, or a row of many columns without names.
pub(super) fn is_table(text: &str) -> bool {
    let mut lines = text.lines();
    let mut first = lines.next().unwrap_or_default();
    let is_said = separator(first).is_some();
    if is_said {
        first = lines.next().unwrap_or_default();
    }
    match Header::of_line(first) {
        Some(header) => {
            (is_said || header.is_sure()) && lines.any(|line| line.bytes().any(|byte| byte == header.delimiter))
        }
        None => is_unnamed(first),
    }
}

/// Whether a line is a row of a table without names.
pub(super) fn is_unnamed(line: &str) -> bool {
    line.split('\t').count() >= MIN_UNNAMED
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_of_names_makes_a_table() {
        for (line, expected) in [
            ("id,title,text", Some(b',')),
            ("\"id\",\"Article Text\",\"published at\"", Some(b',')),
            ("date\theadline\tbody", Some(b'\t')),
            ("id;headline;url", Some(b';')),
            ("Envoy arrives, talks begin", None),
            ("Summary, in short: the envoy left.", None),
            ("title", None),
            ("lat,lon", None),
        ] {
            assert_eq!(Header::of_line(line).map(|header| header.delimiter), expected, "{line}");
        }
    }
}
