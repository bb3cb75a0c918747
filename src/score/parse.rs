//! Tags, lemmas and trees: accuracy on gold tokens, F1 on raw text (aligned as in the CoNLL 2018 shared task).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::hash::Hash;

use super::conllu::{TreeSentence, Treebank, Word};
use super::{Counts, ScoreError, share};

/// Relations that content-word accuracy (CLAS) leaves out.
const NO_CONTENT: [&str; 8] = ["aux", "cop", "mark", "det", "clf", "case", "cc", "punct"];

/// Which tokens the system was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// Those of the gold file: figures are accuracies.
    Gold,
    /// None, it read the raw text: figures are F1.
    Raw,
}

/// The figures, in the order in which they are printed; each 0 to 1.
#[derive(Debug)]
pub struct Score {
    tokens: Tokens,
    words: usize,
    figures: Vec<(&'static str, f64)>,
}

impl Score {
    /// A figure by its name: `LAS`, `UPOS`, `tokens`, …
    pub fn figure(&self, name: &str) -> Option<f64> {
        self.figures.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }
}

fn base(deprel: &str) -> &str {
    deprel.split_once(':').map_or(deprel, |(base, _)| base)
}

/// Scores a system's answer.
///
/// # Errors
/// If words or sentences differ though gold tokens were given, or the characters differ on raw text.
pub fn score(gold: &Treebank, system: &Treebank, tokens: Tokens) -> Result<Score, ScoreError> {
    match tokens {
        Tokens::Gold => score_gold_tokens(gold, system),
        Tokens::Raw => score_raw_text(gold, system),
    }
}

fn score_gold_tokens(gold: &Treebank, system: &Treebank) -> Result<Score, ScoreError> {
    let forms = |bank: &Treebank| -> Vec<Vec<String>> {
        bank.sentences.iter().map(|sentence| sentence.words.iter().map(|word| word.form.clone()).collect()).collect()
    };
    if forms(gold) != forms(system) {
        return Err(ScoreError::new("system", 0, "words or sentences differ from gold though its tokens were given"));
    }
    let mut hits = [0usize; 6];
    let (mut words, mut unpunctuated, mut content) = (0, [0usize; 3], [0usize; 2]);
    let pairs = gold.sentences.iter().flat_map(|s| &s.words).zip(system.sentences.iter().flat_map(|s| &s.words));
    for (gold, system) in pairs {
        words += 1;
        let attached = gold.head == system.head;
        let labeled = attached && base(&gold.deprel) == base(&system.deprel);
        let found = [
            gold.upos == system.upos,
            gold.xpos == system.xpos,
            gold.lemma == system.lemma || gold.lemma == "_",
            attached,
            labeled,
            attached && gold.deprel == system.deprel,
        ];
        for (hit, found) in hits.iter_mut().zip(found) {
            *hit += usize::from(found);
        }
        if gold.upos != "PUNCT" {
            unpunctuated[0] += 1;
            unpunctuated[1] += usize::from(attached);
            unpunctuated[2] += usize::from(labeled);
        }
        if !NO_CONTENT.contains(&base(&gold.deprel)) {
            content[0] += 1;
            content[1] += usize::from(labeled);
        }
    }
    let names = ["UPOS", "XPOS", "lemma", "UAS", "LAS", "LAS_full"];
    let mut figures: Vec<(&'static str, f64)> =
        names.into_iter().zip(hits).map(|(name, hit)| (name, share(hit, words).unwrap_or(0.0))).collect();
    figures.push(("UAS_nopunct", share(unpunctuated[1], unpunctuated[0]).unwrap_or(0.0)));
    figures.push(("LAS_nopunct", share(unpunctuated[2], unpunctuated[0]).unwrap_or(0.0)));
    figures.push(("CLAS", share(content[1], content[0]).unwrap_or(0.0)));
    Ok(Score { tokens: Tokens::Gold, words, figures })
}

/// A word with its place: index over the file, and the index of its head.
struct Placed<'a> {
    word: &'a Word,
    head: Option<usize>,
}

fn placed(sentences: &[TreeSentence]) -> Vec<Placed<'_>> {
    let mut all = Vec::new();
    for sentence in sentences {
        let first = all.len();
        all.extend(sentence.words.iter().map(|word| Placed { word, head: word.head.map(|head| first + head) }));
    }
    all
}

