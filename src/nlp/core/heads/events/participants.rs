//! Who takes part in an event, when and where: what each word beside a trigger is to it.
//!
//! A small network over features of the tree (`roles`) says so of all words of the trigger's sentence together, the head's layers say so of the stretches
//! that they see, and a linear model weighs the two. Of sentences before the trigger's own only the layers speak. The computation is in
//! `docs/model-format.md`, "Events".

use super::facts::{Facts, Sentences, Trigger};
use super::links::{LEAST, ROLES, SeenSpan, kind_of, link};
use super::roles::{LABELS, RoleSpace, Roles};
use crate::nlp::core::encoder::elementwise::exp;
use crate::nlp::model_file::{ModelError, ModelFile, vector};
use crate::text::{Document, EventMentions, EventSpan, EventSpanKind, EventType, LinkRole, TokenRange};

/// Candidates on either side of a trigger: a sentence of thousands takes no longer for each.
const REACH: usize = 48;

/// From this probability on a word takes part (measured on the event corpus's dev part: of 0.28, 0.33, 0.4 and 0.47 both countries are right most often).
const SURE: f32 = 0.33;

/// From this probability on the likeliest word for a side takes part where none is surer: a deed without one of its sides is seldom worth anything (measured there
/// with the network of model 0.10.0, both countries right, F1: 42.8 without it, 43.5 at 0.15, 40.8 at 0.05 to 0.1).
const SURE_ALONE: f32 = 0.15;

/// From this probability on a word tells when or where, if no other one does so more likely: an event without a date is less than one with a doubtful date
/// (measured there, too: at 0.2 three to six of 100 are lost, at 0.05 more are given to events that have none).
const LIKELY: f32 = 0.07;

/// The kinds of stretches, in the order of what is said of them.
const KINDS: [EventSpanKind; 3] = [EventSpanKind::Party, EventSpanKind::Date, EventSpanKind::Place];

/// What is heard of a word: the network's score of each role, of each kind whether the layers see such a stretch there and how sure they are of it, their
/// answer on each role, and a constant.
const HEARD: usize = ROLES.len() + 2 * KINDS.len() + ROLES.len() + 1;

/// The network over the tree, and how its answers and those of the layers are weighed.
#[derive(Debug)]
pub(super) struct Participants {
    roles: Roles,
    weighed: Vec<f32>,
}

/// Working space, kept from trigger to trigger.
#[derive(Debug, Default)]
struct Space {
    keys: Vec<u64>,
    roles: RoleSpace,
}

/// A trigger with the words of its sentence.
struct Question<'a> {
    facts: &'a Facts<'a>,
    mention: usize,
    trigger: Trigger,
    event_type: EventType,
    candidates: Vec<usize>,
    /// Candidates before the trigger.
    middle: usize,
    /// Candidates of which the head's layers see something.
    seen: Vec<SeenWord>,
}

/// A word that plays a role.
struct Player {
    mention: usize,
    tokens: TokenRange,
    probability: f32,
    role: LinkRole,
}

impl Participants {
    /// Reads the network and `event.role.weighed`; nothing if the file has none.
    pub(super) fn read(file: &ModelFile) -> Result<Option<Self>, ModelError> {
        let Some(roles) = Roles::read(file)? else { return Ok(None) };
        Ok(Some(Self { roles, weighed: vector(file, "event.role.weighed", ROLES.len() * HEARD)? }))
    }

