//! From a token to numbers: folding, shapes, hashes. The rules are those of `docs/model-format.md`, to the letter.

use std::hash::Hasher as StdHasher;

/// Start of FNV-1a with 64 bits.
const FNV_OFFSET: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01B3;

/// Continues an FNV-1a hash over bytes.
#[inline]
pub(in crate::nlp) fn fnv1a(bytes: &[u8], hash: u64) -> u64 {
    bytes.iter().fold(hash, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

/// The hash of nothing, to begin with.
pub(in crate::nlp) const EMPTY_HASH: u64 = FNV_OFFSET;

/// FNV-1a as the hash of the map: tokens are short, and the order of the map is never looked at.
#[derive(Debug, Clone)]
pub(in crate::nlp) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(EMPTY_HASH)
    }
}

impl StdHasher for Fnv {
    fn finish(&self) -> u64 {
        // The map looks at the upper bits, which are FNV's best; the lower ones choose the place.
        self.0 ^ (self.0 >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = fnv1a(bytes, self.0);
    }
}

/// What a quotation mark does to the quotation around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quotation {
    Opens,
    Closes,
    Flips,
}

/// The role of a token as it stands in the text.
pub(super) fn quotation(token: &str) -> Option<Quotation> {
    match token {
        "“" | "„" | "‟" | "``" => Some(Quotation::Opens),
        "”" | "''" => Some(Quotation::Closes),
        "\"" => Some(Quotation::Flips),
        _ => None,
    }
}

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

/// Hashes of one token's features, in the order of the tables.
pub(super) struct TokenHashes {
    /// Word, prefix of 3, suffix of 3, suffix of 2, shape, first and last 4.
    pub(super) features: [u64; 6],
}

/// Turns tokens into hashes; owns the strings it writes on the way.
#[derive(Debug, Clone, Default)]
pub(super) struct Hasher {
    pub(super) folded: String,
    word: String,
    shape: String,
}

impl Hasher {
    /// The hashes of a token. Its folded form stays in `folded` until the next.
    pub(super) fn hash(&mut self, token: &str) -> TokenHashes {
        fold_into(token, &mut self.folded);
        lower_into(&self.folded, &mut self.word);
        if self.word.bytes().any(|byte| byte.is_ascii_digit()) {
            self.word =
                self.word.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }).collect();
        }
        self.shape.clear();
        shape_into(&self.folded, &mut self.shape);

        let word = self.word.as_str();
        let numbered = |number: u8, text: &str| fnv1a(text.as_bytes(), fnv1a(&[number], FNV_OFFSET));
        let first_last = fnv1a(last(word, 4).as_bytes(), fnv1a(&[0x1f], numbered(5, first(word, 4))));
        TokenHashes {
            features: [
                numbered(0, word),
                numbered(1, first(word, 3)),
                numbered(2, last(word, 3)),
                numbered(3, last(word, 2)),
                numbered(4, &self.shape),
                first_last,
            ],
        }
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

/// Row of a table for a hash; the number of rows is a power of two.
#[inline]
pub(in crate::nlp) fn row(hash: u64, rows: usize) -> usize {
    let mixed = (hash >> 32) ^ hash;
    usize::try_from(mixed & (rows as u64 - 1)).expect("a table has fewer rows than memory has bytes")
}

fn first(word: &str, characters: usize) -> &str {
    let end = word.char_indices().nth(characters).map_or(word.len(), |(at, _)| at);
    &word[..end]
}

fn last(word: &str, characters: usize) -> &str {
    let start = word.char_indices().rev().nth(characters - 1).map_or(0, |(at, _)| at);
    &word[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn features(token: &str) -> (String, String, String) {
        let mut hasher = Hasher::default();
        hasher.hash(token);
        (hasher.folded, hasher.word, hasher.shape)
    }

    #[test]
    fn tokens_are_folded_as_documented() {
        for (token, folded, word, shape) in [
            ("Minister", "Minister", "minister", "Xxx"),
            ("2016-17", "2016-17", "0000-00", "dd-dd"),
            ("’s", "'s", "'s", "'x"),
            ("''", "\"", "\"", "\""),
            ("—", "--", "--", "--"),
            ("…", "...", "...", ".."),
            ("ÉCOLE", "ÉCOLE", "école", "XX"),
            ("U.S.", "U.S.", "u.s.", "X.X."),
        ] {
            let got = features(token);
            assert_eq!((got.0.as_str(), got.1.as_str(), got.2.as_str()), (folded, word, shape), "{token}");
        }
    }

    #[test]
    fn the_hash_is_fnv1a() {
        // Published test vectors of FNV-1a, 64 bit.
        assert_eq!(fnv1a(b"", FNV_OFFSET), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a", FNV_OFFSET), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar", FNV_OFFSET), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn affixes_count_characters() {
        assert_eq!((first("été", 2), last("été", 2)), ("ét", "té"));
        assert_eq!((first("ab", 3), last("ab", 3)), ("ab", "ab"));
    }
}
