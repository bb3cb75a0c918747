//! The forms of a verb, made from its lemma: spelling rules, and a table for what they do not cover.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};

/// Form of a verb, as far as spelling tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerbForm {
    /// "call", also the present tense of "they".
    Base,
    /// "calls".
    Third,
    /// "called" as past tense where the participle differs, else both.
    Past,
    /// "spoken", where it is not the past tense as well.
    Participle,
    /// "calling".
    Ing,
}

/// The irregular verbs.
#[derive(Debug)]
pub(crate) struct Inflections {
    irregular: HashMap<&'static str, Vec<(VerbForm, &'static str)>>,
}

impl Inflections {
    pub(crate) fn load() -> Result<Self, TableError> {
        let text = include_str!("../../../data/lexicon/irregular_verbs.tsv");
        let mut irregular = HashMap::new();
        for row in tables::read("data/lexicon/irregular_verbs.tsv", text, 5)? {
            let columns = [VerbForm::Third, VerbForm::Past, VerbForm::Participle, VerbForm::Ing];
            let mut forms = Vec::new();
            for (form, column) in columns.into_iter().zip(1..) {
                forms.extend(row.values(column).map(|word| (form, word)));
            }
            if irregular.insert(row.cell(0), forms).is_some() {
                return Err(row.error(format!("{:?} stands twice", row.cell(0))));
            }
        }
        Ok(Self { irregular })
    }

    /// Every form of a verb, the lemma first. A form that is past tense and participle is given once, as past tense.
    pub(crate) fn forms(&self, lemma: &str) -> Vec<(VerbForm, String)> {
        let mut forms = vec![(VerbForm::Base, lemma.to_owned())];
        match self.irregular.get(lemma) {
            Some(irregular) => {
                for (form, word) in irregular {
                    if forms.iter().all(|(_, known)| known != word) {
                        forms.push((*form, (*word).to_owned()));
                    }
                }
            }
            None => forms.extend(regular(lemma)),
        }
        forms
    }
}

/// "carry", "carries", "carried", "carrying"; "urge", "urges", "urged", "urging".
fn regular(lemma: &str) -> [(VerbForm, String); 3] {
    let stem_y = lemma.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let silent_e = lemma.strip_suffix('e').filter(|stem| !stem.ends_with('e'));
    let sibilant = ["s", "sh", "ch", "x", "z"].iter().any(|end| lemma.ends_with(end));
    let third = match stem_y {
        Some(stem) => format!("{stem}ies"),
        None if sibilant => format!("{lemma}es"),
        None => format!("{lemma}s"),
    };
    let past = match (stem_y, silent_e) {
        (Some(stem), _) => format!("{stem}ied"),
        (None, Some(stem)) => format!("{stem}ed"),
        (None, None) => format!("{lemma}ed"),
    };
    let ing = silent_e.map_or_else(|| format!("{lemma}ing"), |stem| format!("{stem}ing"));
    [(VerbForm::Third, third), (VerbForm::Past, past), (VerbForm::Ing, ing)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_rules_and_the_table_give_the_forms() {
        let inflections = Inflections::load().unwrap();
        let words = |lemma| inflections.forms(lemma).into_iter().map(|(_, word)| word).collect::<Vec<_>>();
        assert_eq!(words("urge"), ["urge", "urges", "urged", "urging"]);
        assert_eq!(words("deny"), ["deny", "denies", "denied", "denying"]);
        assert_eq!(words("deploy"), ["deploy", "deploys", "deployed", "deploying"]);
        assert_eq!(words("stress"), ["stress", "stresses", "stressed", "stressing"]);
        assert_eq!(words("expel"), ["expel", "expels", "expelled", "expelling"]);
        assert_eq!(words("speak"), ["speak", "speaks", "spoke", "spoken", "speaking"]);
    }
}
