//! What a token is to the sentence splitter; which way a straight quotation mark faces.

use crate::nlp::word_lists::{ABBREVIATIONS, Abbreviation};

/// The role of a token at the end of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// "."
    FullStop,
    /// Any run of "?" and "!".
    Question,
    /// "..." or "…".
    Ellipsis,
    /// A word that ends in its own full stop; whether a sentence may end with it.
    Abbreviation(bool),
    /// An opening quotation mark.
    OpenQuote,
    /// A closing quotation mark.
    CloseQuote,
    /// "(", "[", "{".
    OpenBracket,
    /// ")", "]", "}".
    CloseBracket,
    /// ":"
    Colon,
    /// The sign of a list's item, where it stands at the head of a line.
    Bullet,
    /// Everything else.
    Other,
}

/// Which straight quotation marks are open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Quotes {
    double: bool,
    single: bool,
}

/// The role of a token, given the white space around it.
pub(super) fn mark_of(word: &str, space_before: bool, space_after: bool, quotes: &mut Quotes) -> Mark {
    let bytes = word.as_bytes();
    if bytes[0].is_ascii_alphanumeric() {
        return if bytes.len() > 1 && bytes.ends_with(b".") { abbreviation(word) } else { Mark::Other };
    }
    match word {
        "." => Mark::FullStop,
        "(" | "[" | "{" => Mark::OpenBracket,
        ")" | "]" | "}" => Mark::CloseBracket,
        ":" => Mark::Colon,
        "-" | "--" | "*" | "+" | "•" | "·" | "▪" | "◦" | "‣" | "⁃" | "–" | "—" => Mark::Bullet,
        "…" => Mark::Ellipsis,
        "“" | "„" | "‟" | "«" | "‹" | "``" | "‘" | "‚" => Mark::OpenQuote,
        "”" | "»" | "›" | "''" | "’’" => Mark::CloseQuote,
        "’" | "'" => facing(space_before, space_after, &mut quotes.single, word == "’"),
        "\"" => facing(space_before, space_after, &mut quotes.double, false),
        _ if bytes.starts_with(b"..") => Mark::Ellipsis,
        _ if bytes.iter().all(|byte| matches!(byte, b'?' | b'!')) => Mark::Question,
        "‼" | "⁉" | "⁈" | "？" | "！" => Mark::Question,
        "。" => Mark::FullStop,
        _ => Mark::Other,
    }
}

/// A straight mark opens where white space stands before it and none after; where spacing does not tell, it
/// closes what is open.
fn facing(space_before: bool, space_after: bool, open: &mut bool, is_curly: bool) -> Mark {
    let opens = match (space_before, space_after) {
        (true, false) => !is_curly,
        (false, true) => false,
        _ => !*open && !is_curly,
    };
    *open = opens;
    if opens { Mark::OpenQuote } else { Mark::CloseQuote }
}

/// A word that keeps its full stop: an initial or title ends no sentence, "U.S." and "etc." may.
fn abbreviation(word: &str) -> Mark {
    let stem = &word[..word.len() - 1];
    if stem.len() == 1 {
        return Mark::Abbreviation(false);
    }
    if stem.bytes().all(|byte| byte.is_ascii_digit()) {
        return Mark::Abbreviation(false);
    }
    let never_ends = matches!(ABBREVIATIONS.get(stem), Some(Abbreviation::Title | Abbreviation::Number))
        || matches!(stem, "e.g" | "i.e" | "E.g" | "I.e");
    Mark::Abbreviation(!never_ends)
}
