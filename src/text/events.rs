//! The layer of events: words that evoke one, the parties, dates and places beside them, and what belongs to what.

use super::closed_set::labels;
use super::{Context, EventStatus, EventType, Mode, Sector, TokenRange};

/// Events as a trained core sees them, each mention by itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EventMentions {
    /// Triggers, ascending.
    pub mentions: Vec<EventMention>,
    /// Parties, dates and places, whether an event has them or not; by kind, and within a kind ascending, in each piece of a long text.
    pub spans: Vec<EventSpan>,
    /// What each trigger has of them, by triggers in order.
    pub links: Vec<EventLink>,
    /// How probable a trigger is at each token; filled only where that was asked for, to explain what was found and what was not.
    pub chances: Option<TriggerChances>,
}

/// How probable a trigger of each type is at each token, whatever stands there in the most probable reading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TriggerChances {
    types: Vec<EventType>,
    /// A row for each token, of the types in order.
    rows: Vec<f32>,
}

impl TriggerChances {
    /// Without any token yet.
    pub(crate) fn of_types(types: &[EventType]) -> Self {
        Self { types: types.to_vec(), rows: Vec::new() }
    }

    /// Adds what is probable at the next token, by the types in order.
    pub(crate) fn push(&mut self, of_types: impl Iterator<Item = f32>) {
        self.rows.extend(of_types);
    }

    /// The types at a token, each with its probability; nothing beyond the last token.
    pub fn of(&self, token: usize) -> impl Iterator<Item = (EventType, f32)> + '_ {
        let row = self.rows.chunks_exact(self.types.len().max(1)).nth(token).unwrap_or_default();
        self.types.iter().copied().zip(row.iter().copied())
    }
}

/// Words that evoke an event, and what they say of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventMention {
    /// The words; never empty, within one sentence.
    pub tokens: TokenRange,
    /// What kind of deed.
    pub event_type: EventType,
    /// How sure the core is that these words evoke an event of this type, 0 to 1.
    pub probability: f32,
    /// CAMEO code; one of those of the type.
    pub cameo: &'static str,
    /// How it was done; one of the modes of the type.
    pub mode: Option<Mode>,
    /// Whether it happened.
    pub status: EventStatus,
    /// How sure the core is of the status, 0 to 1.
    pub status_probability: f32,
    /// Whether it is told as background, from well before.
    pub historical: bool,
    /// What it was about.
    pub contexts: Contexts,
    /// Index, among the document's triggers, of an earlier one that evokes the same event.
    pub same: Option<u32>,
    /// How sure the core is of that, "none" included, 0 to 1.
    pub same_probability: f32,
}

labels! {
    /// What a stretch beside a trigger is.
    pub enum EventSpanKind {
        Party = "party",
        Date = "date",
        Place = "place",
    }
}

/// A party, a date or a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventSpan {
    /// What it is.
    pub kind: EventSpanKind,
    /// Its tokens; never empty, within one sentence.
    pub tokens: TokenRange,
    /// How sure the core is of the stretch, 0 to 1.
    pub probability: f32,
    /// Sector of a party, as its words tell.
    pub sector: Option<Sector>,
    /// How sure the core is of the sector ("none" counts as an answer), 0 to 1.
    pub sector_probability: f32,
}

labels! {
    /// What a stretch is to an event.
    pub enum LinkRole {
        Actor = "actor",
        Recipient = "recipient",
        Date = "date",
        Place = "place",
    }
}

/// A party, date or place of an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EventLink {
    /// Index of the trigger among the document's.
    pub mention: u32,
    /// Index of the stretch among the document's.
    pub span: u32,
    /// What it is to the event.
    pub role: LinkRole,
    /// How sure the core is of that, 0 to 1.
    pub probability: f32,
}

impl EventMentions {
    /// What a trigger has, in the order of the layer.
    pub fn links_of(&self, mention: usize) -> &[EventLink] {
        let from = self.links.partition_point(|link| (link.mention as usize) < mention);
        let to = self.links.partition_point(|link| link.mention as usize <= mention);
        &self.links[from..to]
    }

    /// Puts the events of a piece of the document, which begins at a token, behind those of the pieces before it.
    ///
    /// # Panics
    /// If the document has 2^32 of anything.
    pub(super) fn append(&mut self, piece: Self, first_token: u32) {
        let narrow = |n: usize| u32::try_from(n).expect("a document has fewer than 2^32 tokens");
        let moved =
            |tokens: TokenRange| TokenRange { start: tokens.start + first_token, end: tokens.end + first_token };
        let (mentions_before, spans_before) = (narrow(self.mentions.len()), narrow(self.spans.len()));
        let Self { mentions, spans, links, chances } = piece;
        if let Some(chances) = chances {
            // Pieces of one document come of one head: the types are the same.
            let own = self.chances.get_or_insert_with(|| TriggerChances::of_types(&chances.types));
            // What was not read has none.
            own.rows.resize(first_token as usize * own.types.len(), 0.0);
            own.rows.extend(chances.rows);
        }
        self.mentions.extend(mentions.into_iter().map(|mention| EventMention {
            tokens: moved(mention.tokens),
            same: mention.same.map(|other| other + mentions_before),
            ..mention
        }));
        self.spans.extend(spans.into_iter().map(|span| EventSpan { tokens: moved(span.tokens), ..span }));
        self.links.extend(links.into_iter().map(|link| EventLink {
            mention: link.mention + mentions_before,
            span: link.span + spans_before,
            ..link
        }));
    }
}

/// Some contexts, each once, without an allocation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contexts(u64);

impl Contexts {
    /// Adds one.
    pub fn insert(&mut self, context: Context) {
        self.0 |= 1 << context as u32;
    }

    /// All, in the order of the closed set.
    pub fn iter(self) -> impl Iterator<Item = Context> {
        Context::ALL.iter().copied().filter(move |context| self.0 & 1 << *context as u32 != 0)
    }
}

const _: () = assert!(Context::ALL.len() <= 64, "each context is a bit of 64");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_come_in_the_order_of_the_set() {
        let mut contexts = Contexts::default();
        assert_eq!(contexts.iter().count(), 0);
        for context in [Context::Trafficking, Context::Military, Context::Election, Context::Military] {
            contexts.insert(context);
        }
        assert_eq!(contexts.iter().collect::<Vec<_>>(), [Context::Military, Context::Election, Context::Trafficking]);
    }
}
