//! What the tree says of a cue for which the core found no content or no source: what it governs, and its subject.

use crate::text::{Deprel, Document, TokenRange};

/// Tokens of a sentence beyond which the tree is not asked: the parser reads such sentences in pieces.
const LONGEST_SENTENCE: usize = 256;

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
    let sentence = sentence_of(doc, cue)?;
    let behind = cue.end as usize..sentence.end as usize;
    let in_cue = |token: usize| cue.contains_token(token);
    let governed = |relations: &[Deprel]| {
        behind.clone().find(|&token| relations.contains(&doc.deprels[token]) && doc.head(token).is_some_and(in_cue))
    };
    // "called for | an inquiry": the cue's last word is the preposition of what is said.
    let prepositional = || doc.head(cue.end as usize - 1).filter(|head| behind.contains(head));
    let top = COMPLEMENTS.iter().find_map(|relations| governed(relations)).or_else(prepositional)?;
    let start = behind.clone().find(|&token| is_below(doc, sentence, top, token))?;
    let mut end = behind.rev().find(|&token| is_below(doc, sentence, top, token))? + 1;
    while end > start && doc.deprels[end - 1] == Deprel::Punct {
        end -= 1;
    }
    (end > start).then(|| TokenRange::new(start, end))
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
    let top = found?;
    let is_its = |&token: &usize| !in_cue(token) && is_below(doc, sentence, top, token);
    // Up to the first word that is not the subject's: what is said may stand between.
    let end = (top..sentence.end as usize).take_while(is_its).last().unwrap_or(top) + 1;
    let start = (sentence.start as usize..top).rev().take_while(is_its).last().unwrap_or(top);
    Some(TokenRange::new(start, end))
}

fn sentence_of(doc: &Document, cue: TokenRange) -> Option<TokenRange> {
    let sentence = doc.sentences[doc.sentence_of(cue.start as usize)].tokens;
    (!doc.heads.is_empty() && sentence.len() <= LONGEST_SENTENCE && cue.end <= sentence.end).then_some(sentence)
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
