//! The words of a headline or of a summary that say what a story is about, and whether a text has them.

use std::collections::HashSet;

use super::super::language;

/// Letters by which a word is known in another form: "minister", "ministry".
const STEM_LETTERS: usize = 6;

/// Letters of a word that says something, unless it is all capitals ("EU"), and of what is left of one without its ending.
const MIN_LETTERS: usize = 4;

/// Endings of forms of a word.
const ENDINGS: [&str; 3] = ["ing", "ed", "s"];

/// The content words of a text, each cut to what its forms have in common.
#[derive(Debug, Default)]
pub(super) struct Stems(HashSet<String>);

impl Stems {
    pub(super) fn of(text: &str) -> Self {
        Self(words(text).collect())
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many of them others have.
    pub(super) fn n_in(&self, others: &Self) -> usize {
        self.0.intersection(&others.0).count()
    }

    /// How alike they are to others: the cosine of the two sets.
    pub(super) fn likeness(&self, others: &Self) -> f64 {
        let n_all = self.0.len() * others.0.len();
        if n_all == 0 { 0.0 } else { self.n_in(others) as f64 / (n_all as f64).sqrt() }
    }

    /// Adds others.
    pub(super) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// The share of them that is among the words.
    pub(super) fn share_in<'w>(&self, text: impl Iterator<Item = &'w str>) -> f64 {
        if self.0.is_empty() {
            return 0.0;
        }
        let found: HashSet<String> = text.flat_map(words).filter(|word| self.0.contains(word)).collect();
        found.len() as f64 / self.0.len() as f64
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'));
    words.filter_map(|word| {
        let word = word.split(['\'', '’']).find(|part| !part.is_empty())?;
        let n_letters = word.chars().count();
        let is_long =
            n_letters >= MIN_LETTERS || n_letters > 1 && word.chars().all(|c| c.is_uppercase() || c.is_numeric());
        let lower = word.to_lowercase();
        (is_long && !language::is_function_word(&lower)).then(|| stem(&lower))
    })
}

fn stem(word: &str) -> String {
    let is_stem = |stem: &&str| stem.chars().count() >= MIN_LETTERS && !(stem.ends_with('s') && word.ends_with("ss"));
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).filter(is_stem)).unwrap_or(word);
    stem.chars().take(STEM_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_and_function_words_none() {
        let headline = Stems::of("Envoy’s talks with the EU ‘fail’ at an end");
        assert_eq!(headline.len(), 4, "{headline:?}");
        let text = "Two envoys failed in the EU on Monday to hold what was called a meeting.";
        assert!((headline.share_in(text.split(' ')) - 0.75).abs() < 1e-9);
    }
}
