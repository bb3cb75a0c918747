//! Findings in the forms that `extract`, `demo` and `tail` print: for programs, for spreadsheets, for people.

mod csv;
mod gdelt;
mod pretty;
mod what;
mod wrap;

use std::io::IsTerminal as _;
use std::path::Path;

use clap::ValueEnum;
use serde_json::Value;

use super::filter::{Filter, RecordKind};
use crate::record::{AnalysisRecord, ArticleRecord, EventRecord, EventStatusRecord, Message, StatementRecord};
use what::Selection;
pub use what::What;

/// Widest line in pretty output: longer lines are hard to read however wide the window is.
const MAX_WIDTH: usize = 100;

/// The form in which findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For reading, colored on a terminal
    Pretty,
    /// JSON lines: one analysis an article, or one finding a line where --what asks for findings
    Jsonl,
    /// The same as --format jsonl --what statements
    Statements,
    /// The same as --format jsonl --what events
    Events,
    /// A table with a header, one row a statement or event
    Csv,
    /// Events in the 61 tab-separated columns of GDELT 2.0
    Gdelt,
    /// A page of all articles in one file, to open or to mail: `--output report.html`
    Html,
}

impl Format {
    /// The form that is printed where none was asked for: by the name of the file, if it is one; else people read on a terminal, and programs
    /// in a pipe.
    pub(super) fn of_output(output: Option<&Path>) -> Self {
        let Some(path) = output else {
            return if std::io::stdout().is_terminal() { Self::Pretty } else { Self::Jsonl };
        };
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => Self::Csv,
            Some("html" | "htm") => Self::Html,
            Some("txt") => Self::Pretty,
            _ => Self::Jsonl,
        }
    }
}

/// Which records are printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Of these kinds; of all where it is empty.
    pub(super) what: Vec<What>,
    /// Events of these statuses; where it is empty, of all that the form can tell apart.
    pub(super) statuses: Vec<EventStatusRecord>,
    /// Findings that fulfill this condition.
    pub(super) filter: Option<Filter>,
}

/// Prints analyses and findings in one form.
#[derive(Debug, Clone)]
pub(super) struct Renderer {
    format: Format,
    width: usize,
    what: Selection,
    statuses: Vec<EventStatusRecord>,
    filter: Option<Filter>,
}

impl Renderer {
    /// A renderer for standard output, in its width if that is a terminal.
    ///
    /// # Errors
    /// The form cannot hold what is wanted.
    pub(super) fn new(format: Format, wanted: Wanted) -> Result<Self, String> {
        Self::of_width(format, wanted, stdout_width())
    }

    fn of_width(format: Format, mut wanted: Wanted, width: usize) -> Result<Self, String> {
        let short = match format {
            Format::Statements => Some(What::Statements),
            Format::Events => Some(What::Events),
            _ => None,
        };
        if let Some(short) = short {
            if !wanted.what.is_empty() && wanted.what != [short] {
                return Err("this --format says what is printed, and --what something else".to_owned());
            }
            wanted.what = vec![short];
        }
        let format = if short.is_some() { Format::Jsonl } else { format };
        let what = Selection::new(&wanted.what);
        // GDELT has no column for what did not happen, or has not yet: whoever counts rows would count it.
        if format == Format::Gdelt {
            if !what.events {
                return Err("GDELT's columns hold events and nothing else: leave --what out".to_owned());
            }
            if wanted.statuses.is_empty() {
                wanted.statuses.push(EventStatusRecord::Occurred);
            }
        }
        Ok(Self { format, width, what, statuses: wanted.statuses, filter: wanted.filter })
    }

