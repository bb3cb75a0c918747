//! Attributed statements: a *source* (who is credited), a *cue* (the words of saying), the *content* (what was said).
//!
//! Where a trained core has read the document, what it found is joined to statements (`learned`) and completed by the rules.
//! Rules over words: cues from a table, subjects by clause boundaries, quotations by their marks. Quotations without a cue
//! continue the statement before them.

mod announced;
mod confidence;
mod details;
mod form;
mod frames;
mod learned;
mod marked;
mod merge;
mod own_words;
mod signed;
mod sources;
mod speakers;
mod transcript;
mod tree;

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::extract::lexicon::WordClass;
use crate::extract::reading::Reading;
use crate::finding::{Attitude, Cue, Statement, StatementKind};
use crate::text::{Deprel, RoleSpan, SentenceKind, TokenRange, Upos};

use confidence::Features;
use frames::Frame;
pub(crate) use sources::{Source, left as subject_left};
use speakers::speaker;

/// Neighbours that are looked at for the statement around another one.
const NESTING_REACH: usize = 12;

/// Confidence below which a statement of the core is more often wrong than worth having.
const LEAST: f32 = 0.2;

/// Confidence from which the core is believed in a headline.
const SURE_IN_HEADLINE: f32 = 0.75;

/// Words that a quotation needs to stand as speech without a cue: a single word in marks is a title or irony.
const UNCUED_WORDS: usize = 3;

/// Finds the statements of one document, in the order of the text. `inside` counts within this list.
pub(crate) fn extract(reading: &Reading<'_, '_>) -> Vec<Statement> {
    let mut statements = match &reading.words.doc.roles {
        Some(roles) => from_core(reading, roles),
        None => from_rules(reading),
    };
    add_turns(reading, &mut statements);
    statements
        .sort_by_key(|statement| (statement.content[0].start.min(start_of(statement)), statement.content[0].start));
    merge::merge(reading, &mut statements);
    link_nested(&mut statements);
    for statement in &mut statements {
        statement.form = form::form_of(reading.words.doc, &statement.content);
    }
    statements
}

/// Puts the turns of a transcript in the place of what was found at their colons; what stands inside of them stays.
fn add_turns(reading: &Reading<'_, '_>, statements: &mut Vec<Statement>) {
    let turns = transcript::find(reading);
    // Turns ascend and do not overlap.
    let turn_at = |token: u32| {
        let after = turns.partition_point(|turn| turn.name.start <= token);
        after.checked_sub(1).map(|at| &turns[at]).filter(|turn| token < turn.content.end)
    };
    statements.retain(|statement| match &statement.cue {
        Some(cue) => turn_at(cue.tokens.start).is_none_or(|turn| !turn.mark.overlaps(cue.tokens)),
        None => turn_at(statement.content[0].start).is_none(),
    });
    let confidence = reading.lexicon.confidence("transcript");
    statements.extend(turns.iter().map(|turn| turn.statement(reading, confidence)));
}

/// What the rules find by themselves: all there is where no trained core has read the document.
fn from_rules(reading: &Reading<'_, '_>) -> Vec<Statement> {
    let mut taken = vec![false; reading.quotes.len()];
    let signed = signed::find(reading);
    signed.iter().for_each(|signed| taken[signed.quote] = true);
    let mut frames = find_frames(reading, &mut taken);
    let vias = take_relays(reading, &mut frames);
    let mut statements = assemble(reading, frames, vias);
    // A signature names its speaker, whoever spoke before.
    let of_signature = |signed: &signed::Signed| signed.marked.statement(reading, 0.0);
    statements.extend(signed.iter().map(of_signature));
    statements.sort_by_key(start_of);
    continue_quotations(reading, &mut taken, &mut statements);
    for statement in &mut statements {
        statement.kind = frames::kind_of(reading, &statement.content);
        statement.confidence = confidence_of_rule(reading, statement);
    }
    statements
}

