//! What each trigger says of its event, what it has of the parties, dates and places near it, and which earlier trigger tells of the same event.

use std::ops::Range;

use super::attributes::{Attributes, Sectors};
use super::facts::Sentences;
use crate::nlp::core::decode::{Antecedent, Attachment, Ends, Likeness};
use crate::nlp::model_file::{ModelError, ModelFile};
use crate::text::{Document, EventLink, EventMention, EventMentions, EventSpanKind, LinkRole, TokenRange};

/// Sentences before a trigger's own in which its parties, date and place may stand.
const SENTENCES_BACK: usize = 4;

/// Candidates of a kind on either side of a trigger: a sentence of thousands takes no longer for each.
const REACH: usize = 48;

/// Triggers before one that may tell of the same event.
const TRIGGERS_BACK: usize = 24;

/// From this probability on a stretch is told to be something. Below even: an event that lacks a side is less than one with a doubtful side (measured on the
/// event corpus's dev part), and whoever wants less can look at the probability.
pub(super) const LEAST: f32 = 0.35;

/// The roles in the order of the weights.
pub(super) const ROLES: [LinkRole; 4] = [LinkRole::Actor, LinkRole::Recipient, LinkRole::Date, LinkRole::Place];

/// Projections of a trigger, by place among their names.
const TRIGGER: [&str; 4] = ["event.trigger", "event.link.query", "event.same.query", "event.same.candidate"];
const SAYS: usize = 0;
const LINKS: usize = 1;
const ASKS: usize = 2;
const ANSWERS: usize = 3;

/// Projections of a party, date or place.
const STRETCH: [&str; 2] = ["event.party", "event.link.candidate"];

/// The weights behind the labels.
#[derive(Debug)]
pub(super) struct Links {
    triggers: Ends,
    stretches: Ends,
    attributes: Attributes,
    sectors: Sectors,
    roles: Attachment,
    same: Antecedent,
}

/// Working space, kept from article to article.
#[derive(Debug, Default)]
pub(super) struct LinkSpace {
    gathered: Vec<f32>,
    triggers: Vec<f32>,
    stretches: Vec<f32>,
    scores: Vec<f32>,
    /// The stretches of one kind near a trigger.
    near: Vec<TokenRange>,
    /// What each trigger may have of the stretches.
    pub(super) seen: Vec<SeenSpan>,
    /// What the head's layers say of each trigger.
    pub(super) said: Vec<f32>,
}

/// What the head's layers say of a stretch and a trigger.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeenSpan {
    pub(super) mention: usize,
    pub(super) span: usize,
    /// How probable each role is, in the order of [`ROLES`]; zero for those that a stretch of its kind cannot play.
    pub(super) probabilities: [f32; ROLES.len()],
}

impl Links {
    /// Reads all sections behind the labels; `encoded` numbers are said of a token.
    pub(super) fn read(file: &ModelFile, encoded: usize) -> Result<Self, ModelError> {
        let triggers = Ends::read(file, &TRIGGER, encoded)?;
        let stretches = Ends::read(file, &STRETCH, encoded)?;
        for (one, other, name) in [
            (stretches.width(LINKS), triggers.width(LINKS), TRIGGER[LINKS]),
            (triggers.width(ANSWERS), triggers.width(ASKS), TRIGGER[ASKS]),
        ] {
            if one != other {
                return Err(file.required(&format!("{name}.weight"))?.wrong(format!("{one} rows expected")));
            }
        }
        Ok(Self {
            attributes: Attributes::read(file, triggers.width(SAYS))?,
            sectors: Sectors::read(file, stretches.width(SAYS))?,
            roles: Attachment::read(file, "event.link.role", ROLES.len(), triggers.width(LINKS))?,
            same: Antecedent::read(file, "event.same.relation")?,
            triggers,
            stretches,
        })
    }

