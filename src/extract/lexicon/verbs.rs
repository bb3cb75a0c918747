//! Expressions that begin with a verb, found by any form of the verb: cues of attribution.

use std::collections::HashMap;

use crate::finding::Attitude;
use crate::nlp::tables::{self, Row, TableError};

use super::inflection::{Inflections, VerbForm};
use super::phrases::split_words;
use super::words::Words;

/// Rules found by the inflected first word of their expression.
#[derive(Debug)]
pub(crate) struct VerbIndex<R> {
    rules: Vec<R>,
    by_form: HashMap<Box<str>, Vec<(VerbForm, usize)>>,
}

/// What every rule has: the words behind the verb.
pub(crate) trait Expression {
    /// Words that follow the first, in lower case.
    fn rest(&self) -> &[Box<str>];
}

impl<R: Expression> VerbIndex<R> {
    pub(super) fn new() -> Self {
        Self { rules: Vec::new(), by_form: HashMap::new() }
    }

    pub(super) fn add(&mut self, forms: Vec<(VerbForm, String)>, rule: R) {
        let index = self.rules.len();
        for (form, word) in forms {
            let candidates = self.by_form.entry(word.into()).or_default();
            // Longer expressions first; among equal ones the order of the table decides.
            let place = candidates
                .partition_point(|&(_, known): &(VerbForm, usize)| self.rules[known].rest().len() >= rule.rest().len());
            candidates.insert(place, (form, index));
        }
        self.rules.push(rule);
    }

    /// The rules whose expression stands at a token, longest first, with the number of tokens.
    pub(crate) fn at<'r>(
        &'r self,
        words: &'r Words<'_>,
        idx: usize,
    ) -> impl Iterator<Item = (usize, VerbForm, &'r R)> + 'r {
        let candidates = self.by_form.get(words.lower(idx)).map_or(&[][..], Vec::as_slice);
        candidates.iter().filter_map(move |&(form, index)| {
            let rule = &self.rules[index];
            let fits = rule.rest().iter().zip(idx + 1..).all(|(word, at)| words.eq(at, word));
            fits.then(|| (rule.rest().len() + 1, form, rule))
        })
    }
}

/// How source, cue, addressee and content stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CueFrame {
    /// No object: "said that".
    Say,
    /// The object is the addressee: "told reporters that".
    Tell,
    /// The object is the addressee, the content a verb phrase: "urged Oslo to".
    Urge,
    /// The object belongs to the content: "accused Oslo of".
    Object,
    /// A preposition before the source: "according to".
    Per,
}

/// What may open indirect content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// "that …", or a bare clause.
    Clause,
    /// A noun phrase.
    NounPhrase,
    /// Nothing but a quotation.
    Quote,
    /// "to" with a verb.
    To,
    /// A preposition, which belongs to the content.
    Preposition(&'static str),
}

/// A cue.
#[derive(Debug)]
pub(crate) struct CueRule {
    /// The expression as the table has it.
    pub(crate) lemma: &'static str,
    rest: Vec<Box<str>>,
    pub(crate) frame: CueFrame,
    pub(crate) attitude: Attitude,
    pub(crate) opens: Vec<Opening>,
}

impl Expression for CueRule {
    fn rest(&self) -> &[Box<str>] {
        &self.rest
    }
}

pub(super) fn attitude(row: &Row, column: usize) -> Result<Attitude, TableError> {
    Ok(match row.cell(column) {
        "speech" => Attitude::Speech,
        "belief" => Attitude::Belief,
        "intention" => Attitude::Intention,
        "request" => Attitude::Request,
        "evaluation" => Attitude::Evaluation,
        "perception" => Attitude::Perception,
        "ruling" => Attitude::Ruling,
        other => return Err(row.error(format!("unknown attitude {other:?}"))),
    })
}

/// What may open content, by a cell of a table.
pub(super) fn openings(row: &Row, column: usize) -> Vec<Opening> {
    let opening = |text| match text {
        "clause" => Opening::Clause,
        "np" => Opening::NounPhrase,
        "quote" => Opening::Quote,
        "to" => Opening::To,
        preposition => Opening::Preposition(preposition),
    };
    row.values(column).map(opening).collect()
}

/// The first word of an expression, and the others.
pub(super) fn expression(text: &str) -> Option<(String, Vec<Box<str>>)> {
    let mut words = split_words(text).into_iter();
    Some((words.next()?.into(), words.collect()))
}

fn first_column(row: &Row) -> Result<(String, Vec<Box<str>>), TableError> {
    expression(row.cell(0)).ok_or_else(|| row.error("expected an expression in column 1"))
}

pub(super) fn load_cues(inflections: &Inflections) -> Result<VerbIndex<CueRule>, TableError> {
    let text = include_str!("../../../data/lexicon/cues.tsv");
    let mut index = VerbIndex::new();
    for row in tables::read("data/lexicon/cues.tsv", text, 4)? {
        let (first, rest) = first_column(&row)?;
        let frame = match row.cell(1) {
            "say" => CueFrame::Say,
            "tell" => CueFrame::Tell,
            "urge" => CueFrame::Urge,
            "object" => CueFrame::Object,
            "per" => CueFrame::Per,
            other => return Err(row.error(format!("unknown frame {other:?}"))),
        };
        let opens = openings(&row, 3);
        let forms = if frame == CueFrame::Per { vec![(VerbForm::Base, first)] } else { inflections.forms(&first) };
        let attitude = attitude(&row, 2)?;
        index.add(forms, CueRule { lemma: row.cell(0), rest, frame, attitude, opens });
    }
    Ok(index)
}
