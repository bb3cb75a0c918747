//! What an answer makes of one article: each gold attribution and each gold mention, found or not, and what is right about it.

use std::collections::BTreeSet;

use super::likeness::{ends_in_capitals, is_right_name, likeness, words};
use super::{Attribution, Entity, EntityKind, Gold};
use crate::score::analyses::{self, Found, FoundEntity, FoundSpeaker, FoundStatement};
use crate::score::excerpt::Ends;

/// Code points that two spans share; negative where they lie apart.
pub(super) fn overlap(a: Ends, b: Ends) -> isize {
    a.1.min(b.1).cast_signed() - a.0.max(b.0).cast_signed()
}

fn meets(a: Ends, b: Ends) -> bool {
    overlap(a, b) > 0
}

/// An attribution of the system, as far as it stands in the text.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) cue: Option<Ends>,
    pub(super) source: Option<Ends>,
    pub(super) speaker: Option<&'a FoundSpeaker>,
    is_speech: bool,
}

impl<'a> Said<'a> {
    fn new(found: &'a FoundStatement) -> Self {
        Self {
            cue: analyses::ends(found.cue.as_ref()),
            source: analyses::ends(found.source.as_ref()),
            speaker: found.speaker.as_ref(),
            is_speech: found.attitude.as_deref().is_none_or(|attitude| attitude == "speech"),
        }
    }

    /// The speaker's name, if it has one.
    fn name(&self) -> Option<&'a str> {
        self.speaker.and_then(|speaker| speaker.name.as_deref()).filter(|name| !name.is_empty())
    }
}

/// A gold attribution that was found.
#[derive(Debug)]
pub(super) struct Right {
    /// Index of the system's attribution.
    pub(super) answer: usize,
    /// Whether the speaker's name is asked for, and not that none is invented.
    pub(super) is_named: bool,
    pub(super) name: bool,
    pub(super) country: bool,
    /// Whether a word of the role agrees, where gold has a role.
    pub(super) role: Option<bool>,
}

/// A mention of a gold entity.
#[derive(Debug)]
pub(super) struct Mention {
    /// Index of the gold entity.
    pub(super) entity: usize,
    pub(super) ends: Ends,
    /// Index of the system's entity that has it.
    pub(super) owner: Option<usize>,
    pub(super) country: bool,
    /// Whether the sector agrees, where gold has one.
    pub(super) sector: Option<bool>,
}

/// One article, judged.
#[derive(Debug)]
pub(super) struct Judged<'a> {
    pub(super) said: Vec<Said<'a>>,
    /// In the order of the gold attributions; `None` is missed.
    pub(super) attributions: Vec<Option<Right>>,
    pub(super) mentions: Vec<Mention>,
    /// Acts of speech with a cue that the system has, and how many of them are gold ones.
    pub(super) speech: usize,
    pub(super) speech_in_gold: usize,
}

/// The speakers of a gold attribution's cue, any of whom is right: a record has one speaker.
pub(super) fn speakers<'a>(gold: &'a Gold, attribution: &Attribution) -> Vec<&'a Entity> {
    let same_cue = gold.statements.iter().filter(|other| meets(other.cue, attribution.cue));
    same_cue.map(|other| &gold.entities[other.speaker]).collect()
}

/// The mentions of an attribution's speakers that begin in its sentence.
pub(super) fn mentions_nearby(gold: &Gold, attribution: &Attribution) -> Vec<Ends> {
    let (first, end) = gold.sentences[attribution.sentence];
    let mentions = speakers(gold, attribution).into_iter().flat_map(|speaker| speaker.mentions.iter().copied());
    mentions.filter(|mention| (first..end).contains(&mention.0)).collect()
}

impl<'a> Judged<'a> {
    pub(super) fn new(gold: &Gold, text: &[char], found: &'a Found) -> Self {
        let said: Vec<Said<'a>> = found.statements().iter().map(Said::new).collect();
        let mut used = BTreeSet::new();
        let attributions = gold.statements.iter().map(|attribution| {
            let near = mentions_nearby(gold, attribution);
            let candidates = candidates(&said, attribution, &near);
            used.extend(candidates.iter().copied());
            let best = first_best(candidates, |&at| {
                let is_near = said[at].source.is_some_and(|source| near.iter().any(|&mention| meets(source, mention)));
                (is_near, said[at].speaker.is_some())
            })?;
            Some(right(gold, text, attribution, best, &said[best]))
        });
        let attributions = attributions.collect();
        let is_speech = |at: &usize| said[*at].cue.is_some() && said[*at].is_speech;
        let speech: Vec<usize> = (0..said.len()).filter(is_speech).collect();
        Self {
            attributions,
            mentions: mentions(gold, found.entities()),
            speech: speech.len(),
            speech_in_gold: speech.iter().filter(|at| used.contains(at)).count(),
            said,
        }
    }

