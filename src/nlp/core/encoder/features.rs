//! From a token to the hashes of its features, and what quotation marks do. The rules are those of `docs/model-format.md`, to the letter.

use crate::nlp::folding::{fold_into, lower_into, shape_into};
use crate::nlp::hashing::{EMPTY_HASH, fnv1a};

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
        let numbered = |number: u8, text: &str| fnv1a(text.as_bytes(), fnv1a(&[number], EMPTY_HASH));
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
    fn affixes_count_characters() {
        assert_eq!((first("été", 2), last("été", 2)), ("ét", "té"));
        assert_eq!((first("ab", 3), last("ab", 3)), ("ab", "ab"));
    }
}
