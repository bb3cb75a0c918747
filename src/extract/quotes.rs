//! Pairing quotation marks over a document: curly, straight, single, doubled apostrophes; unclosed ones and those that run on
//! over paragraphs, each of which opens anew.
//!
//! Finds stretches, not speakers: a title or a word in scare quotes is a stretch as well. One pass, constant state.

use crate::extract::lexicon::Words;
use crate::text::TokenRange;

/// A quoted stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The opening mark.
    pub(crate) open: usize,
    /// What stands between the marks; never empty.
    pub(crate) inner: TokenRange,
    /// First token behind the stretch, its closing mark included.
    pub(crate) end: usize,
    /// Its first word is the first of a sentence.
    pub(crate) begins_sentence: bool,
    /// It is the next paragraph of the quotation before it, which was left open for that.
    pub(crate) continues: bool,
}

/// A family of marks that close each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Double,
    Single,
    Angle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Open(Family),
    Close(Family),
}

/// The quoted stretches of a document, ascending, not overlapping; quotations inside quotations are part of the outer one.
pub(crate) fn pair(words: &Words<'_>) -> Vec<Quote> {
    let mut quotes: Vec<Quote> = Vec::new();
    let sentences = &words.doc.sentences;
    let mut first = 0;
    while first < sentences.len() {
        let paragraph = sentences[first].paragraph;
        let n_sentences = sentences[first..].iter().take_while(|sentence| sentence.paragraph == paragraph).count();
        let start = sentences[first].tokens.start as usize;
        let end = sentences[first + n_sentences - 1].tokens.end as usize;
        pair_paragraph(words, start, end, &mut quotes);
        first += n_sentences;
    }
    quotes
}

fn pair_paragraph(words: &Words<'_>, start: usize, end: usize, quotes: &mut Vec<Quote>) {
    // The paragraph before ends inside an open quotation, and this one opens anew: the quotation goes on.
    let mut goes_on = quotes.last().is_some_and(|quote| quote.end == start && is_left_open(words, quote));
    let closes_later = later_single_closings(words, start, end);
    let mut open: Option<(usize, Family)> = None;
    for idx in start..end {
        let Some(role) = role_of(words, idx, start, open, closes_later.get(idx - start).copied().unwrap_or(false))
        else {
            continue;
        };
        match (role, open) {
            (Role::Open(family), None) => {
                open = Some((idx, family));
            }
            (Role::Open(family), Some((opened, open_family))) if family == open_family => {
                // The closing mark was lost: the stretch before ends with the last sentence mark, else right here.
                let stop = (opened + 1..idx).rev().find(|&at| words.is_stop(at)).map_or(idx, |at| at + 1);
                push(words, quotes, opened, stop, stop, &mut goes_on);
                open = Some((idx, family));
            }
            (Role::Close(family), Some((opened, open_family))) if family == open_family => {
                push(words, quotes, opened, idx, idx + 1, &mut goes_on);
                open = None;
            }
            // A line that begins with a closing mark: the wrong mark, for it cannot close anything.
            (Role::Close(Family::Double), None) if words.begins_line(idx) && words.is_glued(idx + 1) => {
                open = Some((idx, Family::Double));
            }
            _ => {}
        }
    }
    if let Some((opened, family)) = open {
        let begins = begins_sentence(words, opened);
        let sentence_end = words.doc.sentences[words.doc.sentence_of(opened)].tokens.end as usize;
        // An unclosed single mark in the middle is an apostrophe.
        if family == Family::Double || begins {
            let stop = if begins { end } else { lower_case_end(words, sentence_end, end) };
            push(words, quotes, opened, stop, stop, &mut goes_on);
        }
    }
}

/// Moves the end of a sentence over those behind it that begin in lower case: a stop that cut one sentence in two.
fn lower_case_end(words: &Words<'_>, mut end: usize, paragraph_end: usize) -> usize {
    while end < paragraph_end && words.text(end).starts_with(char::is_lowercase) {
        end = words.doc.sentences[words.doc.sentence_of(end)].tokens.end as usize;
    }
    end
}

fn push(words: &Words<'_>, quotes: &mut Vec<Quote>, open: usize, stop: usize, end: usize, goes_on: &mut bool) {
    if stop <= open + 1 {
        return;
    }
    let begins_sentence = begins_sentence(words, open);
    let continues = std::mem::take(goes_on) && begins_sentence;
    quotes.push(Quote { open, inner: TokenRange::new(open + 1, stop), end, begins_sentence, continues });
}

fn begins_sentence(words: &Words<'_>, idx: usize) -> bool {
    words.doc.sentences[words.doc.sentence_of(idx)].tokens.start as usize == idx
}

/// Whether a stretch that reaches the end of its paragraph has no closing mark.
fn is_left_open(words: &Words<'_>, quote: &Quote) -> bool {
    quote.inner.end as usize == quote.end && words.is_stop(quote.end - 1)
}

/// What a token does, given what is open.
fn role_of(
    words: &Words<'_>,
    idx: usize,
    start: usize,
    open: Option<(usize, Family)>,
    closes_later: bool,
) -> Option<Role> {
    match words.text(idx) {
        "“" | "„" | "``" => Some(Role::Open(Family::Double)),
        "”" => Some(Role::Close(Family::Double)),
        // The typewriter's mark is the same on both sides: it opens before a word, never behind one.
        "''" if open.is_none() && (idx == start || !words.is_glued(idx)) && words.is_glued(idx + 1) => {
            Some(Role::Open(Family::Double))
        }
        "''" => Some(Role::Close(Family::Double)),
        "«" => Some(Role::Open(Family::Angle)),
        "»" => Some(Role::Close(Family::Angle)),
        "\"" => {
            let is_open = open.is_some_and(|(_, family)| family == Family::Double);
            Some(if is_open { Role::Close(Family::Double) } else { Role::Open(Family::Double) })
        }
        "‘" => Some(Role::Open(Family::Single)),
        "’" | "'" => {
            let is_open = open.is_some_and(|(_, family)| family == Family::Single);
            if is_open {
                // "our friends’ decision …,’": an apostrophe, as long as a closing mark behind punctuation is still to come.
                let is_apostrophe = words.text(idx - 1).ends_with('s') && closes_later;
                return (!is_apostrophe).then_some(Role::Close(Family::Single));
            }
            // A straight mark opens before a word, never behind one.
            let opens = words.text(idx) == "'" && (idx == start || !words.is_glued(idx)) && words.is_glued(idx + 1);
            (opens && open.is_none()).then_some(Role::Open(Family::Single))
        }
        _ => None,
    }
}

/// For each token of a paragraph: whether a single closing mark behind punctuation comes after it, before one opens.
fn later_single_closings(words: &Words<'_>, start: usize, end: usize) -> Vec<bool> {
    let mut later = vec![false; end - start];
    let mut is_coming = false;
    for idx in (start..end).rev() {
        later[idx - start] = is_coming;
        match words.text(idx) {
            "’" | "'" if idx > start && words.text(idx - 1).ends_with([',', '.', '!', '?']) => is_coming = true,
            "‘" => is_coming = false,
            _ => {}
        }
    }
    later
}
