//! Findings for reading: who said what to whom as in a play, who did what to whom with the sentence it stands in.
//!
//! Colours are always written here; the stream they go to leaves them out where they are not wanted (no terminal,
//! `NO_COLOR`). What colours say is said in words too.

use anstyle::{AnsiColor, Style};

use super::wrap::Paragraph;
use crate::record::dead_letter::{DETAIL, OFFSET, PARTITION, REASON, TOPIC};
use crate::record::{
    ActorRecord, AnalysisRecord, ArticleRecord, AttitudeRecord, EntityKindRecord, EntityRecord, EventRecord,
    EventStatusRecord, Message, SpanRecord, StatementKindRecord, StatementRecord,
};

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();
const HEADLINE: Style = Style::new().bold().underline();
const SPEAKER: Style = AnsiColor::Cyan.on_default().bold();
const REFUSED: Style = AnsiColor::Red.on_default().bold();
const TRIGGER: Style = AnsiColor::Yellow.on_default().bold().underline();

/// Everything found in one article.
pub(super) fn analysis(record: &AnalysisRecord, width: usize) -> String {
    let mut out = String::new();
    headline(&record.article, Some(&record.text), width, &mut out);
    section(&mut out, "Statements", record.statements.len());
    for found in &record.statements {
        out.push('\n');
        statement(found, width, &mut out);
    }
    section(&mut out, "Events", record.events.len());
    for found in &record.events {
        out.push('\n');
        event(found, width, &mut out);
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
    aside(known.into_iter().flatten().map(String::as_str)).write(out, width, "", "");
}

fn section(out: &mut String, name: &str, n_found: usize) {
    out.push('\n');
    let mut line = Paragraph::default();
    line.push(name, BOLD).space().push(&if n_found == 0 { "none".to_owned() } else { n_found.to_string() }, DIM);
    line.write(out, usize::MAX, "", "");
}

/// One statement: `Speaker (role, country) told X: “…”`, and below the words that credit it.
pub(super) fn statement(found: &StatementRecord, width: usize, out: &mut String) {
    let indent = if found.inside.is_some() { "      " } else { "  " };
    let mut lines = Paragraph::default();
    let speaker = found.speaker.as_ref();
    let name = speaker.and_then(|speaker| speaker.name.as_deref());
    let credited = name.or(found.source.as_ref().map(|source| source.text.as_str()));
    lines.push("❝", DIM).space().push(credited.unwrap_or("Somebody"), SPEAKER);
    if let Some(speaker) = speaker {
        let known = [&speaker.role, &speaker.organization, &speaker.country];
        let known: Vec<&str> = known.into_iter().flatten().map(String::as_str).collect();
        if !known.is_empty() {
            lines.space().push(&format!("({})", known.join(", ")), DIM);
        }
    }
    for words in said(found) {
        lines.space().push(words, PLAIN);
    }
    lines.push(":", PLAIN).space().push(&quoted(found), PLAIN);
    lines.write(out, width, indent, &format!("{indent}  "));

    let credit = [found.source.as_ref(), found.cue.as_ref().map(|cue| &cue.span)];
    let mut credit: Vec<&SpanRecord> = credit.into_iter().flatten().collect();
    credit.sort_by_key(|span| span.start);
    let credit = credit.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join(" ");
    let via = found.via.as_ref().map(|via| format!("via {}", via.text));
    let occasion = found.occasion.as_ref().map(|occasion| occasion.text.as_str());
    let when = found.when.as_ref().map(|when| when.date.clone().unwrap_or_else(|| when.span.text.clone()));
    let confidence = confidence(found.confidence);
    let known = [Some(credit.as_str()).filter(|words| !words.is_empty()), Some(kind(found.kind))];
    let known = known
        .into_iter()
        .flatten()
        .chain(occasion)
        .chain(when.as_deref())
        .chain(via.as_deref())
        .chain([confidence.as_str()]);
    aside(known).write(out, width, &format!("{indent}  "), &format!("{indent}  "));
}

/// One event: `actor → TYPE 0xx → recipient`, when, where and whether, and the sentence with its trigger.
pub(super) fn event(found: &EventRecord, width: usize, out: &mut String) {
    let class = quad_class_style(found.quad_class);
    let mut line = Paragraph::default();
    // All sides of a mutual event are actors.
    let is_mutual = found.recipients.is_empty() && found.actors.len() > 1;
    let (left, right) = match (is_mutual, found.actors.as_slice()) {
        (true, [first, others @ ..]) => (std::slice::from_ref(first), others),
        (_, actors) => (actors, found.recipients.as_slice()),
    };
    let arrow = if is_mutual { "↔" } else { "→" };
    line.push("▸", class).space();
    participants(&mut line, left);
    line.space().push(arrow, DIM).space().push(&found.plover.event_type, class);
    if let Some(mode) = &found.plover.mode {
        line.push("/", class).push(mode, class);
    }
    line.space().push(&found.cameo, class);
    if !right.is_empty() {
        line.space().push(arrow, DIM).space();
        participants(&mut line, right);
    }
    line.write(out, width, "  ", "    ");

    let date = found.date.as_ref().map(|date| date.value.as_deref().unwrap_or(&date.span.text));
    let place = found.location.as_ref().map(|place| place.name.as_str());
    let historical = found.historical.then_some("background");
    let confidence = confidence(found.confidence);
    let often = (!found.mentions.is_empty()).then(|| format!("told {} times", 1 + found.mentions.len()));
    let known = [Some(status(found.status)), historical, date, place, often.as_deref(), Some(confidence.as_str())];
    let mut known = known.into_iter().flatten();
    let mut line = Paragraph::default();
    line.push(known.next().unwrap_or_default(), status_style(found.status));
    for words in known {
        line.space().push("·", DIM).space().push(words, DIM);
    }
    line.write(out, width, "    ", "    ");

    let sentence = &found.sentence.span;
    let (before, trigger, after) = around(sentence, &found.trigger.span);
    let mut line = Paragraph::default();
    line.push(before, PLAIN).push(trigger, TRIGGER).push(after, PLAIN);
    line.write(out, width, "    ", "    ");
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
    let known = [&found.role, &found.country, &found.sector].into_iter().flatten().map(String::as_str);
    let mut line = Paragraph::default();
    line.push("●", DIM).space().push(found.name.as_deref().unwrap_or(first), SPEAKER);
    for words in [kind].into_iter().chain(known).chain([mentions.as_str(), confidence.as_str()]) {
        line.space().push("·", DIM).space().push(words, DIM);
    }
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

/// What the speaker did, in the article's own words: the cue, and whom it was said to. A cue of which the addressee is
/// the object stands before him as in the text ("told reporters"), another one takes "to".
fn said(found: &StatementRecord) -> Vec<&str> {
    let Some(cue) = &found.cue else { return vec![verb(found.attitude)] };
    let mut words = vec![cue.span.text.as_str()];
    let Some(first) = found.addressees.first() else { return words };
    if first.start > cue.span.end + 1 || first.start < cue.span.start {
        words.push("to");
    }
    for (idx, addressee) in found.addressees.iter().enumerate() {
        if idx > 0 {
            words.push("and");
        }
        words.push(&addressee.text);
    }
    words
}

/// A line of particulars, set apart by dots.
fn aside<'a>(particulars: impl Iterator<Item = &'a str>) -> Paragraph {
    let mut line = Paragraph::default();
    for (idx, words) in particulars.enumerate() {
        if idx > 0 {
            line.space().push("·", DIM);
        }
        line.space().push(words, DIM);
    }
    line
}

fn participants(line: &mut Paragraph, actors: &[ActorRecord]) {
    if actors.is_empty() {
        line.push("—", DIM);
    }
    for (idx, actor) in actors.iter().enumerate() {
        if idx > 0 {
            line.push(",", PLAIN);
        }
        line.space().push(&actor.code, BOLD).space().push(&format!("({})", actor.name), DIM);
    }
}

/// The content as it stands in the article, pieces set apart; a direct quotation gets the marks that its span leaves out, one or both.
fn quoted(found: &StatementRecord) -> String {
    let content = joined(&found.content, " … ");
    if found.kind == StatementKindRecord::Direct && !content.starts_with(['“', '"', '«', '„', '‘', '\'']) {
        let closing = if content.ends_with('”') { "" } else { "”" };
        return format!("“{content}{closing}");
    }
    content
}

fn joined(spans: &[SpanRecord], separator: &str) -> String {
    spans.iter().map(|span| span.text.as_str()).collect::<Vec<_>>().join(separator)
}

/// A sentence, cut around some words in it. Offsets are code points.
fn around<'s>(sentence: &'s SpanRecord, words: &SpanRecord) -> (&'s str, &'s str, &'s str) {
    let byte_at = |code_point: usize| {
        let inside = code_point.saturating_sub(sentence.start);
        sentence.text.char_indices().nth(inside).map_or(sentence.text.len(), |(byte, _)| byte)
    };
    let (start, end) = (byte_at(words.start), byte_at(words.end));
    (&sentence.text[..start], &sentence.text[start..end], &sentence.text[end..])
}

