//! Candidates compared by weighted evidence: the score of a candidate is the sum of its evidence's weights, probabilities are the
//! softmax of the scores. The antecedent of a pronoun is decided so; whose state an entity is of, where what evidence weighs depends on more, by `network`.
//!
//! Weights are fitted by `training/who.py` and read from a table: `class evidence weight`, where class `*` counts for all.

use std::collections::HashMap;

use crate::nlp::tables::{self, TableError};

/// A closed list of pieces of evidence, each with a name in the table of weights.
pub(crate) trait Evidence: Copy + 'static {
    /// All of them, in the order of [`Evidence::index`].
    const ALL: &'static [Self];

    fn index(self) -> usize;

    fn name(self) -> &'static str;
}

/// Pieces of evidence with how strong each is, for one candidate.
pub(crate) type Found<E> = Vec<(E, f32)>;

/// Pieces of evidence by their names, where weights are fitted.
pub(super) type Written = Vec<(&'static str, f32)>;

/// What each piece of evidence weighs for each class of question.
#[derive(Debug)]
pub(crate) struct Weights {
    /// By class, then by evidence; the weights of class `*` are added in.
    weights: Vec<Vec<f32>>,
}

impl Weights {
    /// Reads a table of three columns: class, evidence, weight.
    ///
    /// # Errors
    /// If it is malformed, or names an unknown class or piece of evidence.
    pub(crate) fn load<E: Evidence>(
        file: &'static str,
        text: &'static str,
        classes: &[&str],
    ) -> Result<Self, TableError> {
        let places: HashMap<&str, usize> = E::ALL.iter().map(|evidence| (evidence.name(), evidence.index())).collect();
        let mut weights = vec![vec![0.0; E::ALL.len()]; classes.len()];
        for row in tables::read(file, text, 3)? {
            let Some(&place) = places.get(row.cell(1)) else {
                return Err(row.error(format!("no evidence is named {:?}", row.cell(1))));
            };
            let weight = row.number(2)?;
            match classes.iter().position(|class| *class == row.cell(0)) {
                Some(class) => weights[class][place] += weight,
                None if row.cell(0) == "*" => weights.iter_mut().for_each(|of_class| of_class[place] += weight),
                None => return Err(row.error(format!("no class is named {:?}", row.cell(0)))),
            }
        }
        Ok(Self { weights })
    }

    /// What a piece of evidence weighs for a class.
    pub(crate) fn of<E: Evidence>(&self, class: usize, evidence: E) -> f32 {
        self.weights[class][evidence.index()]
    }

    /// The score of a candidate.
    pub(crate) fn score<E: Evidence>(&self, class: usize, found: &Found<E>) -> f32 {
        found.iter().map(|&(evidence, strength)| self.of(class, evidence) * strength).sum()
    }
}

/// The probabilities of candidates with these scores; they add up to one.
pub(crate) fn softmax(scores: &[f32]) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut probabilities: Vec<f32> = scores.iter().map(|score| (score - top).exp()).collect();
    let sum: f32 = probabilities.iter().sum();
    probabilities.iter_mut().for_each(|probability| *probability /= sum);
    probabilities
}

/// Declares a closed list of evidence: each piece with its name in the table and an example.
macro_rules! evidence {
    ($(#[$meta:meta])* $name:ident { $($(#[$of_member:meta])* $member:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name {
            $($(#[$of_member])* $member,)+
        }

        impl $crate::extract::who::scorer::Evidence for $name {
            const ALL: &'static [Self] = &[$(Self::$member,)+];

            fn index(self) -> usize {
                self as usize
            }

            fn name(self) -> &'static str {
                match self {
                    $(Self::$member => $text,)+
                }
            }
        }
    };
}
pub(crate) use evidence;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_add_up_whatever_the_scores() {
        for scores in [vec![0.0], vec![1000.0, -1000.0, 999.0], vec![-3.0, 2.5]] {
            let sum: f32 = softmax(&scores).iter().sum();
            assert!((sum - 1.0).abs() < 1e-5, "{scores:?} give {sum}");
        }
    }
}
