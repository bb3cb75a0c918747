//! Whether events are right as often as they say; right is one that is found with its type and the countries of both sides.

use std::collections::HashMap;

use super::answered::Answered;
use super::judged::{Right, pairs};
use super::{Gold, clusters};
use crate::score::analyses::{Features, System};
use crate::score::reliability::{Judged, Reliability};

/// Judges every event of the system that says its confidence. `features` are those of each article's events, by the article's id.
pub fn reliability(gold: &[Gold], system: &System, features: &HashMap<String, Vec<Features>>) -> Reliability {
    let (mut judged, mut names) = (Vec::new(), Vec::new());
    for (article, one) in gold.iter().enumerate() {
        let Some(found) = system.get(&one.id) else { continue };
        let clusters = clusters(&one.events);
        let of_article = features.get(&one.id).map_or(&[][..], Vec::as_slice);
        let told = found.events().iter().enumerate();
        let told = told.filter_map(|(at, event)| Some(((event, of_article.get(at)), Answered::new(event)?)));
        let (events, answers): (Vec<_>, Vec<_>) = told.unzip();
        let pairs = pairs(&clusters, &answers);
        for (place, (event, features)) in events.into_iter().enumerate() {
            let Some(said) = event.confidence else { continue };
            let pair = pairs.iter().find(|pair| pair.system == place && pair.is_same_type);
            let right = pair.is_some_and(|pair| Right::new(&clusters[pair.gold], &answers[place]).countries);
            let features = features.into_iter().flatten();
            if names.is_empty() {
                names = features.clone().map(|(name, _)| name.clone()).collect();
            }
            judged.push(Judged { article, said, right, features: features.map(|(_, value)| *value).collect() });
        }
    }
    Reliability { findings: "events", table: "event", names, judged }
}