fn confidence(value: f64) -> String {
    format!("confidence {value:.2}")
}

const fn verb(attitude: AttitudeRecord) -> &'static str {
    match attitude {
        AttitudeRecord::Speech => "said",
        AttitudeRecord::Belief => "believes",
        AttitudeRecord::Intention => "intends",
        AttitudeRecord::Request => "asked",
        AttitudeRecord::Evaluation => "judged",
        AttitudeRecord::Perception => "learned",
        AttitudeRecord::Ruling => "ruled",
    }
}

const fn kind(kind: StatementKindRecord) -> &'static str {
    match kind {
        StatementKindRecord::Direct => "direct",
        StatementKindRecord::Indirect => "indirect",
        StatementKindRecord::Mixed => "mixed",
    }
}

const fn status(status: EventStatusRecord) -> &'static str {
    match status {
        EventStatusRecord::Negated => "did not happen",
        other => other.as_str(),
    }
}

const fn status_style(status: EventStatusRecord) -> Style {
    match status {
        EventStatusRecord::Occurred => PLAIN,
        EventStatusRecord::Planned | EventStatusRecord::Conditional => AnsiColor::Blue.on_default(),
        EventStatusRecord::Negated | EventStatusRecord::Alleged => AnsiColor::Magenta.on_default(),
    }
}

/// From cooperation to conflict as from green to red.
const fn quad_class_style(quad_class: u8) -> Style {
    let color = match quad_class {
        1 => AnsiColor::Green,
        2 => AnsiColor::BrightGreen,
        3 => AnsiColor::BrightRed,
        _ => AnsiColor::Red,
    };
    color.on_default().bold()
}