/// What the trained core found, and what the rules find beside it: statements inside of others, which the core was not
/// taught, and speech that it overlooked.
fn from_core(reading: &Reading<'_, '_>, roles: &[RoleSpan]) -> Vec<Statement> {
    let signed = signed::find(reading);
    let found = learned::find(reading, roles, &signed);
    let covered = learned::Covered::by(reading.words.len(), &found);
    let by_rule = from_rules(reading);
    let cues = ByToken::of(by_rule.iter().map(|rule| rule.cue.as_ref().map(|cue| cue.tokens)));
    let relays = ByToken::of(by_rule.iter().map(|rule| rule.via));
    let mut statements = Vec::new();
    for mut found in found {
        // "…, X said, according to the agency Y": the core credits whoever stands last, the rule knows that Y only relayed it.
        let relayed = found.source.and_then(|source| relays.first_within(source));
        if let Some(Statement { cue: Some(cue), source, content, .. }) = relayed.map(|rule| &by_rule[rule]) {
            if covered.has_cue_at(cue.tokens) {
                continue;
            }
            (found.cue, found.source) = (cue.tokens, *source);
            found.content.clone_from(content);
        }
        let same = cues.first_within(found.cue).map(|rule| &by_rule[rule]);
        let shares = found.shares;
        let mut statement = learned::statement(reading, found);
        if let Some(same) = same {
            learned::complete(&mut statement, same);
        }
        let features = Features::of(reading, &statement, &shares, same.is_some());
        statement.confidence = features.probability(reading);
        statement.features = features.into();
        if statement.confidence >= LEAST && !is_doubtful_headline(reading, &statement) {
            statements.push(statement);
        }
    }
    for mut other in by_rule.into_iter().filter(|statement| covered.leaves_room_for(statement)) {
        learned::widen_to_marks(reading, &mut other.content);
        if !covered.holds_cue_of(&other) {
            other.confidence = other.confidence.min(reading.lexicon.confidence("beside_core"));
        }
        statements.push(other);
    }
    let own_words = own_words::find(reading, &statements);
    statements.extend(own_words);
    statements
}

/// Which of some ranges, by number, holds a token; the first where several do. A look-up costs no more in a long document.
struct ByToken(HashMap<u32, usize>);

impl ByToken {
    fn of(ranges: impl Iterator<Item = Option<TokenRange>>) -> Self {
        let mut places = HashMap::new();
        for (number, range) in ranges.enumerate() {
            for token in range.into_iter().flat_map(|range| range.start..range.end) {
                places.entry(token).or_insert(number);
            }
        }
        Self(places)
    }

    /// The first range of which a token lies among these.
    fn first_within(&self, tokens: TokenRange) -> Option<usize> {
        (tokens.start..tokens.end).filter_map(|token| self.0.get(&token).copied()).min()
    }
}

/// Headlines tell what happened in verbs that elsewhere may be cues ("Norway expels three"): the core must be sure.
fn is_doubtful_headline(reading: &Reading<'_, '_>, statement: &Statement) -> bool {
    let is_headline = reading.words.doc.sentences[statement.sentence].kind == SentenceKind::Headline;
    is_headline && statement.confidence < SURE_IN_HEADLINE
}

fn start_of(statement: &Statement) -> u32 {
    statement.cue.as_ref().map_or(u32::MAX, |cue| cue.tokens.start)
}

/// Every cue with its parts, in order.
fn find_frames<'r>(reading: &'r Reading<'_, '_>, taken: &mut [bool]) -> Vec<Frame<'r>> {
    let words = &reading.words;
    let mut frames = Vec::new();
    for (sentence_idx, sentence) in words.doc.sentences.iter().enumerate() {
        if !reading.is_story(sentence_idx) {
            continue;
        }
        let mut idx = sentence.tokens.start as usize;
        while idx < sentence.tokens.end as usize {
            let found = if is_own_speech(reading, idx) || is_in_name(reading, idx) || is_no_verb(reading, idx) {
                None
            } else {
                reading
                    .lexicon
                    .cues
                    .at(words, idx)
                    .find_map(|rule| frames::read(reading, rule, idx, sentence.tokens, taken))
            };
            match found.filter(|frame| !frame.content.is_empty()) {
                Some(frame) => {
                    idx = frame.cue.end as usize;
                    for &quote in &frame.quotes {
                        taken[quote] = true;
                    }
                    frames.push(frame);
                }
                None => idx += 1,
            }
        }
    }
    frames
}

/// Inside somebody's quoted sentence the cues are the speaker's own words; a fragment that begins with its cue is not.
fn is_own_speech(reading: &Reading<'_, '_>, idx: usize) -> bool {
    reading.quote_around(idx).is_some_and(|quote| {
        let stretch = reading.quotes[quote];
        stretch.begins_sentence || stretch.open + 1 != idx
    })
}

/// "State" of "State Department" is no verb.
fn is_in_name(reading: &Reading<'_, '_>, idx: usize) -> bool {
    reading.mentions.around(idx).is_some()
}

