//! Quotations that are signed: “We are tired.” — Ana Ruiz; "We are tired" (Ana Ruiz, farmer); a name alone on the next line; a post that ends
//! with a dash, a name and a day; "From the desk of Ana Ruiz:" and what she wrote.

use crate::extract::dates::MONTHS;
use crate::extract::lexicon::{Reliability, WordClass};
use crate::extract::quotes::Quote;
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::{EntityKind, SentenceKind, TokenRange, Upos};

use super::marked::Marked;

/// Tokens that a signature has at most: "Mayor Kari Lund (@karilund) March 2, 2026".
const SIGNATURE_LIMIT: usize = 14;

/// Tokens that a post without quotation marks has at least, so that a heading with a dash is none.
const POST_LEAST: usize = 5;

/// A quotation with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Signed {
    /// Index of the quotation, where there are marks around it.
    pub(in super::super) quote: Option<usize>,
    pub(in super::super) marked: Marked,
}

/// The signed quotations of a document, in order.
pub(in super::super) fn find(reading: &Reading<'_, '_>) -> Vec<Signed> {
    let mut found: Vec<Signed> = Vec::new();
    for (number, quote) in reading.quotes.iter().enumerate() {
        let is_story = reading.is_story(reading.words.doc.sentence_of(quote.open));
        if let Some((name, mark)) = signature(reading, quote).filter(|_| is_story) {
            found.push(Signed { quote: Some(number), marked: Marked { name, mark, content: vec![quote.inner] } });
        }
    }
    found.extend(posts(reading).map(|marked| Signed { quote: None, marked }));
    found.sort_by_key(|signed| signed.marked.start());
    found.dedup_by(|later, earlier| later.marked.start() < earlier.marked.end());
    found
}

/// Puts signed quotations in the place of what was found in them, but for what stands inside.
pub(in super::super) fn put_in(
    reading: &Reading<'_, '_>,
    signed: &[Signed],
    mut statements: Vec<Statement>,
) -> Vec<Statement> {
    let confidence = reading.lexicon.confidence(Reliability::StatementSigned);
    // They are in order and do not overlap.
    let is_taken = |token: u32| {
        let at = signed.partition_point(|signed| signed.marked.end() <= token);
        signed.get(at).is_some_and(|signed| signed.quote.is_none() && signed.marked.start() <= token)
    };
    statements.retain(|statement| !is_taken(statement.content[0].start));
    statements.extend(signed.iter().map(|signed| signed.marked.statement(reading, confidence)));
    statements
}

/// The name behind a quotation, and the dash before it.
fn signature(reading: &Reading<'_, '_>, quote: &Quote) -> Option<(TokenRange, Option<TokenRange>)> {
    let words = &reading.words;
    let at = quote.end;
    let line_end = |from: usize| {
        let limit = words.len().min(from + SIGNATURE_LIMIT);
        (from + 1..=limit).find(|&idx| idx == words.len() || words.begins_line(idx))
    };
    let begins = words.begins_line(quote.open) || quote.begins_sentence;
    if at >= words.len() || !begins {
        return None;
    }
    if is_dash(words.text(at)) && at + 1 < words.len() {
        let name = TokenRange::new(at + 1, line_end(at)?);
        return names(reading, name).map(|name| (name, Some(TokenRange::new(at, at + 1))));
    }
    if words.eq(at, "(") && !words.begins_line(at) {
        let close = (at + 1..words.len().min(at + SIGNATURE_LIMIT)).find(|&idx| words.eq(idx, ")"))?;
        let is_last = close + 1 >= words.len() || words.begins_line(close + 1) || words.is_stop(close + 1);
        let name = (is_last && close > at + 1).then(|| TokenRange::new(at + 1, close))?;
        return names(reading, name).map(|name| (name, None));
    }
    // “We are selling the silver”⏎Dave Norris: the quotation has its line to itself, and so has the name.
    if words.begins_line(at) && words.begins_line(quote.open) {
        let name = TokenRange::new(at, line_end(at)?);
        return names(reading, name).map(|name| (name, None));
    }
    None
}

