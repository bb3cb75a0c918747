//! An event for reading: who did what to whom, whether, when and where, and the sentence it stands in with its trigger marked.

use anstyle::{AnsiColor, Style};

use super::super::wrap::Paragraph;
use super::{BOLD, DIM, PLAIN, behind, confidence};
use crate::record::{ActorRecord, EventRecord, EventStatusRecord, SpanRecord, usual_names};

const TRIGGER: Style = AnsiColor::Yellow.on_default().bold().underline();

/// Code of a party of which neither state nor sector is known.
const NOBODY: &str = "---";

/// One event: `actor → TYPE 0xx → recipient`, when, where and whether, and the sentence with its trigger.
pub(in crate::cli::render) fn event(found: &EventRecord, width: usize, out: &mut String) {
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
    behind(&mut line, known);
    line.write(out, width, "    ", "    ");

    let sentence = &found.sentence.span;
    let (before, trigger, after) = around(sentence, &found.trigger.span);
    let mut line = Paragraph::default();
    line.push(before, PLAIN).push(trigger, TRIGGER).push(after, PLAIN);
    line.write(out, width, "    ", "    ");
}

fn participants(line: &mut Paragraph, actors: &[ActorRecord]) {
    if actors.is_empty() {
        line.push("—", DIM);
    }
    for (idx, actor) in actors.iter().enumerate() {
        if idx > 0 {
            line.push(",", PLAIN);
        }
        let ActorRecord { name, code, .. } = actor;
        if name.is_empty() {
            line.space().push(code, BOLD);
            continue;
        }
        line.space().push(name, BOLD);
        // "rebels (---REB)" tells that their state is open; without a sector there is nothing to tell.
        if !code.is_empty() && code != NOBODY && code != name && !usual_names::says(name, code) {
            line.space().push(&format!("({code})"), DIM);
        }
    }
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
