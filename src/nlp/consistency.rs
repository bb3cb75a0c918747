//! Names agree within an article: what one place makes clear holds at the others.
//!
//! "Anna Berg" makes "Berg" a person further on; "World Grain Council (WGC)" makes "WGC" a body; a name of several words
//! that was found once is found wherever it stands, and has the kind that it mostly has. Reads and alters the names
//! that the core found, and never takes one away. Two or three passes over the article, whatever it holds.

use std::collections::HashMap;

use crate::text::{Document, Entity, EntityKind, TokenRange, Upos};

/// Longest name that is looked for elsewhere, in tokens.
const LONGEST_NAME: usize = 8;

/// Letters of an acronym.
const ACRONYM: std::ops::RangeInclusive<usize> = 2..=8;

/// How often each kind was found for the same words.
#[derive(Debug, Clone, Copy, Default)]
struct Votes {
    counts: [u32; EntityKind::ALL.len()],
}

impl Votes {
    fn add(&mut self, kind: EntityKind) {
        self.counts[kind as usize] += 1;
    }

    /// The kind that was found more often than every other.
    fn clear(&self) -> Option<EntityKind> {
        let most = *self.counts.iter().max()?;
        let mut leaders = EntityKind::ALL.iter().filter(|kind| self.counts[**kind as usize] == most);
        let leader = leaders.next().filter(|_| most > 0)?;
        leaders.next().is_none().then_some(*leader)
    }
}

/// Makes the names of a document agree with each other.
pub fn harmonize(doc: &mut Document) {
    if doc.entities.is_empty() {
        return;
    }
    let known = Known::collect(doc);
    let mut names = Vec::with_capacity(doc.entities.len());
    let mut found = doc.entities.iter().copied().peekable();
    let mut token_idx = 0;
    while token_idx < doc.tokens.len() {
        if let Some(entity) = found.next_if(|entity| entity.tokens.start as usize == token_idx) {
            token_idx = entity.tokens.end as usize;
            names.push(Entity { kind: known.kind_of(doc, entity), ..entity });
            continue;
        }
        let free = found.peek().map_or(doc.tokens.len(), |next| next.tokens.start as usize);
        match known.name_at(doc, token_idx, free) {
            Some(entity) => {
                token_idx = entity.tokens.end as usize;
                names.push(entity);
            }
            None => token_idx += 1,
        }
    }
    doc.entities = names;
}

/// What the names of an article say of its words.
#[derive(Default)]
struct Known<'d> {
    /// Names as written, with what they were found to be.
    names: HashMap<&'d str, Votes>,
    /// Last words of persons' full names.
    surnames: HashMap<&'d str, Votes>,
    /// For each first word of a name of several words, the lengths that occur, a bit each.
    lengths: HashMap<&'d str, u16>,
}

impl<'d> Known<'d> {
    fn collect(doc: &'d Document) -> Self {
        let mut known = Self::default();
        for entity in doc.entities.iter().filter(|entity| is_name(entity.kind)) {
            let text = doc.range_text(entity.tokens);
            known.names.entry(text).or_default().add(entity.kind);
            let range = entity.tokens.range();
            if range.len() > 1 && range.len() <= LONGEST_NAME {
                *known.lengths.entry(doc.token_text(range.start)).or_default() |= 1 << range.len();
            }
            let last = doc.token_text(range.end - 1);
            if entity.kind == EntityKind::Person && range.len() > 1 && begins_capital(last) {
                known.surnames.entry(last).or_default().add(entity.kind);
            }
            if entity.kind == EntityKind::Organization
                && let Some(acronym) = acronym_after(doc, entity.tokens)
            {
                known.names.entry(acronym).or_default().add(entity.kind);
            }
        }
        known
    }

    /// The kind of a name that the core found.
    fn kind_of(&self, doc: &Document, entity: Entity) -> EntityKind {
        if !is_name(entity.kind) {
            return entity.kind;
        }
        let text = doc.range_text(entity.tokens);
        let mut votes = self.names.get(text).copied().unwrap_or_default();
        if entity.tokens.len() == 1
            && let Some(full) = self.surnames.get(text)
        {
            votes.counts[EntityKind::Person as usize] += full.counts[EntityKind::Person as usize];
        }
        votes.clear().unwrap_or(entity.kind)
    }

