//! From source, cue and content, whoever found them, to a statement: how the words are given, what the source does with them, and what the
//! sentence says beside: to whom it was said, when, on what occasion, and which outlet relayed it.

use crate::extract::dates::{self, Tense};
use crate::extract::lexicon::{CueFrame, WordClass};
use crate::extract::reading::Reading;
use crate::finding::{Attitude, Cue, Statement, StatementKind, When};
use crate::text::TokenRange;

use super::sources;

/// Tokens that an addressee or an occasion ("in a statement to parliament") has at most.
const PHRASE_LIMIT: usize = 14;

/// Tokens around the parts that are looked through: beyond, the sentence speaks of other things.
const REACH: usize = 60;

/// The parts that are found; the speaker and the confidence come later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) source: Option<TokenRange>,
    pub(super) cue: Option<TokenRange>,
    /// In order; never empty.
    pub(super) content: Vec<TokenRange>,
}

impl Parts {
    /// The statement that they make, without speaker and confidence. A mark that serves as cue (a dash, a colon) has no circumstances.
    pub(super) fn statement(self, reading: &Reading<'_, '_>) -> Statement {
        let words = &reading.words;
        let Self { source, cue, content } = self;
        let kind = kind_of(reading, &content);
        let (mut said, mut attitude, mut named) = (Details::default(), Attitude::Speech, None);
        if let Some(tokens) = cue {
            let behind = content.iter().map(|piece| piece.start).find(|start| *start >= tokens.end);
            let (lemma, known) = reading.lexicon.attitude_of(words, tokens, behind.map(|at| at as usize));
            attitude = known;
            named = Some(Cue { tokens, lemma });
            if tokens.range().any(|idx| words.is_word(idx)) {
                said = details(reading, source, tokens, &content);
            }
        }
        // A mark shows nothing of what was said.
        let of_words = cue.filter(|cue| cue.range().any(|idx| words.is_word(idx)));
        let shown = of_words.map_or(content[0].start, |cue| cue.start);
        Statement {
            sentence: words.doc.sentence_of(shown as usize),
            kind,
            attitude,
            source,
            speaker: None,
            speakers: Vec::new(),
            cue: named,
            content,
            form: None,
            addressees: said.addressees,
            when: said.when,
            occasion: said.occasion,
            via: said.via,
            inside: None,
            confidence: 0.0,
            features: Vec::new(),
        }
    }
}

/// Direct if every word of the content is quoted, indirect if none is, else mixed.
fn kind_of(reading: &Reading<'_, '_>, content: &[TokenRange]) -> StatementKind {
    let mut n_words = 0;
    let mut n_quoted = 0;
    for idx in content.iter().flat_map(|range| range.range()).filter(|&idx| reading.words.is_word(idx)) {
        n_words += 1;
        n_quoted += usize::from(reading.quote_around(idx).is_some());
    }
    match n_quoted {
        0 => StatementKind::Indirect,
        n if n == n_words => StatementKind::Direct,
        _ => StatementKind::Mixed,
    }
}

/// The circumstances of a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Details {
    /// To whom: "reporters", "NRB's Morning Desk".
    addressees: Vec<TokenRange>,
    /// "on Sunday".
    when: Option<When>,
    /// The outlet that relayed it: "Tass" in "…, according to Tass".
    via: Option<TokenRange>,
    /// "in a statement", "at a news conference".
    occasion: Option<TokenRange>,
}

/// Reads the details of a statement off the words of its sentence that are none of its parts.
fn details(reading: &Reading<'_, '_>, source: Option<TokenRange>, cue: TokenRange, content: &[TokenRange]) -> Details {
    let sentence = reading.sentence_around(cue.start as usize);
    let circumstances = Circumstances { reading, source, cue, content };
    let gaps = circumstances.gaps(sentence);
    let mut details = Details { via: gaps.iter().find_map(|&gap| circumstances.relay(gap)), ..Details::default() };
    for gap in circumstances.neighbors(&gaps) {
        details.occasion = details.occasion.or_else(|| circumstances.occasion(gap, details.via));
        details.when = details.when.take().or_else(|| circumstances.when(gap));
    }
    details.addressees.extend(circumstances.object(&gaps).or_else(|| circumstances.urged()));
    if details.addressees.is_empty() {
        details.addressees.extend(gaps.iter().find_map(|&gap| circumstances.dative(gap)));
    }
    details
}

struct Circumstances<'r, 'a, 'd> {
    reading: &'r Reading<'a, 'd>,
    source: Option<TokenRange>,
    cue: TokenRange,
    content: &'r [TokenRange],
}

