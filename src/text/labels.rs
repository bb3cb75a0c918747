//! The closed sets of labels: parts of speech, Penn tags, relations and kinds of names. Names as in Universal Dependencies.
//!
//! A model whose labels are not among these is refused when it is loaded, so that rules can match on them.

use std::fmt;
use std::str::FromStr;

use super::closed_set::{UnknownLabel, labels};

labels! {
    /// Universal part of speech.
    pub enum Upos {
        Adj = "ADJ",
        Adp = "ADP",
        Adv = "ADV",
        Aux = "AUX",
        Cconj = "CCONJ",
        Det = "DET",
        Intj = "INTJ",
        Noun = "NOUN",
        Num = "NUM",
        Part = "PART",
        Pron = "PRON",
        Propn = "PROPN",
        Punct = "PUNCT",
        Sconj = "SCONJ",
        Sym = "SYM",
        Verb = "VERB",
        X = "X",
    }
}

labels! {
    /// Penn tag, as used in English-EWT and GUM.
    pub enum Xpos {
        DollarSign = "$",
        CloseQuote = "''",
        Comma = ",",
        Lrb = "-LRB-",
        Rrb = "-RRB-",
        FullStop = ".",
        Colon = ":",
        Add = "ADD",
        Afx = "AFX",
        Cc = "CC",
        Cd = "CD",
        Dt = "DT",
        Ex = "EX",
        Fw = "FW",
        Gw = "GW",
        Hyph = "HYPH",
        In = "IN",
        Jj = "JJ",
        Jjr = "JJR",
        Jjs = "JJS",
        Ls = "LS",
        Md = "MD",
        Nfp = "NFP",
        Nn = "NN",
        Nnp = "NNP",
        Nnps = "NNPS",
        Nns = "NNS",
        Pdt = "PDT",
        Pos = "POS",
        Prp = "PRP",
        PrpDollar = "PRP$",
        Rb = "RB",
        Rbr = "RBR",
        Rbs = "RBS",
        Rp = "RP",
        Sym = "SYM",
        To = "TO",
        Uh = "UH",
        Vb = "VB",
        Vbd = "VBD",
        Vbg = "VBG",
        Vbn = "VBN",
        Vbp = "VBP",
        Vbz = "VBZ",
        Wdt = "WDT",
        Wp = "WP",
        WpDollar = "WP$",
        Wrb = "WRB",
        OpenQuote = "``",
    }
}

labels! {
    /// Relation of a word to its head.
    pub enum Deprel {
        Acl = "acl",
        AclRelcl = "acl:relcl",
        Advcl = "advcl",
        AdvclRelcl = "advcl:relcl",
        Advmod = "advmod",
        Amod = "amod",
        Appos = "appos",
        Aux = "aux",
        AuxPass = "aux:pass",
        Case = "case",
        Cc = "cc",
        CcPreconj = "cc:preconj",
        Ccomp = "ccomp",
        Compound = "compound",
        CompoundPrt = "compound:prt",
        Conj = "conj",
        Cop = "cop",
        Csubj = "csubj",
        CsubjOuter = "csubj:outer",
        CsubjPass = "csubj:pass",
        Dep = "dep",
        Det = "det",
        DetPredet = "det:predet",
        Discourse = "discourse",
        Dislocated = "dislocated",
        Expl = "expl",
        Fixed = "fixed",
        Flat = "flat",
        Goeswith = "goeswith",
        Iobj = "iobj",
        List = "list",
        Mark = "mark",
        Nmod = "nmod",
        NmodDesc = "nmod:desc",
        NmodPoss = "nmod:poss",
        NmodUnmarked = "nmod:unmarked",
        Nsubj = "nsubj",
        NsubjOuter = "nsubj:outer",
        NsubjPass = "nsubj:pass",
        Nummod = "nummod",
        Obj = "obj",
        Obl = "obl",
        OblAgent = "obl:agent",
        OblUnmarked = "obl:unmarked",
        Orphan = "orphan",
        Parataxis = "parataxis",
        Punct = "punct",
        Reparandum = "reparandum",
        Root = "root",
        Vocative = "vocative",
        Xcomp = "xcomp",
    }
}

labels! {
    /// What a name names.
    pub enum EntityKind {
        Person = "PER",
        Organization = "ORG",
        Place = "LOC",
        Nationality = "NAT",
        Date = "DATE",
        Event = "EVENT",
        Misc = "MISC",
        Title = "TITLE",
    }
}

