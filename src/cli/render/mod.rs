//! Findings in the forms that `extract`, `demo` and `tail` print: for programs, for spreadsheets, for people.

mod csv;
mod gdelt;
mod pretty;
mod wrap;

use std::borrow::Cow;
use std::io::IsTerminal as _;

use clap::ValueEnum;

use crate::record::{AnalysisRecord, ArticleRecord, EventRecord, EventStatusRecord, Message, StatementRecord};

/// Widest line in pretty output: longer lines are hard to read however wide the window is.
const MAX_WIDTH: usize = 100;

/// The form in which findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// JSON lines, one analysis an article: text, sentences, statements, events
    Jsonl,
    /// For reading, coloured on a terminal
    Pretty,
    /// JSON lines, one statement a line, as in the topic
    Statements,
    /// JSON lines, one event a line, as in the topic
    Events,
    /// A table with a header, one row a statement or event
    Csv,
    /// Events in the 61 tab-separated columns of GDELT 2.0
    Gdelt,
    /// A page of all articles in one file, to open or to mail: `> report.html`
    Html,
}

/// Prints analyses in one form.
#[derive(Debug, Clone)]
pub(super) struct Renderer {
    format: Format,
    width: usize,
    /// Events of another status are left out; all are printed where it is empty.
    statuses: Vec<EventStatusRecord>,
}

impl Renderer {
    /// A renderer for standard output, in its width if that is a terminal. It prints events of these statuses; where none is given, of all that the
    /// form can tell apart.
    pub(super) fn new(format: Format, statuses: Vec<EventStatusRecord>) -> Self {
        Self::of_width(format, statuses, stdout_width())
    }

    fn of_width(format: Format, mut statuses: Vec<EventStatusRecord>, width: usize) -> Self {
        // GDELT has no column for what did not happen, or has not yet: whoever counts rows would count it.
        if format == Format::Gdelt && statuses.is_empty() {
            statuses.push(EventStatusRecord::Occurred);
        }
        Self { format, width, statuses }
    }

    /// What comes before the first article.
    pub(super) fn header(&self) -> Vec<u8> {
        match self.format {
            Format::Csv => csv::header(),
            _ => Vec::new(),
        }
    }

    /// One article's findings.
    pub(super) fn render(&self, record: &AnalysisRecord) -> Vec<u8> {
        let record = &*self.wanted(record);
        let mut out = Vec::new();
        match self.format {
            // A page is written once all articles are there; until then they are lines.
            Format::Jsonl | Format::Html => json_line(record, &mut out),
            Format::Statements => record.statements.iter().for_each(|found| json_line(found, &mut out)),
            Format::Events => record.events.iter().for_each(|found| json_line(found, &mut out)),
            Format::Pretty => out = pretty::analysis(record, self.width).into_bytes(),
            Format::Csv => out = csv::rows(record),
            Format::Gdelt => out = gdelt::rows(record),
        }
        out
    }

    /// The record with the events that are printed.
    fn wanted<'r>(&self, record: &'r AnalysisRecord) -> Cow<'r, AnalysisRecord> {
        if self.statuses.is_empty() {
            return Cow::Borrowed(record);
        }
        let mut record = record.clone();
        record.events.retain(|found| self.statuses.contains(&found.status));
        Cow::Owned(record)
    }
}

/// Everything found in one article for people, coloured. Like those below it ends in a line end.
pub fn pretty_analysis(record: &AnalysisRecord) -> String {
    pretty::analysis(record, stdout_width())
}

/// An article's headline for people, coloured.
pub fn pretty_headline(article: &ArticleRecord, text: Option<&str>) -> String {
    written(|width, out| pretty::headline(article, text, width, out))
}

/// One statement for people, coloured.
pub fn pretty_statement(found: &StatementRecord) -> String {
    written(|width, out| pretty::statement(found, width, out))
}

/// One event for people, coloured.
pub fn pretty_event(found: &EventRecord) -> String {
    written(|width, out| pretty::event(found, width, out))
}

/// One refused message for people, coloured.
pub fn pretty_dead_letter(message: &Message) -> String {
    written(|width, out| pretty::dead_letter(message, width, out))
}

fn written(write: impl FnOnce(usize, &mut String)) -> String {
    let mut out = String::new();
    write(stdout_width(), &mut out);
    out
}

fn stdout_width() -> usize {
    let stdout = std::io::stdout();
    let size = stdout.is_terminal().then(|| terminal_size::terminal_size_of(stdout)).flatten();
    size.map_or(MAX_WIDTH, |(width, _)| usize::from(width.0).clamp(20, MAX_WIDTH))
}

fn json_line(record: &impl serde::Serialize, out: &mut Vec<u8>) {
    serde_json::to_writer(&mut *out, record).expect("a record has string keys and finite numbers only");
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Renders `tests/data/render/analysis.json` and compares with the file beside it; `UPDATE_GOLDEN=1` rewrites that.
    fn check(format: Format, statuses: &[EventStatusRecord], file_name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/render");
        let record = fs::read(folder.join("analysis.json")).unwrap();
        let record: AnalysisRecord = serde_json::from_slice(&record).unwrap();
        let renderer = Renderer::of_width(format, statuses.to_vec(), 80);
        let rendered = [renderer.header(), renderer.render(&record)].concat();
        let rendered = anstream::adapter::strip_bytes(&rendered).into_vec();
        let path = folder.join(file_name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(&path, &rendered).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        let rendered = String::from_utf8(rendered).unwrap();
        assert_eq!(rendered, expected, "--format {format:?} differs from {}", path.display());
    }

    #[test]
    fn pretty() {
        check(Format::Pretty, &[], "pretty.txt");
    }

    #[test]
    fn csv() {
        check(Format::Csv, &[], "table.csv");
    }

    #[test]
    fn gdelt() {
        let happened_or_might =
            [EventStatusRecord::Occurred, EventStatusRecord::Conditional, EventStatusRecord::Alleged];
        check(Format::Gdelt, &happened_or_might, "events.tsv");
    }

    #[test]
    fn events_of_the_statuses_asked_for_are_printed() {
        let record: AnalysisRecord =
            serde_json::from_str(include_str!("../../../tests/data/render/analysis.json")).unwrap();
        let printed = |format, statuses: &[EventStatusRecord]| {
            let out = Renderer::of_width(format, statuses.to_vec(), 80).render(&record);
            out.iter().filter(|byte| **byte == b'\n').count()
        };
        let [occurred, negated] = [EventStatusRecord::Occurred, EventStatusRecord::Negated];
        assert_eq!((printed(Format::Events, &[]), printed(Format::Events, &[occurred, negated])), (4, 2));
        assert_eq!(printed(Format::Gdelt, &[]), printed(Format::Gdelt, &[occurred]), "what did not happen is no row");
        assert!(printed(Format::Gdelt, &[occurred, negated]) > printed(Format::Gdelt, &[]), "unless it is asked for");
    }

    #[test]
    fn json_lines_are_the_records_themselves() {
        let record: AnalysisRecord =
            serde_json::from_str(include_str!("../../../tests/data/render/analysis.json")).unwrap();
        let events = Renderer::of_width(Format::Events, Vec::new(), 80).render(&record);
        let events: Vec<EventRecord> =
            events.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
        assert_eq!(events, record.events);
    }
}
