//! Whether an article can be afforded: decided by its tokens, before any of the analysis, so that the same bytes are refused
//! on every machine.
//!
//! Work goes with tokens, whatever they are: between prose, names, and nothing but marks the time of one differs by a third.
//! So a bound on tokens bounds the time that a partition waits for one message. Prose has a token in five bytes; a text of
//! quotation marks has one in each, and would cost five times as much as news of its size.

use super::super::{Rejection, RejectionReason};
use crate::nlp::tokenizer::Tokenizer;

/// Tokens that any text may have, however short they are: a second of a core. Tables of figures are dense, and stand in
/// articles; one of as many tokens has 25 KB.
const DENSE_TOKENS: usize = 15_000;

/// Tokens of a longer text for each five of its bytes: twice what prose has.
const TOKENS_IN_FIVE_BYTES: usize = 2;

/// Counts the tokens of an article that may have too many. Most are too short for that, and are not counted.
pub(super) fn check(title: Option<&str>, text: &str, max_tokens: usize) -> Result<(), Rejection> {
    let parts = [title.unwrap_or_default(), text];
    let n_bytes: usize = parts.iter().map(|part| part.len()).sum();
    // A token has at least a byte.
    if n_bytes <= max_tokens.min(DENSE_TOKENS) {
        return Ok(());
    }
    let mut tokens = Vec::new();
    parts.iter().for_each(|part| Tokenizer::new().tokenize(part, &mut tokens));
    let n_tokens = tokens.len();
    let refused = |detail: String| Err(Rejection::new(RejectionReason::TooManyTokens, detail));
    if n_tokens > max_tokens {
        return refused(format!("{n_tokens} tokens where at most {max_tokens} are analyzed"));
    }
    // Whoever wants no limit wants none.
    if max_tokens < usize::MAX && n_tokens > DENSE_TOKENS && n_tokens / TOKENS_IN_FIVE_BYTES > n_bytes / 5 {
        return refused(format!(
            "{n_tokens} tokens in {n_bytes} bytes; above {DENSE_TOKENS}, at most two in five bytes are analyzed, and prose has one"
        ));
    }
    Ok(())
}