impl Deprel {
    /// The relation without its subtype: `nsubj:pass` is an `nsubj`.
    pub fn base(self) -> &'static str {
        let name = self.name();
        name.split_once(':').map_or(name, |(base, _)| base)
    }
}

/// Values of the UD features, one bit each, in the order in which they are written.
const FEATURES: [&str; 56] = [
    "Case=Acc",
    "Case=Gen",
    "Case=Nom",
    "Degree=Cmp",
    "Degree=Pos",
    "Degree=Sup",
    "Gender=Fem",
    "Gender=Fem,Masc",
    "Gender=Masc",
    "Gender=Neut",
    "Mood=Imp",
    "Mood=Ind",
    "Mood=Sub",
    "NumForm=Digit",
    "NumForm=Roman",
    "NumForm=Word",
    "NumType=Card",
    "NumType=Frac",
    "NumType=Mult",
    "NumType=Ord",
    "Number=Plur",
    "Number=Ptan",
    "Number=Sing",
    "Person=1",
    "Person=2",
    "Person=3",
    "Polarity=Neg",
    "Polarity=Pos",
    "Poss=Yes",
    "PronType=Art",
    "PronType=Dem",
    "PronType=Emp",
    "PronType=Ind",
    "PronType=Int",
    "PronType=Neg",
    "PronType=Prs",
    "PronType=Rcp",
    "PronType=Rel",
    "PronType=Tot",
    "Reflex=Yes",
    "Tense=Past",
    "Tense=Pres",
    "VerbForm=Fin",
    "VerbForm=Ger",
    "VerbForm=Inf",
    "VerbForm=Part",
    "Voice=Pass",
    "Abbr=Yes",
    "Typo=Yes",
    "ExtPos=ADP",
    "ExtPos=ADV",
    "ExtPos=CCONJ",
    "ExtPos=PRON",
    "ExtPos=PROPN",
    "ExtPos=SCONJ",
    "Style=Expr",
];

/// The morphological features of a word, as a set.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Feats(u64);

impl Feats {
    /// Whether a feature is there, written as in UD: `feats.has("Number=Plur")`. A feature nobody knows is not there.
    pub fn has(self, feature: &str) -> bool {
        FEATURES.iter().position(|known| *known == feature).is_some_and(|bit| self.0 & (1 << bit) != 0)
    }

    /// The features, in UD's order.
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        FEATURES.iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, name)| *name)
    }
}

impl FromStr for Feats {
    type Err = UnknownLabel;

    /// Reads `Number=Sing|Person=3`; `_` is no feature.
    fn from_str(written: &str) -> Result<Self, UnknownLabel> {
        let mut feats = Self::default();
        for feature in written.split('|').filter(|feature| *feature != "_" && !feature.is_empty()) {
            let bit = FEATURES
                .iter()
                .position(|known| *known == feature)
                .ok_or_else(|| UnknownLabel::new("feature", feature))?;
            feats.0 |= 1 << bit;
        }
        Ok(feats)
    }
}

impl fmt::Display for Feats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return formatter.write_str("_");
        }
        for (place, feature) in self.iter().enumerate() {
            let bar = if place > 0 { "|" } else { "" };
            write!(formatter, "{bar}{feature}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Feats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Feats({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_is_read_as_it_is_written() {
        for label in Upos::ALL {
            assert_eq!(label.name().parse(), Ok(*label));
        }
        for label in Xpos::ALL {
            assert_eq!(label.name().parse(), Ok(*label));
        }
        for label in Deprel::ALL {
            assert_eq!(label.name().parse(), Ok(*label));
        }
        for label in EntityKind::ALL {
            assert_eq!(label.name().parse(), Ok(*label));
        }
        assert_eq!("NOPE".parse::<Upos>().unwrap_err().to_string(), "no Upos is named 'NOPE'");
    }

    #[test]
    fn features_are_a_set() {
        let feats: Feats = "Number=Sing|Person=3".parse().unwrap();
        assert!(feats.has("Number=Sing") && !feats.has("Number=Plur") && !feats.has("Color=Red"));
        assert_eq!(feats.to_string(), "Number=Sing|Person=3");
        assert_eq!("_".parse::<Feats>().unwrap().to_string(), "_");
    }
}