    /// A known name that begins at a token which is in no name, and ends before `free`.
    fn name_at(&self, doc: &Document, token_idx: usize, free: usize) -> Option<Entity> {
        let first = doc.token_text(token_idx);
        if !begins_capital(first) {
            return None;
        }
        let sentence = doc.sentences.get(doc.sentence_of(token_idx))?.tokens.range();
        let free = free.min(sentence.end);
        let lengths = self.lengths.get(first).copied().unwrap_or(0);
        for length in (2..=LONGEST_NAME).rev().filter(|length| lengths & (1 << length) != 0) {
            let tokens = TokenRange::new(token_idx, token_idx + length);
            if token_idx + length <= free
                && let Some(kind) = self.names.get(doc.range_text(tokens)).and_then(Votes::clear)
            {
                return Some(Entity { tokens, kind });
            }
        }
        let kind = self.kind_of_word(first)?;
        let stands_alone = !self.is_part_of_more(doc, token_idx, &sentence);
        let can_be_name = match doc.upos.get(token_idx) {
            Some(upos) => *upos == Upos::Propn,
            None => token_idx > sentence.start,
        };
        let tokens = TokenRange::new(token_idx, token_idx + 1);
        (stands_alone && can_be_name).then_some(Entity { tokens, kind })
    }

    /// What a lone word names, where the article leaves no doubt.
    fn kind_of_word(&self, word: &str) -> Option<EntityKind> {
        let alone = self.names.get(word);
        match self.surnames.get(word) {
            // "Berg" after "Anna Berg", unless Berg was also found to be something else.
            Some(_) => {
                let others = alone.is_some_and(|votes| votes.clear() != Some(EntityKind::Person));
                (!others).then_some(EntityKind::Person)
            }
            None => alone.and_then(Votes::clear),
        }
    }

    /// Whether a capitalized word or a joined one touches: "Berg Street", "Anglo-Berg".
    fn is_part_of_more(&self, doc: &Document, token_idx: usize, sentence: &std::ops::Range<usize>) -> bool {
        let (before, after) = (token_idx.wrapping_sub(1), token_idx + 1);
        let next_is_name = after < sentence.end && begins_capital(doc.token_text(after));
        // The first word of a sentence is capitalized whatever it is.
        let previous_is_name =
            token_idx > sentence.start + 1 && begins_capital(doc.token_text(before)) && !is_title(doc, before);
        let touches = |left: usize, right: usize| {
            let mark = doc.tokens[left].end == doc.tokens[right].start;
            mark && (doc.token_text(left) == "-" || doc.token_text(right) == "-")
        };
        let joined = token_idx > sentence.start && touches(before, token_idx)
            || after < sentence.end && touches(token_idx, after);
        next_is_name || previous_is_name || joined
    }
}

/// Whether a word before a name is a title that the core marked, or an abbreviated one: "Mr. Berg", "Minister Berg".
fn is_title(doc: &Document, token_idx: usize) -> bool {
    let position = doc.entities.partition_point(|entity| entity.tokens.end as usize <= token_idx);
    let marked = doc.entities.get(position).filter(|entity| entity.tokens.range().contains(&token_idx));
    marked.is_some_and(|entity| entity.kind == EntityKind::Title) || doc.token_text(token_idx).ends_with('.')
}

/// Kinds whose names are the same all over an article.
fn is_name(kind: EntityKind) -> bool {
    matches!(kind, EntityKind::Person | EntityKind::Organization | EntityKind::Place)
}

fn begins_capital(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

/// "WGC" of "World Grain Council (WGC)": capitals in brackets after a name of several capitalized words, the same letter first.
fn acronym_after(doc: &Document, name: TokenRange) -> Option<&str> {
    let range = name.range();
    let token = |at: usize| doc.tokens.get(at).map(|span| doc.slice(*span));
    let (open, written, close) = (token(range.end)?, token(range.end + 1)?, token(range.end + 2)?);
    let is_acronym = ACRONYM.contains(&written.len()) && written.bytes().all(|byte| byte.is_ascii_uppercase());
    if open != "(" || close != ")" || !is_acronym {
        return None;
    }
    let capital = |token_idx| doc.token_text(token_idx).chars().next().filter(|first| first.is_uppercase());
    let mut initials = range.filter_map(capital);
    // Letters may be left out ("of", "and") and come from within words, but the first is the first word's.
    let is_short_for = initials.next() == written.chars().next() && initials.next().is_some();
    is_short_for.then_some(written)
}
