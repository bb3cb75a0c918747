//! Whose name stands in a phrase: names as the core sees them, those that it overlooks or cuts wrongly, titles before them.

use crate::text::{Deprel, EntityKind, TokenRange, Upos};

use super::finder::Finder;
use super::lexical::{Mention as LexicalMention, What};
use super::nouns::NounKind;

impl Finder<'_, '_> {
    /// The person's or body's name whose top word this is.
    pub(super) fn name_headed_by(&self, token: usize) -> Option<(TokenRange, EntityKind)> {
        let entity = self.words.doc.entity_at(token)?;
        let kind = entity.kind;
        if !matches!(kind, EntityKind::Person | EntityKind::Organization) {
            return None;
        }
        (self.top_of(entity.tokens) == token).then_some((entity.tokens, kind))
    }

    /// A name that the core overlooks and that is credited with words: "| Quirin | denied".
    pub(super) fn overlooked_name(&self, token: usize, is_source: bool) -> Option<(TokenRange, EntityKind)> {
        let can_be_name = match self.words.doc.upos.get(token) {
            Some(Upos::Propn | Upos::Adj | Upos::Adv | Upos::X | Upos::Intj) => true,
            // "| Lunt | said": no common noun stands alone in the singular.
            Some(Upos::Noun) => {
                !self.is_plural(token)
                    && self.noun_kind(token).is_none()
                    && self.tree.dependents(token).next().is_none()
            }
            _ => false,
        };
        let is_proper = can_be_name && self.words.is_capitalized(token);
        let capitals = self.lexical.around(token).filter(|_| is_source && is_proper)?;
        let is_thing = self
            .words
            .doc
            .entity_at(token)
            .is_some_and(|name| matches!(name.kind, EntityKind::Place | EntityKind::Misc));
        // "the agency | Nordpress".
        let has_body_noun = self.tree.dependents(token).any(|part| self.noun_kind(part) == Some(NounKind::Body));
        match capitals.what {
            What::Person { .. } if is_thing || has_body_noun => Some((capitals.tokens, EntityKind::Organization)),
            What::Person { .. } => Some((capitals.tokens, EntityKind::Person)),
            What::Body { .. } => Some((capitals.tokens, EntityKind::Organization)),
            _ => None,
        }
    }

    /// The name that is part of a phrase's own title and name: "spokesman | Adam Holt", "the newspaper | Fjordposten".
    pub(super) fn name_within(&self, head: usize, phrase: TokenRange) -> Option<(TokenRange, EntityKind)> {
        let kind_of_head = self.noun_kind(head);
        let names = || phrase.range().filter_map(|token| self.name_headed_by(token));
        let is_own = |name: TokenRange| {
            let top = self.top_of(name);
            let start = name.start as usize;
            // "the minister | Anna Lindqvist", and not "an aide to Minister | Lindqvist".
            let has_office = || {
                let office = self.lexical.ending_at(start).filter(|before| before.is_role());
                let is_own = |at: usize| office.is_some_and(|office| office.tokens.contains_token(at));
                office.is_some() && self.tree.preposition(top).is_none_or(is_own)
            };
            // "the head of the Harbor Authority | Anna Lindqvist"
            let is_behind_name = || {
                let is_office = self.lexical.ending_at(start).is_some_and(LexicalMention::is_role);
                start > head + 1 && self.words.is_capitalized(start - 1) && !is_office
            };
            self.is_part_of(top, head) || name.end == phrase.end && (has_office() || is_behind_name())
        };
        let is_person = |(name, kind): &(TokenRange, EntityKind)| {
            let names_person =
                kind_of_head == Some(NounKind::Person) || head < name.start as usize && kind_of_head.is_none();
            *kind == EntityKind::Person && is_own(*name) && (names_person || self.is_office(head))
        };
        let is_person = names().find(is_person);
        is_person.or_else(|| self.body_name_within(head, phrase).filter(|_| kind_of_head == Some(NounKind::Body)))
    }

    /// "the newspaper | Fjordposten": the name of a body beside the noun for it, also where the core takes it for a place or a thing.
    pub(super) fn body_name_within(&self, head: usize, phrase: TokenRange) -> Option<(TokenRange, EntityKind)> {
        let at = phrase.range().find_map(|token| {
            let entity = self.words.doc.entity_at(token)?;
            let can_be = matches!(entity.kind, EntityKind::Organization | EntityKind::Place | EntityKind::Misc);
            let is_place = self.lexical.around(token).is_some_and(|known| known.place().is_some());
            let is_own = can_be && !is_place && self.top_of(entity.tokens) == token && self.is_part_of(token, head);
            is_own.then_some(entity.tokens)
        });
        at.map(|name| (name, EntityKind::Organization))
    }

    /// Whether a word hangs on another as a part of its title or name, or on such a part.
    pub(super) fn is_part_of(&self, token: usize, head: usize) -> bool {
        let mut at = token;
        for _ in 0..4 {
            if !self.tree.is_part(at) {
                return false;
            }
            match self.tree.head(at) {
                Some(above) if above == head => return true,
                Some(above) => at = above,
                None => return false,
            }
        }
        false
    }

    /// Whether a name hangs on a title or office that is its own: "Minister | Lavrov", not "the | Clinton campaign".
    pub(super) fn joins_person(&self, top: usize, kind: EntityKind) -> bool {
        if kind != EntityKind::Person {
            return false;
        }
        let Some(above) = self.tree.head(top) else { return false };
        let is_flat = matches!(self.tree.relation(top), Deprel::Flat | Deprel::NmodDesc | Deprel::Appos);
        let names_person = self.noun_kind(above) == Some(NounKind::Person) || self.is_office(above);
        names_person && (is_flat || above < top)
    }

    /// "Grace Tembo": a given name and another word that is none of a body, though the core takes it for one.
    pub(super) fn is_called_like_a_person(&self, name: TokenRange, kind: EntityKind) -> bool {
        kind == EntityKind::Organization
            && name.len() == 2
            && self.lexicon.given_names.contains(self.words.text(name.start as usize))
            && self.lexicon.bodies.head(self.words.lower(name.end as usize - 1)).is_none()
            && self.lexical.within(name.start as usize, name.end as usize).iter().all(LexicalMention::is_person)
    }

    /// A name that the core begins with its title: "| Spokesperson | Ole Brandt", "| Ms | Lindqvist".
    pub(super) fn without_title(&self, name: TokenRange) -> (Option<TokenRange>, TokenRange) {
        const HONORIFICS: [&str; 9] = ["mr", "mrs", "ms", "miss", "sir", "dr", "h.e", "madam", "hon"];
        let mut rest = name;
        while rest.len() > 1 {
            let first = self.words.lower(rest.start as usize).trim_end_matches('.');
            // The stop of "Dr." may be a token of its own.
            if !HONORIFICS.contains(&first) && !first.is_empty() {
                break;
            }
            rest.start += 1;
        }
        let title = self.lexical.starting_at(rest.start as usize);
        match title.filter(|title| title.is_role() && title.end() < rest.end as usize) {
            Some(title) => (Some(title.tokens), TokenRange { start: title.tokens.end, ..rest }),
            None => (None, rest),
        }
    }
}
