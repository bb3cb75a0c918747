//! Triggers of the user's own codebook, laid over those that the head finds: a row settles type and code of a trigger that the head found with these words,
//! says that the words evoke nothing, or adds a trigger where the head found none. Who takes part in an added one is told by the tree.

use std::borrow::Cow;

use crate::extract::codebook::{Need, Sense, Side, TriggerRow};
use crate::extract::reading::Reading;
use crate::extract::statements::LONGEST_SENTENCE;
use crate::nlp::Ontology;
use crate::text::{
    Contexts, Deprel, EventLink, EventMention, EventMentions, EventSpan, EventSpanKind, EventStatus, LinkRole,
    TokenRange, Tree, Upos,
};

/// How sure an added trigger counts as: about as sure as those of the head are that turn out right.
const ADDED: f32 = 0.9;

/// Words between a trigger and what has to hang on it.
const DEPTH: usize = 6;

/// Prepositions behind which stands to whom something is done.
const TOWARDS: [&str; 9] = ["against", "on", "upon", "with", "to", "at", "toward", "towards", "of"];

/// The head's layer with the codebook laid over it; the layer itself where there is none.
pub(super) fn laid_over<'l>(reading: &Reading<'_, '_>, layer: &'l EventMentions) -> Cow<'l, EventMentions> {
    let doc = reading.words.doc;
    if reading.lexicon.triggers.is_empty() || doc.heads.is_empty() || doc.lemmas.is_empty() {
        return Cow::Borrowed(layer);
    }
    let mut book = Book { reading, layer, all: Vec::new(), spans: layer.spans.clone() };
    for sentence in 0..doc.sentences.len() {
        let tokens = doc.sentences[sentence].tokens;
        if reading.is_story(sentence) && tokens.len() <= LONGEST_SENTENCE {
            book.sentence(tokens);
        } else {
            book.keep(tokens);
        }
    }
    Cow::Owned(book.written())
}

/// A trigger in the making.
struct Entry {
    mention: EventMention,
    /// Its number in the head's layer.
    of_head: Option<usize>,
    /// Of an added one.
    links: Vec<(u32, LinkRole)>,
}

struct Book<'b, 'a, 'd> {
    reading: &'b Reading<'a, 'd>,
    layer: &'b EventMentions,
    all: Vec<Entry>,
    spans: Vec<EventSpan>,
}

