//! English or not. What the sender declares decides; where nothing is declared, script and trigrams of the text do.

use whatlang::{Lang, Script};

use super::super::{Rejection, RejectionReason};

/// Letters below which a text in Latin script is not judged: trigram statistics of a headline are a guess, and a refused
/// English article costs more than an analysed foreign one.
const MIN_LETTERS: usize = 120;

/// Bytes of the text that are looked at; the decision is settled long before.
const SAMPLE_BYTES: usize = 4096;

/// Tags that declare nothing: ISO 639 "undetermined", "multiple languages", "no linguistic content", "uncoded".
const UNDECLARED: [&str; 4] = ["und", "mul", "zxx", "mis"];

/// Refuses an article that is declared to be, or reliably is, in another language than English.
pub(super) fn check(declared: Option<&str>, text: &str) -> Result<(), Rejection> {
    if let Some(tag) = declared {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        if matches!(primary.as_str(), "en" | "eng" | "english") {
            return Ok(());
        }
        if !primary.is_empty() && !UNDECLARED.contains(&primary.as_str()) {
            return Err(unsupported(format!("the article is declared to be in {primary:?}, only English is analyzed")));
        }
    }
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    match whatlang::detect_script(sample) {
        Some(Script::Latin) => {}
        Some(script) => return Err(unsupported(format!("the text is in {script} script, only English is analyzed"))),
        None => return Ok(()),
    }
    if sample.chars().filter(|c| c.is_alphabetic()).count() < MIN_LETTERS {
        return Ok(());
    }
    match whatlang::detect(sample) {
        Some(found) if found.lang() != Lang::Eng && found.is_reliable() => {
            Err(unsupported(format!("the text seems to be in {}, only English is analyzed", found.lang().eng_name())))
        }
        _ => Ok(()),
    }
}

fn unsupported(detail: String) -> Rejection {
    Rejection::new(RejectionReason::UnsupportedLanguage, detail)
}
