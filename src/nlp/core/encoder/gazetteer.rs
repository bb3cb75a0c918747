//! Known names as sequences of tokens: persons, countries, cities, bodies and titles, looked up by hash.

use crate::nlp::hashing::{EMPTY_HASH, fnv1a};
use crate::nlp::model_file::{Dtype, Hashes, ModelError, ModelFile};

/// First flag of the gazetteer's; each kind has two, "begins" and "within".
pub(super) const FIRST_FLAG: usize = 2;

/// Kinds of names; the bits of a listed name.
pub(super) const N_KINDS: usize = 8;

/// The listed names.
#[derive(Debug)]
pub(super) struct Gazetteer {
    keys: Hashes,
    kinds: Vec<u8>,
    longest: usize,
}

impl Gazetteer {
    pub(super) fn read(file: &ModelFile) -> Result<Self, ModelError> {
        let keys = Hashes::read(file, "gazetteer.hash")?;
        let kinds = file.required("gazetteer.kinds")?;
        if kinds.dtype != Dtype::U8 || kinds.bytes().len() != keys.len() {
            return Err(kinds.wrong("one byte for each hash expected"));
        }
        Ok(Self { kinds: kinds.bytes().to_vec(), keys, longest: file.config("max_gazetteer_tokens")? })
    }

    /// Raises the flags of every listed name in a sentence of `n` tokens: `raise(token, flag)`. `part` describes a token.
    pub(super) fn mark(
        &self,
        n: usize,
        part: impl Fn(usize) -> NamePart,
        keys: &str,
        mut raise: impl FnMut(usize, usize),
    ) {
        for begin in 0..n {
            if !part(begin).begins {
                continue;
            }
            let mut hash = EMPTY_HASH;
            for end in begin..n.min(begin + self.longest) {
                let token = part(end);
                hash = fnv1a(&keys.as_bytes()[token.key_start..token.key_end], hash);
                if !token.ends {
                    continue;
                }
                let Some(place) = self.keys.find(hash) else { continue };
                for kind in (0..N_KINDS).filter(|kind| self.kinds[place] & (1 << kind) != 0) {
                    raise(begin, FIRST_FLAG + 2 * kind);
                    for within in begin + 1..=end {
                        raise(within, FIRST_FLAG + 2 * kind + 1);
                    }
                }
            }
        }
    }
}

/// What the gazetteer needs to know of a token type.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamePart {
    /// Whether a name may begin with it.
    begins: bool,
    /// Whether a name may end with it.
    ends: bool,
    key_start: usize,
    key_end: usize,
}

impl NamePart {
    /// Describes a folded token; its part of the key is added to `keys`.
    pub(super) fn of(folded: &str, keys: &mut String) -> Self {
        let key_start = keys.len();
        keys.extend(folded.chars().filter(|character| !matches!(character, '.' | '-' | '\'' | ' ')));
        Self {
            begins: folded.chars().next().is_some_and(|first| first.is_uppercase() || first.is_ascii_digit()),
            ends: folded.chars().any(char::is_alphanumeric),
            key_start,
            key_end: keys.len(),
        }
    }
}