impl Book<'_, '_, '_> {
    /// The head's triggers within a range.
    fn of_head(&self, tokens: TokenRange) -> std::ops::Range<usize> {
        let before = |token: u32| self.layer.mentions.partition_point(|mention| mention.tokens.start < token);
        before(tokens.start)..before(tokens.end)
    }

    fn keep(&mut self, tokens: TokenRange) {
        for number in self.of_head(tokens) {
            self.all.push(Entry { mention: self.layer.mentions[number], of_head: Some(number), links: Vec::new() });
        }
    }

    fn sentence(&mut self, tokens: TokenRange) {
        let tree = Tree::new_within(self.reading.words.doc, tokens);
        let of_head = self.of_head(tokens);
        let first = self.all.len();
        for number in of_head.clone() {
            let mention = self.layer.mentions[number];
            match mention.tokens.range().find_map(|token| self.row(&tree, token, tokens)) {
                None => self.all.push(Entry { mention, of_head: Some(number), links: Vec::new() }),
                Some(TriggerRow { sense: None, .. }) => {}
                Some(TriggerRow { sense: Some(sense), .. }) => {
                    let mention = told_as(mention, *sense);
                    self.all.push(Entry { mention, of_head: Some(number), links: Vec::new() });
                }
            }
        }
        for token in tokens.range() {
            let is_free = self.layer.mentions[of_head.clone()].iter().all(|known| !known.tokens.contains_token(token));
            let row = if is_free { self.row(&tree, token, tokens) } else { None };
            let Some((sense, n_words)) = row.and_then(|row| Some((row.sense?, row.words.len()))) else { continue };
            let links = self.parties(&tree, token, n_words, tokens);
            if links.is_empty() {
                continue;
            }
            let mention = self.added(&tree, token, n_words, sense);
            self.all.push(Entry { mention, of_head: None, links });
        }
        self.all[first..].sort_by_key(|entry| entry.mention.tokens);
    }

    /// The row that speaks of a word here.
    fn row(&self, tree: &Tree<'_>, token: usize, sentence: TokenRange) -> Option<&TriggerRow> {
        let words = &self.reading.words;
        let lemma = words.doc.lemmas.get(token).to_lowercase();
        let upos = words.doc.upos.get(token).copied();
        if matches!(upos, Some(Upos::Propn | Upos::Aux | Upos::Punct)) {
            return None;
        }
        self.reading.lexicon.triggers.of(&lemma, words.lower(token)).find(|row| {
            let is_right_class = !row.verbs_only || upos == Some(Upos::Verb);
            let has_rest = row.words[1..].iter().enumerate().all(|(at, word)| {
                let hangs = || tree.dependents(token).any(|below| self.is_word(below, word));
                self.is_word(token + 1 + at, word) || hangs()
            });
            is_right_class && has_rest && row.needs.iter().all(|need| self.has(token, need, sentence))
        })
    }

    fn is_word(&self, token: usize, word: &str) -> bool {
        let words = &self.reading.words;
        let is_plural = |lower: &str| lower.strip_prefix(word).is_some_and(|end| matches!(end, "s" | "es"));
        let lemma = |token: usize| words.doc.lemmas.get(token).to_lowercase();
        token < words.len() && (words.lower(token) == word || lemma(token) == word || is_plural(words.lower(token)))
    }

    /// Whether what a row asks for stands in the sentence; on one side of the trigger where a side is given, and then it has to hang on it as well.
    fn has(&self, trigger: usize, need: &Need, sentence: TokenRange) -> bool {
        let doc = self.reading.words.doc;
        let range = match need.side {
            Side::Before => sentence.start as usize..trigger,
            Side::After => trigger + 1..sentence.end as usize,
            Side::Either => sentence.range(),
        };
        let is_clause = |at: usize| doc.deprels[at] == Deprel::Conj && doc.upos.get(at) == Some(&Upos::Verb);
        let hangs = |token: usize| {
            let up = std::iter::successors(Some(token), |&at| doc.head(at).filter(|_| !is_clause(at)));
            up.skip(1).take(DEPTH).any(|head| head == trigger)
        };
        need.alternatives.iter().any(|words| {
            range.clone().any(|at| {
                let stands = words.iter().enumerate().all(|(place, word)| self.is_word(at + place, word));
                stands && at + words.len() <= range.end && (need.side == Side::Either || hangs(at))
            })
        })
    }

    /// Who takes part in what a word evokes, as far as they are somebody of whom the article tells who they are.
    fn parties(
        &mut self,
        tree: &Tree<'_>,
        trigger: usize,
        n_words: usize,
        sentence: TokenRange,
    ) -> Vec<(u32, LinkRole)> {
        let mut links = Vec::new();
        for (head, role) in sides(self.reading, tree, trigger, n_words) {
            let tokens = tree.phrase(head, sentence);
            let is_known = self.reading.who.of(tree.doc, tokens).is_some()
                || self
                    .reading
                    .mentions
                    .within(tokens.start as usize, tokens.end as usize)
                    .iter()
                    .any(|known| known.place().is_some());
            let known = self.spans.iter().position(|span| span.kind == EventSpanKind::Party && span.tokens == tokens);
            if !is_known || tokens.contains_token(trigger) {
                continue;
            }
            let span = known.unwrap_or_else(|| {
                let kind = EventSpanKind::Party;
                self.spans.push(EventSpan { kind, tokens, probability: 1.0, sector: None, sector_probability: 0.0 });
                self.spans.len() - 1
            });
            links.push((u32::try_from(span).expect("a document has fewer than 2^32 tokens"), role));
        }
        links
    }

    fn added(&self, tree: &Tree<'_>, token: usize, n_words: usize, sense: Sense) -> EventMention {
        let stands_behind = |words: usize| (1..words).all(|at| tree.head(token + at) == Some(token));
        let end = token + if stands_behind(n_words) { n_words } else { 1 };
        let has = |relation: Deprel, words: &[&str]| {
            tree.dependents(token)
                .any(|below| tree.relation(below) == relation && words.contains(&self.reading.words.lower(below)))
        };
        let is_planned =
            has(Deprel::Aux, &["will", "'ll", "would", "shall", "may", "might"]) || has(Deprel::Mark, &["to"]);
        let unread = EventMention {
            tokens: TokenRange::new(token, end),
            event_type: sense.event_type,
            probability: ADDED,
            cameo: "",
            mode: None,
            status: if is_planned { EventStatus::Planned } else { EventStatus::Occurred },
            status_probability: ADDED,
            historical: false,
            contexts: Contexts::default(),
            same: None,
            same_probability: 0.0,
        };
        told_as(unread, sense)
    }

    /// The layer anew: numbers of triggers have moved.
    fn written(self) -> EventMentions {
        let mut place_of = vec![None; self.layer.mentions.len()];
        for (place, entry) in self.all.iter().enumerate() {
            if let Some(number) = entry.of_head {
                place_of[number] = u32::try_from(place).ok();
            }
        }
        let mut written = EventMentions { spans: self.spans, ..EventMentions::default() };
        for (place, entry) in self.all.into_iter().enumerate() {
            let place = u32::try_from(place).expect("a document has fewer than 2^32 tokens");
            let same = entry.mention.same.and_then(|same| place_of[same as usize]);
            written.mentions.push(EventMention { same, ..entry.mention });
            let of_head = entry.of_head.map_or(&[][..], |number| self.layer.links_of(number));
            written.links.extend(of_head.iter().map(|link| EventLink { mention: place, ..*link }));
            let added = entry.links.into_iter();
            written.links.extend(added.map(|(span, role)| EventLink {
                mention: place,
                span,
                role,
                probability: ADDED,
            }));
        }
        written
    }
}

