//! Whether what is said is a clause, an infinitive or a phrase: "that it will close", "to close it", "the closure".

use crate::finding::ContentForm;
use crate::text::{Deprel, Document, TokenRange, Xpos};

/// Relations of a clause to another one that stands beside it or that it is what is said of; under others it only describes a word or
/// a circumstance.
const SIDE_BY_SIDE: [Deprel; 3] = [Deprel::Conj, Deprel::Parataxis, Deprel::Ccomp];

/// The form of a content, by the best of its verbs that no word of the content stands above; nothing where there is no tree.
pub(super) fn form_of(doc: &Document, content: &[TokenRange]) -> Option<ContentForm> {
    if doc.heads.is_empty() {
        return None;
    }
    // Pieces are in order; a quotation may go on in thousands of them.
    let within = |token: usize| {
        let at = content.partition_point(|piece| piece.end as usize <= token);
        content.get(at).is_some_and(|piece| piece.contains_token(token))
    };
    // "how it | closed": the parser takes such clauses for what a noun is, for want of one.
    let begins = content.first().is_some_and(|piece| begins_clause(doc, piece.start as usize));
    let forms = content.iter().flat_map(|piece| piece.range()).filter_map(|token| {
        let form = verb_form(doc, token)?;
        (begins || is_uppermost(doc, clause_of(doc, token), within)).then_some(form)
    });
    Some(forms.min().unwrap_or(ContentForm::Phrase))
}

/// Whether a word opens a clause: "that", "whether", "how".
fn begins_clause(doc: &Document, token: usize) -> bool {
    doc.deprels[token] == Deprel::Mark && doc.xpos.get(token) == Some(&Xpos::In)
        || matches!(doc.xpos.get(token), Some(Xpos::Wrb | Xpos::Wp | Xpos::Wdt))
}

/// What a verb makes of its clause. A bare form without "to" or an auxiliary is an imperative where it is nobody's complement.
fn verb_form(doc: &Document, token: usize) -> Option<ContentForm> {
    match doc.xpos.get(token)? {
        Xpos::Vbd | Xpos::Vbz | Xpos::Vbp | Xpos::Md => Some(ContentForm::Clause),
        Xpos::Vb if has_to(doc, clause_of(doc, token)) => Some(ContentForm::Infinitive),
        Xpos::Vb if doc.deprels[token] != Deprel::Xcomp => Some(ContentForm::Clause),
        _ => None,
    }
}

/// The head of the clause that a verb serves: auxiliaries and copulas hang on it.
fn clause_of(doc: &Document, token: usize) -> usize {
    match doc.deprels[token] {
        Deprel::Aux | Deprel::AuxPass | Deprel::Cop => doc.head(token).unwrap_or(token),
        _ => token,
    }
}

/// Whether between a clause and what the content hangs on there are only clauses beside it.
fn is_uppermost(doc: &Document, clause: usize, within: impl Fn(usize) -> bool) -> bool {
    let mut at = clause;
    // A path up is never longer than the document; the parser makes no circles.
    while let Some(head) = doc.head(at).filter(|head| within(*head)) {
        if !SIDE_BY_SIDE.contains(&doc.deprels[at]) {
            return false;
        }
        at = head;
    }
    true
}

/// Particles stand shortly before their verb.
fn has_to(doc: &Document, clause: usize) -> bool {
    const REACH: usize = 6;
    (clause.saturating_sub(REACH)..clause).any(|token| doc.xpos[token] == Xpos::To && doc.head(token) == Some(clause))
}
