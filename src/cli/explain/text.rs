//! Explanations for reading.

use std::fmt::Write as _;

use super::Explanation;
use super::event::{Circumstance, EventExplained, Mention, Party};
use super::near::{Findings, Near};
use super::statement::{Part, StatementExplained};
use super::weights::{Confidence, Who};

/// An explanation in lines. Control characters are left out: an article must not write to the reader's terminal.
pub(super) fn of(explanation: &Explanation) -> String {
    let written = match explanation {
        Explanation::Statement(statement) => of_statement(statement),
        Explanation::Event(event) => of_event(event),
        Explanation::Words(near) => of_words(near),
        Explanation::Findings(findings) => of_findings(findings),
    };
    written.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// Lines of an explanation.
struct Lines(String);

impl Lines {
    fn put(&mut self, indent: usize, line: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "{:indent$}{line}", "");
    }

    fn confidence(&mut self, confidence: &Confidence) {
        self.put(0, &format!("confidence {:.2}", confidence.value));
        if confidence.features.is_empty() {
            self.put(2, "that of its family of rules");
            return;
        }
        self.put(2, "feature × weight, added up to the logarithm of the odds:");
        for feature in &confidence.features {
            self.put(
                2,
                &format!("{:+.2}  {} {:.2} × {:.2}", feature.adds, feature.name, feature.value, feature.weight),
            );
        }
    }

    fn who(&mut self, indent: usize, who: &Who) {
        let name = who.name.as_deref().unwrap_or("without a name");
        let country = who.country.as_deref().unwrap_or("no country");
        self.put(indent, &format!("{}, {name}; {country} with probability {:.2}", who.kind, who.probability));
        let evidence: Vec<String> =
            who.evidence.iter().map(|evidence| format!("{} {:+.2}", evidence.name, evidence.weight)).collect();
        if !evidence.is_empty() {
            self.put(indent + 2, &format!("because of {}", evidence.join(", ")));
        }
        let mentions: Vec<String> = who.mentions.iter().map(|words| format!("{words:?}")).collect();
        self.put(indent + 2, &format!("spoken of as {}", mentions.join(", ")));
    }
}

fn share(probability: Option<f64>) -> String {
    probability.map_or_else(String::new, |probability| format!(" (probability {probability:.2})"))
}

fn of_event(event: &EventExplained) -> String {
    let mut lines = Lines(String::new());
    lines.put(0, &format!("event {} of {}", event.id, event.article));
    lines.put(0, &event.summary);
    lines.put(0, &format!("in: {}", event.sentence));
    lines.put(0, "");
    for (place, mention) in event.mentions.iter().enumerate() {
        let Mention { words, event_type, cameo, found_by, probability, of_core, .. } = mention;
        let name = if place == 0 { "trigger" } else { "told again" };
        lines.put(0, &format!("{name} {words:?}: {event_type} {cameo}, by the {found_by}{}", share(*probability)));
        if let Some(of_core) = of_core {
            lines.put(2, &format!("the core reads {of_core}"));
        }
        if let Some(same) = &mention.same_as {
            lines.put(2, &format!("the same event as {same:?}{}", share(mention.same_probability)));
        }
    }
    for party in &event.parties {
        let Party { side, words, code, found_by, .. } = party;
        lines.put(0, &format!("{side} {words:?}: {code}, by the {found_by}{}", share(party.link_probability)));
        if let Some(sector) = &party.sector_of_core {
            lines.put(2, &format!("sector {sector} by its words{}", share(party.sector_probability)));
        }
        match &party.entity {
            Some(who) => lines.who(2, who),
            None => lines.put(2, "nobody of the article's graph: by tables of names alone"),
        }
    }
    let status = &event.status;
    lines.put(0, &format!("status {}: {}", status.value, status.why));
    if let Some(of_core) = &status.of_core {
        lines.put(2, &format!("the core reads {of_core}{}", share(status.probability)));
    }
    if event.historical {
        lines.put(0, "background: it lies well before the article");
    }
    for (name, circumstance) in [("date", &event.date), ("place", &event.place)] {
        if let Some(Circumstance { words, link_probability, means, why }) = circumstance {
            let means = means.as_deref().unwrap_or("not known");
            lines.put(0, &format!("{name} {words:?}: {means}{}; {why}", share(*link_probability)));
        }
    }
    if let Some(statement) = &event.statement {
        lines.put(0, &format!("within statement {statement}"));
    }
    lines.confidence(&event.confidence);
    lines.0
}

fn of_statement(statement: &StatementExplained) -> String {
    let mut lines = Lines(String::new());
    let StatementExplained { id, article, kind, attitude, found_by, .. } = statement;
    lines.put(0, &format!("statement {id} of {article}"));
    lines.put(0, &format!("{kind} {attitude}, by the {found_by}"));
    lines.put(0, &format!("in: {}", statement.sentence));
    lines.put(0, "");
    let mut part = |name: &str, part: &Part| {
        let link =
            part.link_probability.map_or_else(String::new, |share| format!(", of what it belongs to {share:.2}"));
        lines.put(0, &format!("{name} {:?}, by the {}{}{link}", part.words, part.found_by, share(part.probability)));
    };
    statement.source.iter().for_each(|source| part("source", source));
    statement.cue.iter().for_each(|cue| part("cue", cue));
    statement.content.iter().for_each(|content| part("content", content));
    for who in &statement.speakers {
        lines.put(0, "speaker");
        lines.who(2, who);
    }
    lines.confidence(&statement.confidence);
    lines.0
}

fn of_words(near: &Near) -> String {
    let mut lines = Lines(String::new());
    lines.put(0, &format!("{:?} in {}, {}:", near.words, near.article, near.sentence_kind));
    lines.put(2, &near.sentence);
    lines.put(0, "events");
    near.events.iter().for_each(|told| lines.put(2, told));
    for trigger in &near.triggers {
        let types: Vec<String> = trigger.types.iter().map(|(kind, share)| format!("{kind} {share:.2}")).collect();
        lines.put(2, &format!("{:?} evokes: nothing {:.2}, {}", trigger.word, trigger.none, types.join(", ")));
    }
    lines.put(0, "statements");
    near.statements.iter().for_each(|told| lines.put(2, told));
    lines.0
}

fn of_findings(findings: &Findings) -> String {
    let mut lines = Lines(String::new());
    lines.put(0, &findings.article);
    for found in &findings.findings {
        lines.put(2, &format!("{} {} {:.2}  {}", found.id, found.kind, found.confidence, found.summary));
    }
    lines.0
}
