//! What a site answers in the stead of an article (`data/input/stand_ins.tsv`): a check for robots, "enable JavaScript", a page that was not found.
//!
//! Such words stand in articles, too, whether they report on them or a page's notice came along. What tells them apart is that the
//! site speaks to its reader at the beginning of a sentence, and that beside it there is next to no prose.

use std::sync::LazyLock;

use super::super::{Rejection, RejectionReason};

/// Longest text that is looked at: a page that was not found lists what there is.
const MAX_BYTES: usize = 16 * 1024;

/// Words from which a sentence is prose, and no button.
const PROSE_WORDS: usize = 6;

/// Signs between the parts of a title or of a line that is no sentence.
const BETWEEN: [&str; 6] = [" - ", " | ", " – ", " — ", " · ", " :: "];

/// A sentence that begins with one is somebody's, and not the site's.
const QUOTATION: [char; 5] = ['“', '"', '‘', '«', '\''];

/// Words of a site.
#[derive(Debug)]
struct Sign {
    what: &'static str,
    sureness: Sureness,
    /// Most words of prose beside it.
    most: usize,
    place: Place,
    words: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sureness {
    Sure,
    Hint,
    Beside,
}

/// Where in a sentence the words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Begins,
    Is,
    Within,
}

static SIGNS: LazyLock<Vec<Sign>> = LazyLock::new(|| {
    let rows = include_str!("../../../data/input/stand_ins.tsv").lines().filter(|line| !line.starts_with('#'));
    let sign = |row: &'static str| {
        let mut cells = row.split('\t');
        let (what, sureness, most) = (cells.next()?, cells.next()?, cells.next()?.parse().ok()?);
        let sureness = match sureness {
            "sure" => Sureness::Sure,
            "hint" => Sureness::Hint,
            _ => Sureness::Beside,
        };
        let place = match cells.next()? {
            "is" => Place::Is,
            "within" => Place::Within,
            _ => Place::Begins,
        };
        Some(Sign { what, sureness, most, place, words: cells.next()? })
    };
    rows.skip(1).filter_map(sign).collect()
});

/// Refuses what stands in the stead of an article.
pub(super) fn check(title: Option<&str>, text: &str) -> Result<(), Rejection> {
    if text.len() > MAX_BYTES {
        return Ok(());
    }
    let mut found: Vec<(&Sign, &str)> = Vec::new();
    let mut n_prose = 0;
    let mut is_all_of_head = false;
    let lines = title.into_iter().chain(text.lines()).map(str::trim).filter(|line| !line.is_empty());
    for (number, line) in lines.enumerate() {
        let mut quotation = Quotation::default();
        for sentence in sentences(line) {
            let words = compared(sentence);
            let is_said_by_site = !quotation.goes_on(sentence);
            match SIGNS.iter().find(|sign| is_said_by_site && sign.fits(&words)) {
                Some(sign) => {
                    is_all_of_head |= number == 0 && sign.sureness == Sureness::Hint && words == sign.words;
                    if found.iter().all(|(known, _)| known.words != sign.words) {
                        found.push((sign, sentence));
                    }
                }
                None if is_prose(sentence) => n_prose += sentence.split_whitespace().count(),
                None => {}
            }
        }
    }
    let n_of = |sureness| found.iter().filter(|(sign, _)| sign.sureness == sureness).count();
    let (n_sure, n_hints) = (n_of(Sureness::Sure), n_of(Sureness::Hint));
    let is_hinted = n_hints > 0 && n_hints + n_of(Sureness::Beside) > 1 || is_all_of_head && n_prose == 0;
    let surest = found.iter().min_by_key(|(sign, _)| sign.sureness);
    match surest {
        Some((sign, said)) if (n_sure > 0 || is_hinted) && n_prose <= sign.most => {
            let detail = format!("no article but {}: {said:?}", sign.what);
            Err(Rejection::new(RejectionReason::NoText, detail))
        }
        _ => Ok(()),
    }
}

impl Sign {
    /// Whether a sentence has these words: whole ones where they end with a letter.
    fn fits(&self, sentence: &str) -> bool {
        let is_end = |rest: &str| !rest.starts_with(char::is_alphanumeric) || self.words.ends_with(['#', '-']);
        match self.place {
            Place::Is => sentence == self.words,
            Place::Within => sentence.contains(self.words),
            Place::Begins => sentence.strip_prefix(self.words).is_some_and(is_end),
        }
    }
}

/// Whether a quotation is open, sentence by sentence.
#[derive(Debug, Default)]
struct Quotation {
    is_open: bool,
}

impl Quotation {
    /// Whether the sentence begins in a quotation that an earlier one opened.
    fn goes_on(&mut self, sentence: &str) -> bool {
        let was_open = self.is_open;
        for c in sentence.chars() {
            match c {
                '“' | '«' => self.is_open = true,
                '”' | '»' => self.is_open = false,
                '"' => self.is_open = !self.is_open,
                _ => {}
            }
        }
        was_open
    }
}

/// The sentences of a line, and the parts of one that is a title or a button.
fn sentences(line: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut begin = 0;
    for (at, _) in line.match_indices([' ', '\u{A0}']) {
        if line[..at].ends_with(['.', '!', '?', '…', '”', '"']) && line[begin..at].contains(['.', '!', '?', '…'])
        {
            sentences.push(&line[begin..at]);
            begin = at;
        }
    }
    sentences.push(&line[begin..]);
    let parts = |sentence| if is_prose(sentence) { vec![sentence] } else { parts(sentence) };
    sentences.into_iter().flat_map(parts).map(str::trim).filter(|part| !part.is_empty()).collect()
}

fn parts(line: &str) -> Vec<&str> {
    let mut parts = vec![line];
    for sign in BETWEEN {
        parts = parts.into_iter().flat_map(|part| part.split(sign)).collect();
    }
    parts
}

/// Whether somebody wrote a sentence, of some words and with its end.
fn is_prose(sentence: &str) -> bool {
    let end = sentence.trim_end_matches(['"', '”', '’', '\'', ')', '»', ' ']);
    end.ends_with(['.', '!', '?', '…', ':']) && sentence.split_whitespace().nth(PROSE_WORDS - 1).is_some()
}

/// A sentence as it is compared: in lower case, its apostrophes straight, without the signs around it.
fn compared(sentence: &str) -> String {
    let bare = sentence.trim_matches(|c: char| !c.is_alphanumeric() && c != '#' && !QUOTATION.contains(&c));
    let lower = bare.to_lowercase().replace(['’', '\u{2BC}'], "'");
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}