    /// The form that is printed.
    pub(super) fn format(&self) -> Format {
        self.format
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
        let mut record = record.clone();
        self.what.narrow(&mut record);
        record.statements.retain(|found| self.wants_statement(found));
        record.events.retain(|found| self.wants_event(found));
        let mut out = Vec::new();
        match self.format {
            Format::Jsonl if !self.what.analyses => {
                record.statements.iter().for_each(|found| json_line(found, &mut out));
                record.events.iter().for_each(|found| json_line(found, &mut out));
            }
            // A page is written once all articles are there; until then they are lines.
            Format::Jsonl | Format::Html | Format::Statements | Format::Events => json_line(&record, &mut out),
            Format::Pretty => out = pretty::analysis(&record, self.what, self.width).into_bytes(),
            Format::Csv => out = csv::rows(&record),
            Format::Gdelt => out = gdelt::rows(&record),
        }
        out
    }

    /// Whether a statement is printed.
    pub(super) fn wants_statement(&self, found: &StatementRecord) -> bool {
        self.passes(RecordKind::Statement, found)
    }

    /// Whether an event is printed.
    pub(super) fn wants_event(&self, found: &EventRecord) -> bool {
        self.has_status(found.status.as_str()) && self.passes(RecordKind::Event, found)
    }

    fn passes(&self, kind: RecordKind, found: &impl serde::Serialize) -> bool {
        self.filter.is_none() || serde_json::to_value(found).is_ok_and(|record| self.accepts(kind, &record))
    }

    /// Whether a record fulfills the condition, if there is one.
    pub(super) fn accepts(&self, kind: RecordKind, record: &Value) -> bool {
        self.filter.as_ref().is_none_or(|filter| filter.accepts(kind, record))
    }

    /// Whether events of this status are printed.
    pub(super) fn has_status(&self, status: &str) -> bool {
        self.statuses.is_empty() || self.statuses.iter().any(|wanted| wanted.as_str() == status)
    }

    /// A statement by itself, as a topic holds it; not for reading.
    #[cfg(feature = "kafka")]
    pub(super) fn statement(&self, found: &StatementRecord) -> Vec<u8> {
        match self.format {
            Format::Csv => csv::statement(found),
            Format::Gdelt => Vec::new(),
            _ => line_of(found),
        }
    }

    /// An event by itself, as a topic holds it; not for reading.
    #[cfg(feature = "kafka")]
    pub(super) fn event(&self, found: &EventRecord) -> Vec<u8> {
        match self.format {
            Format::Csv => csv::event(found),
            Format::Gdelt => gdelt::event(found),
            _ => line_of(found),
        }
    }
}

/// Everything found in one article for people, colored. Like those below it ends in a line end.
pub fn pretty_analysis(record: &AnalysisRecord) -> String {
    pretty::analysis(record, Selection::new(&[]), stdout_width())
}

/// An article's headline for people, colored.
pub fn pretty_headline(article: &ArticleRecord, text: Option<&str>) -> String {
    written(|width, out| pretty::headline(article, text, width, out))
}

/// One statement for people, colored.
pub fn pretty_statement(found: &StatementRecord) -> String {
    written(|width, out| pretty::statement(found, width, out))
}

/// One event for people, colored.
pub fn pretty_event(found: &EventRecord) -> String {
    written(|width, out| pretty::event(found, width, out))
}

/// One refused message for people, colored.
pub fn pretty_dead_letter(message: &Message) -> String {
    written(|width, out| pretty::dead_letter(message, width, out))
}

/// Place, time, key and headers of a message for people, colored.
pub fn pretty_envelope(message: &Message) -> String {
    written(|width, out| pretty::envelope(message, width, out))
}

