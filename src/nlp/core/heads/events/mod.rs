//! Events: words that evoke one, parties, dates and places, by labels over each sentence; then which of them each trigger has, what it says of
//! the event, and which earlier trigger tells of the same.
//!
//! The head's own layers read on over paragraphs, in windows of whole sentences: an event's parties often stand in a sentence before it.
//! Who the parties are, and what becomes of several mentions of one event, is for `extract`. The computation is in `docs/model-format.md`,
//! "Events".

mod asked;
mod attributes;
mod facts;
mod links;
mod participants;
mod roles;
mod triggers;
mod vectors;

use super::bio_labels::kinds_of;
use super::head::{Head, Reading, Weights};
use super::sparse::SparseFeatures;
use crate::nlp::core::decode::{MarginalSpace, Marginals, Transitions, probability};
use crate::nlp::core::encoder::kernel::Matrix;
use crate::nlp::core::encoder::layers::Linear;
use crate::nlp::core::encoder::{Encoding, HeadInput, HeadRows, Properties};
use crate::nlp::core::segments;
use crate::nlp::core::stage::Stage;
use crate::nlp::model_file::ModelError;
use crate::text::{
    Contexts, Document, EventMention, EventMentions, EventSpan, EventSpanKind, EventStatus, EventType, Layer,
    TokenRange, TriggerChances, Upos,
};
use facts::Sentences;
use links::{LinkSpace, Links};
use participants::Participants;
use triggers::{TriggerSpace, Triggers};

pub use asked::{Asked, AskedParty, AskedTrigger, AskedWord};

/// Labels of a party, date or place: outside, begins, goes on.
const LABELS: usize = 3;

/// The kinds of stretches beside triggers, in the order of their columns.
const KINDS: [EventSpanKind; 3] = [EventSpanKind::Party, EventSpanKind::Date, EventSpanKind::Place];

/// The head for events.
#[derive(Debug)]
pub(in crate::nlp) struct Events {
    input: HeadInput,
    out: Linear,
    types: Vec<EventType>,
    sparse: Option<SparseFeatures>,
    triggers: Transitions,
    over_tree: Option<Triggers>,
    marginals: Marginals,
    /// For each kind of stretch.
    stretches: Vec<Transitions>,
    links: Links,
    participants: Option<Participants>,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(in crate::nlp) struct EventSpace {
    pub(in crate::nlp) rows: HeadRows,
    pub(in crate::nlp) scores: Vec<f32>,
    windows: Vec<usize>,
    one_chain: Vec<f32>,
    properties: Vec<Properties>,
    sparse: Vec<f32>,
    back: Vec<u8>,
    marginals: MarginalSpace,
    links: LinkSpace,
    words: Vec<usize>,
    over_tree: TriggerSpace,
    /// Whether it is to be told how probable a trigger is at every token.
    pub(in crate::nlp) tells_chances: bool,
    /// What was asked about the last document, where weights are fitted.
    pub(in crate::nlp) asked: Option<Asked>,
}

impl Head for Events {
    const FILLS: Layer = Layer::Events;
    const NEEDS: &'static [Layer] = &[Layer::Tags, Layer::Lemmas, Layer::Names, Layer::Tree];
    type Space = EventSpace;

    fn read(Weights { file, encoder, .. }: &Weights<'_>) -> Result<Option<Self>, ModelError> {
        if file.section("event.attribute.weight").is_none() {
            return Ok(None);
        }
        let input = HeadInput::read(file, "event", encoder)?;
        let out = Linear::read(file, "event.out", input.outputs())?;
        let section = file.required("event.out.weight")?;
        let labels = file.labels("event")?;
        let types = kinds_of(labels, &section)?;
        if out.outputs() != labels.len() + LABELS * KINDS.len() {
            let problem = format!("{} rows expected, {} found", labels.len() + LABELS * KINDS.len(), out.outputs());
            return Err(section.wrong(problem));
        }
        let mut chains = Transitions::read(file, "event", &[labels.len(), LABELS, LABELS, LABELS])?;
        let stretches = chains.split_off(1);
        let mut triggers = chains.remove(0);
        let sparse = SparseFeatures::read(file, "event.signs", labels.len(), &mut triggers)?;
        let over_tree = Triggers::read(file, types.len())?;
        let marginals = Marginals::of(&triggers);
        let links = Links::read(file, encoder.outputs())?;
        let participants = Participants::read(file)?;
        Ok(Some(Self { input, out, types, sparse, triggers, over_tree, marginals, stretches, links, participants }))
    }

    fn hear(&self, stage: Stage, rows: &[f32], space: &mut EventSpace) {
        self.input.gather(stage, rows, &mut space.rows);
    }

