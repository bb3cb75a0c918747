//! A small network over the tree that says of a word whether it evokes an event, and of which type.
//!
//! The head's layers and the sparse features read along the text; what is promised, threatened or denied tells the tree. So of every word that those two
//! do not rule out the network hears who does it, to whom, and what governs it, and its scores are added to theirs. The computation is in
//! `docs/model-format.md`, "Events".

use super::facts::{CLUSTER, Facts, GAZETTEER, SUFFIX, WORD, key};
use super::vectors::{FeatureVectors, VectorSpace};
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::heads::sparse::mixed;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::text::{Deprel, Upos};

/// Kinds of features have numbers from here on; below are those of `facts`.
const OF_WORD: u64 = 200;

/// Verbs, nouns and adjectives are asked about where the best score of a type lacks no more than this to that of no event.
const ASKED: f32 = 3.0;

/// Words on either side that are heard of.
const AROUND: usize = 10;

/// The weights.
#[derive(Debug)]
pub(super) struct Triggers {
    vectors: FeatureVectors,
    hidden: Linear,
    out: Linear,
    /// What its scores weigh beside the others.
    share: f32,
}

/// Working space, kept from sentence to sentence.
#[derive(Debug, Default)]
pub(super) struct TriggerSpace {
    keys: Vec<u64>,
    vectors: VectorSpace,
    hidden: Vec<f32>,
    scores: Vec<f32>,
}

impl Triggers {
    /// Reads the sections `event.word.*`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile, n_types: usize) -> Result<Option<Self>, ModelError> {
        let n_labels = n_types + 1;
        let Some(vectors) = FeatureVectors::read(file, "event.word", n_labels)? else { return Ok(None) };
        let hidden = Linear::read(file, "event.word.hidden", vectors.width())?;
        let out = Linear::read(file, "event.word.out", hidden.outputs())?;
        if out.outputs() != n_labels {
            let problem = format!("{n_labels} rows expected, {} found", out.outputs());
            return Err(file.required("event.word.out.weight")?.wrong(problem));
        }
        let share = vector(file, "event.word.share", 1)?[0];
        Ok(Some(Self { vectors, hidden, out, share }))
    }

    /// Adds what the network says of some words of a sentence to the scores of its tokens, which have a row of `width` each: outside, then each type's two labels.
    pub(super) fn add(
        &self,
        facts: &Facts<'_>,
        words: &[usize],
        scores: &mut [f32],
        width: usize,
        space: &mut TriggerSpace,
    ) {
        self.vectors.begin(words.len(), &mut space.vectors);
        for (place, &token) in words.iter().enumerate() {
            facts.of_word(token, &mut space.keys);
            self.vectors.hear(place, &space.keys, &mut space.vectors);
        }
        let heard = self.vectors.words(&mut space.vectors);
        self.hidden.apply(Matrix::whole(heard, self.vectors.width()), &mut space.hidden);
        space.hidden.iter_mut().for_each(|hidden| *hidden = hidden.max(0.0));
        self.out.apply(Matrix::whole(&space.hidden, self.hidden.outputs()), &mut space.scores);
        self.vectors.add_said(&space.vectors, &mut space.scores);
        for (&token, said) in words.iter().zip(space.scores.chunks_exact(self.out.outputs())) {
            let row = &mut scores[(token - facts.sentence.start as usize) * width..][..width];
            for (kind, said_of_type) in said[1..].iter().enumerate() {
                let more = self.share * (said_of_type - said[0]);
                row[1 + 2 * kind] += more;
                row[2 + 2 * kind] += more;
            }
        }
    }
}

/// Whether the network is asked about a token with these scores, outside and then each type's two labels.
pub(super) fn is_asked(row: &[f32]) -> bool {
    row[1..].iter().any(|score| score - row[0] > -ASKED)
}

