//! Statements from the roles that a trained core found: spans and links become sources, cues and contents.
//!
//! The core decides what is said where; this decides what makes a statement: a cue with content. What the core reads by
//! the paragraph is joined over paragraphs here, since a quotation may go on in the next one.

use crate::extract::reading::Reading;
use crate::text::{Role, RoleSpan, SentenceKind, TokenRange};

use super::speakers::SpeakerResolver;
use super::{Attitude, Cue, Field, Statement, StatementKind};

/// Paragraphs on that a quotation without a cue of its own goes on with the statement before it.
const CONTINUATION: u32 = 1;

/// What the core says of one statement. Ranges point into the document.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub(super) cue: TokenRange,
    pub(super) source: Option<TokenRange>,
    /// In order; never empty.
    pub(super) content: Vec<TokenRange>,
    /// How sure the core is of the spans and of the links between them, 0 to 1.
    pub(super) share: f32,
}

/// The statements among the roles of a document, in the order of their cues.
pub(super) fn find(reading: &Reading<'_, '_>, roles: &[RoleSpan]) -> Vec<Found> {
    let doc = reading.words.doc;
    let paragraph_of = |token: u32| doc.sentences[doc.sentence_of(token as usize)].paragraph;
    let is_story = |span: &RoleSpan| {
        let sentence = doc.sentences[doc.sentence_of(span.tokens.start as usize)];
        sentence.kind != SentenceKind::Boilerplate
    };
    // By cue: its contents, in order since the roles are.
    let mut contents: Vec<Vec<&RoleSpan>> = vec![Vec::new(); roles.len()];
    let mut last_cue: Option<usize> = None;
    for span in roles.iter().filter(|span| span.role == Role::Content && is_story(span)) {
        let cue = span.of.map(|cue| cue as usize).or_else(|| {
            let last = last_cue?;
            let end = contents[last].last().map_or(roles[last].tokens.end, |piece| piece.tokens.end);
            let gap = paragraph_of(span.tokens.start).saturating_sub(paragraph_of(end - 1));
            let is_quoted = reading.quote_around(span.tokens.start as usize).is_some();
            (is_quoted && gap <= CONTINUATION).then_some(last)
        });
        if let Some(cue) = cue {
            contents[cue].push(span);
            last_cue = Some(cue);
        }
    }
    let mut found = Vec::new();
    for (place, cue) in roles.iter().enumerate() {
        let pieces = &contents[place];
        if cue.role != Role::Cue || pieces.is_empty() || !is_story(cue) {
            continue;
        }
        let source = cue.of.map(|source| &roles[source as usize]);
        let shares = pieces.iter().map(|piece| piece.share * piece.link_share).fold(1.0, f32::min);
        let share = cue.share * shares * cue.link_share * source.map_or(1.0, |source| source.share);
        found.push(Found {
            cue: cue.tokens,
            source: source.map(|source| source.tokens),
            content: pieces.iter().map(|piece| piece.tokens).collect(),
            share,
        });
    }
    found
}

/// The statement with its speaker.
pub(super) fn statement(
    reading: &Reading<'_, '_>,
    field: Field,
    found: Found,
    resolver: &mut SpeakerResolver,
) -> Statement {
    let words = &reading.words;
    let rule = found.cue.range().find_map(|idx| reading.lexicon.cues.at(words, idx).next()).map(|(_, _, rule)| rule);
    let last_word = || words.lower(found.cue.end as usize - 1).to_owned();
    Statement {
        field,
        sentence: words.doc.sentence_of(found.cue.start as usize),
        kind: StatementKind::Indirect,
        attitude: rule.map_or(Attitude::Speech, |rule| rule.attitude),
        source: found.source,
        speaker: found.source.map(|source| resolver.resolve(reading, source)),
        cue: Some(Cue { tokens: found.cue, lemma: rule.map_or_else(last_word, |rule| rule.lemma.to_owned()) }),
        content: found.content,
        addressees: Vec::new(),
        when: None,
        via: None,
        inside: None,
        confidence: found.share,
    }
}

/// Which tokens the core's statements have taken.
pub(super) struct Covered {
    cues: Vec<bool>,
    contents: Vec<bool>,
}

impl Covered {
    pub(super) fn by(n_tokens: usize, found: &[Found]) -> Self {
        let mut covered = Self { cues: vec![false; n_tokens], contents: vec![false; n_tokens] };
        for statement in found {
            covered.cues[statement.cue.range()].fill(true);
            for piece in &statement.content {
                covered.contents[piece.range()].fill(true);
            }
        }
        covered
    }

    /// Whether a statement of the rules says what the core does not: its cue is no cue of the core's, and it either stands in
    /// the words of another or has most of its content to itself.
    pub(super) fn leaves_room_for(&self, statement: &Statement) -> bool {
        let cue = statement.cue.as_ref().map(|cue| cue.tokens.range());
        if cue.clone().is_some_and(|cue| self.cues[cue].contains(&true)) {
            return false;
        }
        if cue.is_some_and(|cue| self.contents[cue.start]) {
            return true;
        }
        let tokens = || statement.content.iter().flat_map(|piece| piece.range());
        2 * tokens().filter(|token| self.contents[*token]).count() < tokens().count()
    }
}
