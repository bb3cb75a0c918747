//! The document: one text and its layers, as parallel vectors. A layer is complete or empty.
//!
//! Whatever treats all layers alike (forgetting, cutting, appending, asking) takes the document apart field by field, without
//! `..`: a layer that is added and forgotten there does not compile.

use std::ops::Range;

use super::{Deprel, EntityKind, EventMentions, Feats, Lemmas, Span, TokenRange, Upos, Xpos};

/// Which of an article's fields words stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The article's text.
    Text,
    /// A title that came apart from the text.
    Title,
}

/// What stands between a title and the text behind it.
const BLANK_LINE: &str = "\n\n";

/// What a sentence is, as far as the text's layout tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SentenceKind {
    /// Running text.
    Prose,
    /// A headline or heading: findings are allowed, at lower confidence.
    Headline,
    /// Not part of the story (byline, share buttons, comment form, the second copy of a headline): yields nothing.
    Boilerplate,
}

/// One sentence: its tokens, and what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// Its tokens; never empty, and in order without gaps over the document.
    pub tokens: TokenRange,
    /// Prose, headline or boilerplate.
    pub kind: SentenceKind,
    /// Index of the paragraph it stands in, counted from 0.
    pub paragraph: u32,
}

/// A name: a person, body, place, date or the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entity {
    /// Its tokens; never empty, within one sentence.
    pub tokens: TokenRange,
    /// What it names.
    pub kind: EntityKind,
}

/// The part that a stretch of words plays in an attributed statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Who is credited.
    Source,
    /// The words that signal it.
    Cue,
    /// What is said, or a piece of it.
    Content,
}

/// A stretch that plays a part in an attributed statement, as a trained core sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoleSpan {
    /// Its part.
    pub role: Role,
    /// Its tokens; never empty, within one paragraph.
    pub tokens: TokenRange,
    /// Index among the document's roles of what it belongs to: a cue's source, a content's cue. Nothing for a source.
    pub of: Option<u32>,
    /// How sure the core is of the stretch, 0 to 1.
    pub probability: f32,
    /// How sure it is of what the stretch belongs to, 0 to 1.
    pub link_probability: f32,
}

/// A layer of the document, or a few that are filled together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// `Document::tokens`.
    Tokens,
    /// `Document::sentences`, with their paragraphs.
    Sentences,
    /// `Sentence::kind`: headlines and boilerplate told apart from prose.
    SentenceKinds,
    /// `Document::upos`, `Document::xpos` and `Document::feats`.
    Tags,
    /// `Document::lemmas`.
    Lemmas,
    /// `Document::heads` and `Document::deprels`.
    Tree,
    /// `Document::entities`.
    Names,
    /// `Document::roles`.
    Roles,
    /// `Document::events`.
    Events,
}

impl Layer {
    /// Every layer, in the order in which they are filled.
    pub const ALL: [Self; 9] = [
        Self::Tokens,
        Self::Sentences,
        Self::SentenceKinds,
        Self::Tags,
        Self::Lemmas,
        Self::Tree,
        Self::Names,
        Self::Roles,
        Self::Events,
    ];
}

/// A text with its annotation layers.
///
/// `text` is the text as received, behind the title and a blank line where a title came apart from it: one reading serves both, and where a span
/// stands tells its field. Tokens are spans into it, sentences are ranges of tokens. Every further layer
/// (tags, tree, entities) is a vector parallel to `tokens` or a list of token ranges, and is added here.
#[derive(Debug, Clone, Default)]
pub struct Document {
    text: String,
    /// Byte at which the article's text begins; 0 without a title.
    body_start: u32,
    /// The tokens' byte spans, ascending, not overlapping.
    pub tokens: Vec<Span>,
    /// The sentences, ascending; together they cover all tokens.
    pub sentences: Vec<Sentence>,
    /// Part of speech of each token.
    pub upos: Vec<Upos>,
    /// Penn tag of each token.
    pub xpos: Vec<Xpos>,
    /// Morphological features of each token.
    pub feats: Vec<Feats>,
    /// Lemma of each token.
    pub lemmas: Lemmas,
    /// Index of each token's head in the document; the root of a sentence is its own head.
    pub heads: Vec<u32>,
    /// Relation of each token to its head.
    pub deprels: Vec<Deprel>,
    /// Names, ascending, not overlapping.
    pub entities: Vec<Entity>,
    /// Sources, cues and contents, by the paragraph and within it ascending; nothing if no core looked for them.
    pub roles: Option<Vec<RoleSpan>>,
    /// Triggers of events with their parties, dates and places; nothing if no core looked for them.
    pub events: Option<EventMentions>,
}

