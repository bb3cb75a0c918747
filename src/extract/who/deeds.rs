//! What an entity takes part in, as the head for events has it: who attacks is another than who is attacked, of which their words alone may tell nothing.

use std::collections::HashMap;

use crate::text::{LinkRole, Tree};

use super::finder::head_of;

/// By the head of a party's words, its features.
#[derive(Debug, Default)]
pub(super) struct Deeds(HashMap<usize, Vec<String>>);

impl Deeds {
    pub(super) fn of(tree: &Tree<'_>) -> Self {
        let Some(events) = &tree.doc.events else { return Self::default() };
        let mut deeds: HashMap<usize, Vec<String>> = HashMap::new();
        let heads: Vec<usize> = events.spans.iter().map(|span| head_of(tree, span.tokens)).collect();
        for link in &events.links {
            let role = match link.role {
                LinkRole::Actor => "acts",
                LinkRole::Recipient => "suffers",
                LinkRole::Date | LinkRole::Place => continue,
            };
            let deed = events.mentions[link.mention as usize].event_type;
            deeds.entry(heads[link.span as usize]).or_default().push(format!("{role} {deed}"));
        }
        Self(deeds)
    }

    /// What is said of the words with this head.
    pub(super) fn at(&self, head: usize) -> &[String] {
        self.0.get(&head).map_or(&[], Vec::as_slice)
    }
}
