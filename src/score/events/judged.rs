//! What an answer makes of one article: which of its events were found, and what is right about each.

use std::collections::BTreeSet;

use super::answered::Answered;
use super::parties::{is_mutual, sector, sides_agree};
use super::{Mention, Party};
use crate::score::excerpt::Ends;

/// An event that was found, with the system's one that it was found as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// Index of the gold cluster.
    pub(super) gold: usize,
    /// Index of the system's event.
    pub(super) system: usize,
    /// Whether the PLOVER type agrees.
    pub(super) is_same_type: bool,
}

/// Pairs events with answers whose triggers mean the same words; each counts once, the right type first, then the longest overlap.
pub(super) fn pairs(clusters: &[Vec<&Mention>], answers: &[Answered<'_>]) -> Vec<Pair> {
    let mut all = Vec::new();
    for (gold, cluster) in clusters.iter().enumerate() {
        for (system, answer) in answers.iter().enumerate() {
            let alike =
                cluster.iter().flat_map(|mention| answer.spans.iter().map(|&span| alike(mention.trigger, span)));
            let best = alike.max().unwrap_or(0);
            if best > 0 {
                all.push((best, Pair { gold, system, is_same_type: answer.plover == cluster[0].plover }));
            }
        }
    }
    all.sort_by(|(a_best, a), (b_best, b)| {
        (b.is_same_type, b_best).cmp(&(a.is_same_type, a_best)).then((a.gold, a.system).cmp(&(b.gold, b.system)))
    });
    let (mut golds, mut systems) = (BTreeSet::new(), BTreeSet::new());
    let mut kept = Vec::new();
    for (_, pair) in all {
        if !golds.contains(&pair.gold) && !systems.contains(&pair.system) {
            golds.insert(pair.gold);
            systems.insert(pair.system);
            kept.push(pair);
        }
    }
    kept
}

/// Code points that two spans share; none where they lie apart.
pub(super) fn overlap(a: Ends, b: Ends) -> usize {
    a.1.min(b.1).saturating_sub(a.0.max(b.0))
}

/// The overlap of triggers that mean the same words: they share three tenths of all they cover.
#[expect(clippy::cast_precision_loss, reason = "counts of code points are far below 2^52")]
fn alike(a: Ends, b: Ends) -> usize {
    let (shared, all) = (overlap(a, b), a.1.max(b.1) - a.0.min(b.0));
    if shared as f64 >= 0.3 * all as f64 { shared } else { 0 }
}

/// What is right about an event that was found with the right type; `None` where gold does not tell.
#[derive(Debug)]
pub(super) struct Right {
    pub(super) countries: bool,
    pub(super) root: bool,
    pub(super) cameo3: bool,
    pub(super) mode: Option<bool>,
    pub(super) status: bool,
    /// First sectors, side by side.
    pub(super) sectors: Vec<bool>,
    pub(super) date: Option<bool>,
    pub(super) place: Option<bool>,
    /// A date, a place given where gold has none.
    pub(super) date_extra: bool,
    pub(super) place_extra: bool,
    pub(super) roles: Roles,
}

/// The mention that is nearest to the answer.
pub(super) fn nearest<'a>(cluster: &[&'a Mention], answer: &Answered<'_>) -> &'a Mention {
    let nearness = |mention: &&Mention| answer.spans.iter().map(|&span| signed_overlap(mention.trigger, span)).max();
    cluster.iter().copied().rev().max_by_key(|mention| nearness(mention)).expect("a cluster has a mention")
}

/// Negative where the spans lie apart: how far.
fn signed_overlap(a: Ends, b: Ends) -> isize {
    a.1.min(b.1).cast_signed() - a.0.max(b.0).cast_signed()
}