/// "state troopers", "the alleged terrorist": what the core takes for a noun or an attribute says nothing, whatever verb it looks like. A noun
/// before a preposition may ("calls for").
fn is_no_verb(reading: &Reading<'_, '_>, idx: usize) -> bool {
    let doc = reading.words.doc;
    match (doc.upos.get(idx), doc.deprels.get(idx)) {
        (Some(Upos::Noun | Upos::Propn), Some(_)) => !reading.words.is(idx + 1, WordClass::PREPOSITION),
        (Some(Upos::Adj | Upos::Verb), Some(relation)) => *relation == Deprel::Amod,
        _ => false,
    }
}

/// Takes "…, according to the agency X" out where the sentence has its speaker already: X only relayed it.
fn take_relays<'r>(reading: &Reading<'_, '_>, frames: &mut Vec<Frame<'r>>) -> Vec<(TokenRange, TokenRange)> {
    let mut relays = Vec::new();
    let mut kept: Vec<Frame<'r>> = Vec::with_capacity(frames.len());
    for frame in frames.drain(..) {
        let is_per = frame.rule.frame == crate::extract::lexicon::CueFrame::Per;
        let relayed = kept.last().map(|before| before.cue).filter(|cue| {
            is_per && reading.sentence_around(cue.start as usize).contains(frame.cue) && cue.start < frame.cue.start
        });
        match (relayed, frame.source) {
            (Some(cue), Source::Words(source)) if is_outlet(reading, source) => relays.push((cue, source)),
            _ => kept.push(frame),
        }
    }
    *frames = kept;
    relays
}

fn is_outlet(reading: &Reading<'_, '_>, source: TokenRange) -> bool {
    source.range().any(|idx| reading.lexicon.bodies.is_outlet(reading.words.lower(idx)))
}

fn assemble(
    reading: &Reading<'_, '_>,
    frames: Vec<Frame<'_>>,
    relays: Vec<(TokenRange, TokenRange)>,
) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for frame in frames {
        let sentence = reading.words.doc.sentence_of(frame.cue.start as usize);
        let (source, speaker) = match frame.source {
            Source::Words(range) => (range, speaker(reading, range)),
            // Shared subject: the statement before, in the same sentence, has it.
            Source::Inherited => match statements.last() {
                Some(before) if before.sentence == sentence => match before.source {
                    Some(range) => (range, speaker(reading, range)),
                    None => continue,
                },
                _ => match subject_of_sentence(reading, sentence, frame.cue.start as usize) {
                    Some(range) => (range, speaker(reading, range)),
                    None => continue,
                },
            },
        };
        let relay = relays.iter().find(|(cue, _)| *cue == frame.cue).map(|(_, outlet)| *outlet);
        let said = details::details(reading, Some(source), frame.cue, &frame.content);
        let behind = frame.content.iter().map(|piece| piece.start).find(|start| *start >= frame.cue.end);
        let (lemma, attitude) = reading.lexicon.attitude_of(&reading.words, frame.cue, behind.map(|at| at as usize));
        statements.push(Statement {
            sentence,
            kind: StatementKind::Indirect,
            attitude,
            source: Some(source),
            speaker: Some(speaker),
            cue: Some(Cue { tokens: frame.cue, lemma }),
            content: frame.content,
            addressees: frame.addressee.map_or(said.addressees, |addressee| vec![addressee]),
            when: frame.when.or(said.when),
            occasion: said.occasion,
            via: relay.or(said.via),
            form: None,
            inside: None,
            confidence: 0.0,
            speakers: Vec::new(),
            features: Vec::new(),
        });
    }
    statements
}

/// The first name, pronoun or office of a sentence, for a verb that shares its subject with one that is no cue.
fn subject_of_sentence(reading: &Reading<'_, '_>, sentence: usize, before: usize) -> Option<TokenRange> {
    let start = reading.words.doc.sentences[sentence].tokens.start as usize;
    if reading.words.is(start, WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING)) {
        return Some(TokenRange::new(start, start + 1));
    }
    let inside = reading.mentions.within(start, before);
    let first = inside.first()?;
    if reading.words.is(start, WordClass::PREPOSITION) {
        return None;
    }
    // "President X", "the Danish trade ministry": mentions side by side are one phrase.
    let mut end = first.end();
    for next in &inside[1..] {
        if next.start() != end {
            break;
        }
        end = next.end();
    }
    Some(TokenRange::new(first.start(), end))
}