    /// B-cubed over the mentions: the sums of their precisions and of their recalls (Bagga and Baldwin 1998). Mentions that no gold entity has
    /// count for nothing.
    #[expect(clippy::cast_precision_loss, reason = "counts of mentions are far below 2^52")]
    pub(super) fn b_cubed(&self, gold: &Gold) -> (f64, f64) {
        let mut owned: Vec<(usize, Ends, usize)> = Vec::new();
        for mention in &self.mentions {
            let Some(owner) = mention.owner else { continue };
            if !owned.iter().any(|other| (other.0, other.1) == (mention.entity, mention.ends)) {
                owned.push((mention.entity, mention.ends, owner));
            }
        }
        let (mut precision, mut recall) = (0.0, 0.0);
        for &(entity, _, owner) in &owned {
            let chain = owned.iter().filter(|other| other.2 == owner);
            let (of_chain, both) = (chain.clone().count(), chain.filter(|other| other.0 == entity).count());
            let of_entity = gold.entities[entity].mentions.iter().collect::<BTreeSet<_>>().len();
            precision += both as f64 / of_chain as f64;
            recall += both as f64 / of_entity as f64;
        }
        (precision, recall)
    }
}

/// The system's attributions that may be this one: those whose cue meets its cue; if there are none, those without a cue whose source is a mention of
/// the speaker in the sentence.
fn candidates(said: &[Said<'_>], attribution: &Attribution, near: &[Ends]) -> Vec<usize> {
    let by_cue = |one: &Said<'_>| one.cue.is_some_and(|cue| meets(cue, attribution.cue));
    let by_source = |one: &Said<'_>| {
        one.cue.is_none() && one.source.is_some_and(|source| near.iter().any(|&mention| meets(source, mention)))
    };
    let all = |is_one: &dyn Fn(&Said<'_>) -> bool| (0..said.len()).filter(|&at| is_one(&said[at])).collect::<Vec<_>>();
    let found = all(&by_cue);
    if found.is_empty() { all(&by_source) } else { found }
}

/// The first of those with the highest rank.
fn first_best<T, R: Ord>(candidates: Vec<T>, rank: impl Fn(&T) -> R) -> Option<T> {
    candidates.into_iter().rev().max_by_key(rank)
}

fn right(gold: &Gold, text: &[char], attribution: &Attribution, answer: usize, said: &Said<'_>) -> Right {
    let speakers = speakers(gold, attribution);
    let entity = &gold.entities[attribution.speaker];
    let name = said.name();
    let fits = || speakers.iter().any(|speaker| is_right_name(name, speaker, gold, text));
    let is_mention = said.source.is_some_and(|source| {
        speakers.iter().flat_map(|speaker| &speaker.mentions).any(|&mention| meets(source, mention))
    });
    let is_named = entity.kind != EntityKind::Grp && entity.name.as_deref().is_some_and(ends_in_capitals);
    let is_nobody_else = || {
        let mut others = gold.entities.iter().filter(|other| !speakers.contains(other));
        is_mention && !others.any(|other| likeness(name, other, text) > 0.0)
    };
    let is_right_name = if is_named {
        fits() || entity.kind == EntityKind::State && is_mention && name.is_none()
    } else {
        name.is_none() || fits() || is_nobody_else()
    };
    let country = said.speaker.and_then(|speaker| speaker.country.as_ref());
    let role = words(said.speaker.and_then(|speaker| speaker.role.as_deref()).unwrap_or_default());
    let has_word =
        |speaker: &&Entity| words(speaker.role.as_deref().unwrap_or_default()).iter().any(|word| role.contains(word));
    Right {
        answer,
        is_named,
        name: is_right_name,
        country: speakers.iter().any(|speaker| speaker.country.as_ref() == country),
        role: entity.role.as_ref().filter(|role| !role.is_empty()).map(|_| speakers.iter().any(has_word)),
    }
}

fn mentions(gold: &Gold, found: &[FoundEntity]) -> Vec<Mention> {
    let places: Vec<(Ends, usize)> =
        found.iter().enumerate().flat_map(|(at, entity)| entity.mentions().map(move |ends| (ends, at))).collect();
    let mut judged = Vec::new();
    for (at, entity) in gold.entities.iter().enumerate() {
        for &ends in &entity.mentions {
            // Of mentions that overlap as much the shorter: "his" within "his office".
            let rank = |&(place, owner): &(Ends, usize)| {
                (overlap(place, ends), place.0.cast_signed() - place.1.cast_signed(), owner)
            };
            let best = places.iter().filter(|(place, _)| meets(*place, ends)).max_by_key(|place| rank(place));
            let owner = best.map(|&(_, owner)| owner);
            let sector = entity.sector.as_ref().filter(|sector| !sector.is_empty());
            judged.push(Mention {
                entity: at,
                ends,
                owner,
                country: owner.is_some_and(|owner| found[owner].country == entity.country),
                sector: sector.map(|sector| owner.is_some_and(|owner| found[owner].sector.as_ref() == Some(sector))),
            });
        }
    }
    judged
}
