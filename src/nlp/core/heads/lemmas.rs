//! Lemmas: looked up by form and Penn tag; for what is not listed, an edit script chosen by the head.
//!
//! A script says what to do with the case, how many characters to take off the end and what to put there, so that it
//! works on words never seen. Needs the Penn tags. The head is asked only about what is not listed.

use super::head::{Head, Reading, Weights};
use crate::nlp::core::decode::argmax;
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::hashing::fnv1a;
use crate::nlp::model_file::{Dtype, Hashes, ModelError};
use crate::text::{Document, Layer};

/// The listed words, the scripts, and what scores them.
#[derive(Debug)]
pub(in crate::nlp) struct Lemmatizer {
    scripts: Vec<Script>,
    hashes: Hashes,
    listed: Vec<u16>,
    head: Linear,
}

/// Working space of the lemmatizer.
#[derive(Debug, Default)]
pub(in crate::nlp) struct LemmaSpace {
    /// The script of each token that is listed.
    listed: Vec<Option<u16>>,
    /// What the encoder says of those that are not.
    rows: Vec<f32>,
    scores: Vec<f32>,
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
    if lowered.is_ascii() {
        let start = out.len();
        out.push_str(lowered);
        out[start..].make_ascii_lowercase();
        return;
    }
    out.extend(lowered.chars().flat_map(char::to_lowercase));
}

impl Head for Lemmatizer {
    const FILLS: Layer = Layer::Lemmas;
    const NEEDS: &'static [Layer] = &[Layer::Tags];
    type Space = LemmaSpace;

    fn read(Weights { file, encoder, .. }: &Weights<'_>) -> Result<Option<Self>, ModelError> {
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
        let head = Linear::read(file, "tag.lemma", encoder.outputs())?;
        let known = |script: usize| script < scripts.len();
        if head.outputs() == 0 || !known(head.outputs() - 1) || !listed.iter().all(|&script| known(usize::from(script)))
        {
            return Err(section.wrong(format!("it names scripts beyond the {} there are", scripts.len())));
        }
        Ok(Some(Self { scripts, hashes, listed, head }))
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut LemmaSpace) {
        let LemmaSpace { listed, rows, scores } = space;
        let encoding = &*reading.encoding;
        listed.clear();
        rows.clear();
        for (token_idx, xpos) in doc.xpos.iter().enumerate() {
            let tag = xpos.name().as_bytes();
            let [form, lowered] = encoding.lemma_keys(token_idx);
            let found =
                self.find(fnv1a(tag, form)).or_else(|| self.find(fnv1a(tag, lowered)).filter(|_| form != lowered));
            if found.is_none() {
                rows.extend_from_slice(encoding.row(token_idx));
            }
            listed.push(found);
        }
        self.score(Matrix::whole(rows, self.head.inputs()), scores);
        let mut asked = scores.chunks_exact(self.head.outputs());

        let mut lemmas = std::mem::take(&mut doc.lemmas);
        lemmas.clear();
        for (token_idx, listed) in listed.iter().enumerate() {
            let form = doc.token_text(token_idx);
            let script = match listed {
                Some(script) => usize::from(*script),
                None => asked.next().map_or(0, argmax),
            };
            lemmas.push_with(|out| self.scripts[script].apply(form, out));
        }
        doc.lemmas = lemmas;
    }
}

impl Lemmatizer {
    /// The head's scores of some rows of the encoder.
    pub(in crate::nlp) fn score(&self, rows: Matrix<'_>, scores: &mut Vec<f32>) {
        self.head.apply(rows, scores);
    }

    fn find(&self, hash: u64) -> Option<u16> {
        self.hashes.find(hash).map(|place| self.listed[place])
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