/// Reads the name of a status.
pub(super) fn status(text: &str) -> Result<EventStatusRecord, String> {
    let known = EventStatusRecord::ALL.into_iter().find(|status| status.as_str() == text);
    let names = || EventStatusRecord::ALL.map(EventStatusRecord::as_str).join(", ");
    known.ok_or_else(|| format!("expected one of {}", names()))
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

#[cfg(feature = "kafka")]
fn line_of(record: &impl serde::Serialize) -> Vec<u8> {
    let mut out = Vec::new();
    json_line(record, &mut out);
    out
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

    fn renderer(format: Format, what: &[What], statuses: &[EventStatusRecord]) -> Renderer {
        let wanted = Wanted { what: what.to_vec(), statuses: statuses.to_vec(), filter: None };
        Renderer::of_width(format, wanted, 80).unwrap()
    }

    fn record() -> AnalysisRecord {
        serde_json::from_str(include_str!("../../../tests/data/render/analysis.json")).unwrap()
    }

    /// Renders `tests/data/render/analysis.json` and compares with the file beside it; `UPDATE_GOLDEN=1` rewrites that.
    fn check(format: Format, statuses: &[EventStatusRecord], file_name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/render");
        let renderer = renderer(format, &[], statuses);
        let rendered = [renderer.header(), renderer.render(&record())].concat();
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
        let record = record();
        let printed = |format, statuses: &[EventStatusRecord]| {
            let out = renderer(format, &[], statuses).render(&record);
            out.iter().filter(|byte| **byte == b'\n').count()
        };
        let [occurred, negated] = [EventStatusRecord::Occurred, EventStatusRecord::Negated];
        assert_eq!((printed(Format::Events, &[]), printed(Format::Events, &[occurred, negated])), (4, 2));
        assert_eq!(printed(Format::Gdelt, &[]), printed(Format::Gdelt, &[occurred]), "what did not happen is no row");
        assert!(printed(Format::Gdelt, &[occurred, negated]) > printed(Format::Gdelt, &[]), "unless it is asked for");
    }

    #[test]
    fn json_lines_are_the_records_themselves() {
        let record = record();
        let lines = |out: Vec<u8>| -> Vec<serde_json::Value> {
            out.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect()
        };
        let events: Vec<_> = record.events.iter().map(|found| serde_json::to_value(found).unwrap()).collect();
        let statements = record.statements.iter().map(|found| serde_json::to_value(found).unwrap());
        let both: Vec<_> = statements.chain(events.iter().cloned()).collect();
        assert_eq!(lines(renderer(Format::Events, &[], &[]).render(&record)), events);
        assert_eq!(lines(renderer(Format::Jsonl, &[What::Events], &[]).render(&record)), events);
        assert_eq!(lines(renderer(Format::Jsonl, &[What::Events, What::Statements], &[]).render(&record)), both);
        assert_eq!(lines(renderer(Format::Jsonl, &[], &[]).render(&record)), [serde_json::to_value(&record).unwrap()]);
    }

    #[test]
    fn what_is_not_asked_for_is_not_printed_in_any_form() {
        let record = record();
        let text = |format, what: &[What]| {
            let out = renderer(format, what, &[]).render(&record);
            String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
        };
        let table = text(Format::Csv, &[What::Statements]);
        assert!(table.contains("statement,") && !table.contains("event,"), "{table}");
        let page = text(Format::Pretty, &[What::Events]);
        assert!(page.contains("\nEvents 4\n") && !page.contains("Statements") && !page.contains("\nWho "), "{page}");
        let wanted = |what: &[What]| Wanted { what: what.to_vec(), ..Wanted::default() };
        assert!(Renderer::of_width(Format::Gdelt, wanted(&[What::Statements]), 80).is_err());
        assert!(Renderer::of_width(Format::Events, wanted(&[What::Statements]), 80).is_err());
    }

    #[test]
    fn findings_that_fulfil_a_condition_are_printed() {
        let filter = Filter::parse("event.quad_class == 4 || statement.kind == 'mixed'").unwrap();
        let wanted = Wanted { filter: Some(filter), what: vec![What::Statements, What::Events], ..Wanted::default() };
        let record = record();
        let out = Renderer::of_width(Format::Jsonl, wanted, 80).unwrap().render(&record);
        let n_mixed = record.statements.iter().filter(|found| found.kind == crate::record::StatementKindRecord::Mixed);
        let n_conflict = record.events.iter().filter(|found| found.quad_class == 4);
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), n_mixed.count() + n_conflict.count());
    }
}
