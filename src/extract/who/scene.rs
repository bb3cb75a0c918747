//! What all questions about an article's entities look at: its words and tree, its mentions with the countries beside them, its
//! attributions, and the countries that it speaks of. Made once an article.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::extract::lexicon::{Lexicon, Words};
use crate::extract::quotes::Quote;
use crate::text::{Deprel, SentenceKind, Tree};

use super::dateline;
use super::finder::{Finder, party_heads, source_heads, surnames};
use super::lexical::Mentions;
use super::mention::Mention;
use super::modifiers::{self, Modifier, Tie};
use super::said::{Attributions, Said};
use super::scorer::Weights;
use super::tables::WhoTables;

/// What comes with an article besides its words.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Circumstances<'a> {
    pub(crate) publisher: Option<&'a str>,
    /// The day of publication.
    pub(crate) published: Option<Date>,
}

/// A country named somewhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    pub(super) token: usize,
    pub(super) sentence: usize,
    /// Index into the lexicon's entities.
    pub(super) country: usize,
    /// As the subject of a clause, or as what its subject belongs to.
    pub(super) acts: bool,
    /// Where something is: "in Norway".
    pub(super) is_place: bool,
}

/// See the module.
pub(super) struct Scene<'a, 'd> {
    pub(super) words: &'a Words<'d>,
    pub(super) tree: Tree<'d>,
    pub(super) lexicon: &'a Lexicon,
    pub(super) tables: &'a WhoTables,
    pub(super) lexical: &'a Mentions,
    /// By their heads.
    pub(super) mentions: Vec<Mention>,
    /// By mention: the countries within its words.
    pub(super) modifiers: Vec<Vec<Modifier>>,
    pub(super) said: Attributions,
    /// Countries named, ascending.
    pub(super) named: Vec<Named>,
    /// How often each is, most first.
    frequency: Vec<(usize, usize)>,
    /// By country, the places in `named` where it is.
    places: HashMap<usize, Vec<usize>>,
    /// By place in `named`: the last one at or before it that acts.
    acted: Vec<Option<usize>>,
    /// By head of the words credited, the attributions.
    by_source: HashMap<usize, Vec<usize>>,
    /// The country of the dateline.
    pub(super) dateline: Option<usize>,
    /// The country whose ministry or the like publishes the article.
    pub(super) publisher: Option<usize>,
    pub(super) circumstances: Circumstances<'a>,
    is_source: Vec<bool>,
    quotes: &'a [Quote],
}

impl<'a, 'd> Scene<'a, 'd> {
    pub(super) fn new(
        words: &'a Words<'d>,
        lexicon: &'a Lexicon,
        tables: &'a WhoTables,
        lexical: &'a Mentions,
        quotes: &'a [Quote],
        circumstances: Circumstances<'a>,
    ) -> Self {
        let tree = Tree::new(words.doc);
        let is_source = source_heads(&tree, words.doc);
        let said = Attributions::find(words.doc, &tree);
        let surnames = surnames(words.doc);
        let story = words.doc.sentences.iter().filter(|sentence| sentence.kind != SentenceKind::Boilerplate);
        let listed = story.flat_map(|sentence| lexicon.listed.bodies_in(words, sentence.tokens)).collect();
        let finder = Finder { words, tree: &tree, lexicon, nouns: &tables.nouns, lexical, surnames, listed };
        let mut is_party = party_heads(&tree, words.doc);
        if let Some(dateline) = dateline::place_of_writing(words, lexicon) {
            is_party.iter_mut().take(dateline.end as usize).skip(dateline.start as usize).for_each(|it| *it = false);
        }
        let mut mentions = finder.find(&is_source, &is_party);
        let mut scene = Self {
            words,
            lexicon,
            tables,
            lexical,
            mentions: Vec::new(),
            modifiers: Vec::new(),
            said,
            named: Vec::new(),
            frequency: Vec::new(),
            places: HashMap::new(),
            acted: Vec::new(),
            by_source: HashMap::new(),
            dateline: dateline::country(words, lexical, lexicon),
            publisher: circumstances.publisher.and_then(|name| dateline::country_of_publisher(lexicon, name)),
            circumstances,
            is_source,
            quotes,
            tree,
        };
        for mention in &mut mentions {
            mention.quote = scene.quote_around(mention.head);
        }
        scene.modifiers =
            mentions.iter().map(|mention| modifiers::find(mention, words, &scene.tree, lexicon, lexical)).collect();
        scene.mentions = mentions;
        scene.named = scene.countries_named();
        for (number, said) in scene.said.all().iter().enumerate() {
            scene.by_source.entry(said.source).or_default().push(number);
        }
        let mut acted = None;
        for (place, named) in scene.named.iter().enumerate() {
            scene.places.entry(named.country).or_default().push(place);
            acted = if named.acts { Some(place) } else { acted };
            scene.acted.push(acted);
            match scene.frequency.iter_mut().find(|(country, _)| *country == named.country) {
                Some((_, count)) => *count += 1,
                None => scene.frequency.push((named.country, 1)),
            }
        }
        // Stable: of countries named as often the one named first comes first.
        scene.frequency.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        scene
    }

    /// The quotation around a token, marks excluded.
    fn quote_around(&self, token: usize) -> Option<usize> {
        let at = self.quotes.partition_point(|quote| quote.end <= token);
        self.quotes.get(at).filter(|quote| quote.inner.contains_token(token)).map(|_| at)
    }