impl Circumstances<'_, '_, '_> {
    /// The stretches of the sentence that are neither source, cue nor content, and in nobody's quotation.
    fn gaps(&self, sentence: TokenRange) -> Vec<TokenRange> {
        let cue = (self.cue.start as usize, self.cue.end as usize);
        let start = (sentence.start as usize).max(cue.0.saturating_sub(REACH));
        let end = (sentence.end as usize).min(cue.1 + REACH);
        let is_part = |idx: usize| {
            self.cue.contains_token(idx)
                || self.source.is_some_and(|source| source.contains_token(idx))
                || self.content.iter().any(|piece| piece.contains_token(idx))
        };
        let mut gaps = Vec::new();
        let mut open = None;
        for idx in start..=end {
            let is_free = idx < end && !is_part(idx);
            match (is_free, open) {
                (true, None) => open = Some(idx),
                (false, Some(from)) => {
                    gaps.push(TokenRange::new(from, idx));
                    open = None;
                }
                _ => {}
            }
        }
        gaps
    }

    /// The parts of the gaps that speak of the saying: what follows cue or source up to a comma or a further clause, then what
    /// leads into them ("On Monday, | the envoy said"), unless a verb shows it to be a clause of its own.
    fn neighbors(&self, gaps: &[TokenRange]) -> Vec<TokenRange> {
        let words = &self.reading.words;
        let parts = [Some(self.cue), self.source];
        let parts = || parts.iter().flatten();
        let behind = gaps.iter().filter(|gap| parts().any(|part| part.end == gap.start)).map(|gap| {
            let ends = |idx: usize| {
                matches!(words.text(idx), "," | ";" | "—" | "(")
                    || words.is(idx, WordClass::SUBORDINATOR.or(WordClass::RELATIVE))
            };
            let (start, end) = (gap.start as usize, gap.end as usize);
            // "said the minister, Ana Ruiz, | in a statement": the comma closes what stands before.
            let is_closed = end > start + 1 && words.eq(start, ",") && words.is(start + 1, WordClass::PREPOSITION);
            let start = start + usize::from(is_closed);
            TokenRange::new(start, (start..end).find(|&idx| ends(idx)).unwrap_or(end))
        });
        let before = gaps.iter().copied().filter(|gap| {
            parts().any(|part| part.start == gap.end)
                && !self.reading.has_finite_verb(gap.start as usize, gap.end as usize)
        });
        behind.chain(before).collect()
    }

    /// "told | reporters | on Monday": the object of a cue that has one.
    fn object(&self, gaps: &[TokenRange]) -> Option<TokenRange> {
        let words = &self.reading.words;
        let takes_object = self.cue.range().any(|idx| {
            let mut rules = self.reading.lexicon.cues.at(words, idx);
            rules.next().is_some_and(|(_, _, rule)| matches!(rule.frame, CueFrame::Tell | CueFrame::Urge))
        });
        let gap = gaps.iter().find(|gap| gap.start == self.cue.end).filter(|_| takes_object)?;
        let (from, end) = (gap.start as usize, gap.end as usize);
        if words.is(from, WordClass::PRONOUN_PERSON) {
            return Some(TokenRange::new(from, from + 1));
        }
        let is_phrase = words.is_capitalized(from)
            || words.is_word(from)
                && !words.is(from, WordClass::PREPOSITION.or(WordClass::SUBORDINATOR).or(WordClass::ADVERB));
        is_phrase.then(|| self.phrase(from, end)).flatten()
    }

    /// "urged | the council to meet": who is asked stands at the beginning of what the core takes for the content.
    fn urged(&self) -> Option<TokenRange> {
        let words = &self.reading.words;
        let mut rules = self.cue.range().flat_map(|idx| self.reading.lexicon.cues.at(words, idx));
        let content = self.content.first().filter(|content| content.start == self.cue.end)?;
        let urges = rules.any(|(_, _, rule)| rule.frame == CueFrame::Urge);
        let (start, end) = (content.start as usize, content.end as usize);
        let to = (start..end.min(start + PHRASE_LIMIT)).find(|&idx| words.eq(idx, "to")).filter(|_| urges)?;
        let is_clause = words.is(start, WordClass::SUBORDINATOR) || self.reading.quote_around(start).is_some();
        (to > start && !is_clause && !words.eq(start, "not")).then(|| TokenRange::new(start, to))
    }

    /// "said in a letter | to parliament", "announced | to reporters".
    fn dative(&self, gap: TokenRange) -> Option<TokenRange> {
        let words = &self.reading.words;
        let (start, end) = (gap.start as usize, gap.end as usize);
        let after_cue = gap.start == self.cue.end || self.source.is_some_and(|source| source.end == gap.start);
        let is_to = |idx: usize| words.eq(idx, "to") && !(idx > 0 && words.eq(idx - 1, "according"));
        let to = (start..end).find(|&idx| is_to(idx)).filter(|_| after_cue)?;
        // Right behind the cue a verb may follow: "said to have left".
        let is_phrase = to > start
            || words.is(to + 1, WordClass::DETERMINER.or(WordClass::PRONOUN_PERSON))
            || words.is_capitalized(to + 1)
            || words.lower(to + 1).ends_with('s');
        is_phrase.then(|| self.phrase(to + 1, end)).flatten()
    }

    /// A noun phrase from here to the next comma, clause or adjunct. "NRB's “Morning Desk”": a title behind a possessive belongs
    /// to it.
    fn phrase(&self, from: usize, limit: usize) -> Option<TokenRange> {
        let words = &self.reading.words;
        let limit = limit.min(from + PHRASE_LIMIT);
        let mut end = from;
        while end < limit {
            if let Some(quote) = self.reading.quote_opening_at(end) {
                if end == from || !words.is_possessive(end - 1) {
                    break;
                }
                end = self.reading.quotes[quote].end.min(limit);
                continue;
            }
            let is_adjunct = matches!(
                words.lower(end),
                "in" | "on"
                    | "as"
                    | "outside"
                    | "during"
                    | "after"
                    | "before"
                    | "at"
                    | "by"
                    | "through"
                    | "to"
                    | "that"
            );
            let is_mark = matches!(words.text(end), "," | ":" | ";" | "—" | "–" | "(") || words.is_stop(end);
            let is_day = words.is(end, WordClass::WEEKDAY) || dates::begins(words, end, limit, self.reading.reference);
            // "told reporters he would": the content was taken to begin later than it does.
            let is_clause = end > from && words.is(end, WordClass::PRONOUN_PERSON.or(WordClass::SUBORDINATOR));
            if is_mark || end > from && (is_adjunct || is_day || is_clause) {
                break;
            }
            end += 1;
        }
        while end > from && words.is(end - 1, WordClass::ADVERB.or(WordClass::PREPOSITION)) {
            end -= 1;
        }
        (end > from && (from..end).any(|idx| words.is_word(idx))).then(|| TokenRange::new(from, end))
    }

    /// "on Sunday", "last month".
    fn when(&self, gap: TokenRange) -> Option<When> {
        let words = &self.reading.words;
        let date = dates::find(words, gap, self.reading.reference, Tense::Open).into_iter().next()?;
        let (start, end) = (date.tokens.start as usize, date.tokens.end as usize);
        let has_preposition = start > gap.start as usize && matches!(words.lower(start - 1), "on" | "in");
        Some(When { tokens: TokenRange::new(start - usize::from(has_preposition), end), date: Some(date.period.first) })
    }

    /// "in a statement on Monday", "on Twitter": a preposition, and within a few words what speech is given in.
    fn occasion(&self, gap: TokenRange, via: Option<TokenRange>) -> Option<TokenRange> {
        let words = &self.reading.words;
        let (start, end) = (gap.start as usize, gap.end as usize);
        (start..end).find_map(|at| {
            let opens = matches!(words.lower(at), "in" | "at" | "during" | "on" | "by" | "through" | "via" | "from");
            if !opens || via.is_some_and(|via| via.contains_token(at)) {
                return None;
            }
            let limit = end.min(at + PHRASE_LIMIT);
            let stop = (at + 1..limit)
                .find(|&idx| matches!(words.text(idx), "," | ":" | ";" | "—") || words.is(idx, WordClass::PREPOSITION))
                .unwrap_or(limit);
            let head = (at + 1..stop).rev().find(|&idx| words.is(idx, WordClass::OCCASION))?;
            Some(TokenRange::new(at, head + 1))
        })
    }

    /// "…, according to the agency Tass", "… was quoted by Tass as saying": an outlet beside the source.
    fn relay(&self, gap: TokenRange) -> Option<TokenRange> {
        let words = &self.reading.words;
        let (start, end) = (gap.start as usize, gap.end as usize);
        (start..end).find_map(|at| {
            let is_per = words.eq(at, "according") && words.eq(at + 1, "to");
            let is_by = matches!(words.lower(at), "quoted" | "cited" | "reported" | "carried" | "published")
                && words.eq(at + 1, "by");
            let outlet = if is_per || is_by { sources::right(self.reading, at + 2, end) } else { None };
            outlet.filter(|&outlet| self.is_outlet(outlet, is_by))
        })
    }

    fn is_outlet(&self, range: TokenRange, is_quoted_by: bool) -> bool {
        let words = &self.reading.words;
        let is_named = range.range().any(|idx| self.reading.lexicon.bodies.is_outlet(words.lower(idx)));
        is_named || is_quoted_by && range.range().any(|idx| words.is_capitalized(idx))
    }
}
