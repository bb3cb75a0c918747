//! Whether statements are right as often as they say; right is one that is a gold one by the strict measure.

use super::measures::{is_strict, nearness, pair_up, sides};
use super::page::Page;
use super::{Gold, System};
use crate::score::reliability::{Judged, Reliability};

/// Judges every statement of the system that says its confidence.
pub fn reliability(gold: &[Gold], system: &System) -> Reliability {
    let (mut judged, mut names) = (Vec::new(), Vec::new());
    for (article, one) in gold.iter().enumerate() {
        let page = Page::new(&one.text);
        let (golds, systems) = sides(one, system, &page);
        let (golds, found): (Vec<_>, Vec<_>) = (golds.iter().collect(), systems.iter().collect());
        let pairs = pair_up(&golds, &found, |a, b| if is_strict(a, b) { nearness(a, b) } else { 0.0 });
        for (place, statement) in systems.iter().enumerate() {
            if let Some(said) = statement.confidence {
                let right = pairs.iter().any(|&(_, system)| system == place);
                if names.is_empty() {
                    names = statement.features.keys().cloned().collect();
                }
                let features = statement.features.values().copied().collect();
                judged.push(Judged { article, said, right, features });
            }
        }
    }
    Reliability { findings: "statements", table: "core", names, judged }
}