impl Document {
    /// A document without any layer.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A title and the text that it came apart from, as one document without any layer.
    ///
    /// # Panics
    /// If the title is beyond 4 GiB, which the input limit excludes.
    pub fn titled(title: &str, body: &str) -> Self {
        let start = title.len() + BLANK_LINE.len();
        let body_start = u32::try_from(start).expect("articles are smaller than 4 GiB");
        Self { text: [title, BLANK_LINE, body].concat(), body_start, ..Self::default() }
    }

    /// All of it: the text as received, behind the title where there is one.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The article's text as received.
    pub fn body(&self) -> &str {
        &self.text[self.body_start as usize..]
    }

    /// The title as received, where it came apart from the text.
    pub fn title(&self) -> Option<&str> {
        self.text[..self.body_start as usize].strip_suffix(BLANK_LINE)
    }

    /// The field that a token stands in.
    pub fn field_of(&self, token_idx: usize) -> Field {
        if self.tokens[token_idx].start < self.body_start { Field::Title } else { Field::Text }
    }

    /// The field that a span begins in, and the span in that field's own bytes.
    pub fn place(&self, span: Span) -> (Field, Span) {
        match (span.start.checked_sub(self.body_start), span.end.checked_sub(self.body_start)) {
            (Some(start), Some(end)) => (Field::Text, Span { start, end }),
            _ => {
                let title_end = self.title().map_or(0, str::len);
                (Field::Title, Span::new(span.start as usize, title_end.min(span.end as usize)))
            }
        }
    }

    /// The sentences of the article's text.
    pub fn body_sentences(&self) -> &[Sentence] {
        &self.sentences[self.n_title_sentences()..]
    }

    /// How many of the sentences are the title's; they come first.
    pub fn n_title_sentences(&self) -> usize {
        let is_of_title = |sentence: &Sentence| self.field_of(sentence.tokens.start as usize) == Field::Title;
        self.sentences.partition_point(is_of_title)
    }

    /// The words of a span.
    pub fn slice(&self, span: Span) -> &str {
        super::work::count(1 + span.len());
        &self.text[span.range()]
    }

    /// The words of a token.
    pub fn token_text(&self, token_idx: usize) -> &str {
        self.slice(self.tokens[token_idx])
    }

    /// The bytes that a token range covers, from its first token's start to its last token's end.
    ///
    /// # Panics
    /// If the range is empty or out of bounds.
    pub fn span_of(&self, range: TokenRange) -> Span {
        debug_assert!(!range.is_empty(), "an empty token range has no span");
        Span { start: self.tokens[range.start as usize].start, end: self.tokens[range.end as usize - 1].end }
    }

    /// The words of a token range, as they stand in the text.
    pub fn range_text(&self, range: TokenRange) -> &str {
        self.slice(self.span_of(range))
    }

    /// Index of the sentence that holds a token.
    pub fn sentence_of(&self, token_idx: usize) -> usize {
        super::work::count(1);
        self.sentences.partition_point(|sentence| sentence.tokens.end as usize <= token_idx)
    }

    /// The paragraph of a token, by number.
    pub fn paragraph_of(&self, token_idx: usize) -> u32 {
        self.sentences[self.sentence_of(token_idx)].paragraph
    }

    /// The head of a token in the tree; nothing for the root of a sentence.
    pub fn head(&self, token_idx: usize) -> Option<usize> {
        let head = self.heads[token_idx] as usize;
        (head != token_idx).then_some(head)
    }

    /// The name around a token.
    pub fn entity_at(&self, token_idx: usize) -> Option<&Entity> {
        super::work::count(1);
        let at = self.entities.partition_point(|entity| entity.tokens.end as usize <= token_idx);
        self.entities.get(at).filter(|entity| entity.tokens.start as usize <= token_idx)
    }

    /// First token that starts at or after a byte offset; the number of tokens if there is none.
    pub fn token_at(&self, byte: usize) -> usize {
        super::work::count(1);
        self.tokens.partition_point(|token| (token.start as usize) < byte)
    }

    /// Whether a layer holds anything.
    pub fn holds(&self, layer: Layer) -> bool {
        let Self {
            text: _,
            body_start: _,
            tokens,
            sentences,
            upos,
            xpos,
            feats,
            lemmas,
            heads,
            deprels,
            entities,
            roles,
            events,
        } = self;
        match layer {
            Layer::Tokens => !tokens.is_empty(),
            Layer::Sentences | Layer::SentenceKinds => !sentences.is_empty(),
            Layer::Tags => !(upos.is_empty() || xpos.is_empty() || feats.is_empty()),
            Layer::Lemmas => !lemmas.is_empty(),
            Layer::Tree => !(heads.is_empty() || deprels.is_empty()),
            Layer::Names => !entities.is_empty(),
            Layer::Roles => roles.as_ref().is_some_and(|roles| !roles.is_empty()),
            Layer::Events => events.as_ref().is_some_and(|events| !events.mentions.is_empty()),
        }
    }

