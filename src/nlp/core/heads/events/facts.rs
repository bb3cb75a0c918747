//! What the tree and the looks of words say of a trigger, and of a word beside it, as sparse features: each a template with the values that fill it, by a 64-bit key.
//!
//! The models over them (`roles`, `attributes`) draw other conclusions than the head's layers do, which read along the text and not along the tree.

use crate::nlp::core::encoder::{Encoding, Properties};
use crate::nlp::core::heads::sparse::mixed;
use crate::nlp::hashing::{EMPTY_HASH, fnv1a};
use crate::text::{Deprel, Document, EntityKind, EventType, TokenRange, Tree, Upos, Xpos};

/// Columns of [`Encoding::properties`].
pub(super) const WORD: usize = 1;
pub(super) const SUFFIX: usize = 3;
pub(super) const CLUSTER: usize = 7;
pub(super) const GAZETTEER: usize = 8;

/// Steps of a path through the tree beyond which it says no more than that it is long.
const LONGEST_PATH: usize = 8;

/// Adverbs that tell a time or a place.
const TIMES_AND_PLACES: [&str; 24] = [
    "abroad",
    "ago",
    "currently",
    "daily",
    "earlier",
    "elsewhere",
    "here",
    "lately",
    "later",
    "nationwide",
    "nearby",
    "now",
    "originally",
    "overnight",
    "overseas",
    "previously",
    "recently",
    "regularly",
    "routinely",
    "soon",
    "there",
    "today",
    "tomorrow",
    "yesterday",
];

/// Whether a word is a year of the last centuries.
fn is_year(word: &str) -> bool {
    word.len() == 4
        && (word.starts_with('1') || word.starts_with("20"))
        && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// Kinds of features of triggers have numbers from here on; those of words beside them are below.
const OF_TRIGGER: u64 = 100;

/// A sentence with its tree.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) doc: &'a Document,
    pub(super) tree: Tree<'a>,
    encoding: &'a Encoding,
    pub(super) sentence: TokenRange,
    /// By token of the sentence, the kind of the name that it is in.
    names: Vec<Option<EntityKind>>,
}

/// What is known of a trigger.
pub(super) struct Trigger {
    /// Its words.
    pub(super) tokens: TokenRange,
    head: usize,
    event_type: u64,
    lemma: u64,
    cluster: u64,
    upos: u64,
    is_passive: u64,
    /// Which of its arguments are there, a bit each.
    arguments: u64,
    /// From its head to the root of the sentence.
    ancestors: Vec<usize>,
}

/// The sentences in which triggers may stand, each once, with their numbers in order; none where there is no tree.
#[derive(Debug, Default)]
pub(super) struct Sentences<'a>(Vec<(usize, Facts<'a>)>);

impl<'a> Sentences<'a> {
    /// Adds a sentence behind those that are there; nothing without a tree.
    pub(super) fn open(&mut self, doc: &'a Document, encoding: &'a Encoding, number: usize) -> Option<&Facts<'a>> {
        if doc.heads.is_empty() || doc.lemmas.is_empty() {
            return None;
        }
        self.0.push((number, Facts::of(doc, encoding, doc.sentences[number].tokens)));
        self.0.last().map(|(_, facts)| facts)
    }

    /// The sentence of a trigger.
    pub(super) fn around(&self, doc: &Document, trigger: TokenRange) -> Option<&Facts<'a>> {
        let number = doc.sentence_of(trigger.start as usize);
        let place = self.0.binary_search_by_key(&number, |(known, _)| *known).ok()?;
        Some(&self.0[place].1)
    }
}

impl<'a> Facts<'a> {
    fn of(doc: &'a Document, encoding: &'a Encoding, sentence: TokenRange) -> Self {
        let mut names = vec![None; sentence.len()];
        let from = doc.entities.partition_point(|entity| entity.tokens.end <= sentence.start);
        for entity in doc.entities[from..].iter().take_while(|entity| entity.tokens.start < sentence.end) {
            for token in entity.tokens.range() {
                if let Some(place) = token.checked_sub(sentence.start as usize) {
                    names[place] = Some(entity.kind);
                }
            }
        }
        Self { doc, tree: Tree::new_within(doc, sentence), encoding, sentence, names }
    }

