//! Nouns that stand for people or bodies, from `data/who/nouns.tsv`: "official", "government", "crowd".

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};

/// What a noun stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NounKind {
    /// One person in the singular, several in the plural.
    Person,
    /// A body.
    Body,
    /// Several people in the singular, too: "crowd".
    Group,
    /// What somebody says something in: "statement". Whose it is speaks.
    Document,
    /// An adjective for what is of no one country: "foreign", "international".
    Foreign,
    /// Nothing tells; of words credited with a statement.
    Open,
}

/// The table, by lemma in lower case.
#[derive(Debug)]
pub(crate) struct Nouns(HashMap<&'static str, NounKind>);

impl Nouns {
    /// # Errors
    /// If the table is malformed.
    pub(crate) fn load() -> Result<Self, TableError> {
        let mut nouns = HashMap::new();
        for row in tables::read("data/who/nouns.tsv", tables::embedded("who/nouns.tsv"), 2)? {
            let kind = match row.cell(0) {
                "person" => NounKind::Person,
                "body" => NounKind::Body,
                "group" => NounKind::Group,
                "document" => NounKind::Document,
                "foreign" => NounKind::Foreign,
                other => {
                    return Err(
                        row.error(format!("expected person, body, group, document or foreign, found {other:?}"))
                    );
                }
            };
            for lemma in row.cell(1).split_whitespace() {
                nouns.insert(lemma, kind);
            }
        }
        Ok(Self(nouns))
    }

    /// What a lemma stands for, if it is a noun for people or bodies.
    pub(crate) fn kind(&self, lemma: &str) -> Option<NounKind> {
        self.0.get(lemma).copied()
    }
}