    /// Forgets every layer but tokens and sentences: what a trained core fills.
    pub fn clear_annotations(&mut self) {
        let Self {
            text: _,
            body_start: _,
            tokens: _,
            sentences: _,
            upos,
            xpos,
            feats,
            lemmas,
            heads,
            deprels,
            entities,
            roles,
            events,
        } = self;
        upos.clear();
        xpos.clear();
        feats.clear();
        lemmas.clear();
        heads.clear();
        deprels.clear();
        entities.clear();
        *roles = None;
        *events = None;
    }

    /// Some of the tokens as a document of their own, with their sentences (those at the ends cut short where they reach beyond)
    /// and no other layer. [`Document::append_annotations`] takes what is found in it back.
    pub fn part(&self, tokens: &Range<usize>) -> Self {
        let span = self.span_of(TokenRange::new(tokens.start, tokens.end));
        let mut part = Self::new(self.slice(span));
        part.body_start = self.body_start.saturating_sub(span.start).min(span.end - span.start);
        let moved = |token: &Span| Span { start: token.start - span.start, end: token.end - span.start };
        part.tokens.extend(self.tokens[tokens.clone()].iter().map(moved));
        let sentences = &self.sentences[self.sentence_of(tokens.start)..];
        for sentence in sentences.iter().take_while(|sentence| (sentence.tokens.start as usize) < tokens.end) {
            let range = sentence.tokens.range();
            let (start, end) = (range.start.max(tokens.start), range.end.min(tokens.end));
            let tokens = TokenRange::new(start - tokens.start, end - tokens.start);
            part.sentences.push(Sentence { tokens, ..*sentence });
        }
        part
    }

