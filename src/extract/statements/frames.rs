//! From a cue to a statement's parts: what stands before it, behind it, or on both sides, and to whom it was said.

use crate::extract::dates;
use crate::extract::lexicon::{CueFrame, CueRule, Opening, PlaceForm, VerbForm, WordClass};
use crate::extract::reading::Reading;
use crate::finding::{StatementKind, When};
use crate::text::TokenRange;

use super::sources::{self, Source};

/// Tokens that indirect content has at most: a sentence of thousands of words is not read to its end for every cue in it.
const CONTENT_LIMIT: usize = 300;

/// Tokens that an addressee or an adjunct ("in a statement to parliament") has at most.
const ADJUNCT_LIMIT: usize = 14;

/// The parts of a statement that stand in the sentence of its cue.
#[derive(Debug)]
pub(super) struct Frame<'r> {
    pub(super) rule: &'r CueRule,
    pub(super) cue: TokenRange,
    pub(super) source: Source,
    pub(super) content: Vec<TokenRange>,
    pub(super) addressee: Option<TokenRange>,
    pub(super) when: Option<When>,
    /// Quotations that became content, by index.
    pub(super) quotes: Vec<usize>,
}

/// Reads the sentence around a cue. `taken` tells which quotations are content already.
pub(super) fn read<'r>(
    reading: &'r Reading<'_, '_>,
    (length, form, rule): (usize, VerbForm, &'r CueRule),
    idx: usize,
    sentence: TokenRange,
    taken: &[bool],
) -> Option<Frame<'r>> {
    let sentence = TokenRange::new(after_dateline(reading, sentence), sentence.end as usize);
    let reader = Reader { reading, rule, cue: TokenRange::new(idx, idx + length), sentence, taken };
    if rule.frame == CueFrame::Per { reader.per() } else { reader.verb(form) }
}

struct Reader<'r, 't, 'a, 'd> {
    reading: &'r Reading<'a, 'd>,
    rule: &'r CueRule,
    cue: TokenRange,
    sentence: TokenRange,
    taken: &'t [bool],
}

/// Content found on one side of the cue.
struct Side {
    content: TokenRange,
    quote: Option<usize>,
}

