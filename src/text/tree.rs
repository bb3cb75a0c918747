//! Noun phrases by the tree: which words belong to a head, and how a word stands in its clause.

use super::{Deprel, Document, TokenRange};

/// Tokens of a phrase that are looked at on either side of its head: a broken tree must not cost a long text its square.
const REACH: usize = 40;

/// The tree read from heads to dependents. One pass over the document.
#[derive(Debug)]
pub(crate) struct Tree<'d> {
    pub(crate) doc: &'d Document,
    /// The first token whose dependents are known.
    offset: usize,
    /// Dependents of token `offset + t` are `dependents[first[t]..first[t + 1]]`, ascending.
    first: Vec<u32>,
    dependents: Vec<u32>,
}

impl<'d> Tree<'d> {
    pub(crate) fn new(doc: &'d Document) -> Self {
        Self::new_within(doc, TokenRange::new(0, doc.heads.len()))
    }

    /// Sorts the arcs within a range by their heads.
    fn fill(&mut self, tokens: TokenRange) {
        let doc = self.doc;
        let has_tree = !doc.heads.is_empty();
        let arcs = || {
            let within =
                tokens.range().filter(|_| has_tree).filter_map(|token| doc.head(token).map(|head| (head, token)));
            within.filter(|(head, _)| tokens.contains_token(*head))
        };
        for (head, _) in arcs() {
            self.first[head - self.offset + 1] += 1;
        }
        for place in 1..self.first.len() {
            self.first[place] += self.first[place - 1];
        }
        let mut next = self.first.clone();
        self.dependents = vec![0u32; self.first.last().copied().unwrap_or(0) as usize];
        for (head, token) in arcs() {
            let place = &mut next[head - self.offset];
            self.dependents[*place as usize] = u32::try_from(token).expect("a document has fewer than 2^32 tokens");
            *place += 1;
        }
    }

    /// The tree of a few words: dependents are known of these alone.
    pub(crate) fn new_within(doc: &'d Document, tokens: TokenRange) -> Self {
        let mut tree =
            Self { doc, offset: tokens.start as usize, first: vec![0; tokens.len() + 1], dependents: Vec::new() };
        tree.fill(tokens);
        tree
    }

    /// Whether there is a tree at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.doc.heads.is_empty()
    }

    /// The dependents of a token, ascending.
    pub(crate) fn dependents(&self, token: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let place = token.checked_sub(self.offset).filter(|place| place + 1 < self.first.len());
        let range = place.map_or(0..0, |place| self.first[place] as usize..self.first[place + 1] as usize);
        self.dependents[range].iter().map(|&token| token as usize)
    }

    /// The relation of a token to its head.
    pub(crate) fn relation(&self, token: usize) -> Deprel {
        self.doc.deprels.get(token).copied().unwrap_or(Deprel::Dep)
    }

    pub(crate) fn head(&self, token: usize) -> Option<usize> {
        if self.is_empty() { None } else { self.doc.head(token) }
    }

    /// The first dependent with one of these relations.
    pub(crate) fn dependent(&self, token: usize, relations: &[Deprel]) -> Option<usize> {
        self.dependents(token).find(|&dependent| relations.contains(&self.relation(dependent)))
    }

    /// The preposition of a phrase, in the document's words.
    pub(crate) fn preposition(&self, token: usize) -> Option<usize> {
        self.dependents(token).find(|&dependent| dependent < token && self.relation(dependent) == Deprel::Case)
    }

    /// Whether a token is attached to its head as a part of the same name or title: "Foreign | Minister Lavrov".
    pub(crate) fn is_part(&self, token: usize) -> bool {
        match self.relation(token) {
            Deprel::Compound | Deprel::Flat | Deprel::NmodDesc | Deprel::Fixed | Deprel::Goeswith => true,
            Deprel::Appos => !self.is_set_off(token),
            _ => false,
        }
    }

    /// Whether a comma, dash or bracket stands between a token's phrase and its head.
    pub(crate) fn is_set_off(&self, token: usize) -> bool {
        let Some(head) = self.head(token) else { return false };
        let (from, to) = if head < token { (head + 1, token) } else { (token + 1, head) };
        (from..to).any(|at| matches!(self.doc.token_text(at), "," | "(" | "—" | "–" | "--"))
    }

    /// The noun phrase of a head: its dependents without relative clauses, coordinated phrases, what is set off by commas and
    /// what belongs to the clause. Unbroken.
    pub(crate) fn phrase(&self, head: usize, sentence: TokenRange) -> TokenRange {
        let low = (sentence.start as usize).max(head.saturating_sub(REACH));
        let high = (sentence.end as usize).min(head + REACH);
        let mut is_inside = vec![false; high - low];
        is_inside[head - low] = true;
        let mut open: Vec<usize> = self.dependents(head).filter(|&token| self.is_of_phrase(token)).collect();
        while let Some(token) = open.pop() {
            if token < low || token >= high || is_inside[token - low] {
                continue;
            }
            is_inside[token - low] = true;
            let below = self
                .dependents(token)
                .filter(|&below| !matches!(self.relation(below), Deprel::AclRelcl | Deprel::Parataxis | Deprel::Advcl));
            open.extend(below);
        }
        let mut start = head;
        while start > low && is_inside[start - 1 - low] {
            start -= 1;
        }
        let mut end = head + 1;
        while end < high && is_inside[end - low] {
            end += 1;
        }
        let is_mark = |at: usize| self.relation(at) == Deprel::Punct;
        while start < head && is_mark(start) {
            start += 1;
        }
        while end > head + 1 && is_mark(end - 1) {
            end -= 1;
        }
        TokenRange::new(start, end)
    }

    fn is_of_phrase(&self, token: usize) -> bool {
        match self.relation(token) {
            Deprel::Det
            | Deprel::DetPredet
            | Deprel::Amod
            | Deprel::Nummod
            | Deprel::Compound
            | Deprel::Flat
            | Deprel::Fixed
            | Deprel::Goeswith
            | Deprel::NmodPoss
            | Deprel::NmodDesc
            | Deprel::NmodUnmarked => true,
            Deprel::Nmod | Deprel::Appos => !self.is_set_off(token),
            Deprel::Punct => true,
            _ => false,
        }
    }

    /// Whether the token is the subject of a clause that says what it does.
    pub(crate) fn is_subject(&self, token: usize) -> bool {
        matches!(self.relation(token), Deprel::Nsubj | Deprel::NsubjOuter | Deprel::NsubjPass | Deprel::Csubj)
    }

    /// The first of coordinated phrases: "Norway" of "Norway, Sweden and | Denmark".
    pub(crate) fn first_conjunct(&self, token: usize) -> usize {
        let mut at = token;
        // No chain is longer than this where the tree is sane.
        for _ in 0..REACH {
            match self.head(at) {
                Some(head) if self.relation(at) == Deprel::Conj => at = head,
                _ => break,
            }
        }
        at
    }

    /// The verb or noun that a phrase is an argument of.
    pub(crate) fn governor(&self, token: usize) -> Option<usize> {
        self.head(self.first_conjunct(token))
    }
}
