//! A document as the rules read it: words with their classes, names, persons, quotations. Made once, read by statements and events.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::extract::dates;
use crate::extract::lexicon::{Lexicon, PlaceForm, VerbForm, WordClass, Words};
use crate::extract::quotes::{self, Quote};
use crate::extract::who::lexical::{Mention, Mentions};
use crate::extract::who::{Circumstances, Who, WhoTables};
use crate::text::{Document, SentenceKind, TokenRange};

/// Everything that both extractors look at.
#[derive(Debug)]
pub(crate) struct Reading<'a, 'd> {
    pub(crate) lexicon: &'a Lexicon,
    pub(crate) words: Words<'d>,
    pub(crate) mentions: Mentions,
    pub(crate) who: Who,
    pub(crate) quotes: Vec<Quote>,
    /// Countries that the article names, other than by a capital, as indices of the lexicon's entities; ascending.
    pub(crate) countries: Vec<usize>,
    /// The day that dates in words are counted from: the dateline's, else that of publication.
    pub(crate) reference: Option<Date>,
    /// The day of publication.
    pub(crate) published: Option<Date>,
}

impl<'a, 'd> Reading<'a, 'd> {
    /// `publisher` and `published` are what came with the article.
    pub(crate) fn new(
        doc: &'d Document,
        lexicon: &'a Lexicon,
        tables: &WhoTables,
        publisher: Option<&str>,
        published: Option<Date>,
    ) -> Self {
        let words = Words::new(doc, &lexicon.word_classes);
        let mentions = Mentions::find(&words, lexicon);
        let quotes = quotes::pair(&words);
        let circumstances = Circumstances { publisher, published };
        let who = Who::read(&words, lexicon, tables, &mentions, &quotes, circumstances, None);
        let is_country = |&(entity, form): &(usize, PlaceForm)| {
            lexicon.entities[entity].is_country && !matches!(form, PlaceForm::Seat)
        };
        let named = mentions.all().iter().filter_map(Mention::place).filter(is_country);
        let countries = named.map(|(entity, _)| entity).collect::<BTreeSet<usize>>().into_iter().collect();
        let reference = dates::reference_day(&words, published);
        Self { lexicon, words, mentions, who, quotes, countries, reference, published }
    }

    /// The tokens of the sentence that holds a token.
    pub(crate) fn sentence_around(&self, idx: usize) -> TokenRange {
        self.words.doc.sentences[self.words.doc.sentence_of(idx)].tokens
    }

    /// Whether a sentence may hold findings.
    pub(crate) fn is_story(&self, sentence_idx: usize) -> bool {
        self.words.doc.sentences[sentence_idx].kind != SentenceKind::Boilerplate
    }

    /// The quotation that covers a token, marks included.
    pub(crate) fn quote_around(&self, idx: usize) -> Option<usize> {
        let at = self.quotes.partition_point(|quote| quote.end <= idx);
        (at < self.quotes.len() && self.quotes[at].open <= idx).then_some(at)
    }

    /// The quotation that ends right before a token.
    pub(crate) fn quote_ending_at(&self, end: usize) -> Option<usize> {
        let at = self.quotes.partition_point(|quote| quote.end < end);
        (at < self.quotes.len() && self.quotes[at].end == end).then_some(at)
    }

    /// The quotation that opens at a token.
    pub(crate) fn quote_opening_at(&self, open: usize) -> Option<usize> {
        let at = self.quotes.partition_point(|quote| quote.open < open);
        (at < self.quotes.len() && self.quotes[at].open == open).then_some(at)
    }

    /// Whether words speak of a news outlet: "the agency Nordpress".
    pub(crate) fn is_outlet(&self, words: TokenRange) -> bool {
        words.range().any(|idx| self.lexicon.bodies.is_outlet(self.words.lower(idx)))
    }

    /// Whether a cue in the past tense stands at a token: "said", "urged", not "reports", which may be a noun.
    pub(crate) fn is_past_cue(&self, idx: usize) -> bool {
        let words = &self.words;
        let is_saying = matches!(words.lower(idx), "says" | "say");
        is_saying || self.lexicon.cues.at(words, idx).any(|(_, form, _)| form == VerbForm::Past)
    }

    /// Whether a finite verb stands in a range, an auxiliary or a word in "-ed", which may be none.
    pub(crate) fn has_finite_verb(&self, start: usize, end: usize) -> bool {
        let words = &self.words;
        (start..end).any(|idx| {
            let is_auxiliary = words.is(idx, WordClass::AUXILIARY) && !words.is_possessive(idx);
            let is_finite = words.doc.feats.get(idx).is_some_and(|feats| feats.has("VerbForm=Fin"));
            is_auxiliary || is_finite || words.lower(idx).ends_with("ed") || self.is_past_cue(idx)
        })
    }
}
