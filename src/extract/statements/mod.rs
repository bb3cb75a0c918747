//! Attributed statements: a *source* (who is credited), a *cue* (the words of saying), the *content* (what was said).
//!
//! What the trained core sees is joined to statements (`propose`); rules beside it add what it was not taught or overlooked (`rescue`). Whoever
//! found the parts, `parts` makes the statement of them. Each family of rules can be left out (`families`), and has its worth in
//! `docs/accuracy.md`.

mod confidence;
mod dateline;
mod form;
mod merge;
mod nested;
mod new_subject;
mod parts;
mod propose;
mod rescue;
mod sources;
mod speakers;
mod tree;

use crate::extract::families::{Family, Without};
use crate::extract::lexicon::WordClass;
use crate::extract::reading::Reading;
use crate::finding::{Speaker, SpeakerForm, Statement};
use crate::text::TokenRange;

pub(crate) use dateline::find as datelines;
pub(crate) use nested::Holders;
use rescue::covered::Covered;
use rescue::{nominal, overlooked, own_words, signed, transcript, uncued};
pub(crate) use tree::LONGEST_SENTENCE;

/// Finds the statements of one document, in the order of the text. `inside` counts within this list.
pub(crate) fn extract(reading: &Reading<'_, '_>, without: Without) -> Vec<Statement> {
    let doc = reading.words.doc;
    let roles = doc.roles.as_deref().unwrap_or_default();
    let signed = if without.runs(Family::Signed) { signed::find(reading) } else { Vec::new() };
    let mut statements = propose::statements(reading, roles, &signed, without);
    let mut covered = Covered::new(reading.words.len());
    let cover = |covered: &mut Covered, statements: &[Statement]| {
        for statement in statements {
            covered.add(statement.cue.as_ref().map(|cue| cue.tokens), &statement.content);
        }
    };
    cover(&mut covered, &statements);
    statements = signed::put_in(reading, &signed, statements);
    cover(&mut covered, &statements);
    let rescued = overlooked::find(reading, &covered, without);
    cover(&mut covered, &rescued);
    overlooked::add(reading, &mut statements, rescued);
    statements.extend(nominal::find(reading, &covered, without));
    if without.runs(Family::NewSubject) {
        statements.extend(uncued::find(reading, &covered));
    }
    if without.runs(Family::Dateline) {
        dateline::leave_out(reading, &mut statements);
    }
    if without.runs(Family::Transcript) {
        statements = transcript::put_in(reading, statements);
    }
    if without.runs(Family::OwnWords) {
        let own_words = own_words::find(reading, &statements);
        statements.extend(own_words);
    }
    identify_speakers(reading, &mut statements);
    statements
        .sort_by_key(|statement| (statement.content[0].start.min(start_of(statement)), statement.content[0].start));
    merge::merge(reading, &mut statements);
    nested::link(&mut statements);
    let_speakers_speak_of_themselves(reading, &mut statements);
    for statement in &mut statements {
        statement.form = form::form_of(doc, &statement.content);
    }
    statements
}

/// Who the sources are.
fn identify_speakers(reading: &Reading<'_, '_>, statements: &mut [Statement]) {
    for statement in statements {
        statement.speaker = statement.source.map(|source| speakers::speaker(reading, source));
        statement.speakers =
            statement.source.map(|source| reading.who.all(reading.words.doc, source)).unwrap_or_default();
    }
}

/// “We urge them to stay,” she said: "we" is whoever says so.
fn let_speakers_speak_of_themselves(reading: &Reading<'_, '_>, statements: &mut [Statement]) {
    let is_self =
        |range: TokenRange| range.len() == 1 && reading.words.is(range.start as usize, WordClass::PRONOUN_SELF);
    for number in 0..statements.len() {
        let outer = statements[number].inside.filter(|_| statements[number].source.is_some_and(is_self));
        if let Some(speaker) = outer.and_then(|outer| statements[outer].speaker.clone()) {
            statements[number].speaker = Some(Speaker { form: SpeakerForm::Pronoun, ..speaker });
        }
    }
}

/// Where a statement begins, for those who read in the order of the text: at its cue.
fn start_of(statement: &Statement) -> u32 {
    statement.cue.as_ref().map_or(statement.content[0].start, |cue| cue.tokens.start)
}
