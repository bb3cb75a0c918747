//! How much may be written about one article.
//!
//! Every record repeats its sentence and the reference to its article. That is a few hundred bytes, unless somebody sends
//! a sentence without end that is full of findings, or a title of a megabyte: then a message of 2 MiB would become a
//! hundred gigabytes of records, and kill each process that reads it, one after the other. No article that people write
//! comes near the bound; what does is refused before anything is written out.

use super::{Rejection, RejectionReason};
use crate::analyzer::Analysis;
use crate::article::Article;
use crate::text::TokenRange;

/// What an article may cost whatever its size: a headline alone makes some records of a kilobyte or two.
const BASE_BYTES: usize = 1 << 20;

/// Bytes that may be written for each byte of the article. The bundled samples need 5 to 15.
const FACTOR: usize = 32;

/// What a record takes besides the words that it repeats: names of fields, ids, offsets, headers.
const BYTES_A_RECORD: usize = 1 << 10;

/// What an actor takes besides its words.
const BYTES_AN_ACTOR: usize = 200;

/// What an entity takes besides its mentions' words: its fields.
const BYTES_AN_ENTITY: usize = 300;

/// What a mention takes besides its words: offsets and their names.
const BYTES_A_MENTION: usize = 60;

/// Refuses an article about which too much would be written.
///
/// # Errors
/// The rejection, [`RejectionReason::TooLarge`].
pub(super) fn check(article: &Article, analysis: &Analysis) -> Result<(), Rejection> {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let n_bytes_in = article.text.len() + length(&article.title);
    let allowed = BASE_BYTES.saturating_add(n_bytes_in.saturating_mul(FACTOR));
    // The id is also key and `ce_subject`.
    let reference = 3 * article.id.len() + length(&article.url) + length(&article.title) + length(&article.publisher);
    let statements = analysis.statements.iter().map(|found| repeated(analysis, found.sentence, found.spans()));
    let events = analysis.events.iter().map(|found| {
        let words = repeated(analysis, found.sentence, found.spans());
        words + BYTES_AN_ACTOR * (found.actors.len() + found.recipients.len()) + BYTES_A_MENTION * found.mentions.len()
    });
    let entities = analysis.entities.iter().map(|found| {
        let words: usize = found.mentions.iter().map(|mention| analysis.document.span_of(mention.tokens).len()).sum();
        BYTES_AN_ENTITY + words + BYTES_A_MENTION * found.mentions.len()
    });
    let findings = statements.chain(events).map(|words| words.saturating_add(reference + BYTES_A_RECORD));
    let n_bytes = findings.chain(entities).fold(0_usize, usize::saturating_add);
    if n_bytes <= allowed {
        return Ok(());
    }
    let about_id = told_of_id(article);
    let detail = format!(
        "{n_bytes_in} bytes of text would give {n_bytes} of records where at most {allowed} are written{about_id}"
    );
    Err(Rejection::new(RejectionReason::TooLarge, detail))
}

/// What a rejection for size says of an id that is long enough to have led to it: how long, and how it begins.
pub(super) fn told_of_id(article: &Article) -> String {
    const LONG: usize = 1 << 10;
    const SHOWN_CHARS: usize = 40;
    let id = &article.id;
    if id.len() < LONG {
        return String::new();
    }
    let beginning: String = id.chars().take(SHOWN_CHARS).collect();
    format!("; its id takes {} bytes and stands in each record three times: \"{beginning}…\"", id.len())
}

/// Bytes of the words that a finding's record repeats: its sentence's and its parts'.
fn repeated(analysis: &Analysis, sentence: usize, parts: impl Iterator<Item = TokenRange>) -> usize {
    let doc = &analysis.document;
    let sentence = doc.sentences.get(sentence).map(|sentence| sentence.tokens);
    parts.chain(sentence).map(|range| doc.span_of(range).len()).sum()
}
