//! Findings for reading: who said what to whom as in a play, who did what to whom with the sentence it stands in.
//!
//! Colors are always written here; the stream they go to leaves them out where they are not wanted (no terminal,
//! `NO_COLOR`). What colors say is said in words too.

mod event;
mod statement;

use anstyle::{AnsiColor, Style};

use super::what::Selection;
use super::wrap::Paragraph;
use crate::record::dead_letter::{DETAIL, OFFSET, PARTITION, REASON, TOPIC};
use crate::record::{AnalysisRecord, ArticleRecord, EntityKindRecord, EntityRecord, Message, usual_names};
pub(super) use event::event;
pub(super) use statement::statement;

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const HEADLINE: Style = Style::new().bold().underline();
const SPEAKER: Style = AnsiColor::Cyan.on_default().bold();
const REFUSED: Style = AnsiColor::Red.on_default().bold();

/// Particulars of so many characters at most are not broken over two lines.
const MAX_KEPT: usize = 24;

/// Everything found in one article, as far as it was asked for.
pub(super) fn analysis(record: &AnalysisRecord, what: Selection, width: usize) -> String {
    let mut out = String::new();
    headline(&record.article, Some(&record.text), width, &mut out);
    if what.statements {
        section(&mut out, "Statements", record.statements.len());
        for found in &record.statements {
            out.push('\n');
            statement(found, width, &mut out);
        }
    }
    if what.events {
        section(&mut out, "Events", record.events.len());
        for found in &record.events {
            out.push('\n');
            event(found, width, &mut out);
        }
    }
    if !record.entities.is_empty() {
        section(&mut out, "Who", record.entities.len());
        out.push('\n');
        record.entities.iter().for_each(|found| entity(found, width, &mut out));
    }
    out.push('\n');
    out
}

/// An article's headline (title, else the first line of its text, else its id), and below it what else is known of it.
pub(super) fn headline(article: &ArticleRecord, text: Option<&str>, width: usize, out: &mut String) {
    let first_line = || text.and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    let title = article.title.as_deref().or_else(first_line);
    Paragraph::default().push(title.unwrap_or(&article.id), HEADLINE).write(out, width, "", "");
    let id = title.map(|_| &article.id);
    let known = [id, article.publisher.as_ref(), article.published_at.as_ref(), article.url.as_ref()];
    let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
    if !known.is_empty() {
        aside(known.into_iter()).write(out, width, "", "");
    }
}

fn section(out: &mut String, name: &str, n_found: usize) {
    out.push('\n');
    let mut line = Paragraph::default();
    line.push(name, BOLD).space().push(&if n_found == 0 { "none".to_owned() } else { n_found.to_string() }, DIM);
    line.write(out, usize::MAX, "", "");
}

/// One entity on a line: `● Name · office · country · sector`, and how often it is spoken of.
fn entity(found: &EntityRecord, width: usize, out: &mut String) {
    let first = found.mentions.first().map_or("", |mention| mention.text.as_str());
    let kind = match found.kind {
        EntityKindRecord::Person => "person",
        EntityKindRecord::Body => "body",
        EntityKindRecord::State => "state",
        EntityKindRecord::Group => "group",
    };
    let n_mentions = found.mentions.len();
    let mentions = if n_mentions == 1 { "one mention".to_owned() } else { format!("{n_mentions} mentions") };
    let confidence = confidence(found.confidence);
    let name = found.name.as_deref().unwrap_or(first);
    let mentions_of =
        |role: &str| found.mentions.iter().map(|mention| mention.text.as_str()).find(|text| text.contains(role));
    let role =
        found.role.as_deref().and_then(|role| statement::office(role, mentions_of(role).unwrap_or_default(), name));
    let country = found.country.as_deref().filter(|code| !usual_names::says(name, code));
    let known = [role.as_deref(), country, found.sector.as_deref()].into_iter().flatten();
    let known = known.filter(|words| !statement::holds(name, words));
    let mut line = Paragraph::default();
    line.push("●", DIM).space().push(name, SPEAKER);
    behind(&mut line, [kind].into_iter().chain(known).chain([mentions.as_str(), confidence.as_str()]));
    line.write(out, width, "  ", "    ");
}

/// A refused message: why, and where it stood. Its own bytes are not printed, for they may be anything.
pub(super) fn dead_letter(message: &Message, width: usize, out: &mut String) {
    let header = |name: &str| message.header(name).unwrap_or("?");
    let key = message.key.as_deref().map_or("a message without key".into(), String::from_utf8_lossy);
    let mut line = Paragraph::default();
    line.push("✗", REFUSED)
        .space()
        .push(&key, BOLD)
        .space()
        .push("refused:", PLAIN)
        .space()
        .push(header(REASON), REFUSED);
    line.write(out, width, "", "  ");
    aside([header(DETAIL)].into_iter()).write(out, width, "  ", "  ");
    let n_bytes = message.payload.as_ref().map_or(0, Vec::len);
    let place = format!(
        "it stood in {}, partition {}, offset {}; its {n_bytes} bytes are in {}, untouched",
        header(TOPIC),
        header(PARTITION),
        header(OFFSET),
        message.origin.topic
    );
    aside([place.as_str()].into_iter()).write(out, width, "  ", "  ");
}

/// Where and when a message stands in its topic, its key and its headers.
pub(super) fn envelope(message: &Message, width: usize, out: &mut String) {
    let origin = &message.origin;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let place = format!("{} {}:{}", origin.topic, origin.partition, origin.offset);
    let time =
        origin.timestamp_ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()).map(|time| time.to_string());
    let key = message.key.as_deref().map(|key| format!("key {}", text(key)));
    let headers = message
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.as_deref().map_or_else(String::new, text)));
    let known: Vec<String> = [Some(place), time, key].into_iter().flatten().chain(headers).collect();
    aside(known.iter().map(String::as_str)).write(out, width, "    ", "    ");
}

/// A line of particulars, set apart by dots.
fn aside<'a>(particulars: impl Iterator<Item = &'a str>) -> Paragraph {
    let mut line = Paragraph::default();
    for (idx, words) in particulars.enumerate() {
        if idx > 0 {
            line.space().push("·", DIM);
        }
        particular(&mut line, words);
    }
    line
}

/// Particulars behind what a line begins with.
fn behind<'a>(line: &mut Paragraph, particulars: impl Iterator<Item = &'a str>) {
    for words in particulars {
        line.space().push("·", DIM);
        particular(line, words);
    }
}

fn particular(line: &mut Paragraph, words: &str) {
    line.space();
    if words.chars().count() <= MAX_KEPT {
        line.keep(words, DIM)
    } else {
        line.push(words, DIM)
    };
}

fn confidence(value: f64) -> String {
    format!("confidence {value:.2}")
}
