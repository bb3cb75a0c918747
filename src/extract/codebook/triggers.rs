//! Words that evoke an event by a codebook, or that evoke none.

use super::reader::Reader;
use super::rows::{Need, Sense, Side, TriggerRow};
use crate::nlp::Ontology;
use crate::nlp::tables::Row;
use crate::text::{EventType, Mode};

/// Stands in the column of types for words that evoke nothing.
const NOTHING: &str = "-";

pub(super) fn triggers(reader: &mut Reader, path: &'static str, text: &'static str) {
    for row in reader.table(path, text, &["words", "type", "cameo", "mode", "beside"]) {
        if row.values(0).next().is_none() {
            reader.at(&row, "a trigger needs words");
            continue;
        }
        let sense = match sense(&row) {
            Ok(sense) => sense,
            Err(problem) => {
                reader.at(&row, problem);
                continue;
            }
        };
        let alternatives: Vec<Vec<String>> = row.values(4).map(words).collect();
        let needs = if alternatives.is_empty() { Vec::new() } else { vec![Need { side: Side::Either, alternatives }] };
        reader.rows.triggers.extend(row.values(0).map(|phrase| TriggerRow {
            words: words(phrase),
            forms: Vec::new(),
            verbs_only: false,
            sense,
            needs: needs.clone(),
        }));
    }
}

/// What a row says that its words evoke.
fn sense(row: &Row) -> Result<Option<Sense>, String> {
    if row.cell(1) == NOTHING {
        let is_alone = row.optional(2).is_none() && row.optional(3).is_none();
        return if is_alone { Ok(None) } else { Err("words that evoke nothing have neither code nor mode".to_owned()) };
    }
    let of_row: Option<EventType> = match row.optional(1) {
        Some(name) => Some(name.parse().map_err(|_| format!("no PLOVER type is {name:?}"))?),
        None => None,
    };
    let code =
        row.optional(2).map(|code| by_code(code).ok_or_else(|| format!("no CAMEO code is {code:?}"))).transpose()?;
    let of_code = code.and_then(|(_, of_code)| of_code);
    let event_type = of_row.or(of_code).ok_or("expected a PLOVER type, or a CAMEO code that tells it")?;
    let ontology = Ontology::embedded();
    let mode = match row.optional(3) {
        Some(name) => Some(name.parse::<Mode>().map_err(|_| format!("no PLOVER mode is {name:?}"))?),
        None => code.and_then(|(code, _)| ontology.cameo(code)?.mode).filter(|_| of_code == Some(event_type)),
    };
    if let Some(mode) = mode.filter(|mode| !ontology.has_mode(event_type, *mode)) {
        return Err(format!("type {event_type} has no mode {mode}"));
    }
    Ok(Some(Sense { event_type, cameo: code.map(|(code, _)| code), mode }))
}

/// A CAMEO code with the type that it tells by itself.
pub(super) fn by_code(code: &str) -> Option<(&'static str, Option<EventType>)> {
    Ontology::embedded().entry(code).map(|(code, entry)| (code, entry.plover_type))
}

/// A phrase as words in lower case; a blank or `_` stands between two.
pub(super) fn words(phrase: &str) -> Vec<String> {
    phrase.split([' ', '_']).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}