    /// What the words of a trigger's sentence are to its event. Of dates and places the likeliest alone: an event has one.
    fn of_sentence(&self, question: &Question<'_>, space: &mut Space, players: &mut Vec<Player>) {
        let Question { facts, mention, ref trigger, event_type, ref candidates, middle, ref seen } = *question;
        self.roles.begin(candidates.len(), &mut space.roles);
        for (place, &token) in candidates.iter().enumerate() {
            facts.of_candidate(trigger, token, between(place, middle), &mut space.keys);
            self.roles.hear(place, &space.keys, &mut space.roles);
        }
        let scores = self.roles.scores(&mut space.roles);
        let first = players.len();
        let [mut actor, mut recipient, mut date, mut place] = [const { None::<Player> }; ROLES.len()];
        for (&token, scores) in candidates.iter().zip(scores.chunks_exact(LABELS)) {
            let seen = seen.iter().find(|seen| seen.token == token);
            let heard = heard(scores, seen);
            let score = |role: usize| -> f32 {
                let weights = &self.weighed[role * HEARD..][..HEARD];
                weights.iter().zip(heard).map(|(weight, heard)| weight * heard).sum()
            };
            let scores: [f32; ROLES.len()] = std::array::from_fn(score);
            let top = scores.iter().copied().fold(0.0, f32::max);
            let total = scores.iter().fold(exp(-top), |sum, score| sum + exp(score - top));
            let player = |role: LinkRole| {
                let stretch = seen.and_then(|seen| seen.stretches[kind_of(role) as usize]);
                let tokens = stretch.map_or_else(|| facts.phrase(token), |(tokens, _)| tokens);
                Player { mention, tokens, probability: exp(scores[role as usize] - top) / total, role }
            };
            let side = if scores[0] >= scores[1] { LinkRole::Actor } else { LinkRole::Recipient };
            players.extend(Some(player(side)).filter(|player| player.probability > SURE));
            let alone = if side == LinkRole::Actor { &mut actor } else { &mut recipient };
            let others = [(&mut date, LinkRole::Date, LIKELY), (&mut place, LinkRole::Place, LIKELY)];
            for (known, role, least) in others.into_iter().chain([(alone, side, SURE_ALONE)]) {
                let player = player(role);
                let least = known.as_ref().map_or(least, |known| known.probability);
                if player.probability > least {
                    *known = Some(player);
                }
            }
        }
        let (actor, recipient) =
            (actor.filter(|_| needs_actor(event_type)), recipient.filter(|_| !is_mutual(event_type)));
        for alone in [actor, recipient].into_iter().flatten() {
            let is_free = |known: &Player| known.role != alone.role && known.tokens != alone.tokens;
            if players[first..].iter().all(is_free) {
                players.push(alone);
            }
        }
        players.extend(date.into_iter().chain(place));
    }
}

/// Whether those who take part do the same: they meet or work together, and where they do it has no part in it.
fn is_mutual(event_type: EventType) -> bool {
    matches!(event_type, EventType::Consult | EventType::Cooperate)
}

/// Whether a deed is seldom told without who did it. Others often are, in the passive or as the participle of a noun: of the likeliest actors between 0.15 and
/// 0.33, 17 of 54 are right there and 29 are of events that have none; of these types 12 of 18 are right (the event corpus's dev part).
fn needs_actor(event_type: EventType) -> bool {
    use EventType::{Accuse, Assault, Coerce, Protest};
    !matches!(event_type, Assault | Coerce | Protest | Accuse)
}

/// Candidates between one and the trigger, which stands before the candidate `middle`.
pub(super) fn between(place: usize, middle: usize) -> usize {
    if place < middle { middle - 1 - place } else { place - middle }
}

/// A candidate of which the head's layers see something.
pub(super) struct SeenWord {
    pub(super) token: usize,
    /// By kind: the stretch, and how sure the layers are of it.
    stretches: [Option<(TokenRange, f32)>; KINDS.len()],
    /// By role.
    as_role: [f32; ROLES.len()],
}

impl SeenWord {
    /// How probable each role is, and a stretch of each kind at all.
    pub(super) fn probabilities(&self) -> [f32; ROLES.len() + KINDS.len()] {
        std::array::from_fn(|at| match at.checked_sub(ROLES.len()) {
            None => self.as_role[at],
            Some(kind) => self.stretches[kind].map_or(0.0, |(_, probability)| probability),
        })
    }
}