fn score_raw_text(gold: &Treebank, system: &Treebank) -> Result<Score, ScoreError> {
    if gold.characters != system.characters {
        let same = gold.characters.chars().zip(system.characters.chars()).take_while(|(a, b)| a == b).count();
        let problem = format!("the files hold different characters, first at non-space character {same}");
        return Err(ScoreError::new("system", 0, problem));
    }
    let (gold_words, system_words) = (placed(&gold.sentences), placed(&system.sentences));
    let pairs = align(&gold_words, &system_words);
    let gold_of: HashMap<usize, usize> = pairs.iter().map(|(gold, system)| (*system, *gold)).collect();
    let mut hits = [0usize; 7];
    for (gold_idx, system_idx) in &pairs {
        let (gold, system) = (&gold_words[*gold_idx], &system_words[*system_idx]);
        let attached = match (gold.head, system.head) {
            (None, None) => true,
            (Some(gold_head), Some(system_head)) => gold_of.get(&system_head) == Some(&gold_head),
            _ => false,
        };
        let (gold, system) = (gold.word, system.word);
        let labeled = attached && base(&gold.deprel) == base(&system.deprel);
        let found = [
            gold.upos == system.upos,
            gold.xpos == system.xpos,
            gold.lemma == system.lemma || gold.lemma == "_",
            attached,
            labeled,
            attached && gold.deprel == system.deprel,
            labeled && !NO_CONTENT.contains(&base(&gold.deprel)),
        ];
        for (hit, found) in hits.iter_mut().zip(found) {
            *hit += usize::from(found);
        }
    }
    let common = |gold: Vec<(usize, usize)>, system: Vec<(usize, usize)>| {
        let (n_gold, n_system) = (gold.len(), system.len());
        let gold: HashSet<_> = gold.into_iter().collect();
        let system: HashSet<_> = system.into_iter().collect();
        f1(n_gold, n_system, gold.intersection(&system).count())
    };
    let spans = |bank: &Treebank| bank.sentences.iter().map(|sentence| (sentence.start, sentence.end)).collect();
    let mut figures = vec![
        ("tokens", common(gold.tokens.clone(), system.tokens.clone())),
        ("sentences", common(spans(gold), spans(system))),
        ("words", f1(gold_words.len(), system_words.len(), pairs.len())),
    ];
    for (name, hit) in ["UPOS", "XPOS", "lemma", "UAS", "LAS", "LAS_full"].into_iter().zip(hits) {
        figures.push((name, f1(gold_words.len(), system_words.len(), hit)));
    }
    let content =
        |words: &[Placed<'_>]| words.iter().filter(|placed| !NO_CONTENT.contains(&base(&placed.word.deprel))).count();
    figures.push(("CLAS", f1(content(&gold_words), content(&system_words), hits[6])));
    Ok(Score { tokens: Tokens::Raw, words: gold_words.len(), figures })
}

fn f1(gold: usize, system: usize, both: usize) -> f64 {
    Counts { gold, system, both }.f1(0.0)
}

/// Pairs of words at the same place; within tokens of several words, by the longest common sequence of forms.
fn align(gold: &[Placed<'_>], system: &[Placed<'_>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < gold.len() && j < system.len() {
        let (a, b) = (gold[i].word, system[j].word);
        if !a.in_multiword && !b.in_multiword {
            if (a.start, a.end) == (b.start, b.end) {
                pairs.push((i, j));
                i += 1;
                j += 1;
            } else if a.start <= b.start {
                i += 1;
            } else {
                j += 1;
            }
            continue;
        }
        let from_gold = a.in_multiword && (!b.in_multiword || a.start <= b.start);
        let (low, mut high) = if from_gold { (a.start, a.end) } else { (b.start, b.end) };
        if !a.in_multiword && a.end <= low {
            i += 1;
            continue;
        }
        if !b.in_multiword && b.end <= low {
            j += 1;
            continue;
        }
        let (mut gold_end, mut system_end, mut grown) = (i, j, true);
        while grown {
            grown = extend(gold, &mut gold_end, &mut high);
            grown |= extend(system, &mut system_end, &mut high);
        }
        let lower = |words: &[Placed<'_>]| -> Vec<String> {
            words.iter().map(|placed| placed.word.form.to_lowercase()).collect()
        };
        let common = common_sequence(&lower(&gold[i..gold_end]), &lower(&system[j..system_end]));
        pairs.extend(common.into_iter().map(|(a, b)| (i + a, j + b)));
        (i, j) = (gold_end, system_end);
    }
    pairs
}

/// Takes in the words that begin before `high`; tells whether one of them moved it.
fn extend(words: &[Placed<'_>], end: &mut usize, high: &mut usize) -> bool {
    let mut grown = false;
    while *end < words.len() && words[*end].word.start < *high {
        if words[*end].word.in_multiword && words[*end].word.end > *high {
            *high = words[*end].word.end;
            grown = true;
        }
        *end += 1;
    }
    grown
}

/// Places of a longest common subsequence.
fn common_sequence<T: PartialEq + Hash>(a: &[T], b: &[T]) -> Vec<(usize, usize)> {
    let mut longest = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] =
                if a[i] == b[j] { longest[i + 1][j + 1] + 1 } else { longest[i + 1][j].max(longest[i][j + 1]) };
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

impl fmt::Display for Score {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.tokens {
            Tokens::Gold => "gold-tokens",
            Tokens::Raw => "aligned",
        };
        write!(formatter, "{:18} {mode:12} words {:6}", "all", self.words)?;
        for (name, figure) in &self.figures {
            write!(formatter, "  {name} {:.2}", 100.0 * figure)?;
        }
        writeln!(formatter)
    }
}
