//! Whether an article can be afforded: decided by its tokens, before any of the analysis, so that the same bytes are refused
//! on every machine.
//!
//! Work goes with tokens, whatever they are: between prose and names the time of one differs by a third. So a bound on tokens
//! bounds the time that a partition waits for one message. A text that is far denser in tokens than prose is not refused: the
//! core does not read the densest of it (`nlp::density`).

use super::super::{Rejection, RejectionReason};
use crate::nlp::tokenizer::Tokenizer;

/// Counts the tokens of an article that may have too many. Most are too short for that, and are not counted.
pub(super) fn check(title: Option<&str>, text: &str, max_tokens: usize) -> Result<(), Rejection> {
    let parts = [title.unwrap_or_default(), text];
    let n_bytes: usize = parts.iter().map(|part| part.len()).sum();
    // A token has at least a byte.
    if n_bytes <= max_tokens {
        return Ok(());
    }
    let mut tokens = Vec::new();
    parts.iter().for_each(|part| Tokenizer::new().tokenize(part, &mut tokens));
    let n_tokens = tokens.len();
    if n_tokens > max_tokens {
        let detail = format!("{n_tokens} tokens where at most {max_tokens} are analyzed");
        return Err(Rejection::new(RejectionReason::TooManyTokens, detail));
    }
    Ok(())
}
