//! Listed cues that the core overlooked, by the tree: a verb of saying with a subject that can speak and the complement that the table
//! allows. Most stand in the contents of others, which the core was not taught (PolNeAR annotates no inner statements).

use std::collections::HashMap;

use crate::extract::families::{Family, Without};
use crate::extract::lexicon::{CueFrame, CueRule, Opening, Reliability, VerbForm, WordClass};
use crate::extract::reading::Reading;
use crate::finding::{Attitude, Statement, StatementKind};
use crate::text::{Deprel, Document, SentenceKind, TokenRange, Upos, Xpos};

use super::super::parts::Parts;
use super::super::tree;
use super::covered::Covered;

/// Tokens before a verb among which its modal stands: "would also have welcomed".
const MODAL_REACH: usize = 5;

/// Tokens before a verb among which its subject's head stands.
const SUBJECT_REACH: usize = 20;

/// Tokens between "quoted" and "as saying".
const QUOTED_REACH: usize = 14;

/// The statements of these cues.
pub(in super::super) fn find(reading: &Reading<'_, '_>, covered: &Covered, without: Without) -> Vec<Statement> {
    let doc = reading.words.doc;
    if doc.heads.is_empty() || doc.upos.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (number, sentence) in doc.sentences.iter().enumerate() {
        if !reading.is_story(number) || sentence.tokens.len() > tree::LONGEST_SENTENCE {
            continue;
        }
        for idx in sentence.tokens.range() {
            let is_verb = doc.upos[idx] == Upos::Verb;
            let by_verb = || if is_verb { read(reading, idx, sentence.tokens) } else { None };
            let Some(parts) = according_to(reading, idx, sentence.tokens).or_else(by_verb) else { continue };
            let cue = TokenRange::new(idx, idx + 1);
            let is_inner = covered.is_content(cue);
            let family = if is_inner { Family::Inner } else { Family::Overlooked };
            if covered.has_cue_at(cue) || !without.runs(family) {
                continue;
            }
            if !is_inner && !parts.content.iter().all(|piece| covered.is_mostly_free(*piece)) {
                continue;
            }
            let mut statement = parts.statement(reading);
            let confidence = match (is_inner, statement.kind) {
                (false, _) => Reliability::BesideCore,
                (true, StatementKind::Direct) => Reliability::StatementDirect,
                (true, StatementKind::Mixed) => Reliability::StatementMixed,
                (true, StatementKind::Indirect) => Reliability::StatementIndirect,
            };
            let is_headline = sentence.kind == SentenceKind::Headline;
            let confidence = if is_headline { Reliability::Headline } else { confidence };
            statement.confidence = reading.lexicon.confidence(confidence);
            found.push(statement);
        }
    }
    found
}

/// Adds what was found to the statements; an outlet that only relayed one of them ("…, X said, according to the agency Y") becomes its `via`.
pub(in super::super) fn add(reading: &Reading<'_, '_>, statements: &mut Vec<Statement>, found: Vec<Statement>) {
    let mut in_sentence: HashMap<usize, Vec<usize>> = HashMap::new();
    for (number, statement) in statements.iter().enumerate() {
        in_sentence.entry(statement.sentence).or_default().push(number);
    }
    for rescued in found {
        let is_per = rescued.cue.as_ref().is_some_and(|cue| reading.words.eq(cue.tokens.start as usize, "according"));
        let outlet = rescued.source.filter(|&source| is_per && reading.is_outlet(source));
        let is_relayed = |&number: &usize| {
            statements[number].cue.as_ref().is_some_and(|cue| {
                rescued.content.iter().any(|piece| piece.contains(cue.tokens))
                    && reading.quote_around(cue.tokens.start as usize).is_none()
            })
        };
        let near = outlet.and_then(|_| in_sentence.get(&rescued.sentence));
        match near.and_then(|near| near.iter().copied().find(is_relayed)) {
            Some(known) => statements[known].via = statements[known].via.or(outlet),
            None => statements.push(rescued),
        }
    }
}

/// The parts around a listed verb.
fn read(reading: &Reading<'_, '_>, verb: usize, sentence: TokenRange) -> Option<Parts> {
    let doc = reading.words.doc;
    let rules = reading.lexicon.cues.at(&reading.words, verb).filter(|(_, _, rule)| rule.frame != CueFrame::Per);
    let (cue, content) =
        rules.filter(|(length, _, _)| verb + length <= sentence.end as usize).find_map(|(length, form, rule)| {
            let cue = TokenRange::new(verb, verb + length);
            let is_passive = form == VerbForm::Past
                && (sentence.range()).any(|idx| doc.deprels[idx] == Deprel::AuxPass && doc.head(idx) == Some(verb));
            if is_passive { None } else { content(reading, cue, rule).map(|content| (cue, content)) }
        })?;
    let source = source(reading, cue)?;
    // A cue in somebody's quotation has its content there: “promised that …” last week.
    let end = reading.quote_around(verb).map_or(content.end, |quote| reading.quotes[quote].inner.end.min(content.end));
    let content = TokenRange { start: content.start.min(end), end };
    if content.is_empty() || is_unreal_judgment(reading, cue, content) {
        return None;
    }
    // "An inquiry concluded that …": with a clause for content whatever is the subject speaks.
    let is_clause = content.range().any(|idx| doc.deprels[idx] == Deprel::Ccomp && doc.head(idx) == Some(verb));
    (!source.overlaps(content) && (is_clause || can_speak(reading, source))).then(|| Parts {
        source: Some(source),
        cue: Some(cue),
        content: vec![content],
    })
}

