//! What the tree says of a cue for which the core found no content or no source: what it governs, and its subject. And who a
//! source is about, of all that it names.

use crate::text::{Deprel, Document, TokenRange, Upos};

/// Tokens of a sentence beyond which the tree is not asked: the parser reads such sentences in pieces.
pub(crate) const LONGEST_SENTENCE: usize = 256;

/// The relations of what is said to the verb or noun that says it, the surest first.
const COMPLEMENTS: [&[Deprel]; 3] =
    [&[Deprel::Ccomp], &[Deprel::Xcomp], &[Deprel::Obj, Deprel::Acl, Deprel::Parataxis]];

/// Who does what a verb says; of a noun ("his idea of"), whose it is.
const SUBJECTS: [Deprel; 2] = [Deprel::Nsubj, Deprel::NmodPoss];

/// Relations over which a verb shares the subject of the one that it hangs on: "and said", "went on to say".
const SHARING: [Deprel; 2] = [Deprel::Conj, Deprel::Xcomp];

/// Verbs above a cue that are asked for their subject.
const REACH: usize = 2;

/// The clause or phrase that depends on a cue and stands behind it, without the marks at its end.
pub(super) fn complement(doc: &Document, cue: TokenRange) -> Option<TokenRange> {
    // "called for | an inquiry": the cue's last word is the preposition of what is said.
    let prepositional = || {
        let top = doc.head(cue.end as usize - 1).filter(|head| *head >= cue.end as usize)?;
        phrase_behind(doc, cue, top)
    };
    sentence_of(doc, cue)?;
    COMPLEMENTS.iter().find_map(|relations| governed(doc, cue, relations)).or_else(prepositional)
}

/// The first phrase behind a cue that depends on it by one of these relations.
pub(super) fn governed(doc: &Document, cue: TokenRange, relations: &[Deprel]) -> Option<TokenRange> {
    let sentence = sentence_of(doc, cue)?;
    let depends = |token: &usize| {
        relations.contains(&doc.deprels[*token]) && doc.head(*token).is_some_and(|head| cue.contains_token(head))
    };
    let top = (cue.end as usize..sentence.end as usize).find(depends)?;
    phrase_behind(doc, cue, top)
}

/// The words below a token that stand behind a cue, from the first to the last, without the marks at their end.
pub(super) fn phrase_behind(doc: &Document, cue: TokenRange, top: usize) -> Option<TokenRange> {
    let sentence = sentence_of(doc, cue)?;
    let behind = cue.end as usize..sentence.end as usize;
    let start = behind.clone().find(|&token| is_below(doc, sentence, top, token))?;
    let mut end = behind.rev().find(|&token| is_below(doc, sentence, top, token))? + 1;
    while end > start && doc.deprels[end - 1] == Deprel::Punct {
        end -= 1;
    }
    (end > start).then(|| TokenRange::new(start, end))
}

/// The words around a token that hang on it, without a gap: its noun phrase.
pub(super) fn phrase_around(doc: &Document, top: usize, without: TokenRange) -> TokenRange {
    let sentence = doc.sentences[doc.sentence_of(top)].tokens;
    let is_its = |&token: &usize| !without.contains_token(token) && is_below(doc, sentence, top, token);
    // Up to the first word that is not its: what is said may stand between.
    let end = (top..sentence.end as usize).take_while(is_its).last().unwrap_or(top) + 1;
    let start = (sentence.start as usize..top).rev().take_while(is_its).last().unwrap_or(top);
    TokenRange::new(start, end)
}

/// The phrase that is the subject of a cue, or of the verb that the cue shares one with. A passive has none that speaks.
pub(super) fn subject(doc: &Document, cue: TokenRange) -> Option<TokenRange> {
    let sentence = sentence_of(doc, cue)?;
    let in_cue = |token: usize| cue.contains_token(token);
    let of = |is_verb: &dyn Fn(usize) -> bool| {
        sentence.range().find(|&token| {
            !in_cue(token) && SUBJECTS.contains(&doc.deprels[token]) && doc.head(token).is_some_and(is_verb)
        })
    };
    let mut verb = cue.range().find(|&token| doc.head(token).is_none_or(|head| !in_cue(head)))?;
    let mut found = of(&in_cue);
    for _ in 0..REACH {
        let above = doc.head(verb).filter(|_| SHARING.contains(&doc.deprels[verb]));
        let (None, Some(above)) = (found, above) else { break };
        found = of(&|token| token == above);
        verb = above;
    }
    Some(phrase_around(doc, found?, cue))
}