    fn annotate(&self, doc: &mut Document, reading: &mut Reading<'_>, space: &mut EventSpace) {
        // All sentences as one segment: it is cut where it is longer than a window.
        let all = 0..doc.sentences.len();
        segments::cut(doc, std::slice::from_ref(&all), &mut space.windows);
        if let Some(sparse) = &self.sparse {
            let n_labels = 2 * self.types.len() + 1;
            space.sparse.clear();
            space.sparse.resize(doc.tokens.len() * n_labels, 0.0);
            for sentence in &doc.sentences {
                let range = sentence.tokens.range();
                let own = &mut space.sparse[range.start * n_labels..range.end * n_labels];
                sparse.add(&range, reading.encoding, &mut space.properties, own);
            }
        }
        self.input.read_over(&space.windows, reading.encoder, reading.encoding, &mut space.rows);
        let encoding: &Encoding = reading.encoding;
        let (read, hidden) = self.input.said(reading.encoder, encoding, &mut space.rows);
        self.out.apply(Matrix::whole(hidden, self.input.outputs()), &mut space.scores);
        let tells_chances = space.tells_chances;
        let chances = tells_chances.then(|| TriggerChances::of_types(&self.types));
        let mut events = EventMentions { chances, ..EventMentions::default() };
        let EventSpace { scores, one_chain, sparse, back, marginals, links, words, over_tree, asked, .. } = space;
        let mut sentences = Sentences::default();
        if let Some(asked) = asked {
            *asked = Asked::default();
        }
        let width = self.out.outputs();
        let n_labels = 2 * self.types.len() + 1;
        for (number, sentence) in doc.sentences.iter().enumerate() {
            let range = sentence.tokens.range();
            let scores = &mut scores[range.start * width..range.end * width];
            if self.sparse.is_some() {
                let own = sparse[range.start * n_labels..range.end * n_labels].chunks_exact(n_labels);
                for (row, own) in scores.chunks_exact_mut(width).zip(own) {
                    row.iter_mut().zip(own).for_each(|(score, own)| *score += own);
                }
            }
            let tokens =
                |found: std::ops::Range<usize>| TokenRange::new(range.start + found.start, range.start + found.end);
            words.clear();
            let rows = scores.chunks_exact(width).map(|row| &row[..n_labels]);
            let is_open = |token: usize| matches!(doc.upos.get(token), Some(Upos::Verb | Upos::Noun | Upos::Adj));
            let asked_of = range.clone().zip(rows).filter(|(token, row)| is_open(*token) && triggers::is_asked(row));
            words.extend(asked_of.map(|(token, _)| token));
            let mut facts = None;
            if !words.is_empty() && (self.over_tree.is_some() || asked.is_some()) {
                facts = sentences.open(doc, encoding, number);
            }
            if let (Some(facts), Some(asked)) = (facts, asked.as_mut()) {
                asked::words(facts, words, &mut asked.words);
            }
            if let (Some(facts), Some(network)) = (facts, &self.over_tree) {
                network.add(facts, words, scores, width, over_tree);
            }
            take_columns(scores, width, 0, n_labels, one_chain);
            let before = events.mentions.len();
            self.triggers.best(one_chain, back, |found, kind| {
                events.mentions.push(unread(tokens(found), self.types[kind]));
            });
            if events.mentions.len() > before && facts.is_none() {
                sentences.open(doc, encoding, number);
            }
            if (events.mentions.len() > before || tells_chances) && !range.is_empty() {
                take_columns(scores, width, 0, n_labels, one_chain);
                self.marginals.read(one_chain, marginals);
            }
            if let Some(chances) = &mut events.chances {
                for token in 0..range.len() {
                    let share = |label: usize| self.marginals.probability(token, label, marginals);
                    chances.push((0..self.types.len()).map(|kind| share(1 + 2 * kind) + share(2 + 2 * kind)));
                }
            }
            for mention in &mut events.mentions[before..] {
                let kind = self.types.iter().position(|known| *known == mention.event_type).unwrap_or_default();
                let token = mention.tokens.start as usize - range.start;
                mention.probability = self.marginals.probability(token, 1 + 2 * kind, marginals);
            }
        }
        for (place, kind) in KINDS.into_iter().enumerate() {
            let column = n_labels + LABELS * place;
            for sentence in &doc.sentences {
                let range = sentence.tokens.range();
                let scores = &scores[range.start * width..range.end * width];
                take_columns(scores, width, column, LABELS, one_chain);
                self.stretches[place].best(one_chain, back, |found, _| {
                    let probability = probability(scores, width, column, &found);
                    let tokens = TokenRange::new(range.start + found.start, range.start + found.end);
                    events.spans.push(EventSpan { kind, tokens, probability, sector: None, sector_probability: 1.0 });
                });
            }
        }
        self.links.fill(doc, read, &sentences, &mut events, links);
        if let Some(asked) = asked {
            asked.triggers = asked::triggers(doc, &sentences, &events, &links.said, &links.seen);
        }
        participants::fill(self.participants.as_ref(), doc, &sentences, &mut events, &links.seen);
        drop(sentences);
        self.links.fill_sectors(read, &mut events, links);
        doc.events = Some(events);
    }
}

/// Some columns of rows that are `width` wide, side by side.
fn take_columns(rows: &[f32], width: usize, column: usize, n: usize, out: &mut Vec<f32>) {
    out.clear();
    out.extend(rows.chunks_exact(width).flat_map(|row| &row[column..column + n]));
}

/// A trigger of which nothing is known yet but its type.
fn unread(tokens: TokenRange, event_type: EventType) -> EventMention {
    EventMention {
        tokens,
        event_type,
        probability: 0.0,
        cameo: "",
        mode: None,
        status: EventStatus::Occurred,
        status_probability: 0.0,
        historical: false,
        contexts: Contexts::default(),
        same: None,
        same_probability: 0.0,
    }
}