    /// Fills in what is missing in events of which triggers and stretches have been found. `rows` are what the head's layers say of the
    /// document's tokens.
    pub(super) fn fill(
        &self,
        doc: &Document,
        rows: &[f32],
        sentences: &Sentences<'_>,
        events: &mut EventMentions,
        space: &mut LinkSpace,
    ) {
        let LinkSpace { gathered, triggers, stretches, scores, near, seen, said } = space;
        seen.clear();
        if events.mentions.is_empty() {
            return;
        }
        self.triggers.apply(events.mentions.iter().map(|mention| mention.tokens), rows, gathered, triggers);
        self.attributes.score(self.triggers.rows(triggers, SAYS), said);
        for (place, mention) in events.mentions.iter_mut().enumerate() {
            let said = self.attributes.of(said, place, mention, sentences.around(doc, mention.tokens));
            *mention = EventMention {
                cameo: said.cameo,
                mode: said.mode,
                status: said.status,
                status_probability: said.status_probability,
                historical: said.historical,
                contexts: said.contexts,
                ..*mention
            };
        }
        for place in 1..events.mentions.len() {
            (events.mentions[place].same, events.mentions[place].same_probability) =
                self.antecedent(doc, &events.mentions, place, triggers, scores);
        }
        if events.spans.is_empty() {
            return;
        }
        self.stretches.apply(events.spans.iter().map(|span| span.tokens), rows, gathered, stretches);
        let of_kind = |kind: EventSpanKind| {
            let from = events.spans.partition_point(|span| span.kind < kind);
            from..events.spans.partition_point(|span| span.kind <= kind)
        };
        let lists = [EventSpanKind::Party, EventSpanKind::Date, EventSpanKind::Place].map(|kind| (kind, of_kind(kind)));
        for (place, mention) in events.mentions.iter().enumerate() {
            let said = self.triggers.row(triggers, place, LINKS);
            for (kind, list) in &lists {
                let list = reachable(doc, events, mention.tokens, list.clone());
                near.clear();
                near.extend(events.spans[list.clone()].iter().map(|span| span.tokens));
                let probability = |role: LinkRole, span: usize| {
                    let candidate = (events.spans[span].tokens, self.stretches.row(stretches, span, LINKS));
                    self.roles.probability(doc, role as usize, (mention.tokens, said), candidate, near)
                };
                let plays = |role: LinkRole| kind_of(role) == *kind;
                seen.extend(list.map(|span| {
                    let probabilities = ROLES.map(|role| if plays(role) { probability(role, span) } else { 0.0 });
                    SeenSpan { mention: place, span, probabilities }
                }));
            }
        }
    }

    /// Fills in the sectors of parties.
    pub(super) fn fill_sectors(&self, rows: &[f32], events: &mut EventMentions, space: &mut LinkSpace) {
        let LinkSpace { gathered, stretches, scores, .. } = space;
        let parties = events.spans.partition_point(|span| span.kind <= EventSpanKind::Party);
        let parties = &mut events.spans[..parties];
        if parties.is_empty() {
            return;
        }
        self.stretches.apply(parties.iter().map(|span| span.tokens), rows, gathered, stretches);
        self.sectors.score(self.stretches.rows(stretches, SAYS), scores);
        for (place, span) in parties.iter_mut().enumerate() {
            (span.sector, span.sector_probability) = self.sectors.of(scores, place);
        }
    }

    /// The earlier trigger that tells of the same event as the one at a place, and how probable that answer is.
    fn antecedent(
        &self,
        doc: &Document,
        mentions: &[EventMention],
        place: usize,
        triggers: &[f32],
        scores: &mut Vec<f32>,
    ) -> (Option<u32>, f32) {
        let own = mentions[place];
        let sentence = |mention: &EventMention| doc.sentence_of(mention.tokens.start as usize);
        let (own_sentence, own_words) = (sentence(&own), doc.range_text(own.tokens));
        let first = place.saturating_sub(TRIGGERS_BACK);
        let candidates = (first..place).map(|other| {
            let earlier = &mentions[other];
            let likeness = Likeness {
                same_kind: earlier.event_type == own.event_type,
                same_words: are_alike(doc.range_text(earlier.tokens), own_words),
                sentences: own_sentence - sentence(earlier),
            };
            (self.triggers.row(triggers, other, ANSWERS), likeness)
        });
        let (best, probability) = self.same.find(self.triggers.row(triggers, place, ASKS), candidates, scores);
        (best.and_then(|best| u32::try_from(first + best).ok()), probability)
    }
}

/// The kind of stretch that may play a role.
pub(super) fn kind_of(role: LinkRole) -> EventSpanKind {
    match role {
        LinkRole::Actor | LinkRole::Recipient => EventSpanKind::Party,
        LinkRole::Date => EventSpanKind::Date,
        LinkRole::Place => EventSpanKind::Place,
    }
}

/// What a trigger has, as the layer has it.
pub(super) fn link(mention: usize, span: usize, role: LinkRole, probability: f32) -> EventLink {
    let narrow = |place: usize| u32::try_from(place).expect("a document has fewer than 2^32 tokens");
    EventLink { mention: narrow(mention), span: narrow(span), role, probability }
}

/// Whether two stretches are the same words, capitals aside.
fn are_alike(one: &str, other: &str) -> bool {
    let folded =
        |words: &str| words.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase));
    folded(one)
}

/// Those of a list of stretches, ascending, that a trigger may have: in its sentence and the few before it, the nearest on either side.
fn reachable(doc: &Document, events: &EventMentions, trigger: TokenRange, list: Range<usize>) -> Range<usize> {
    let sentence = doc.sentence_of(trigger.start as usize);
    let first = doc.sentences[sentence.saturating_sub(SENTENCES_BACK)].tokens.start;
    let end = doc.sentences[sentence].tokens.end;
    let spans = &events.spans[list.clone()];
    let before = |token: u32| list.start + spans.partition_point(|span| span.tokens.start < token);
    let middle = before(trigger.start);
    before(first).max(middle.saturating_sub(REACH))..before(end).min(middle + REACH)
}