impl Facts<'_> {
    /// The features of a word that may evoke an event.
    pub(super) fn of_word(&self, token: usize, keys: &mut Vec<u64>) {
        keys.clear();
        let looks = self.looks(token);
        let lemma = self.lemma(token);
        let (word, cluster) = (looks[WORD], looks[CLUSTER]);
        let tag = self.doc.xpos[token] as u64;
        let upos = self.doc.upos[token];
        let relation = self.tree.relation(token) as u64;
        let preposition = self.tree.preposition(token).map_or(0, |token| self.lemma(token));
        let mut arguments = 0;
        for dependent in self.tree.dependents(token) {
            arguments |= 1_u64 << self.tree.relation(dependent) as u64;
        }
        let mut say = |template: u64, values: &[u64]| keys.push(key(OF_WORD + template, values));
        say(0, &[lemma]);
        say(1, &[word]);
        say(2, &[lemma, tag]);
        say(3, &[lemma, relation]);
        say(4, &[cluster]);
        say(5, &[cluster, tag]);
        say(6, &[looks[SUFFIX]]);
        say(7, &[looks[SUFFIX], tag]);
        say(8, &[tag, relation]);
        say(9, &[lemma, preposition]);
        say(10, &[arguments, upos as u64]);
        say(11, &[arguments, lemma]);
        say(12, &[looks[GAZETTEER]]);
        say(13, &[cluster, relation]);
        say(14, &[looks[2]]);
        for dependent in self.tree.dependents(token) {
            let preposition = self.tree.preposition(dependent).map_or(0, |token| self.lemma(token));
            let relation = mixed(2, self.tree.relation(dependent) as u64, preposition);
            let other = self.lemma(dependent);
            let other_cluster = self.looks(dependent)[CLUSTER];
            say(15, &[relation, other]);
            say(16, &[relation, other, lemma]);
            say(17, &[relation, lemma]);
            say(18, &[relation, other_cluster, lemma]);
            say(19, &[relation, other_cluster, cluster]);
            say(20, &[relation, self.kind(dependent)]);
            say(21, &[relation, self.kind(dependent), lemma]);
            say(22, &[relation, other, cluster]);
            let described = self.described(self.phrase(dependent));
            if described != 0 {
                say(23, &[relation, described]);
                say(24, &[relation, described, cluster]);
            }
        }
        let ancestors = self.ancestors(token);
        for (steps, pair) in (1_u64..).zip(ancestors.windows(2)).take(3) {
            let [below, above] = [pair[0], pair[1]];
            let relation = mixed(2, self.tree.relation(below) as u64, steps);
            let (other, other_cluster) = (self.lemma(above), self.looks(above)[CLUSTER]);
            say(25, &[other, relation]);
            say(26, &[other, lemma, steps]);
            say(27, &[other, cluster, relation]);
            say(28, &[other_cluster, cluster, relation]);
            for beside in self.tree.dependents(above).filter(|&beside| beside != below) {
                let relation = self.tree.relation(beside);
                let is_heard = steps == 1
                    || matches!(relation, Deprel::Aux | Deprel::Mark | Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj);
                if is_heard && relation != Deprel::Punct {
                    let relation = mixed(2, relation as u64, steps);
                    say(29, &[relation, self.lemma(beside)]);
                    say(30, &[relation, self.lemma(beside), cluster]);
                    say(31, &[relation, self.kind(beside), other]);
                }
            }
        }
        let at = |distance: isize| token.checked_add_signed(distance).filter(|&at| self.sentence.contains_token(at));
        let word_at = |distance: isize| at(distance).map_or(1, |at| self.looks(at)[WORD]);
        let cluster_at = |distance: isize| at(distance).map_or(1, |at| self.looks(at)[CLUSTER]);
        let [two_before, before, behind, two_behind] = [-2, -1, 1, 2].map(word_at);
        say(32, &[before]);
        say(33, &[behind]);
        say(34, &[two_before, before]);
        say(35, &[behind, two_behind]);
        say(36, &[before, word]);
        say(37, &[word, behind]);
        say(38, &[before, behind]);
        say(39, &[cluster_at(-1), cluster]);
        say(40, &[cluster, cluster_at(1)]);
        say(41, &[two_before]);
        say(42, &[two_behind]);
        for other in self.sentence.range().filter(|&other| other != token && other.abs_diff(token) <= AROUND) {
            if matches!(self.doc.upos[other], Upos::Noun | Upos::Verb | Upos::Adj) {
                say(43, &[self.lemma(other)]);
                say(44, &[self.lemma(other), cluster]);
            } else if self.kind(other) >= 64 {
                say(45, &[self.kind(other), u64::from(other < token), upos as u64]);
            }
        }
    }
}
