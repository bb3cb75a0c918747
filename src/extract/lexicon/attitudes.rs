//! What a source does with the content, told by the words of any cue: "could not say", "called for", "his claim that", ":".
//!
//! Three tables: the cues that the rules look for, the many more that a trained core may find, and verbs that nobody listed, by the listed
//! ones that are used alike.

use crate::finding::Attitude;
use crate::nlp::tables::{self, TableError};
use crate::text::{TokenRange, Upos};

use super::inflection::{Inflections, VerbForm};
use super::verbs::{CueFrame, CueRule, Expression, Opening, VerbIndex, attitude, expression};
use super::words::{WordClass, Words};

/// Words of an addressee that may stand at the beginning of the content: "asked | the two candidates to leave".
const ADDRESSEE: usize = 7;

/// Part of speech of an expression's first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Verb,
    /// A verb that gives way to a later word that says more: "went on to argue".
    Light,
    Noun,
    Word,
}

/// What the content begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Clause,
    Quote,
    Word(&'static str),
}

/// An expression and its attitude.
#[derive(Debug)]
pub(crate) struct AttitudeRule {
    lemma: &'static str,
    rest: Vec<Box<str>>,
    class: Class,
    attitude: Attitude,
    /// Empty: whatever the content begins with.
    content: Vec<Beginning>,
}

impl Expression for AttitudeRule {
    fn rest(&self) -> &[Box<str>] {
        &self.rest
    }
}

/// What sources do with contents, by the words of cues that `cues` lacks.
#[derive(Debug)]
pub(super) struct Attitudes(VerbIndex<AttitudeRule>);

pub(super) fn load(inflections: &Inflections) -> Result<Attitudes, TableError> {
    let mut index = VerbIndex::new();
    let listed = tables::read("data/lexicon/attitudes.tsv", include_str!("../../../data/lexicon/attitudes.tsv"), 4)?;
    // Verbs of which only their likeness to listed ones is known: all are light, so that whatever is listed in the cue goes first.
    let learned = include_str!("../../../data/lexicon/attitudes-learned.tsv");
    let learned = tables::read("data/lexicon/attitudes-learned.tsv", learned, 4)?;
    for row in listed.into_iter().chain(learned) {
        let class = match row.cell(1) {
            "verb" => Class::Verb,
            "light" => Class::Light,
            "noun" => Class::Noun,
            "word" => Class::Word,
            other => return Err(row.error(format!("unknown class {other:?}"))),
        };
        let content: Vec<Beginning> = row
            .values(2)
            .map(|word| match word {
                "clause" => Beginning::Clause,
                "quote" => Beginning::Quote,
                word => Beginning::Word(word),
            })
            .collect();
        let attitude = attitude(&row, 0)?;
        for lemma in row.values(3) {
            let (first, rest) = expression(lemma).ok_or_else(|| row.error("expected expressions in column 4"))?;
            let forms = match class {
                Class::Verb | Class::Light => inflections.forms(&first),
                // The plural of a noun is spelled as the third person of a verb.
                Class::Noun => {
                    let is_number = |form: &(VerbForm, String)| matches!(form.0, VerbForm::Base | VerbForm::Third);
                    inflections.forms(&first).into_iter().filter(is_number).collect()
                }
                Class::Word => vec![(VerbForm::Base, first)],
            };
            index.add(forms, AttitudeRule { lemma, rest, class, attitude, content: content.clone() });
        }
    }
    Ok(Attitudes(index))
}

impl Attitudes {
    /// Dictionary form and attitude of the words of a cue; `content` is the first word of what follows it.
    ///
    /// Words that no table knows count as speech, which most cues are.
    pub(super) fn of_cue(
        &self,
        cues: &VerbIndex<CueRule>,
        words: &Words<'_>,
        cue: TokenRange,
        content: Option<usize>,
    ) -> (String, Attitude) {
        let (start, end) = (cue.start as usize, cue.end as usize);
        let mut light = None;
        let mut idx = start;
        while idx < end {
            let Some((length, lemma, attitude, is_light)) = self.known(cues, words, idx, end, content) else {
                idx += 1;
                continue;
            };
            if !is_light {
                return (lemma.to_owned(), attitude);
            }
            light.get_or_insert((lemma, attitude));
            idx += length;
        }
        light.map_or_else(
            || (unknown(words, start, end), Attitude::Speech),
            |(lemma, attitude)| (lemma.to_owned(), attitude),
        )
    }

    /// The longest expression that stands at a token and ends within the cue: tokens, lemma, attitude, whether it is light.
    fn known(
        &self,
        cues: &VerbIndex<CueRule>,
        words: &Words<'_>,
        idx: usize,
        end: usize,
        content: Option<usize>,
    ) -> Option<(usize, &'static str, Attitude, bool)> {
        // "his claim that", "in calls for": a form that verb and noun share; by the word before it where no core has tagged it.
        let by_tag = words.doc.upos.get(idx).map(|tag| matches!(tag, Upos::Noun | Upos::Propn));
        let by_place = || {
            idx > 0
                && (words.is(idx - 1, WordClass::DETERMINER.or(WordClass::PREPOSITION)) && !words.eq(idx - 1, "to")
                    || words.is_possessive(idx - 1))
        };
        let is_noun = by_tag.unwrap_or_else(by_place);
        let cue = cues
            .at(words, idx)
            .filter(|(length, _, rule)| idx + length <= end && allows(words, rule, content))
            .map(|(length, _, rule)| (length, rule.lemma, rule.attitude, false))
            .next();
        let is_cue = cue.is_some();
        let fits = |rule: &AttitudeRule| {
            let is_class = match rule.class {
                Class::Verb | Class::Light => !is_noun || words.lower(idx).ends_with("ing"),
                Class::Noun => is_noun || !is_cue,
                Class::Word => true,
            };
            let begins = |beginning: &Beginning| content.is_some_and(|content| begins_with(words, content, *beginning));
            is_class && (rule.content.is_empty() || rule.content.iter().any(begins))
        };
        let own = self
            .0
            .at(words, idx)
            .filter(|(length, _, rule)| idx + length <= end && fits(rule))
            .map(|(length, _, rule)| (length, rule.lemma, rule.attitude, rule.class == Class::Light))
            .next();
        match (own, cue) {
            // A light verb that is a cue of its own ("continued: …") is light only with company.
            (Some(own), Some(cue)) if cue.0 > own.0 => Some(cue),
            (Some(own), _) => Some(own),
            (None, cue) => cue,
        }
    }
}