/// Paragraphs without marks that end with a dash and a name with a handle or a day, and what follows "From the desk of X:".
fn posts<'r>(reading: &'r Reading<'_, '_>) -> impl Iterator<Item = Marked> + 'r {
    let words = &reading.words;
    let mut starts: Vec<usize> = (0..words.len()).filter(|&idx| words.begins_line(idx)).collect();
    starts.push(words.len());
    let lines: Vec<(usize, usize)> = starts.windows(2).map(|line| (line[0], line[1])).collect();
    let from_desk: Vec<Marked> = (0..lines.len()).filter_map(|at| desk(reading, &lines, at)).collect();
    let signed = lines.into_iter().filter_map(move |(start, end)| {
        let floor = start + POST_LEAST;
        let dash =
            (floor..end).rev().take(SIGNATURE_LIMIT).find(|&idx| is_dash(words.text(idx)) && !words.is_glued(idx))?;
        let is_sentence = words.is_stop(dash - 1) && reading.quote_around(start).is_none();
        let rest = || TokenRange::new(dash + 1, end);
        let is_dated = |range: TokenRange| {
            let has_handle = range.range().any(|idx| words.text(idx).starts_with('@'));
            let has_year = range.range().any(|idx| matches!(words.text(idx).as_bytes(), [b'1' | b'2', _, _, _]));
            has_handle || has_year
        };
        (dash + 1 < end && is_sentence && is_dated(rest())).then_some(())?;
        let name = names(reading, rest())?;
        let mark = Some(TokenRange::new(dash, dash + 1));
        Some(Marked { name, mark, content: vec![TokenRange::new(start, dash)] })
    });
    from_desk.into_iter().chain(signed)
}

/// "From the desk of Ana Ruiz:" with the rest of its line, else the lines of the next paragraph.
fn desk(reading: &Reading<'_, '_>, lines: &[(usize, usize)], at: usize) -> Option<Marked> {
    let words = &reading.words;
    let (start, end) = lines[at];
    let opens = ["from", "the", "desk", "of"].iter().zip(start..).all(|(word, idx)| words.eq(idx, word));
    let from = start + 4;
    if !opens || from >= end {
        return None;
    }
    let colon = (from..end.min(from + SIGNATURE_LIMIT)).find(|&idx| words.eq(idx, ":"));
    let name = names(reading, TokenRange::new(from, colon.unwrap_or(end)))?;
    let mark = colon.map(|colon| TokenRange::new(colon, colon + 1));
    let content = match colon.filter(|colon| colon + 1 < end) {
        Some(colon) => TokenRange::new(colon + 1, end),
        None => {
            let (next, next_end) = *lines.get(at + 1)?;
            TokenRange::new(next, next_end)
        }
    };
    Some(Marked { name, mark, content: vec![content] })
}

/// The name that a signature begins with, offices and what stands beside it included: "union leader Mick Daly", "Maria Duarte, farmer". Nothing where a
/// verb shows a sentence, or nobody is named.
fn names(reading: &Reading<'_, '_>, range: TokenRange) -> Option<TokenRange> {
    let (words, doc) = (&reading.words, reading.words.doc);
    let is_verb = |idx: usize| {
        let is_tagged = doc.upos.get(idx).is_some_and(|tag| matches!(tag, Upos::Verb | Upos::Aux));
        is_tagged && !words.is_capitalized(idx)
    };
    let is_credit = |idx: usize| matches!(words.lower(idx), "by" | "reporting" | "editing" | "translated" | "source");
    let is_picture = |idx: usize| words.text(idx).contains('/');
    if range.range().any(|idx| is_verb(idx) || is_credit(idx) || is_picture(idx)) {
        return None;
    }
    // What follows the name in brackets, or a day, is none of it.
    let is_day =
        |idx: usize| words.is(idx, WordClass::WEEKDAY) || words.text(idx).starts_with(|c: char| c.is_ascii_digit());
    let ends = |idx: usize| {
        let is_date = MONTHS.contains(&words.lower(idx)) && idx + 1 < range.end as usize && is_day(idx + 1);
        words.eq(idx, "(") || words.text(idx).starts_with('@') || is_day(idx) || is_date || is_dash(words.text(idx))
    };
    let start = range.start as usize;
    let mut end = range.range().find(|&idx| ends(idx)).unwrap_or(range.end as usize);
    while end > start && (words.eq(end - 1, ",") || words.is_stop(end - 1)) {
        end -= 1;
    }
    let is_person = |idx: usize| {
        let by_core = doc.entity_at(idx).is_some_and(|entity| entity.kind == EntityKind::Person);
        by_core || reading.mentions.around(idx).is_some_and(|mention| mention.is_person())
    };
    let is_capital = |idx: usize| words.is_word(idx) && words.is_capitalized(idx);
    let is_pair = (start..end).any(|idx| idx + 1 < end && is_capital(idx) && is_capital(idx + 1));
    let is_sentence = doc.sentences[doc.sentence_of(start)].kind == SentenceKind::Boilerplate;
    let is_name = (start..end).any(is_person) || is_pair && words.is_capitalized(start);
    (end > start && is_name && !is_sentence).then(|| TokenRange::new(start, end))
}

fn is_dash(text: &str) -> bool {
    matches!(text, "—" | "–" | "―" | "--" | "-")
}