/// "they would welcome progress": no judgment has been passed.
fn is_unreal_judgment(reading: &Reading<'_, '_>, cue: TokenRange, content: TokenRange) -> bool {
    let doc = reading.words.doc;
    let verb = cue.start as usize;
    let (_, attitude) = reading.lexicon.attitude_of(&reading.words, cue, Some(content.start as usize));
    let is_modal = |idx: usize| doc.xpos[idx] == Xpos::Md && doc.head(idx) == Some(verb);
    attitude == Attitude::Evaluation && (verb.saturating_sub(MODAL_REACH)..verb).any(is_modal)
}

/// "According to X, …" and "…, according to X": what stands on the other side of the sentence.
fn according_to(reading: &Reading<'_, '_>, idx: usize, sentence: TokenRange) -> Option<Parts> {
    let (words, doc) = (&reading.words, reading.words.doc);
    if !words.eq(idx, "according") || !words.eq(idx + 1, "to") {
        return None;
    }
    let cue = TokenRange::new(idx, idx + 2);
    let top = doc.head(idx).filter(|head| *head > idx + 1 && sentence.contains_token(*head))?;
    let mut source = TokenRange { start: cue.end, ..tree::phrase_around(doc, top, cue) };
    while source.end > source.start && !words.is_word(source.end as usize - 1) {
        source.end -= 1;
    }
    // "said that, according to X, it was unsafe": what is said comes behind.
    let leads_in = idx == sentence.start as usize
        || idx > 1
            && words.eq(idx - 1, ",")
            && (words.eq(idx - 2, "that") || words.is(idx - 2, WordClass::SUBORDINATOR));
    let (mut start, mut end) = if leads_in { (source.end, sentence.end) } else { (sentence.start, cue.start) };
    while start < end && !words.is_word(start as usize) && reading.quote_opening_at(start as usize).is_none() {
        start += 1;
    }
    while start < end && !words.is_word(end as usize - 1) && reading.quote_ending_at(end as usize).is_none() {
        end -= 1;
    }
    let content = TokenRange { start, end };
    (source.end > source.start && end > start && !content.overlaps(source) && can_speak(reading, source))
        .then(|| Parts { source: Some(source), cue: Some(cue), content: vec![content] })
}

/// What the verb says, in one of the forms that its row in the table allows.
fn content(reading: &Reading<'_, '_>, cue: TokenRange, rule: &CueRule) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let governed = |relations: &[Deprel]| tree::governed(doc, cue, relations);
    if rule.frame == CueFrame::Object {
        let object = governed(&[Deprel::Obj]).map(|object| whole_object(doc, cue, object));
        // "what it described | as a trick"
        let as_what = || {
            let phrase = governed(&[Deprel::Obl, Deprel::Advcl, Deprel::Xcomp])?;
            let word = Opening::Preposition("as");
            (phrase.start == cue.end && rule.opens.contains(&word) && reading.words.eq(phrase.start as usize, "as"))
                .then_some(phrase)
        };
        return object.or_else(as_what);
    }
    rule.opens.iter().find_map(|opening| match *opening {
        Opening::Clause => governed(&[Deprel::Ccomp]),
        Opening::To => to_do(reading, cue, rule.frame),
        Opening::NounPhrase => governed(&[Deprel::Obj]),
        Opening::Quote => governed(&[Deprel::Ccomp, Deprel::Parataxis, Deprel::Obj])
            .filter(|quoted| reading.quote_opening_at(quoted.start as usize).is_some()),
        Opening::Preposition("that") => {
            governed(&[Deprel::Ccomp]).filter(|clause| reading.words.eq(clause.start as usize, "that"))
        }
        Opening::Preposition(word) => governed(&[Deprel::Obl, Deprel::Advcl, Deprel::Nmod, Deprel::Obj])
            .filter(|phrase| phrase.start == cue.end && reading.words.eq(phrase.start as usize, word)),
    })
}

/// "pledged | to rebuild it"; behind an addressee the parser may hang the infinitive on him: "called on Denmark | to reopen it".
fn to_do(reading: &Reading<'_, '_>, cue: TokenRange, frame: CueFrame) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let is_to = |phrase: &TokenRange| doc.xpos[phrase.start as usize] == Xpos::To;
    let own = tree::governed(doc, cue, &[Deprel::Xcomp]).filter(is_to);
    let of_urging = || {
        let addressee = tree::governed(doc, cue, &[Deprel::Obj, Deprel::Obl])?;
        let to = addressee.range().find(|&idx| doc.xpos[idx] == Xpos::To);
        let inside = to.and_then(|to| tree::phrase_behind(doc, TokenRange::new(to, to), doc.head(to)?));
        inside.or_else(|| tree::governed(doc, cue, &[Deprel::Advcl, Deprel::Acl]).filter(is_to))
    };
    // "confessed | to plotting": a clause behind a preposition.
    let behind_preposition = || {
        let is_doing = |phrase: &TokenRange| doc.xpos.get(phrase.start as usize + 1) == Some(&Xpos::Vbg);
        let clause = tree::governed(doc, cue, &[Deprel::Advcl])?;
        (reading.words.eq(clause.start as usize, "to") && is_doing(&clause)).then_some(clause)
    };
    own.or_else(behind_preposition).or_else(|| if frame == CueFrame::Urge { of_urging() } else { None })
}

