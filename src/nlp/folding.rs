//! A word without what is accidental: typography levelled, lower case, shape. The rules are those of `docs/model-format.md`, to
//! the letter.

/// Writes the folded form of a token: typography levelled.
pub(in crate::nlp) fn fold_into(token: &str, out: &mut String) {
    out.clear();
    if token.is_ascii() && !token.contains('`') {
        out.push_str(token);
    } else {
        for character in token.chars() {
            match character {
                '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{02bc}' | '\u{2032}' | '`' | '\u{b4}' => {
                    out.push('\'')
                }
                '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' => out.push('"'),
                '\u{2010}' | '\u{2011}' | '\u{2012}' | '\u{2212}' => out.push('-'),
                '\u{2014}' | '\u{2015}' => out.push_str("--"),
                '\u{2026}' => out.push_str("..."),
                _ => out.push(character),
            }
        }
    }
    if out == "''" {
        out.clear();
        out.push('"');
    }
}

/// Writes the lower case of a text, each character by itself.
pub(in crate::nlp) fn lower_into(text: &str, out: &mut String) {
    out.clear();
    if text.is_ascii() {
        out.push_str(text);
        out.make_ascii_lowercase();
    } else {
        out.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// Adds the shape of a folded text: "Minister" is `Xxx`, at most two alike in a row.
pub(in crate::nlp) fn shape_into(folded: &str, out: &mut String) {
    let (mut before, mut last) = ('\0', '\0');
    for character in folded.chars() {
        let class = if character.is_uppercase() {
            'X'
        } else if character.is_lowercase() {
            'x'
        } else if character.is_ascii_digit() {
            'd'
        } else {
            character
        };
        if class != last || class != before {
            out.push(class);
            (before, last) = (last, class);
        }
    }
}
