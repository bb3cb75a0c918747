//! How articles lie in a file: by its extension, else by its first line.

use super::super::table::{Header, is_unnamed, separator};
use super::encoded::HEAD_BYTES;

/// How articles lie in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Layout {
    /// One JSON value a line.
    Lines,
    /// JSON values one behind the other, or an array of them.
    Values,
    /// The file is one article, of this type; the empty type leaves it to the bytes.
    Whole(&'static str),
    /// A table, with what stands between its columns.
    Table(u8),
    /// A web archive.
    Archive,
}

impl Layout {
    /// By the file's extension, without that of a compression, and its first line.
    pub(super) fn of(extension: Option<&str>, head: &[u8]) -> Self {
        let line = String::from_utf8_lossy(head);
        let line = line.trim_start_matches('\u{FEFF}').trim();
        match extension {
            Some("jsonl" | "ndjson") => Self::Lines,
            Some("html" | "htm" | "xhtml") => Self::Whole("text/html"),
            // Whoever saved a page or JSON lines under such a name did not mean their tags and braces.
            Some("txt" | "text" | "md") => match Self::by_first_line(line) {
                found @ (Self::Lines | Self::Archive) => found,
                _ if is_page(line) => Self::Whole(""),
                _ => Self::Whole("text/plain"),
            },
            Some("csv" | "tsv" | "tab") if let Some(delimiter) = separator(line) => Self::Table(delimiter),
            Some("tsv" | "tab") => Self::Table(b'\t'),
            // What is called so and is no JSON is an error of whoever wrote it, and no text.
            Some("json") if !line.is_empty() => match Self::by_first_line(line) {
                found @ (Self::Lines | Self::Values | Self::Archive) => found,
                _ => Self::Whole("application/json"),
            },
            // Spreadsheets write semicolons where commas are in numbers.
            Some("csv") => Self::Table(Header::of_line(line).map_or(b',', |header| header.delimiter)),
            Some("warc") => Self::Archive,
            _ => Self::by_first_line(line),
        }
    }

    fn by_first_line(line: &str) -> Self {
        match line.as_bytes().first() {
            Some(b'{') => {
                // A first line longer than the head is a whole article too: over several lines none is so long.
                let is_line = line.ends_with('}') && serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
                if is_line || line.len() as u64 > HEAD_BYTES / 2 { Self::Lines } else { Self::Values }
            }
            // A text may begin with a bracket, and an array is not followed by words.
            Some(b'[')
                if matches!(line[1..].trim_start().as_bytes().first(), None | Some(b'{' | b'[' | b']' | b'"')) =>
            {
                Self::Values
            }
            _ if line.starts_with("WARC/") => Self::Archive,
            _ => match Header::of_line(line) {
                Some(header) if header.is_sure() => Self::Table(header.delimiter),
                _ if let Some(delimiter) = separator(line) => Self::Table(delimiter),
                _ if is_unnamed(line) => Self::Table(b'\t'),
                _ => Self::Whole(""),
            },
        }
    }
}

/// Whether a line is the first of a whole page or of XML.
fn is_page(line: &str) -> bool {
    let line = line.get(..15).unwrap_or(line).to_ascii_lowercase();
    ["<!doctype html", "<html", "<?xml", "<rss"].iter().any(|begin| line.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_extension_is_what_its_first_line_says() {
        for (head, expected) in [
            ("{\"text\": \"a\"}", Layout::Lines),
            ("{", Layout::Values),
            ("[", Layout::Values),
            ("[{\"text\": \"a\"},", Layout::Values),
            ("[Update] The envoy left.", Layout::Whole("")),
            ("<rss version=\"2.0\"><channel>", Layout::Whole("")),
            ("<!DOCTYPE html>", Layout::Whole("")),
            ("WARC/1.0", Layout::Archive),
            ("id;title;text", Layout::Table(b';')),
            ("Envoy arrives, talks begin", Layout::Whole("")),
        ] {
            assert_eq!(Layout::of(None, head.as_bytes()), expected, "{head}");
        }
        for (head, expected) in [
            ("{sic} The envoy left.", Layout::Whole("text/plain")),
            ("<p> is what he wrote", Layout::Whole("text/plain")),
            ("{\"text\": \"a\"}", Layout::Lines),
            ("<!DOCTYPE html><html>", Layout::Whole("")),
        ] {
            assert_eq!(Layout::of(Some("txt"), head.as_bytes()), expected, "{head}");
        }
        assert_eq!(Layout::of(Some("csv"), b"name;text"), Layout::Table(b';'));
        assert_eq!(Layout::of(Some("json"), b"// the envoy"), Layout::Whole("application/json"));
        assert_eq!(Layout::of(Some("json"), b""), Layout::Whole(""));
    }
}