    /// The words that could be parties, dates or places, each by the head of its phrase: nouns, names, pronouns, years, adverbs of time and place, and
    /// adjectives for countries or beside the trigger ("insurgent attacks", "a recent attack"). A name within a phrase is one by itself ("U.S. policy").
    pub(super) fn candidates(&self, trigger: &Trigger) -> impl Iterator<Item = usize> + '_ {
        let trigger = trigger.tokens;
        let is_on_trigger = move |token: usize| self.doc.head(token).is_some_and(|head| trigger.contains_token(head));
        self.sentence.range().filter(move |&token| {
            let relation = self.tree.relation(token);
            let is_word = match self.doc.upos[token] {
                Upos::Noun | Upos::Propn => true,
                Upos::Pron => !matches!(self.doc.xpos[token], Xpos::Wp | Xpos::Wdt | Xpos::Ex | Xpos::WpDollar),
                Upos::Adv => TIMES_AND_PLACES.contains(&self.doc.lemmas.get(token)),
                Upos::Num if is_year(self.doc.token_text(token)) => true,
                Upos::Num | Upos::Det => matches!(
                    relation,
                    Deprel::Nsubj | Deprel::NsubjPass | Deprel::Obj | Deprel::Obl | Deprel::Nmod | Deprel::Conj
                ),
                Upos::Adj if relation == Deprel::Amod && is_on_trigger(token) => true,
                _ => self.name(token).is_some_and(|kind| matches!(kind, EntityKind::Nationality | EntityKind::Place)),
            };
            let is_inner = match relation {
                Deprel::Flat | Deprel::Fixed | Deprel::Goeswith => true,
                Deprel::Compound | Deprel::NmodDesc => !is_on_trigger(token) && !self.is_name_by_itself(token),
                _ => false,
            };
            is_word && !is_inner && !trigger.contains_token(token)
        })
    }

    /// Whether a word is the head of a name of a place, a body or a people within a longer phrase.
    fn is_name_by_itself(&self, token: usize) -> bool {
        let is_whole = |head: usize| self.name(head).is_none();
        self.name(token).is_some_and(|kind| kind != EntityKind::Person) && self.doc.head(token).is_some_and(is_whole)
    }

    /// Whether some words stand in the sentence.
    pub(super) fn holds(&self, tokens: TokenRange) -> bool {
        self.sentence.contains_token(tokens.start as usize)
    }

    /// The phrase of a word.
    pub(super) fn phrase(&self, token: usize) -> TokenRange {
        self.tree.phrase(token, self.sentence)
    }

    /// The word of some that all others hang on.
    pub(super) fn head_of(&self, tokens: TokenRange) -> usize {
        let is_top = |&token: &usize| self.doc.head(token).is_none_or(|head| !tokens.contains_token(head));
        tokens.range().find(is_top).unwrap_or(tokens.start as usize)
    }

    /// What is known of a trigger.
    pub(super) fn trigger(&self, tokens: TokenRange, event_type: EventType) -> Trigger {
        let head = self.head_of(tokens);
        let mut arguments = 0;
        let mut is_passive = 0;
        for token in self.tree.dependents(head) {
            let bit = match self.tree.relation(token) {
                Deprel::Nsubj => 0,
                Deprel::NsubjPass => 1,
                Deprel::Obj => 2,
                Deprel::Iobj => 3,
                Deprel::NmodPoss => 4,
                Deprel::Ccomp => 5,
                Deprel::Xcomp => 6,
                Deprel::AuxPass => 7,
                Deprel::Obl | Deprel::Nmod => 8,
                _ => continue,
            };
            arguments |= 1 << bit;
            is_passive |= u64::from(bit == 1 || bit == 7);
        }
        Trigger {
            tokens,
            head,
            event_type: event_type as u64,
            lemma: self.lemma(head),
            cluster: self.looks(head)[CLUSTER],
            upos: self.doc.upos[head] as u64,
            is_passive,
            arguments,
            ancestors: self.ancestors(head),
        }
    }

    /// The features of a word as a party of a trigger; `between` counts the candidates between the two.
    pub(super) fn of_candidate(&self, trigger: &Trigger, token: usize, between: usize, keys: &mut Vec<u64>) {
        let first = self.tree.first_conjunct(token);
        let is_conjunct = u64::from(first != token);
        let preposition = self.tree.preposition(token).or_else(|| self.tree.preposition(first));
        let preposition = preposition.map_or(0, |token| self.lemma(token));
        let (path, words) = self.path(first, trigger);
        let (kind, lemma, looks) = (self.kind(token), self.lemma(token), self.looks(token));
        let (cluster, gazetteer) = (looks[CLUSTER], looks[GAZETTEER]);
        let Trigger { event_type, is_passive, arguments, upos, .. } = *trigger;
        let is_before = token < trigger.head;
        let side = u64::from(is_before);
        let distance = bucket(token.abs_diff(trigger.head));
        let between = between.min(4) as u64;
        let phrase = self.phrase(token);
        let described = self.described(phrase);
        let before = (phrase.start as usize).checked_sub(1).filter(|&at| self.sentence.contains_token(at));
        let before = before.map_or(1, |at| self.looks(at)[WORD]);
        let behind = Some(phrase.end as usize).filter(|&at| self.sentence.contains_token(at));
        let behind = behind.map_or(1, |at| self.looks(at)[WORD]);
        let at_path = [path, preposition, is_conjunct];
        let path_and_preposition = mixed(0, path, preposition);
        let all: [&[u64]; 44] = [
            &[path],
            &[path, event_type],
            &[path, trigger.lemma],
            &at_path,
            &[path_and_preposition, event_type],
            &[path_and_preposition, trigger.lemma],
            &[path, is_passive, event_type],
            &[path_and_preposition, is_passive, upos],
            &[kind, event_type],
            &[lemma, event_type],
            &[cluster, event_type],
            &[lemma],
            &[path, kind],
            &[path, kind, event_type],
            &[path, lemma],
            &[path, cluster, event_type],
            &[distance, side, event_type],
            &[distance, side, kind],
            &[words],
            &[words, event_type],
            &[path, trigger.cluster],
            &[path_and_preposition, trigger.cluster, is_passive],
            &[gazetteer, event_type],
            &[path, gazetteer],
            &[preposition, event_type],
            &[preposition, side, trigger.lemma],
            &[path, arguments],
            &[path, arguments, event_type],
            &[between, side, event_type],
            &[before, event_type],
            &[behind, event_type],
            &[described, path],
            &[described, event_type],
            &[side, trigger.lemma, kind],
            &[is_conjunct, path, event_type],
            &[looks[SUFFIX], event_type],
            &[path_and_preposition, kind],
            &[before, side],
            &[described, kind, path_and_preposition],
            &[between, side, path],
            &[event_type, arguments, side, kind],
            &[cluster],
            &[path_and_preposition, cluster],
            &[words, kind],
        ];
        keys.clear();
        keys.extend((0..).zip(all).map(|(template, values)| key(template, values)));
    }

    /// The features of a trigger for what it says: code, mode, status.
    pub(super) fn of_trigger(&self, trigger: &Trigger, keys: &mut Vec<u64>) {
        keys.clear();
        let Trigger { head, event_type, lemma, cluster, upos, is_passive, arguments, .. } = *trigger;
        let mut say = |template: u64, values: &[u64]| keys.push(key(OF_TRIGGER + template, values));
        let tag = self.doc.xpos[head] as u64;
        say(0, &[lemma]);
        say(1, &[lemma, event_type]);
        say(2, &[cluster, event_type]);
        say(3, &[tag]);
        say(4, &[upos, event_type]);
        say(5, &[is_passive, event_type]);
        say(6, &[arguments, event_type]);
        say(7, &[event_type]);
        say(8, &[self.tree.relation(head) as u64, tag]);
        say(9, &[self.looks(head)[SUFFIX], event_type]);
        let whole = trigger.tokens.range().fold(0, |sum, token| mixed(1, sum, self.lemma(token)));
        say(10, &[whole, event_type]);
        for token in trigger.tokens.range() {
            say(11, &[self.lemma(token), event_type]);
        }
        for token in self.tree.dependents(head).filter(|&token| !trigger.tokens.contains_token(token)) {
            let (relation, word) = (self.tree.relation(token) as u64, self.lemma(token));
            let preposition = self.tree.preposition(token).map_or(0, |token| self.lemma(token));
            let relation = mixed(2, relation, preposition);
            say(12, &[relation, word]);
            say(13, &[relation, word, event_type]);
            say(14, &[relation, self.looks(token)[CLUSTER], event_type]);
            say(15, &[relation, self.kind(token), event_type]);
            say(16, &[relation, word, lemma]);
            say(17, &[relation, lemma]);
            say(18, &[relation, self.described(self.phrase(token)), event_type]);
        }
        for (steps, &ancestor) in (1..).zip(trigger.ancestors[1..].iter().take(4)) {
            let below = trigger.ancestors[steps - 1];
            let relation = self.tree.relation(below) as u64;
            let word = self.lemma(ancestor);
            let far = steps.min(2) as u64;
            say(19, &[word, relation, far]);
            say(20, &[word]);
            say(21, &[word, event_type]);
            for token in self.tree.dependents(ancestor) {
                let relation = self.tree.relation(token);
                if matches!(relation, Deprel::Aux | Deprel::Mark | Deprel::Advmod | Deprel::AuxPass) {
                    say(22, &[relation as u64, self.lemma(token), far]);
                }
            }
        }
        let around = |distance: isize| {
            let base = if distance < 0 { trigger.tokens.start } else { trigger.tokens.end - 1 } as usize;
            let at = base.checked_add_signed(distance).filter(|&at| self.sentence.contains_token(at));
            at.map_or(1, |at| self.looks(at)[WORD])
        };
        let [two_before, before, behind, two_behind] = [-2, -1, 1, 2].map(around);
        say(23, &[before]);
        say(24, &[behind]);
        say(25, &[two_before, before]);
        say(26, &[behind, two_behind]);
        say(27, &[before, event_type]);
        say(28, &[behind, event_type]);
        say(29, &[before, lemma]);
        say(30, &[behind, lemma]);
        for token in self.sentence.range() {
            if matches!(self.doc.upos[token], Upos::Noun | Upos::Verb) && token.abs_diff(head) <= 10 {
                say(31, &[self.lemma(token), event_type]);
            }
            if matches!(self.doc.upos[token], Upos::Aux | Upos::Part | Upos::Sconj) && token.abs_diff(head) <= 4 {
                say(32, &[self.lemma(token), u64::from(token < head)]);
            }
        }
    }

    /// From a token to the root.
    pub(super) fn ancestors(&self, token: usize) -> Vec<usize> {
        let mut found = vec![token];
        let mut at = token;
        while let Some(head) = self.doc.head(at) {
            if found.len() > LONGEST_PATH || !self.sentence.contains_token(head) {
                break;
            }
            found.push(head);
            at = head;
        }
        found
    }

    /// The way from a word to a trigger through the tree: by its relations, and with the words on it.
    fn path(&self, from: usize, trigger: &Trigger) -> (u64, u64) {
        const DOWN: u64 = 1 << 8;
        let (mut path, mut words) = (0, 0);
        let mut at = from;
        for steps in 0..LONGEST_PATH {
            if let Some(meeting) = trigger.ancestors.iter().position(|&ancestor| ancestor == at) {
                if steps + meeting > LONGEST_PATH {
                    break;
                }
                if at != trigger.head && at != from {
                    words = mixed(3, words, self.lemma(at));
                }
                for place in (0..meeting).rev() {
                    let below = trigger.ancestors[place];
                    path = mixed(2, path, DOWN | self.tree.relation(below) as u64);
                    words = mixed(2, words, DOWN | self.tree.relation(below) as u64);
                    if place > 0 {
                        words = mixed(3, words, self.lemma(below));
                    }
                }
                return (path, words);
            }
            if at != from {
                words = mixed(3, words, self.lemma(at));
            }
            path = mixed(2, path, self.tree.relation(at) as u64 + 1);
            words = mixed(2, words, self.tree.relation(at) as u64 + 1);
            match self.doc.head(at) {
                Some(head) if self.sentence.contains_token(head) => at = head,
                _ => break,
            }
        }
        (1, 1)
    }

    pub(super) fn lemma(&self, token: usize) -> u64 {
        fnv1a(self.doc.lemmas.get(token).as_bytes(), EMPTY_HASH)
    }

    pub(super) fn looks(&self, token: usize) -> Properties {
        self.encoding.properties(token)
    }

    fn name(&self, token: usize) -> Option<EntityKind> {
        self.names[token - self.sentence.start as usize]
    }

    /// What a word is: of a name of a kind, else by its tag.
    pub(super) fn kind(&self, token: usize) -> u64 {
        match self.name(token) {
            Some(kind) => 64 + kind as u64,
            None => self.doc.xpos[token] as u64,
        }
    }

    /// Kinds of names in a phrase, a bit each.
    pub(super) fn described(&self, phrase: TokenRange) -> u64 {
        phrase.range().filter_map(|token| self.name(token)).fold(0, |bits, kind| bits | 1 << kind as u64)
    }
}

/// Distances in tokens that are told apart.
fn bucket(distance: usize) -> u64 {
    match distance {
        0..=3 => distance as u64,
        4..=6 => 4,
        7..=10 => 5,
        11..=20 => 6,
        _ => 7,
    }
}

pub(super) fn key(template: u64, values: &[u64]) -> u64 {
    values.iter().fold(template + 1, |sum, &value| mixed(template, sum, value))
}