/// What the layers see in the sentence of a trigger, each stretch by one of the candidates.
pub(super) fn seen_by_candidates(
    facts: &Facts<'_>,
    events: &EventMentions,
    seen: &[SeenSpan],
    candidates: &[usize],
) -> Vec<SeenWord> {
    let mut words: Vec<SeenWord> = Vec::new();
    for found in seen.iter().filter(|found| facts.holds(events.spans[found.span].tokens)) {
        let EventSpan { kind, tokens, probability, .. } = events.spans[found.span];
        let head = facts.head_of(tokens);
        let is_inside = |token: &&usize| tokens.contains_token(**token);
        let token = candidates.iter().find(|token| **token == head).or_else(|| candidates.iter().find(is_inside));
        let Some(&token) = token else { continue };
        let at = words.iter().position(|word| word.token == token).unwrap_or_else(|| {
            words.push(SeenWord { token, stretches: [None; KINDS.len()], as_role: [0.0; ROLES.len()] });
            words.len() - 1
        });
        let stretch = &mut words[at].stretches[kind as usize];
        if stretch.is_some() {
            continue;
        }
        *stretch = Some((tokens, probability));
        for (role, probability) in words[at].as_role.iter_mut().zip(found.probabilities) {
            *role = role.max(probability);
        }
    }
    words
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

fn heard(scores: &[f32], seen: Option<&SeenWord>) -> [f32; HEARD] {
    let mut heard = [0.0; HEARD];
    let (by_tree, by_layers) = heard.split_at_mut(ROLES.len());
    by_tree.iter_mut().zip(&scores[1..]).for_each(|(heard, score)| *heard = score - scores[0]);
    let (stretches, rest) = by_layers.split_at_mut(2 * KINDS.len());
    let (as_role, constant) = rest.split_at_mut(ROLES.len());
    constant[0] = 1.0;
    let Some(seen) = seen else { return heard };
    for (kind, stretch) in seen.stretches.iter().enumerate() {
        if let Some((_, probability)) = stretch {
            (stretches[kind], stretches[KINDS.len() + kind]) = (1.0, log_odds(*probability));
        }
    }
    for (place, role) in ROLES.into_iter().enumerate() {
        if seen.stretches[kind_of(role) as usize].is_some() {
            as_role[place] = log_odds(seen.as_role[place]);
        }
    }
    heard
}

fn log_odds(probability: f32) -> f32 {
    let probability = probability.clamp(1e-4, 1.0 - 1e-4);
    (probability / (1.0 - probability)).ln()
}

/// Fills in who and what each trigger has. `sentences` are those of the triggers, `seen` is by triggers in order.
pub(super) fn fill(
    participants: Option<&Participants>,
    doc: &Document,
    sentences: &Sentences<'_>,
    events: &mut EventMentions,
    seen: &[SeenSpan],
) {
    let mut players: Vec<Player> = Vec::new();
    let mut space = Space::default();
    for (number, mention) in events.mentions.iter().enumerate() {
        let from = seen.partition_point(|found| found.mention < number);
        let own = &seen[from..seen.partition_point(|found| found.mention <= number)];
        let by_tree = participants.zip(sentences.around(doc, mention.tokens));
        let first = players.len();
        if let Some((participants, facts)) = by_tree {
            let trigger = facts.trigger(mention.tokens, mention.event_type);
            let (candidates, middle) = near(facts, &trigger);
            let seen = seen_by_candidates(facts, events, own, &candidates);
            let event_type = mention.event_type;
            let question = Question { facts, mention: number, trigger, event_type, candidates, middle, seen };
            participants.of_sentence(&question, &mut space, &mut players);
        }
        let is_open =
            |found: &&SeenSpan| !by_tree.is_some_and(|(_, facts)| facts.holds(events.spans[found.span].tokens));
        for role in [LinkRole::Date, LinkRole::Place] {
            if players[first..].iter().any(|player| player.role == role) {
                continue;
            }
            let all = own.iter().filter(is_open).map(|found| (found, found.probabilities[role as usize]));
            let best = all.reduce(|best, next| if next.1 > best.1 { next } else { best });
            if let Some((found, probability)) = best.filter(|(_, probability)| *probability > LEAST) {
                players.push(Player { mention: number, tokens: events.spans[found.span].tokens, probability, role });
            }
        }
        for found in own.iter().filter(is_open) {
            let [as_actor, as_recipient, ..] = found.probabilities;
            let (role, probability) = if as_actor >= as_recipient {
                (LinkRole::Actor, as_actor)
            } else {
                (LinkRole::Recipient, as_recipient)
            };
            if probability > LEAST {
                players.push(Player { mention: number, tokens: events.spans[found.span].tokens, probability, role });
            }
        }
    }
    add(events, &players);
}

/// Makes links of players, and stretches of the words that are none yet.
fn add(events: &mut EventMentions, players: &[Player]) {
    let order = |kind: EventSpanKind, tokens: TokenRange| (kind, tokens.start, tokens.end);
    let find = |spans: &[EventSpan], player: &Player| {
        let wanted = order(kind_of(player.role), player.tokens);
        spans.binary_search_by_key(&wanted, |span| order(span.kind, span.tokens))
    };
    for player in players {
        if let Err(place) = find(&events.spans, player) {
            let Player { tokens, probability, role, .. } = *player;
            let span = EventSpan { kind: kind_of(role), tokens, probability, sector: None, sector_probability: 1.0 };
            events.spans.insert(place, span);
        }
    }
    for player in players {
        if let Ok(span) = find(&events.spans, player) {
            events.links.push(link(player.mention, span, player.role, player.probability));
        }
    }
    events.links.sort_by_key(|link| (link.mention, link.span));
}