    fn countries_named(&self) -> Vec<Named> {
        let doc = self.words.doc;
        let mut named = Vec::new();
        let towns = (0..doc.tokens.len()).filter_map(|token| self.town_at(token));
        let by_table = self.lexical.all().iter().filter_map(|mention| {
            let (entity, _) = mention.place()?;
            self.lexicon.entities[entity].is_country.then_some((mention.start(), mention.end(), entity))
        });
        for (start, end, country) in by_table.chain(towns) {
            let sentence = doc.sentence_of(start);
            if doc.sentences[sentence].kind == SentenceKind::Boilerplate {
                continue;
            }
            let top = (start..end).find(|&token| self.tree.head(token).is_none_or(|head| head < start || head >= end));
            let top = top.unwrap_or(start);
            let holder = match self.tree.relation(top) {
                Deprel::Amod | Deprel::NmodPoss | Deprel::Compound => self.tree.head(top).unwrap_or(top),
                _ => top,
            };
            let acts = self.tree.is_subject(self.tree.first_conjunct(holder));
            let preposition = self.tree.preposition(top).map(|at| self.words.lower(at));
            let is_place = preposition.is_some_and(|word| matches!(word, "in" | "at" | "inside" | "near" | "from"));
            named.push(Named { token: start, sentence, country, acts, is_place });
        }
        named.sort_by_key(|named| named.token);
        named
    }

    /// The town that begins at a token and that the table of countries lacks.
    fn town_at(&self, token: usize) -> Option<(usize, usize, usize)> {
        if !self.words.is_capitalized(token)
            || self.lexical.around(token).is_some_and(|around| around.place().is_some())
        {
            return None;
        }
        let word = |at: usize| (at < self.words.len()).then(|| self.words.text(at));
        let (length, &country) = self.lexicon.cities.longest(token, word)?;
        let entity = self.words.doc.entity_at(token);
        let is_person = entity.is_some_and(|entity| entity.kind == crate::text::EntityKind::Person);
        (!is_person).then_some((token, token + length, country))
    }

    /// The places in `named` where a country is, ascending.
    pub(super) fn places_of(&self, country: usize) -> &[usize] {
        self.places.get(&country).map_or(&[], Vec::as_slice)
    }

    /// The last country that acts among the first `n` named.
    pub(super) fn last_acted(&self, n: usize) -> Option<&Named> {
        self.acted[..n].last().copied().flatten().map(|place| &self.named[place])
    }

    /// The attributions to the words with this head.
    pub(super) fn said_by(&self, head: usize) -> impl Iterator<Item = &Said> {
        self.by_source.get(&head).into_iter().flatten().map(|&number| &self.said.all()[number])
    }

    /// Countries with how often they are named, most first.
    pub(super) fn countries_by_frequency(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.frequency.iter().copied()
    }

    /// The noun of a phrase in its dictionary form and lower case.
    pub(super) fn lemma(&self, token: usize) -> &str {
        // Documents of tests may have no lemmas.
        if self.words.doc.lemmas.is_empty() {
            return self.words.lower(token);
        }
        let lemma = self.words.doc.lemmas.get(token);
        if lemma.contains(char::is_uppercase) { self.words.lower(token) } else { lemma }
    }

    pub(super) fn weights_of_links(&self) -> &Weights {
        &self.tables.links
    }

    /// The country that a mention's own words give it, if they give one.
    pub(super) fn explicit_country(&self, mention: &Mention) -> Option<usize> {
        let index = self.mentions.binary_search_by_key(&mention.head, |known| known.head).ok()?;
        let is_own = |modifier: &&Modifier| {
            matches!(
                modifier.tie,
                Tie::Self_ | Tie::Adjective | Tie::Possessive | Tie::Compound | Tie::Of | Tie::Parenthesis
            )
        };
        self.modifiers[index].iter().find(is_own).map(|modifier| modifier.country)
    }

    /// Whether a mention has a word among those of its office or name.
    pub(super) fn has_word(&self, mention: &Mention, lemma: &str) -> bool {
        let parts = [mention.office, mention.name];
        parts.into_iter().flatten().flat_map(|range| range.range()).any(|token| self.words.lower(token) == lemma)
    }

    /// Where an office before a name ends: "the prime minister | -elect Anna Lindqvist".
    pub(super) fn office_end_before(&self, name: usize) -> usize {
        let is_suffix = |&at: &usize| matches!(self.words.lower(at), "-" | "–" | "designate" | "elect" | "designated");
        (0..name).rev().take(3).take_while(is_suffix).last().unwrap_or(name)
    }

    pub(super) fn sentence_start(&self, mention: &Mention) -> usize {
        self.words.doc.sentences[mention.sentence].tokens.start as usize
    }

    /// Whether no other mention stands before in its sentence.
    pub(super) fn opens_sentence(&self, mention: &Mention) -> bool {
        let start = self.sentence_start(mention);
        let first = self.mentions.partition_point(|known| known.head < start);
        self.mentions.get(first).is_some_and(|known| known.head == mention.head)
    }

    /// Whether a token hangs below another.
    pub(super) fn is_below(&self, token: usize, top: usize) -> bool {
        std::iter::successors(self.tree.head(token), |&at| self.tree.head(at)).take(40).any(|at| at == top)
    }

    /// Whether the words credited with a statement have this head.
    pub(super) fn is_source(&self, head: usize) -> bool {
        self.is_source.get(head).copied().unwrap_or(false)
    }
}