/// "called | for calm" is not "called | it a lie": a cue whose content always begins with certain words wants one of them.
fn allows(words: &Words<'_>, rule: &CueRule, content: Option<usize>) -> bool {
    let fits = |opening: &Opening, content: usize| match *opening {
        Opening::Preposition(word) => begins_with(words, content, Beginning::Word(word)),
        Opening::To if rule.frame == CueFrame::Urge => {
            (content..content + ADDRESSEE).any(|idx| is_infinitive(words, idx))
        }
        Opening::To => begins_with(words, content, Beginning::Word("to")),
        Opening::Clause | Opening::NounPhrase | Opening::Quote => true,
    };
    content.is_none_or(|content| rule.opens.iter().any(|opening| fits(opening, content)))
}

/// "to leave", as far as tags tell it from "to Oslo".
fn is_infinitive(words: &Words<'_>, idx: usize) -> bool {
    words.eq(idx, "to")
        && words.doc.upos.get(idx + 1).is_none_or(|tag| matches!(tag, Upos::Verb | Upos::Aux | Upos::Adv))
}

fn begins_with(words: &Words<'_>, content: usize, beginning: Beginning) -> bool {
    match beginning {
        Beginning::Word(word) => {
            words.eq(content, word) || words.eq(content, "not") && words.eq(content + 1, word) && word == "to"
        }
        Beginning::Quote => matches!(words.text(content), "“" | "\"" | "‘" | "``" | "„" | "«"),
        Beginning::Clause => matches!(
            words.lower(content),
            "that" | "if" | "whether" | "how" | "why" | "what" | "who" | "where" | "when" | "which"
        ),
    }
}

/// The first word that is of no closed class, in its dictionary form if the document has one.
fn unknown(words: &Words<'_>, start: usize, end: usize) -> String {
    let closed = WordClass::AUXILIARY
        .or(WordClass::NEGATION)
        .or(WordClass::DETERMINER)
        .or(WordClass::PREPOSITION)
        .or(WordClass::ADVERB);
    let head = (start..end).find(|&idx| words.is_word(idx) && !words.is(idx, closed)).unwrap_or(start);
    let lemmas = &words.doc.lemmas;
    if head < lemmas.len() { lemmas.get(head).to_owned() } else { words.lower(head).to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::Lexicon;
    use super::*;
    use crate::extract::codebook::Codebook;
    use crate::nlp::Annotate;
    use crate::nlp::tokenizer::Tokenizer;
    use crate::text::Document;

    #[test]
    fn the_head_of_a_cue_and_what_follows_tell_the_attitude() {
        let lexicon = Lexicon::load(&Codebook::default()).unwrap_or_else(|error| panic!("{error}"));
        // The cue stands between bars.
        for (text, lemma, attitude) in [
            ("The envoy |could not say| when", "say", Attitude::Speech),
            ("He |called for| restraint", "call for", Attitude::Request),
            ("|according to| the ministry", "according to", Attitude::Speech),
            ("Ferry sunk |:| navy", ":", Attitude::Speech),
            ("with |his claim| that nobody knew", "claim", Attitude::Speech),
            ("She |went on to praise| the crew", "praise", Attitude::Evaluation),
            ("They |asked| whether it was so", "ask", Attitude::Speech),
            ("She |called| the plan a mistake", "call", Attitude::Speech),
            ("They |asked| for more", "ask", Attitude::Request),
            ("It |has long been feared| that", "fear", Attitude::Belief),
            ("They |agreed| to meet", "agree", Attitude::Intention),
            ("They |agreed| that it was late", "agree", Attitude::Belief),
            ("The court |struck down| the law", "strike down", Attitude::Ruling),
            ("He |was eager| to leave", "eager", Attitude::Intention),
            ("The crew |continued| : no", "continue", Attitude::Speech),
            ("The council |grumped| that it rained", "grumped", Attitude::Speech),
        ] {
            let mut doc = Document::new(text.replace('|', " "));
            Tokenizer::new().annotate(&mut doc);
            let words = Words::new(&doc, &lexicon.word_classes);
            let bars: Vec<usize> = text.match_indices('|').map(|(at, _)| at).collect();
            let token = |byte: usize| doc.tokens.partition_point(|span| (span.start as usize) < byte);
            let cue = TokenRange::new(token(bars[0]), token(bars[1]));
            let found = lexicon.attitude_of(&words, cue, Some(cue.end as usize));
            assert_eq!(found, (lemma.to_owned(), attitude), "{text}");
        }
    }
}