impl<'r> Reader<'r, '_, '_, '_> {
    fn start(&self) -> usize {
        self.sentence.start as usize
    }

    fn end(&self) -> usize {
        self.sentence.end as usize
    }

    fn verb(&self, form: VerbForm) -> Option<Frame<'r>> {
        let words = &self.reading.words;
        let cue_start = self.cue.start as usize;
        let cue_end = self.cue.end as usize;
        if self.is_noun(cue_start, form) {
            return None;
        }
        if form == VerbForm::Past && self.rule.frame != CueFrame::Say && self.is_passive(cue_start) {
            return None;
        }
        // "…," said X
        if let Some(quote) = self.quote_before(cue_start)
            && let Some(source) = sources::right(self.reading, cue_end, self.end())
        {
            let side = self.content_before(quote);
            let (addressee, when, after) = self.behind(source.end as usize, false);
            return Some(self.frame(Source::Words(source), vec![Some(side), after], addressee, when));
        }
        let source = sources::left(self.reading, cue_start, form, self.start())?;
        let frame_start = match source {
            Source::Words(range) => range.start as usize,
            Source::Inherited => cue_start,
        };
        // "…," X said
        if let Some(quote) = self.quote_before(frame_start) {
            let side = self.content_before(quote);
            let (addressee, when, after) = self.behind(cue_end, false);
            return Some(self.frame(source, vec![Some(side), after], addressee, when));
        }
        let (addressee, when, after) = self.behind(cue_end, true);
        if let Some(after) = after {
            return Some(self.frame(source, vec![Some(after)], addressee, when));
        }
        // …, X said
        let has_comma = frame_start > self.start() + 1 && words.eq(frame_start - 1, ",");
        if self.rule.postposed && has_comma && source != Source::Inherited {
            let from = self.start().max(frame_start.saturating_sub(CONTENT_LIMIT));
            let before = self.reading.trim(from, frame_start).map(|content| Side { content, quote: None });
            // "In spite of the storm, X said, the ferry will sail"; not "…, X said, according to Y".
            let goes_on = words.eq(cue_end, ",") && !self.cuts(cue_end, cue_end, None);
            let rest = goes_on.then(|| self.clause(cue_end + 1)).flatten();
            return Some(self.frame(source, vec![before, rest], addressee, when));
        }
        None
    }

    /// "three demands", "the claim": a form that may be a noun, behind a word that no verb follows.
    fn is_noun(&self, verb: usize, form: VerbForm) -> bool {
        let words = &self.reading.words;
        if !matches!(form, VerbForm::Third | VerbForm::Base) || verb == self.start() {
            return false;
        }
        let before = verb - 1;
        let is_closed =
            words.is(before, WordClass::DETERMINER.or(WordClass::PREPOSITION)) || words.is_possessive(before);
        let place = self.reading.mentions.ending_at(verb).and_then(|mention| mention.place());
        is_closed || is_count(words.lower(before)) || place.is_some_and(|(_, form)| form == PlaceForm::Adjective)
    }

    /// "was accused of": the subject is not the source.
    fn is_passive(&self, verb: usize) -> bool {
        let words = &self.reading.words;
        let floor = self.start().max(verb.saturating_sub(3));
        (floor..verb)
            .rev()
            .any(|idx| matches!(words.lower(idx), "was" | "were" | "been" | "being" | "be" | "is" | "are"))
    }

    fn frame(
        &self,
        source: Source,
        sides: Vec<Option<Side>>,
        addressee: Option<TokenRange>,
        when: Option<When>,
    ) -> Frame<'r> {
        let sides: Vec<Side> = sides.into_iter().flatten().collect();
        let quotes = sides.iter().filter_map(|side| side.quote).collect();
        let mut content: Vec<TokenRange> = sides.into_iter().map(|side| side.content).collect();
        content.sort_unstable();
        Frame { rule: self.rule, cue: self.cue, source, content, addressee, when, quotes }
    }

    /// A quotation that ends right before the frame, with or without a comma between, and is not content yet.
    fn quote_before(&self, frame_start: usize) -> Option<usize> {
        let words = &self.reading.words;
        let mut end = frame_start;
        while end > 0
            && (words.eq(end - 1, ",") || words.is_stop(end - 1))
            && self.reading.quote_ending_at(end).is_none()
        {
            end -= 1;
        }
        let quote = self.reading.quote_ending_at(end)?;
        (end > self.start() && !self.taken[quote]).then_some(quote)
    }

    /// The quotation before the frame: alone where it begins the sentence, else with what leads into it.
    fn content_before(&self, quote: usize) -> Side {
        let stretch = self.reading.quotes[quote];
        let inner_start = stretch.inner.start as usize;
        let inner_end = stretch.inner.end as usize;
        let open = stretch.open;
        let leads_in = open > self.start() && !self.is_introduced(open);
        let start = if leads_in { self.start().max(open.saturating_sub(CONTENT_LIMIT)) } else { inner_start };
        let words = &self.reading.words;
        let end = if words.eq(inner_end - 1, ",") && inner_end > start + 1 { inner_end - 1 } else { inner_end };
        Side { content: TokenRange::new(start, end), quote: Some(quote) }
    }

    /// A colon or comma right before a mark: the quotation stands by itself.
    fn is_introduced(&self, open: usize) -> bool {
        matches!(self.reading.words.text(open - 1), ":" | ",")
    }

    /// Addressee, time and content behind a cue or an inverted source. Without `indirect`, only a quotation is content.
    fn behind(&self, from: usize, indirect: bool) -> (Option<TokenRange>, Option<When>, Option<Side>) {
        let words = &self.reading.words;
        let mut at = from;
        let mut addressee = None;
        let mut when = None;
        if matches!(self.rule.frame, CueFrame::Tell | CueFrame::Urge) && !self.opens(at, indirect) {
            addressee = self.addressee(at);
            at = addressee.map_or(at, |range| range.end as usize);
        }
        while at < self.end() {
            if words.is(at, WordClass::ADVERB) && !words.is(at, WordClass::NEGATION) || words.lower(at).ends_with("ly")
            {
                at += 1;
            } else if let Some((date, end)) = self.date(at) {
                when = Some(date);
                at = end;
            } else {
                break;
            }
        }
        let content = self.content_at(at, indirect).or_else(|| self.after_adjunct(at, indirect));
        (addressee, when.or_else(|| self.late_date(at, content.is_none())), content)
    }

    /// "on Sunday": the expression and where it ends.
    fn date(&self, at: usize) -> Option<(When, usize)> {
        let words = &self.reading.words;
        let from = if words.eq(at, "on") { at + 1 } else { at };
        let to = self.end().min(from + 3);
        let found = dates::find(words, TokenRange::new(from.min(to), to), self.reading.published);
        let date = found.first().filter(|date| date.tokens.start as usize == from)?;
        let end = date.tokens.end as usize;
        Some((When { tokens: TokenRange::new(at, end), date: Some(date.value) }, end))
    }

    /// "said in a speech on Sunday": a date behind a cue that has nothing else behind it.
    fn late_date(&self, at: usize, is_last: bool) -> Option<When> {
        let words = &self.reading.words;
        if !is_last {
            return None;
        }
        let stop = (at..self.end().min(at + ADJUNCT_LIMIT)).find(|&idx| words.eq(idx, ",")).unwrap_or(at);
        (at..stop).find_map(|idx| self.date(idx)).map(|(when, _)| when)
    }

    /// Whether content may begin here.
    fn opens(&self, at: usize, indirect: bool) -> bool {
        let words = &self.reading.words;
        let is_quote = self.reading.quote_opening_at(at).is_some();
        let is_mark = matches!(words.text(at), ":" | ",") || words.is_stop(at);
        let is_listed = indirect
            && self.rule.opens.iter().any(|opening| match *opening {
                Opening::Clause => matches!(words.lower(at), "that" | "if" | "whether" | "how" | "why" | "what"),
                Opening::To => words.eq(at, "to") || words.eq(at, "not") && words.eq(at + 1, "to"),
                Opening::Preposition(word) => words.eq(at, word),
                Opening::NounPhrase | Opening::Quote => false,
            });
        is_quote || is_mark || is_listed
    }

    /// The object of "told" and "urged": a pronoun, else up to what opens the content.
    fn addressee(&self, at: usize) -> Option<TokenRange> {
        let words = &self.reading.words;
        if words.is(at, WordClass::PRONOUN_PERSON) {
            return Some(TokenRange::new(at, at + 1));
        }
        let limit = self.end().min(at + ADJUNCT_LIMIT);
        let mut end = at;
        while end < limit && !self.ends_addressee(at, end) {
            // "NRB's “Morning Desk”": a title behind a possessive belongs to the name.
            end = match self.reading.quote_opening_at(end) {
                Some(quote) if end > at && words.is_possessive(end - 1) => self.reading.quotes[quote].end,
                _ => end + 1,
            };
        }
        (end > at && end <= limit).then(|| TokenRange::new(at, end))
    }

    fn ends_addressee(&self, from: usize, at: usize) -> bool {
        let words = &self.reading.words;
        if at == from {
            return false;
        }
        let is_title = self.reading.quote_opening_at(at).is_some() && words.is_possessive(at - 1);
        let is_clause = self.rule.frame == CueFrame::Tell
            && (words.is(at, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING))
                || words.is(at, WordClass::DETERMINER) && !words.is(at - 1, WordClass::PREPOSITION));
        let is_adjunct =
            matches!(words.lower(at), "in" | "on" | "as" | "outside" | "during" | "after" | "before" | "at");
        !is_title && (self.opens(at, true) || is_clause || is_adjunct || words.is(at, WordClass::WEEKDAY))
    }

    /// "in a statement | that …", "to reporters | : “…”": content behind one prepositional phrase.
    fn after_adjunct(&self, at: usize, indirect: bool) -> Option<Side> {
        let words = &self.reading.words;
        if !words.is(at, WordClass::PREPOSITION) && !words.is(at, WordClass::SUBORDINATOR) {
            return None;
        }
        let limit = self.end().min(at + ADJUNCT_LIMIT);
        let next = (at + 1..limit).find(|&idx| {
            words.eq(idx, "that")
                || words.eq(idx, ":")
                || words.eq(idx, ",")
                || self.reading.quote_opening_at(idx).is_some()
        })?;
        if words.eq(next, "that") && !indirect {
            return None;
        }
        self.content_at(next, indirect && words.eq(next, "that"))
    }

    /// Content that begins right here.
    fn content_at(&self, at: usize, indirect: bool) -> Option<Side> {
        let words = &self.reading.words;
        let mut from = at;
        while from < self.end() && matches!(words.text(from), ":" | ",") {
            from += 1;
        }
        let is_cut = from > at;
        if let Some(quote) = self.reading.quote_opening_at(from).filter(|&quote| !self.taken[quote]) {
            return self.quoted(quote, is_cut, indirect);
        }
        if !indirect || words.eq(at, ",") || from >= self.end() {
            return None;
        }
        let opening = self.rule.opens.iter().find(|opening| self.fits(**opening, from, is_cut))?;
        let needs_verb = *opening == Opening::Clause && !self.opens(from, true);
        let content = self.clause(from)?.content;
        let is_plain_verb = matches!(self.rule.lemma, "say" | "add");
        let (start, end) = (content.start as usize, content.end as usize);
        if needs_verb && !is_plain_verb && !self.reading.has_finite_verb(start + 1, end) {
            return None;
        }
        Some(Side { content, quote: None })
    }

    /// Whether the words here can open content in this way.
    fn fits(&self, opening: Opening, at: usize, after_colon: bool) -> bool {
        let words = &self.reading.words;
        let closed = WordClass::PREPOSITION.or(WordClass::ADVERB).or(WordClass::CONJUNCTION).or(WordClass::AUXILIARY);
        let is_clause_word = matches!(words.lower(at), "that" | "if" | "whether" | "how" | "why" | "what");
        match opening {
            Opening::Quote => false,
            Opening::To => words.eq(at, "to") || words.eq(at, "not") && words.eq(at + 1, "to"),
            Opening::Preposition(word) => words.eq(at, word),
            Opening::Clause => {
                is_clause_word || after_colon || !words.is(at, closed) && !words.is_stop(at) && words.is_word(at)
            }
            Opening::NounPhrase => !is_clause_word && !words.is(at, closed) && words.is_word(at) && !words.is_stop(at),
        }
    }

    /// A quotation that opens here: all of the content, or its beginning ("“a long winter” for Oslo if …").
    fn quoted(&self, quote: usize, is_cut: bool, indirect: bool) -> Option<Side> {
        let words = &self.reading.words;
        let stretch = self.reading.quotes[quote];
        let rest = self.reading.trim(stretch.end.min(self.end()), self.end());
        let is_whole = is_cut || stretch.end >= self.end() || rest.is_none() || words.eq(stretch.end - 2, ",");
        if is_whole || !indirect {
            let inner_end = stretch.inner.end as usize;
            let has_comma = words.eq(inner_end - 1, ",") && stretch.inner.len() > 1;
            let content = TokenRange::new(stretch.inner.start as usize, inner_end - usize::from(has_comma));
            return Some(Side { content, quote: Some(quote) });
        }
        self.clause(stretch.open).map(|side| Side { quote: Some(quote), ..side })
    }

    /// Indirect content from here to where its attribution ends.
    fn clause(&self, from: usize) -> Option<Side> {
        let words = &self.reading.words;
        let mut limit = self.end().min(from + CONTENT_LIMIT);
        // A cue in a quoted fragment has its content there: “promised that …,” Brandt said.
        let cue_quote = self.reading.quote_around(self.cue.start as usize);
        if let Some(quote) = cue_quote {
            limit = limit.min(self.reading.quotes[quote].inner.end as usize);
        }
        // A quotation that lost its closing mark runs on behind what looks like the sentence's end.
        if let Some(quote) = limit.checked_sub(1).and_then(|last| self.reading.quote_around(last))
            && cue_quote.is_none()
            && self.reading.quotes[quote].open >= from
        {
            limit = limit.max(self.reading.quotes[quote].end);
        }
        let stop = (from + 1..limit).find(|&idx| self.cuts(idx, from, cue_quote)).unwrap_or(limit);
        let mut end = stop;
        while end > from && (words.is_stop(end - 1) || matches!(words.text(end - 1), "," | ";" | "—" | "–")) {
            end -= 1;
        }
        (end > from).then(|| Side { content: TokenRange::new(from, end), quote: None })
    }

    /// Whether another attribution begins here.
    fn cuts(&self, idx: usize, from: usize, cue_quote: Option<usize>) -> bool {
        let words = &self.reading.words;
        if self.reading.quote_around(idx) != cue_quote {
            return false;
        }
        if words.eq(idx, ",") {
            let next = idx + 1;
            let is_per = words.eq(next, "according") && words.eq(next + 1, "to");
            let is_participle = self.reading.lexicon.cues.at(words, next).any(|(_, form, _)| form == VerbForm::Ing);
            let is_joined = words.is(next, WordClass::CONJUNCTION) && self.has_cue_soon(next + 1);
            let is_new_subject = words.eq(next, "although") || words.eq(next, "while");
            return is_per || is_participle || is_joined || is_new_subject && self.has_cue_soon(next + 1);
        }
        let is_joining = idx > from + 1 && matches!(words.lower(idx), "and" | "but");
        is_joining
            && (self.reading.is_past_cue(idx + 1)
                || words.is(idx + 1, WordClass::ADVERB) && self.reading.is_past_cue(idx + 2))
    }

    /// ", and she urged": a cue within a short subject.
    fn has_cue_soon(&self, from: usize) -> bool {
        let words = &self.reading.words;
        (from..self.end().min(from + 6)).take_while(|&idx| !words.eq(idx, ",")).any(|idx| self.reading.is_past_cue(idx))
    }

    /// "According to X, …" and "…, according to X".
    fn per(&self) -> Option<Frame<'r>> {
        let words = &self.reading.words;
        let (cue_start, cue_end) = (self.cue.start as usize, self.cue.end as usize);
        let source = sources::right(self.reading, cue_end, self.end())?;
        let content = if cue_start == self.start() {
            let comma = (source.end as usize..self.end()).find(|&idx| words.eq(idx, ","))?;
            self.clause(comma + 1)?.content
        } else {
            let from = self.start().max(cue_start.saturating_sub(CONTENT_LIMIT));
            self.reading.trim(from, cue_start)?
        };
        let side = Side { content, quote: None };
        Some(self.frame(Source::Words(source), vec![Some(side)], None, None))
    }
}

/// First token behind "OSLO, March 14 (EXW) -" or "17:40 -": what stands there is said by nobody.
fn after_dateline(reading: &Reading<'_, '_>, sentence: TokenRange) -> usize {
    let words = &reading.words;
    let (start, end) = (sentence.start as usize, sentence.end as usize);
    let first = words.text(start);
    let is_place = first.chars().count() > 2 && first.chars().all(char::is_uppercase);
    let is_time = first.starts_with(|c: char| c.is_ascii_digit()) && first.contains([':', '.']);
    if !(is_place || is_time) {
        return start;
    }
    let limit = end.min(start + if is_time { 3 } else { ADJUNCT_LIMIT });
    let dash = (start..limit).find(|&idx| matches!(words.text(idx), "-" | "–" | "—" | "--") && !words.is_glued(idx));
    dash.map(|dash| dash + 1).filter(|&after| after < end).unwrap_or(start)
}

/// "three", "10": before a noun, not before a verb.
fn is_count(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
        || matches!(word, "two" | "three" | "four" | "five" | "six" | "seven")
}

/// Direct if every word of the content is quoted, indirect if none is, else mixed.
pub(super) fn kind_of(reading: &Reading<'_, '_>, content: &[TokenRange]) -> StatementKind {
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
