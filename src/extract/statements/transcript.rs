//! Transcripts: lines that begin with a name and a colon, "WALLACE: Will you be there?". The colon is the cue, the rest of the line what
//! was said.
//!
//! One such line may be a heading or a caption ("UPDATE: …"); a transcript has several, of more than one name.

use crate::extract::reading::Reading;
use crate::text::{SentenceKind, TokenRange, Upos};

use super::marked::Marked;

/// Turns from which a text is a transcript.
const FEWEST: usize = 3;

/// Tokens that a name before the colon has at most.
const NAME_LIMIT: usize = 5;

/// The turns of a document, in order; none if it is no transcript.
pub(super) fn find(reading: &Reading<'_, '_>) -> Vec<Marked> {
    let words = &reading.words;
    let mut starts: Vec<usize> = (0..words.len()).filter(|&idx| words.begins_line(idx)).collect();
    starts.push(words.len());
    let turns: Vec<Marked> = starts.windows(2).filter_map(|line| turn(reading, line[0], line[1])).collect();
    let name = |turn: &Marked| words.doc.range_text(turn.name);
    let is_one_name = turns.first().is_none_or(|first| turns.iter().all(|turn| name(turn) == name(first)));
    if turns.len() < FEWEST || is_one_name { Vec::new() } else { turns }
}

fn turn(reading: &Reading<'_, '_>, line_start: usize, line_end: usize) -> Option<Marked> {
    let words = &reading.words;
    let is_mark = |idx: usize| matches!(words.text(idx), "\"" | "“" | "”" | "``" | "''");
    let start = if is_mark(line_start) { line_start + 1 } else { line_start };
    let colon = (start..line_end.min(start + NAME_LIMIT + 1)).find(|&idx| words.eq(idx, ":"))?;
    let mut end = line_end;
    while end > colon + 1 && is_mark(end - 1) {
        end -= 1;
    }
    let is_turn = colon > start
        && is_name(reading, start, colon)
        && speaks(reading, colon + 1, end)
        && words.doc.sentences[words.doc.sentence_of(start)].kind != SentenceKind::Boilerplate;
    is_turn.then(|| Marked {
        name: TokenRange::new(start, colon),
        mark: TokenRange::new(colon, colon + 1),
        content: TokenRange::new(colon + 1, end),
    })
}

/// Somebody says something: not "Clinton: 1,769." or "Place: Tarn". Tags tell, where a core has set them.
fn speaks(reading: &Reading<'_, '_>, start: usize, end: usize) -> bool {
    let tags = &reading.words.doc.upos;
    let is_verb = |idx: usize| tags.get(idx).is_none_or(|tag| matches!(tag, Upos::Verb | Upos::Aux));
    (start..end).any(|idx| reading.words.is_word(idx) && is_verb(idx))
}

/// All in capitals, or the name of a person.
fn is_name(reading: &Reading<'_, '_>, start: usize, end: usize) -> bool {
    let letters = |idx: usize| reading.words.text(idx).chars().filter(|c| c.is_alphabetic());
    let is_shouted = (start..end).all(|idx| letters(idx).all(char::is_uppercase))
        && (start..end).any(|idx| letters(idx).count() > 1);
    let is_person =
        || reading.mentions.starting_at(start).is_some_and(|mention| mention.is_person() && mention.end() == end);
    is_shouted || is_person()
}