/// The word that is the subject of the main clause of a sentence.
pub(super) fn main_subject(doc: &Document, sentence: TokenRange) -> Option<usize> {
    if doc.heads.is_empty() || sentence.len() > LONGEST_SENTENCE {
        return None;
    }
    let root = sentence.range().find(|&token| doc.head(token).is_none())?;
    let is_subject = |&token: &usize| {
        matches!(doc.deprels[token], Deprel::Nsubj | Deprel::NsubjPass) && doc.head(token) == Some(root)
    };
    sentence.range().find(is_subject)
}

/// Whether a name within a phrase is not who the phrase is about: "critics of the | Council", "a driver who knew | Ana Ruiz". Without a tree
/// nobody knows.
pub(super) fn is_of_other(doc: &Document, phrase: TokenRange, name: TokenRange) -> bool {
    let Some(sentence) = sentence_of(doc, phrase) else { return false };
    let in_name = |token: usize| name.contains_token(token);
    let top = name.range().find(|&token| doc.head(token).is_none_or(|head| !in_name(head)));
    let Some(mut at) = top.filter(|&top| sentence.contains_token(top)) else { return false };
    // "a spokeswoman for the council, Ana Ruiz": what stands beside is often hung on the nearest noun.
    let is_set_off = name.start > phrase.start && doc.token_text(name.start as usize - 1) == ",";
    if is_set_off || doc.deprels[at] == Deprel::Appos {
        return false;
    }
    let mut leads_away = false;
    for _ in 0..sentence.len() {
        let Some(head) = doc.head(at).filter(|head| phrase.contains_token(*head)) else { break };
        leads_away |= match doc.deprels[at].base() {
            "nmod" => doc.deprels[at] != Deprel::NmodPoss && has_preposition(doc, phrase, at),
            // "the Council posting", "Ruiz voters": a thing or people called after it.
            "compound" => at < head && doc.upos.get(head) == Some(&Upos::Noun) && doc.entity_at(head).is_none(),
            "acl" | "advcl" | "obl" => true,
            _ => false,
        };
        at = head;
    }
    leads_away && !in_name(at)
}

fn has_preposition(doc: &Document, phrase: TokenRange, token: usize) -> bool {
    (phrase.start as usize..token).any(|at| doc.head(at) == Some(token) && doc.deprels[at] == Deprel::Case)
}

/// The sentence around a cue, where the tree can be asked.
fn sentence_of(doc: &Document, cue: TokenRange) -> Option<TokenRange> {
    let sentence = doc.sentences[doc.sentence_of(cue.start as usize)].tokens;
    (!doc.heads.is_empty() && sentence.len() <= LONGEST_SENTENCE && cue.end <= sentence.end).then_some(sentence)
}

/// A source with those who are joined to it and stand right before it: of "Norway, Sweden and Chad condemned …" the core sometimes sees the last two alone.
pub(super) fn with_those_before(doc: &Document, source: TokenRange) -> TokenRange {
    let Some(sentence) = sentence_of(doc, source) else { return source };
    let first_before = |token: usize| {
        let head = doc.head(token).filter(|_| doc.deprels[token] == Deprel::Conj)?;
        let is_one = matches!(doc.upos[head], Upos::Noun | Upos::Propn | Upos::Pron);
        (is_one && sentence.contains_token(head) && head < source.start as usize).then_some(head)
    };
    let Some(first) = source.range().find_map(first_before) else { return source };
    let behind = sentence.start as usize..source.start as usize;
    let start = behind.rev().take_while(|&token| is_below(doc, sentence, first, token)).last();
    start.filter(|&start| start <= first).map_or(source, |start| TokenRange::new(start, source.end as usize))
}

/// Whether a token hangs on another, or is it.
fn is_below(doc: &Document, sentence: TokenRange, top: usize, token: usize) -> bool {
    let mut at = token;
    // No way up is longer than the sentence.
    for _ in 0..sentence.len() {
        if at == top {
            return true;
        }
        match doc.head(at) {
            Some(head) => at = head,
            None => return false,
        }
    }
    false
}