/// "accused | Denmark of closing the harbor": the object and what is said of it.
fn whole_object(doc: &Document, cue: TokenRange, object: TokenRange) -> TokenRange {
    let said = [Deprel::Xcomp, Deprel::Ccomp, Deprel::Advcl, Deprel::Obl];
    match tree::governed(doc, TokenRange { start: cue.start, end: cue.end }, &said) {
        Some(rest) if rest.start == object.end => TokenRange { start: object.start, end: rest.end },
        _ => object,
    }
}

/// Who says it: the subject; of "a petition from X demanding", what it stands beside; of "quoted X as saying", X.
fn source(reading: &Reading<'_, '_>, cue: TokenRange) -> Option<TokenRange> {
    let doc = reading.words.doc;
    let verb = cue.start as usize;
    if let Some(quoted) = quoted_as(reading, verb) {
        return Some(quoted);
    }
    let by_noun = || {
        let head = doc.head(verb).filter(|head| *head < verb && doc.deprels[verb] == Deprel::Acl)?;
        (doc.xpos[verb] == Xpos::Vbg).then(|| TokenRange { end: cue.start, ..tree::phrase_around(doc, head, cue) })
    };
    // "says it | is asking", "Norway | called for restraint": the parser takes "it" for empty, and a past form for a participle.
    let misread = || {
        let from = (reading.sentence_around(verb).start as usize).max(verb.saturating_sub(SUBJECT_REACH));
        let is_subject =
            |idx: &usize| matches!(doc.deprels[*idx], Deprel::Expl | Deprel::NsubjPass) && doc.head(*idx) == Some(verb);
        (from..verb).find(is_subject).map(|idx| tree::phrase_around(doc, idx, cue))
    };
    // "The paper reported | the minister | claimed …": the parser makes him an object of the verb before.
    let between = || {
        let above = doc.head(verb).filter(|&above| above < verb && doc.deprels[verb] == Deprel::Ccomp)?;
        let is_object = |idx: &usize| doc.deprels[*idx] == Deprel::Iobj && doc.head(*idx) == Some(above);
        (above + 1..verb).find(is_object).map(|idx| tree::phrase_around(doc, idx, cue))
    };
    tree::subject(doc, cue).or_else(by_noun).or_else(misread).or_else(between)
}

/// "The paper quoted | X | as saying", "X was quoted by the paper as saying": X.
pub(in super::super) fn quoted_as(reading: &Reading<'_, '_>, saying: usize) -> Option<TokenRange> {
    let (words, doc) = (&reading.words, reading.words.doc);
    let is_saying = matches!(words.lower(saying), "saying" | "telling" | "stating" | "warning");
    if !is_saying || saying == 0 || !words.eq(saying - 1, "as") {
        return None;
    }
    let start = (reading.sentence_around(saying).start as usize).max(saying.saturating_sub(QUOTED_REACH));
    let is_quoting = |&idx: &usize| {
        matches!(words.lower(idx), "quoted" | "quotes" | "quoting" | "quote" | "cited" | "cites" | "citing" | "cite")
    };
    let quoting = (start..saying).rev().find(is_quoting)?;
    let of_passive = (reading.sentence_around(quoting).start as usize..quoting)
        .rev()
        .take(QUOTED_REACH)
        .find(|&idx| doc.deprels.get(idx) == Some(&Deprel::NsubjPass) && doc.head(idx) == Some(quoting));
    match of_passive {
        Some(subject) => Some(tree::phrase_around(doc, subject, TokenRange::new(quoting, quoting + 1))),
        None => (quoting + 1 < saying - 1).then(|| TokenRange::new(quoting + 1, saying - 1)),
    }
}

/// People, bodies, states and what they write can speak.
pub(super) fn can_speak(reading: &Reading<'_, '_>, source: TokenRange) -> bool {
    let words = &reading.words;
    let pronouns = WordClass::PRONOUN_PERSON.or(WordClass::PRONOUN_THING).or(WordClass::RELATIVE);
    let is_pronoun = source.len() == 1 && words.is(source.start as usize, pronouns);
    let is_named = || !reading.mentions.within(source.start as usize, source.end as usize).is_empty();
    let by_core = || source.range().any(|idx| words.doc.entity_at(idx).is_some());
    let is_writing = || source.range().any(|idx| words.is(idx, WordClass::OCCASION));
    is_pronoun || is_named() || by_core() || is_writing() || reading.is_outlet(source)
}
