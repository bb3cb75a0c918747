//! What a cue governs in the tree: the content of a cue for which the core found none.

use crate::text::{Deprel, Document, TokenRange};

/// Tokens of a sentence beyond which the tree is not asked: the parser reads such sentences in pieces.
const LONGEST_SENTENCE: usize = 256;

/// The relations of what is said to the verb or noun that says it, the surest first.
const COMPLEMENTS: [&[Deprel]; 3] =
    [&[Deprel::Ccomp], &[Deprel::Xcomp], &[Deprel::Obj, Deprel::Acl, Deprel::Parataxis]];

/// The clause or phrase that depends on a cue and stands behind it, without the marks at its end.
pub(super) fn complement(doc: &Document, cue: TokenRange) -> Option<TokenRange> {
    let sentence = doc.sentences[doc.sentence_of(cue.start as usize)].tokens;
    if doc.heads.is_empty() || sentence.len() > LONGEST_SENTENCE || sentence.end < cue.end {
        return None;
    }
    let behind = cue.end as usize..sentence.end as usize;
    let in_cue = |token: usize| cue.contains_token(token);
    let governed = |relations: &[Deprel]| {
        behind.clone().find(|&token| relations.contains(&doc.deprels[token]) && doc.head(token).is_some_and(in_cue))
    };
    // "called for | an inquiry": the cue's last word is the preposition of what is said.
    let prepositional = || doc.head(cue.end as usize - 1).filter(|head| behind.contains(head));
    let top = COMPLEMENTS.iter().find_map(|relations| governed(relations)).or_else(prepositional)?;
    let is_below = |token: usize| {
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
    };
    let start = behind.clone().find(|&token| is_below(token))?;
    let mut end = behind.rev().find(|&token| is_below(token))? + 1;
    while end > start && doc.deprels[end - 1] == Deprel::Punct {
        end -= 1;
    }
    (end > start).then(|| TokenRange::new(start, end))
}