/// A trigger with type, code and mode of the codebook. A row that names the type alone leaves a code of that type as the head reads it.
fn told_as(mention: EventMention, sense: Sense) -> EventMention {
    let is_same = mention.event_type == sense.event_type && !mention.cameo.is_empty();
    let cameo = sense
        .cameo
        .unwrap_or_else(|| if is_same { mention.cameo } else { Ontology::embedded().root_of(sense.event_type) });
    let mode = sense.mode.or(mention.mode.filter(|_| is_same && sense.cameo.is_none_or(|code| code == mention.cameo)));
    EventMention { event_type: sense.event_type, cameo, mode, ..mention }
}

/// The heads of the phrases on the two sides of what a word evokes.
fn sides(reading: &Reading<'_, '_>, tree: &Tree<'_>, trigger: usize, n_words: usize) -> Vec<(usize, LinkRole)> {
    let words = &reading.words;
    let is_passive = tree.dependent(trigger, &[Deprel::NsubjPass, Deprel::AuxPass]).is_some();
    let mut found = Vec::new();
    for below in tree.dependents(trigger) {
        let case = tree.preposition(below);
        // "wave | off | the envoys", whatever the tree makes of the trigger's last word.
        let is_object = case.is_some_and(|at| at > trigger && at < trigger + n_words);
        let preposition = case.map_or("", |at| words.lower(at));
        let role = match tree.relation(below) {
            Deprel::Nsubj | Deprel::NmodPoss | Deprel::OblAgent => LinkRole::Actor,
            Deprel::NsubjPass | Deprel::Obj | Deprel::Iobj => LinkRole::Recipient,
            Deprel::Obl | Deprel::Nmod if preposition == "by" => LinkRole::Actor,
            Deprel::Obl | Deprel::Nmod if is_object || TOWARDS.contains(&preposition) => LinkRole::Recipient,
            _ => continue,
        };
        found.push((below, role));
    }
    // "Norway condemned and | shunned | Chad", "wants to | shun | Chad": who acts stands by the verb before.
    let has_actor = found.iter().any(|(_, role)| *role == LinkRole::Actor);
    if !has_actor && !is_passive && matches!(tree.relation(trigger), Deprel::Conj | Deprel::Xcomp) {
        let subject = tree.head(trigger).and_then(|head| tree.dependent(head, &[Deprel::Nsubj]));
        found.extend(subject.map(|subject| (subject, LinkRole::Actor)));
    }
    found
}
