//! How well a name fits somebody of an article.

use std::collections::BTreeSet;

use super::{Entity, EntityKind, Gold};

/// Whether the name fits this entity, and none of the article's others better.
pub(super) fn is_right_name(name: Option<&str>, entity: &Entity, gold: &Gold, text: &[char]) -> bool {
    let own = likeness(name, entity, text);
    let others = gold.entities.iter().filter(|other| other.kind != EntityKind::Grp);
    own > 0.0 && others.map(|other| likeness(name, other, text)).all(|other| own >= other)
}

/// The best share of common words with the entity's name or one of its mentions in capitals. The last word, a surname, must be among them,
/// unless all of one are in the other.
#[expect(clippy::cast_precision_loss, reason = "counts of words are far below 2^52")]
pub(super) fn likeness(name: Option<&str>, entity: &Entity, text: &[char]) -> f64 {
    let asked = words(name.unwrap_or_default());
    let asked_set: BTreeSet<&String> = asked.iter().collect();
    let capitalized = entity.mentions.iter().map(|&(start, end)| &text[start..end]);
    let capitalized = capitalized.filter(|mention| mention.first().is_some_and(|first| first.is_uppercase()));
    let mut best = 0.0_f64;
    for other in entity.name.iter().cloned().chain(capitalized.map(|mention| mention.iter().collect())) {
        let other = words(&other);
        let other_set: BTreeSet<&String> = other.iter().collect();
        let (Some(asked_last), Some(other_last)) = (asked.last(), other.last()) else { continue };
        let share_surname = other_set.contains(asked_last) && asked_set.contains(other_last);
        if share_surname || asked_set.is_subset(&other_set) || other_set.is_subset(&asked_set) {
            let common = asked_set.intersection(&other_set).count();
            best = best.max(common as f64 / asked_set.union(&other_set).count() as f64);
        }
    }
    best
}

/// Runs of letters and digits, in small letters.
pub(super) fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a name ends in a capitalized word, as names do and descriptions do not.
pub(super) fn ends_in_capitals(name: &str) -> bool {
    let mut runs = name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').filter(|run| !run.is_empty());
    runs.next().and_then(|run| run.chars().next()).is_some_and(char::is_uppercase)
}
