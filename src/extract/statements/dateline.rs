//! "OSLO, March 14 (EXW) -", "NEW DELHI:", "17:40 -": where and when an article was filed. Nobody says it.

use crate::extract::lexicon::WordClass;
use crate::extract::reading::Reading;
use crate::finding::Statement;
use crate::text::TokenRange;

/// Tokens that a dateline has at most.
const LIMIT: usize = 14;

/// Takes datelines out of sources and contents; what consists of nothing else goes.
pub(super) fn leave_out(reading: &Reading<'_, '_>, statements: &mut Vec<Statement>) {
    let datelines = find(reading);
    if datelines.is_empty() {
        return;
    }
    let without = |range: TokenRange| {
        let at = datelines.partition_point(|dateline| dateline.end <= range.start);
        match datelines.get(at).filter(|dateline| dateline.contains_token(range.start as usize)) {
            Some(dateline) => TokenRange { start: dateline.end.min(range.end), end: range.end },
            None => range,
        }
    };
    for statement in statements.iter_mut() {
        for piece in &mut statement.content {
            *piece = without(*piece);
        }
        statement.content.retain(|piece| !piece.is_empty());
        statement.source = statement.source.map(without).filter(|source| !source.is_empty());
    }
    statements.retain(|statement| !statement.content.is_empty());
}

/// The datelines of a document, in order: at the beginning of a paragraph, up to its dash or colon.
pub(crate) fn find(reading: &Reading<'_, '_>) -> Vec<TokenRange> {
    let sentences = &reading.words.doc.sentences;
    let begins_paragraph = |at: usize| at == 0 || sentences[at - 1].paragraph != sentences[at].paragraph;
    (0..sentences.len())
        .filter(|&at| begins_paragraph(at))
        .filter_map(|at| dateline(reading, sentences[at].tokens))
        .collect()
}

fn dateline(reading: &Reading<'_, '_>, sentence: TokenRange) -> Option<TokenRange> {
    let words = &reading.words;
    let (start, end) = (sentence.start as usize, sentence.end as usize);
    let limit = end.min(start + LIMIT);
    let is_dash = |idx: usize| matches!(words.text(idx), "-" | "–" | "—" | "--") && !words.is_glued(idx);
    let is_mark = |idx: usize| is_dash(idx) || words.eq(idx, ":");
    let mark = (start + 1..limit).find(|&idx| is_mark(idx))?;
    let is_capitals = |idx: usize| {
        let letters = || words.text(idx).chars().filter(|c| c.is_alphabetic());
        letters().count() > 1 && letters().all(char::is_uppercase)
    };
    let is_time = words.text(start).starts_with(|c: char| c.is_ascii_digit()) && words.text(start).contains([':', '.']);
    // "Geneva (EXW) -": a place in small letters only with its agency.
    let has_agency = mark > start + 3 && words.eq(mark - 1, ")") && is_capitals(mark - 2);
    let is_place = is_capitals(start) && words.text(start).chars().count() > 2
        || has_agency && words.is_capitalized(start) && !words.is(start, WordClass::DETERMINER);
    let fits = |idx: usize| {
        words.is_capitalized(idx)
            || words.text(idx).starts_with(|c: char| c.is_ascii_digit())
            || matches!(words.text(idx), "," | "." | "(" | ")" | "/")
    };
    // "THE PRESIDENT: We will …": with a colon nothing but the place stands before it.
    let is_colon_fit = !words.eq(mark, ":") || (start..mark).all(|idx| is_capitals(idx) || words.eq(idx, ","));
    let is_dateline = (is_place || is_time && mark <= start + 2) && (start..mark).all(fits) && is_colon_fit;
    (is_dateline && mark + 1 < end).then(|| TokenRange::new(start, mark + 1))
}
