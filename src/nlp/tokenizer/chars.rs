//! What a character is to the tokenizer.

use crate::text::work;

/// Class of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// White space, that of Unicode included.
    Space,
    /// Part of words: letters, combining marks, characters of no width.
    Letter,
    /// Decimal digits.
    Digit,
    /// Straight or curly, as apostrophe or single quotation mark.
    Apostrophe,
    /// Everything else: each stands alone unless a rule joins it.
    Mark,
}

/// Classes of the 128 ASCII characters; the rest is looked up by character.
const ASCII: [Class; 128] = {
    let mut classes = [Class::Mark; 128];
    let mut byte = 0u8;
    while byte < 128 {
        classes[byte as usize] = if byte.is_ascii_alphabetic() {
            Class::Letter
        } else if byte.is_ascii_digit() {
            Class::Digit
        } else if byte.is_ascii_whitespace() || matches!(byte, 0x0b | 0x1c..=0x1f) {
            Class::Space
        } else if byte == b'\'' {
            Class::Apostrophe
        } else {
            Class::Mark
        };
        byte += 1;
    }
    classes
};

/// Class of the character that begins at a byte, and its length in bytes.
pub(super) fn class_at(text: &str, at: usize) -> (Class, usize) {
    work::count(1);
    let byte = text.as_bytes()[at];
    if byte < 128 { (ASCII[byte as usize], 1) } else { beyond_ascii(text, at) }
}

#[cold]
fn beyond_ascii(text: &str, at: usize) -> (Class, usize) {
    let Some(character) = text[at..].chars().next() else { return (Class::Space, 1) };
    let class = match character {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2bc}' | '\u{ff07}' => Class::Apostrophe,
        _ if character.is_whitespace() => Class::Space,
        _ if character.is_alphabetic() || is_invisible(character) => Class::Letter,
        _ if character.is_numeric() => Class::Digit,
        _ => Class::Mark,
    };
    (class, character.len_utf8())
}

/// Combining marks and characters of no width, which belong to the word they stand in.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}
