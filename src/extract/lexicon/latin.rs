//! Letters of Latin alphabets that stay when their accents are taken off, in ASCII: what keys of names have in common.

/// The usual spelling of a small letter without accents; nothing for one that needs none.
pub(super) fn in_ascii(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'ł' => "l",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ı' => "i",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => return None,
    })
}