impl Right {
    pub(super) fn new(cluster: &[&Mention], answer: &Answered<'_>) -> Self {
        let near = nearest(cluster, answer);
        let begins_alike =
            |n: usize| cluster.iter().any(|mention| mention.cameo.chars().take(n).eq(answer.cameo.chars().take(n)));
        let told =
            |pick: fn(&Mention) -> Option<Ends>| cluster.iter().filter_map(|mention| pick(mention)).collect::<Vec<_>>();
        let agrees = |told: &[Ends], given: Option<Ends>| {
            let is_met = given.is_some_and(|given| told.iter().any(|&told| overlap(told, given) > 0));
            (!told.is_empty()).then_some(is_met)
        };
        let (dates, places) = (told(|mention| mention.date), told(|mention| mention.place));
        let is_one_side = is_mutual(answer.plover) || near.recipients.is_empty();
        Self {
            countries: sides_agree(cluster, answer),
            root: begins_alike(2),
            cameo3: begins_alike(3),
            mode: near.mode().map(|mode| answer.mode == Some(mode)),
            status: answer.status == Some(near.status.as_str()),
            sectors: sectors(near, answer, is_one_side),
            date: agrees(&dates, answer.date),
            place: agrees(&places, answer.place),
            date_extra: dates.is_empty() && answer.date.is_some(),
            place_extra: places.is_empty() && answer.place.is_some(),
            roles: Roles::best(cluster, answer, is_one_side),
        }
    }
}

/// Whether the first sectors of each side agree, for the sides where gold has one.
fn sectors(near: &Mention, answer: &Answered<'_>, is_one_side: bool) -> Vec<bool> {
    let of_gold = |parties: &mut dyn Iterator<Item = &'_ Party>| -> BTreeSet<String> {
        parties.filter_map(|party| sector(&party.code)).map(str::to_owned).collect()
    };
    let of_answer = |parties: &mut dyn Iterator<Item = &(Option<Ends>, &str)>| -> BTreeSet<String> {
        parties.filter_map(|party| sector(party.1)).map(str::to_owned).collect()
    };
    let sides = if is_one_side {
        vec![(of_gold(&mut near.parties()), of_answer(&mut answer.parties()))]
    } else {
        let actors = (of_gold(&mut near.actors.iter()), of_answer(&mut answer.actors.iter()));
        vec![actors, (of_gold(&mut near.recipients.iter()), of_answer(&mut answer.recipients.iter()))]
    };
    sides.into_iter().filter(|(gold, _)| !gold.is_empty()).map(|(gold, answer)| gold == answer).collect()
}

/// Party spans of a mention and of the answer, and how many agree in side and overlap.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Roles {
    pub(super) gold: usize,
    pub(super) system: usize,
    pub(super) both: usize,
}

impl Roles {
    /// Those of the mention that agrees best.
    #[expect(clippy::cast_precision_loss, reason = "counts of parties are far below 2^52")]
    fn best(cluster: &[&Mention], answer: &Answered<'_>, is_one_side: bool) -> Self {
        let rank = |roles: &Self| ((2 * roles.both) as f64 / (roles.gold + roles.system).max(1) as f64, roles.gold);
        let all = cluster.iter().rev().map(|mention| Self::new(mention, answer, is_one_side));
        let better = |a: &Self, b: &Self| {
            let ((a_f1, a_gold), (b_f1, b_gold)) = (rank(a), rank(b));
            a_f1.total_cmp(&b_f1).then(a_gold.cmp(&b_gold))
        };
        all.max_by(better).unwrap_or_default()
    }

    fn new(mention: &Mention, answer: &Answered<'_>, is_one_side: bool) -> Self {
        let side = |is_recipient: bool| !is_one_side && is_recipient;
        let of_gold = |parties: &[Party], is_recipient| -> Vec<(bool, Ends)> {
            parties.iter().map(|party| (side(is_recipient), party.span)).collect()
        };
        let mut left = [of_gold(&mention.actors, false), of_gold(&mention.recipients, true)].concat();
        let gold = left.len();
        let places = |parties: &[(Option<Ends>, &str)], is_recipient| -> Vec<(bool, Ends)> {
            parties.iter().filter_map(|party| party.0).map(|ends| (side(is_recipient), ends)).collect()
        };
        let answered = [places(&answer.actors, false), places(&answer.recipients, true)].concat();
        let mut both = 0;
        for &(side, ends) in &answered {
            if let Some(hit) = left.iter().position(|party| party.0 == side && overlap(party.1, ends) > 0) {
                left.remove(hit);
                both += 1;
            }
        }
        Self { gold, system: answered.len(), both }
    }
}