/// Quoted sentences that no cue claimed: they go on with the statement before, or stand alone with the last speaker.
fn continue_quotations(reading: &Reading<'_, '_>, taken: &mut [bool], statements: &mut Vec<Statement>) {
    let sentences = &reading.words.doc.sentences;
    let n_title_sentences = reading.words.doc.n_title_sentences();
    let mut added: Vec<Statement> = Vec::new();
    // Statements are in the order of their cues; the last one whose cue lies before the quotation is the one that goes on.
    let mut next = 0;
    let mut current: Option<usize> = None;
    for (index, quote) in reading.quotes.iter().enumerate() {
        while next < statements.len() && start_of(&statements[next]) < quote.inner.start {
            current = Some(next);
            next += 1;
        }
        let sentence = reading.words.doc.sentence_of(quote.open);
        let n_words = quote.inner.range().filter(|&idx| reading.words.is_word(idx)).count();
        if taken[index] || !quote.begins_sentence || !reading.is_story(sentence) || n_words < UNCUED_WORDS {
            continue;
        }
        if sentences[sentence].kind == SentenceKind::Headline || has_words_behind(reading, quote.end) {
            continue;
        }
        // What a headline quotes does not go on in the text.
        let begins_behind_title = |index: &usize| statements[*index].sentence >= n_title_sentences;
        let Some(current) = current.filter(begins_behind_title) else { continue };
        let last_token = statements[current].content.iter().map(|range| range.end).max().unwrap_or(0);
        let last_token = last_token.max(statements[current].cue.as_ref().map_or(0, |cue| cue.tokens.end));
        let last_sentence = reading.words.doc.sentence_of(last_token.saturating_sub(1) as usize);
        let gap = sentences[sentence].paragraph.saturating_sub(sentences[last_sentence].paragraph);
        let is_near = sentence.saturating_sub(last_sentence) <= 2;
        taken[index] = true;
        if gap == 0 && is_near
            || quote.continues
            || gap == 1 && is_near && has_direct_content(reading, &statements[current])
        {
            statements[current].content.push(quote.inner);
        } else if gap <= 2 {
            added.push(Statement {
                sentence,
                attitude: Attitude::Speech,
                kind: StatementKind::Direct,
                cue: None,
                content: vec![quote.inner],
                addressees: Vec::new(),
                when: None,
                occasion: None,
                via: None,
                form: None,
                inside: None,
                ..statements[current].clone()
            });
        }
    }
    statements.append(&mut added);
}

/// Whether the sentence goes on behind a quotation: then it is part of that sentence, not speech of its own.
fn has_words_behind(reading: &Reading<'_, '_>, end: usize) -> bool {
    if end == 0 || end >= reading.words.len() {
        return false;
    }
    let sentence_end = reading.sentence_around(end - 1).end as usize;
    (end..sentence_end.min(end + 40)).any(|idx| reading.words.is_word(idx))
}

fn has_direct_content(reading: &Reading<'_, '_>, statement: &Statement) -> bool {
    statement.content.iter().any(|range| reading.quote_around(range.start as usize).is_some())
}

/// Links each statement to the smallest one whose content holds its cue. Only what says more holds another (of two that say as much, the
/// earlier): whoever walks up comes to an end, also where two statements stand in each other's words.
fn link_nested(statements: &mut [Statement]) {
    let rank =
        |index: usize| (statements[index].content.iter().map(|piece| piece.len()).sum::<usize>(), Reverse(index));
    let ranks: Vec<(usize, Reverse<usize>)> = (0..statements.len()).map(rank).collect();
    for index in 0..statements.len() {
        let Some(cue) = statements[index].cue.as_ref().map(|cue| cue.tokens) else { continue };
        let from = index.saturating_sub(NESTING_REACH);
        let to = statements.len().min(index + NESTING_REACH);
        let holds = |other: usize| {
            let pieces = &statements[other].content;
            pieces
                .iter()
                .find(|piece| ranks[other] > ranks[index] && piece.contains(cue))
                .map(|piece| (piece.len(), other))
        };
        statements[index].inside = (from..to).filter_map(holds).min().map(|(_, other)| other);
    }
}

fn confidence_of_rule(reading: &Reading<'_, '_>, statement: &Statement) -> f32 {
    let lexicon = reading.lexicon;
    if reading.words.doc.sentences[statement.sentence].kind == SentenceKind::Headline {
        return lexicon.confidence("headline");
    }
    let rule = match (statement.kind, &statement.cue) {
        (_, None) => "statement_uncued",
        (StatementKind::Direct, _) => "statement_direct",
        (StatementKind::Mixed, _) => "statement_mixed",
        (StatementKind::Indirect, _) if statement.attitude == Attitude::Evaluation => "statement_object",
        (StatementKind::Indirect, _) => "statement_indirect",
    };
    lexicon.confidence(rule)
}
