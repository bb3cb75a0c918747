//! How sure an event is: a logistic curve over what the head says of it.
//!
//! The weights stand in `data/lexicon/confidence.tsv` as `event.FEATURE`.

use crate::extract::reading::Reading;
use crate::finding::Event;
use crate::text::{EventLink, EventMention, SentenceKind};

/// The features of one mention, by name.
pub(super) struct Features([(&'static str, f32); 10]);

impl Features {
    /// `links` are those of the mention.
    pub(super) fn of(reading: &Reading<'_, '_>, mention: &EventMention, links: &[EventLink], event: &Event) -> Self {
        let kind = reading.words.doc.sentences[event.sentence].kind;
        let weakest = links.iter().map(|link| link.probability).reduce(f32::min);
        let entities = event.parties().filter_map(|actor| reading.who.entities.get(actor.entity?));
        let countries = entities.map(|entity| entity.confidence).reduce(f32::min);
        Self([
            ("any", 1.0),
            ("trigger", odds(mention.probability)),
            ("status", odds(mention.status_probability)),
            ("weakest_link", odds(weakest.unwrap_or(0.5))),
            ("weakest_party", odds(countries.unwrap_or(0.5))),
            ("unknown_party", truth(event.parties().any(|actor| actor.country.is_none()))),
            ("headline", truth(kind == SentenceKind::Headline)),
            ("no_actor", truth(event.actors.is_empty())),
            ("no_recipient", truth(event.recipients.is_empty())),
            ("several_words", truth(mention.tokens.len() > 1)),
        ])
    }

    /// The probability that the event is right.
    pub(super) fn probability(&self, reading: &Reading<'_, '_>) -> f32 {
        let curve: f32 = self.0.iter().map(|(name, value)| value * reading.lexicon.weight_of_event(name)).sum();
        1.0 / (1.0 + (-curve).exp())
    }
}

impl From<Features> for Vec<(&'static str, f32)> {
    fn from(features: Features) -> Self {
        features.0.to_vec()
    }
}

/// The logarithm of the odds of a probability.
fn odds(probability: f32) -> f32 {
    let sure = probability.clamp(1e-3, 1.0 - 1e-3);
    (sure / (1.0 - sure)).ln()
}

fn truth(is_so: bool) -> f32 {
    f32::from(u8::from(is_so))
}
