//! Lemmas: looked up by form and Penn tag; for what is not listed, an edit script chosen by the head.
//!
//! A script says what to do with the case, how many characters to take off the end and what to put there, so that it
//! works on words never seen. Needs the Penn tags.

use std::ops::Range;

use super::core::{Columns, Stacked, argmax};
use super::encoder::features::{EMPTY_HASH, fnv1a, fold_into, lower_into};
use super::encoder::quantized::Hashes;
use super::model_file::{Dtype, ModelError, ModelFile};
use crate::text::Document;

/// The listed forms, the scripts, and where the head's scores stand.
#[derive(Debug)]
pub(super) struct Lemmatizer {
    scripts: Vec<Script>,
    hashes: Hashes,
    listed: Vec<u16>,
    columns: Range<usize>,
}

/// How a lemma is made from a form.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Script {
    /// The lemma, whatever the form.
    Lemma(String),
    /// Case, characters cut from the end, characters put there.
    Edit { case: Case, cut: usize, append: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Keep,
    Lower,
    /// All but the first character lowered.
    Capitalized,
}

impl Script {
    fn parse(written: &str) -> Option<Self> {
        if let Some(lemma) = written.strip_prefix("=|") {
            return Some(Self::Lemma(lemma.to_owned()));
        }
        let (case, edit) = written.split_once('|')?;
        let (cut, append) = edit.split_once('|')?;
        let case = match case {
            "k" => Case::Keep,
            "l" => Case::Lower,
            "c" => Case::Capitalized,
            _ => return None,
        };
        Some(Self::Edit { case, cut: cut.parse().ok()?, append: append.to_owned() })
    }

    /// Writes the lemma of a form.
    fn apply(&self, form: &str, out: &mut String) {
        let (case, cut, append) = match self {
            Self::Lemma(lemma) => return out.push_str(lemma),
            Self::Edit { case, cut, append } => (*case, *cut, append),
        };
        let start = out.len();
        write_cased(form, case, out);
        let kept = if cut == 0 {
            Some(out.len())
        } else {
            out[start..].char_indices().rev().nth(cut - 1).map(|(at, _)| start + at)
        };
        match kept {
            Some(kept) => {
                out.truncate(kept);
                out.push_str(append);
            }
            None => {
                out.truncate(start);
                write_cased(form, Case::Lower, out);
            }
        }
    }
}

fn write_cased(form: &str, case: Case, out: &mut String) {
    let kept = match case {
        Case::Keep => form.len(),
        Case::Lower => 0,
        Case::Capitalized => form.chars().next().map_or(0, char::len_utf8),
    };
    let (kept, lowered) = form.split_at(kept);
    out.push_str(kept);
    out.extend(lowered.chars().flat_map(char::to_lowercase));
}

impl Lemmatizer {
    pub(super) fn read(file: &ModelFile, columns: &Columns) -> Result<Self, ModelError> {
        let hashes = Hashes::read(file, "lemma.hash")?;
        let section = file.required("lemma.script")?;
        let listed: Vec<u16> =
            section.bytes().chunks_exact(2).map(|two| u16::from_le_bytes([two[0], two[1]])).collect();
        if section.dtype != Dtype::U16 || listed.len() != hashes.len() {
            return Err(section.wrong("a number of 16 bits for each hash expected"));
        }
        let scripts = file
            .labels("lemma")?
            .iter()
            .map(|written| Script::parse(written).ok_or_else(|| section.wrong(format!("'{written}' is no script"))))
            .collect::<Result<Vec<_>, _>>()?;
        let columns = columns.of("tag.lemma");
        let known = |script: usize| script < scripts.len();
        if columns.is_empty() || !known(columns.len() - 1) || !listed.iter().all(|&script| known(usize::from(script))) {
            return Err(section.wrong(format!("it names scripts beyond the {} there are", scripts.len())));
        }
        Ok(Self { scripts, hashes, listed, columns })
    }

    /// Fills the lemma of every token, given its Penn tag.
    pub(super) fn annotate(&self, doc: &mut Document, scores: &Stacked<'_>) {
        let mut lemmas = std::mem::take(&mut doc.lemmas);
        lemmas.clear();
        let (mut folded, mut lowered) = (String::new(), String::new());
        for token_idx in 0..doc.tokens.len() {
            let form = doc.token_text(token_idx);
            let tag = doc.xpos[token_idx].name();
            fold_into(form, &mut folded);
            let listed = self.find(&folded, tag).or_else(|| {
                lower_into(&folded, &mut lowered);
                self.find(&lowered, tag)
            });
            let script = listed.unwrap_or_else(|| argmax(scores.row(token_idx, &self.columns)));
            lemmas.push_with(|out| self.scripts[script].apply(form, out));
        }
        doc.lemmas = lemmas;
    }

    fn find(&self, form: &str, tag: &str) -> Option<usize> {
        let hash = fnv1a(tag.as_bytes(), fnv1a(&[0x1f], fnv1a(form.as_bytes(), EMPTY_HASH)));
        self.hashes.find(hash).map(|place| usize::from(self.listed[place]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_make_lemmas() {
        for (script, form, lemma) in [
            ("l|0|", "The", "the"),
            ("k|0|", "Geneva", "Geneva"),
            ("l|3|y", "Parties", "party"),
            ("l|2|", "wanted", "want"),
            ("c|1|", "GENEVAS", "Geneva"),
            ("=|be", "were", "be"),
            ("l|5|x", "No", "no"),
            ("l|1|", "Étés", "été"),
        ] {
            let script = Script::parse(script).unwrap();
            let mut out = String::from("before ");
            script.apply(form, &mut out);
            assert_eq!(out, format!("before {lemma}"), "{script:?} on {form}");
        }
        assert_eq!(Script::parse("l|x|"), None);
    }
}
