//! Who takes part in an event: which words are its actors and its recipients.
//!
//! Two models say so of each word beside a trigger, one along the text (the head's layers) and one along the tree (sparse features), and a third weighs the
//! two. Of sentences before the trigger's own only the first one speaks. The computation is in `docs/model-format.md`, "Events".

use super::facts::{Facts, Sentences, Trigger};
use super::links::{LEAST, SeenParty, link};
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::core::heads::sparse::Listed;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::text::{Document, EventMentions, EventSpan, EventSpanKind, LinkRole, TokenRange};

/// Candidates on either side of a trigger: a sentence of thousands takes no longer for each.
const REACH: usize = 48;

/// From this probability on a word takes part (measured on the event corpus's dev part: from 0.3 to 0.45 the roles are equally right).
const SURE: f32 = 0.4;

/// Labels of a word beside a trigger: none, actor, recipient.
const LABELS: usize = 3;

/// What the two models say together: the tree's score of each role, whether the layers see a party there, their three answers, and a constant.
const HEARD: usize = 7;

/// The model over the tree, and how its answers and those of the layers are weighed.
#[derive(Debug)]
pub(super) struct Participants {
    listed: Listed,
    weighed: Vec<f32>,
}

/// A word that takes part.
struct Party {
    mention: usize,
    tokens: TokenRange,
    probability: f32,
    role: LinkRole,
}

impl Participants {
    /// Reads `event.role.signs` and `event.role.weighed`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile) -> Result<Option<Self>, ModelError> {
        let Some(listed) = Listed::read(file, "event.role.signs", LABELS)? else { return Ok(None) };
        Ok(Some(Self { listed, weighed: vector(file, "event.role.weighed", (LABELS - 1) * HEARD)? }))
    }

    /// Who takes part in the event of a trigger, of the words of its sentence.
    fn of_sentence(
        &self,
        facts: &Facts<'_>,
        trigger: &Trigger,
        mention: usize,
        seen: &[Seen],
        parties: &mut Vec<Party>,
    ) {
        let mut keys = Vec::new();
        let (candidates, middle) = near(facts, trigger);
        for (place, &token) in candidates.iter().enumerate() {
            let between = if place < middle { middle - 1 - place } else { place - middle };
            facts.of_candidate(trigger, token, between, &mut keys);
            let mut scores = [0.0; LABELS];
            keys.iter().for_each(|&key| self.listed.say(key, &mut scores));
            let seen = seen.iter().find(|seen| seen.token == token);
            let heard = heard(scores, seen);
            let score = |role: usize| -> f32 {
                let weights = &self.weighed[role * HEARD..][..HEARD];
                weights.iter().zip(heard).map(|(weight, heard)| weight * heard).sum()
            };
            let (actor, recipient) = (score(0), score(1));
            let top = actor.max(recipient).max(0.0);
            let total = exp(-top) + exp(actor - top) + exp(recipient - top);
            let (role, best) =
                if actor >= recipient { (LinkRole::Actor, actor) } else { (LinkRole::Recipient, recipient) };
            let probability = exp(best - top) / total;
            if probability > SURE {
                let tokens = seen.map_or_else(|| facts.phrase(token), |seen| seen.tokens);
                parties.push(Party { mention, tokens, probability, role });
            }
        }
    }
}

/// A party of the head's layers, by the word of its phrase that all others hang on.
pub(super) struct Seen {
    pub(super) token: usize,
    pub(super) tokens: TokenRange,
    /// As actor, as recipient, as a party at all.
    pub(super) probabilities: [f32; 3],
}

/// The parties that the layers see in the sentence of a trigger, each by one of the candidates.
pub(super) fn seen_by_candidates(
    facts: &Facts<'_>,
    events: &EventMentions,
    seen: &[SeenParty],
    candidates: &[usize],
) -> Vec<Seen> {
    let of_sentence = seen.iter().filter(|party| facts.holds(events.spans[party.span].tokens));
    let each = of_sentence.filter_map(|party| {
        let EventSpan { tokens, probability, .. } = events.spans[party.span];
        let head = facts.head_of(tokens);
        let is_inside = |token: &&usize| tokens.contains_token(**token);
        let token = candidates.iter().find(|token| **token == head).or_else(|| candidates.iter().find(is_inside));
        token.map(|&token| Seen { token, tokens, probabilities: [party.as_actor, party.as_recipient, probability] })
    });
    each.collect()
}

