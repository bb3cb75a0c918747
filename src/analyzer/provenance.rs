//! What findings were made with: the program, the model, and the tables of knowledge, by a hash over all of them.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use crate::extract::NETWORK;
use crate::nlp::tables::TABLES;

/// Digits of the hash that are kept: enough to tell the states of a few tables apart.
const HASH_DIGITS: usize = 16;

/// What findings were made with. Two that agree in all of it give the same findings for the same article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// Version of the program.
    pub program: String,
    /// Name and version of the trained core; nothing where the rules read alone.
    pub model: Option<String>,
    /// Hash of the tables, those of the user among them.
    pub data: String,
}

impl Provenance {
    /// What this program finds things with, given the version of its core and the user's own tables, by name and text.
    pub fn of(model: Option<&str>, own: &[(&str, &str)]) -> Self {
        let data = if own.is_empty() { HASH.clone() } else { hash_of(built_in().chain(bytes(own))) };
        Self { program: env!("CARGO_PKG_VERSION").to_owned(), model: model.map(str::to_owned), data }
    }
}

/// Computed once: two megabytes take a few milliseconds.
static HASH: LazyLock<String> = LazyLock::new(|| hash_of(built_in()));

/// What is built in besides the core, by name: the tables, and the network that knows who is who.
fn built_in<'t>() -> impl Iterator<Item = (&'t str, &'t [u8])> {
    bytes(&TABLES).chain([("who.model", NETWORK)])
}

fn bytes<'t>(tables: &'t [(&'t str, &'t str)]) -> impl Iterator<Item = (&'t str, &'t [u8])> {
    tables.iter().map(|(name, text)| (*name, text.as_bytes()))
}

/// The first digits of the SHA-256 over name, length and content of each table. The length keeps what moves from one table to the next from
/// going unseen.
fn hash_of<'t>(tables: impl IntoIterator<Item = (&'t str, &'t [u8])>) -> String {
    let mut hasher = Sha256::new();
    for (name, content) in tables {
        hasher.update(format!("{name}\0{}\0", content.len()));
        hasher.update(content);
    }
    let digits: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    digits[..HASH_DIGITS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_a_table_counts() {
        let of = |tables: &[(&str, &str)]| hash_of(bytes(tables));
        let hash = of(&[("a.tsv", "one"), ("b.tsv", "two")]);
        assert_eq!(hash.len(), HASH_DIGITS);
        assert_ne!(hash, of(&[("a.tsv", "one"), ("b.tsv", "two\n")]), "a text");
        assert_ne!(hash, of(&[("a.tsv", "onetwo"), ("b.tsv", "")]), "what stands where");
        assert_ne!(hash, of(&[("a.tsv", "one"), ("c.tsv", "two")]), "a name");
    }
}