    /// Puts the layers of a part (all but tokens and sentences, which are here already) behind those of the parts before it.
    /// `first_token` is where the part begins in this document.
    ///
    /// # Panics
    /// If the document has 2^32 tokens or more.
    pub fn append_annotations(&mut self, part: Self, first_token: usize) {
        let first = u32::try_from(first_token).expect("a document has fewer than 2^32 tokens");
        let moved = |tokens: TokenRange| TokenRange { start: tokens.start + first, end: tokens.end + first };
        let Self {
            text: _,
            body_start: _,
            tokens: _,
            sentences: _,
            upos,
            xpos,
            feats,
            lemmas,
            heads,
            deprels,
            entities,
            roles,
            events,
        } = part;
        self.upos.extend(upos);
        self.xpos.extend(xpos);
        self.feats.extend(feats);
        lemmas.iter().for_each(|lemma| self.lemmas.push(lemma));
        self.heads.extend(heads.into_iter().map(|head| head + first));
        self.deprels.extend(deprels);
        self.entities.extend(entities.into_iter().map(|entity| Entity { tokens: moved(entity.tokens), ..entity }));
        if let Some(roles) = roles {
            let all = self.roles.get_or_insert_with(Vec::new);
            let before = u32::try_from(all.len()).expect("a document has fewer than 2^32 roles");
            all.extend(roles.into_iter().map(|role| RoleSpan {
                tokens: moved(role.tokens),
                of: role.of.map(|other| other + before),
                ..role
            }));
        }
        if let Some(events) = events {
            self.events.get_or_insert_with(EventMentions::default).append(events, first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Contexts, EventLink, EventMention, EventSpan, EventSpanKind, EventStatus, EventType, LinkRole};

    /// Two sentences of three tokens, with something in every layer.
    fn filled() -> Document {
        let mut doc = Document::new("Berg said so Tarn did not");
        let mut start = 0;
        for word in doc.text.split(' ') {
            doc.tokens.push(Span::new(start, start + word.len()));
            start += word.len() + 1;
        }
        for (first, paragraph) in [(0, 0), (3, 1)] {
            let tokens = TokenRange::new(first, first + 3);
            doc.sentences.push(Sentence { tokens, kind: SentenceKind::Prose, paragraph });
        }
        for lemma in ["Berg", "say", "so", "Tarn", "do", "not"] {
            doc.lemmas.push(lemma);
        }
        let parsed = |label: &str| label.parse().expect("a label of the layer");
        doc.upos = ["PROPN", "VERB", "ADV", "PROPN", "AUX", "PART"].map(|tag| tag.parse().expect("a tag")).to_vec();
        doc.xpos = ["NNP", "VBD", "RB", "NNP", "VBD", "RB"].map(|tag| tag.parse().expect("a tag")).to_vec();
        doc.feats = vec!["_".parse().expect("no features"); 6];
        doc.heads = vec![1, 1, 1, 4, 4, 4];
        doc.deprels = vec![Deprel::Root; 6];
        doc.entities = [0, 3].map(|at| Entity { tokens: TokenRange::new(at, at + 1), kind: parsed("PER") }).to_vec();
        let role = |role, at, of| RoleSpan {
            role,
            tokens: TokenRange { start: at, end: at + 1 },
            of,
            probability: 0.5,
            link_probability: 0.5,
        };
        let roles = [0, 1].map(|n: u32| [role(Role::Source, 3 * n, None), role(Role::Cue, 3 * n + 1, Some(2 * n))]);
        doc.roles = Some(roles.concat());
        let events = [0, 1].map(|n| events(3 * n, n));
        let [mut events, second] = events;
        events.mentions.extend(second.mentions);
        events.spans.extend(second.spans);
        events.links.extend(second.links);
        doc.events = Some(events);
        doc
    }

    /// An event whose trigger stands behind its party, which stands at a token; each is the `n`th of its kind.
    fn events(at: u32, n: u32) -> EventMentions {
        let word = |at: u32| TokenRange { start: at, end: at + 1 };
        let mention = EventMention {
            tokens: word(at + 1),
            event_type: EventType::Accuse,
            probability: 0.5,
            cameo: "112",
            mode: None,
            status: EventStatus::Occurred,
            status_probability: 0.5,
            historical: false,
            contexts: Contexts::default(),
            same: Some(n),
            same_probability: 0.5,
        };
        let kind = EventSpanKind::Party;
        let span = EventSpan { kind, tokens: word(at), probability: 0.5, sector: None, sector_probability: 0.5 };
        let link = EventLink { mention: n, span: n, role: LinkRole::Actor, probability: 0.5 };
        EventMentions { mentions: vec![mention], spans: vec![span], links: vec![link], chances: None }
    }

    #[test]
    fn parts_put_together_are_the_document() {
        let whole = filled();
        assert_eq!(Layer::ALL.iter().find(|layer| !whole.holds(**layer)), None, "this test fills every layer");
        let mut again = whole.clone();
        again.clear_annotations();
        let kept = Layer::ALL.iter().filter(|layer| again.holds(**layer)).count();
        assert_eq!(kept, 3, "tokens, sentences and their kinds stay");
        for (range, heads, of) in [(0..3, [1, 1, 1], 0), (3..6, [1, 1, 1], 0)] {
            let mut part = whole.part(&range);
            assert_eq!(
                (part.tokens.len(), part.sentences.len(), part.sentences[0].tokens),
                (3, 1, TokenRange::new(0, 3))
            );
            part.upos = whole.upos[range.clone()].to_vec();
            part.xpos = whole.xpos[range.clone()].to_vec();
            part.feats = whole.feats[range.clone()].to_vec();
            range.clone().for_each(|token| part.lemmas.push(whole.lemmas.get(token)));
            part.heads = heads.to_vec();
            part.deprels = whole.deprels[range.clone()].to_vec();
            part.entities = vec![Entity { tokens: TokenRange::new(0, 1), ..whole.entities[0] }];
            let roles = &whole.roles.as_ref().expect("roles")[..2];
            part.roles = Some(roles.iter().map(|role| RoleSpan { of: role.of.map(|_| of), ..*role }).collect());
            part.events = Some(events(0, 0));
            again.append_annotations(part, range.start);
        }
        assert_eq!(format!("{again:?}"), format!("{whole:?}"));
    }

    #[test]
    fn where_a_span_stands_tells_its_field() {
        let doc = Document::titled("Über uns", "Wir.");
        assert_eq!((doc.title(), doc.body(), doc.text()), (Some("Über uns"), "Wir.", "Über uns\n\nWir."));
        let place = |start, end| doc.place(Span { start, end });
        assert_eq!(place(6, 9), (Field::Title, Span { start: 6, end: 9 }));
        assert_eq!(place(11, 14), (Field::Text, Span { start: 0, end: 3 }));
        assert_eq!(place(6, 14), (Field::Title, Span { start: 6, end: 9 }), "a span ends with its field");
        let untitled = Document::new("Wir.");
        assert_eq!((untitled.title(), untitled.body()), (None, "Wir."));
        assert_eq!(untitled.place(Span { start: 0, end: 3 }), (Field::Text, Span { start: 0, end: 3 }));
    }
}