/// The candidates near a trigger, and how many of them stand before it.
pub(super) fn near(facts: &Facts<'_>, trigger: &Trigger) -> (Vec<usize>, usize) {
    let mut candidates: Vec<usize> = facts.candidates(trigger).collect();
    let middle = candidates.partition_point(|&token| token < trigger.tokens.start as usize);
    candidates.truncate(middle + REACH);
    let first = middle.saturating_sub(REACH);
    candidates.drain(..first);
    (candidates, middle - first)
}

fn heard(scores: [f32; LABELS], seen: Option<&Seen>) -> [f32; HEARD] {
    let [none, actor, recipient] = scores;
    let (is_seen, [as_actor, as_recipient, as_party]) =
        seen.map_or((0.0, [0.0; 3]), |seen| (1.0, seen.probabilities.map(log_odds)));
    [actor - none, recipient - none, is_seen, as_actor, as_recipient, as_party, 1.0]
}

fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-4, 1.0 - 1e-4);
    (probability / (1.0 - probability)).ln()
}

/// Fills in the parties of each trigger. `sentences` are those of the triggers.
pub(super) fn fill(
    participants: Option<&Participants>,
    doc: &Document,
    sentences: &Sentences<'_>,
    events: &mut EventMentions,
    seen: &[SeenParty],
) {
    let mut parties: Vec<Party> = Vec::new();
    for (number, mention) in events.mentions.iter().enumerate() {
        let from = seen.partition_point(|party| party.mention < number);
        let own = &seen[from..seen.partition_point(|party| party.mention <= number)];
        let by_tree = participants.zip(sentences.around(doc, mention.tokens));
        if let Some((participants, facts)) = by_tree {
            let trigger = facts.trigger(mention.tokens, mention.event_type);
            let seen = seen_by_candidates(facts, events, own, &near(facts, &trigger).0);
            participants.of_sentence(facts, &trigger, number, &seen, &mut parties);
        }
        for party in own {
            let tokens = events.spans[party.span].tokens;
            if by_tree.is_some_and(|(_, facts)| facts.holds(tokens)) {
                continue;
            }
            let (role, probability) = if party.as_actor >= party.as_recipient {
                (LinkRole::Actor, party.as_actor)
            } else {
                (LinkRole::Recipient, party.as_recipient)
            };
            if probability > LEAST {
                parties.push(Party { mention: number, tokens, probability, role });
            }
        }
    }
    add(events, &parties);
}

/// Makes links of parties, and stretches of the words that are none yet.
fn add(events: &mut EventMentions, parties: &[Party]) {
    let known = events.spans.partition_point(|span| span.kind <= EventSpanKind::Party);
    let mut spans: Vec<EventSpan> = events.spans[..known].to_vec();
    for party in parties {
        let tokens = party.tokens;
        if spans.binary_search_by_key(&(tokens.start, tokens.end), |span| (span.tokens.start, span.tokens.end)).is_err()
        {
            let span = EventSpan {
                kind: EventSpanKind::Party,
                tokens,
                probability: party.probability,
                sector: None,
                sector_probability: 1.0,
            };
            let place = spans.partition_point(|span| (span.tokens.start, span.tokens.end) < (tokens.start, tokens.end));
            spans.insert(place, span);
        }
    }
    let more = spans.len() - known;
    for link in &mut events.links {
        link.span += u32::try_from(more).expect("a document has fewer than 2^32 tokens");
    }
    for party in parties {
        let ends = |span: &EventSpan| (span.tokens.start, span.tokens.end);
        if let Ok(span) = spans.binary_search_by_key(&(party.tokens.start, party.tokens.end), ends) {
            events.links.push(link(party.mention, span, party.role, party.probability));
        }
    }
    events.spans.splice(..known, spans);
    events.links.sort_by_key(|link| (link.mention, link.span));
}
