//! Transcripts and interviews: lines that begin with a name and a colon, "WALLACE: Will you be there?", "Ana Ruiz: Every day.", with or without
//! blank lines between. The colon is the cue, the rest of the line what was said.
//!
//! One such line may be a heading or a caption ("UPDATE: …"); a transcript has several, of more than one name. What the paper asks in an
//! interview is nobody's statement.

use crate::extract::lexicon::Reliability;
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::{EntityKind, SentenceKind, TokenRange, Upos};

use super::marked::Marked;

/// Turns from which a text is a transcript; two will do where both names are offices or persons.
const FEWEST: usize = 3;

/// Tokens that a name before the colon has at most.
const NAME_LIMIT: usize = 6;

/// Who may speak in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Voice {
    /// A person or an office: "Ana Ruiz", "THE PRESIDENT".
    Person,
    /// Words in capitals that nobody knows: a surname, or a heading.
    Shouted,
    /// A capitalized phrase that is no person's name: the outlet that asks.
    Other,
}

/// The turns of a document, in order; none if it is no transcript.
fn find(reading: &Reading<'_, '_>) -> Vec<Marked> {
    let words = &reading.words;
    let mut starts: Vec<usize> = (0..words.len()).filter(|&idx| words.begins_line(idx)).collect();
    starts.push(words.len());
    let turns: Vec<(Voice, Marked)> = starts.windows(2).filter_map(|line| turn(reading, line[0], line[1])).collect();
    let name = |turn: &(Voice, Marked)| words.doc.range_text(turn.1.name);
    let n_names = |wanted: &dyn Fn(Voice) -> bool| {
        let mut names: Vec<&str> = turns.iter().filter(|turn| wanted(turn.0)).map(&name).collect();
        names.sort_unstable();
        names.dedup();
        names.len()
    };
    let n_sure = turns.iter().filter(|turn| turn.0 != Voice::Other).count();
    let is_interview = n_sure > 0 && turns.len() >= FEWEST && n_names(&|_| true) > 1;
    let is_dialogue = n_names(&|voice| voice == Voice::Person) > 1;
    if !is_interview && !is_dialogue {
        return Vec::new();
    }
    turns.into_iter().filter(|turn| turn.0 != Voice::Other).map(|turn| turn.1).collect()
}

/// Puts the turns of a transcript in the place of what was found at their colons; what stands inside of them stays.
pub(in super::super) fn put_in(reading: &Reading<'_, '_>, mut statements: Vec<Statement>) -> Vec<Statement> {
    let turns = find(reading);
    // Turns ascend and do not overlap.
    let turn_at = |token: u32| {
        let after = turns.partition_point(|turn| turn.name.start <= token);
        after.checked_sub(1).map(|at| &turns[at]).filter(|turn| token < turn.end())
    };
    statements.retain(|statement| match &statement.cue {
        Some(cue) => {
            turn_at(cue.tokens.start).is_none_or(|turn| turn.mark.is_none_or(|mark| !mark.overlaps(cue.tokens)))
        }
        None => turn_at(statement.content[0].start).is_none(),
    });
    let confidence = reading.lexicon.confidence(Reliability::Transcript);
    statements.extend(turns.iter().map(|turn| turn.statement(reading, confidence)));
    statements
}

fn turn(reading: &Reading<'_, '_>, line_start: usize, line_end: usize) -> Option<(Voice, Marked)> {
    let words = &reading.words;
    let is_mark = |idx: usize| matches!(words.text(idx), "\"" | "“" | "”" | "``" | "''");
    let start = if is_mark(line_start) { line_start + 1 } else { line_start };
    let colon = (start..line_end.min(start + NAME_LIMIT + 1)).find(|&idx| words.eq(idx, ":"))?;
    let mut end = line_end;
    while end > colon + 1 && is_mark(end - 1) {
        end -= 1;
    }
    let is_turn = colon > start
        && speaks(reading, colon + 1, end)
        && words.doc.sentences[words.doc.sentence_of(start)].kind != SentenceKind::Boilerplate;
    let voice = voice(reading, start, colon).filter(|_| is_turn)?;
    let (name, mark) = (TokenRange::new(start, colon), TokenRange::new(colon, colon + 1));
    Some((voice, Marked { name, mark: Some(mark), content: vec![TokenRange::new(colon + 1, end)] }))
}

/// Somebody says something: not "Clinton: 1,769." or "Place: Tarn". Tags tell, where a core has set them; an answer may be short.
fn speaks(reading: &Reading<'_, '_>, start: usize, end: usize) -> bool {
    let words = &reading.words;
    let tags = &words.doc.upos;
    let is_verb = |idx: usize| tags.get(idx).is_none_or(|tag| matches!(tag, Upos::Verb | Upos::Aux));
    let is_sentence = end > start
        && words.is_stop(end - 1)
        && (start..end).any(|idx| words.text(idx).starts_with(char::is_lowercase));
    is_sentence || (start..end).any(|idx| words.is_word(idx) && is_verb(idx))
}

/// Who speaks, if the words before the colon can be a name.
fn voice(reading: &Reading<'_, '_>, start: usize, end: usize) -> Option<Voice> {
    let (words, doc) = (&reading.words, reading.words.doc);
    let letters = |idx: usize| words.text(idx).chars().filter(|c| c.is_alphabetic());
    let is_person = |idx: usize| {
        let by_core = doc.entity_at(idx).is_some_and(|entity| entity.kind == EntityKind::Person);
        by_core || reading.mentions.around(idx).is_some_and(|mention| mention.is_person())
    };
    let is_office = |idx: usize| reading.mentions.around(idx).is_some_and(|mention| mention.is_role());
    let is_shouted = (start..end).all(|idx| letters(idx).all(char::is_uppercase))
        && (start..end).any(|idx| letters(idx).count() > 1);
    let is_capitalized = (start..end).all(|idx| !words.is_word(idx) || words.is_capitalized(idx));
    let is_known = (start..end).any(|idx| is_person(idx) || is_office(idx));
    match (is_shouted, is_capitalized) {
        (true, _) if (start..end).any(&is_office) => Some(Voice::Person),
        (true, _) => Some(Voice::Shouted),
        (false, true) if is_known => Some(Voice::Person),
        (false, true) => Some(Voice::Other),
        (false, false) => None,
    }
}
