//! Any text is cut into tokens and sentences that cover it, and analyzed without a panic.
#![no_main]

use demarche::analyzer::{Analyzer, Models};
use demarche::article::Article;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if text.trim().is_empty() {
        return;
    }
    let analysis = Analyzer::new(&Models::embedded()).analyze(&Article::from_text("fuzz", text));
    let doc = &analysis.document;
    let mut end = 0;
    for token in &doc.tokens {
        assert!(text[end..token.start as usize].chars().all(char::is_whitespace), "bytes in no token");
        end = token.end as usize;
    }
    let last = doc.sentences.last().map_or(0, |sentence| sentence.tokens.end as usize);
    assert_eq!(last, doc.tokens.len(), "tokens in no sentence");
});
