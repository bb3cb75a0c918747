//! Tokens of texts as this program cuts them, for whoever trains on the same texts: what is learned from other tokens
//! than those met at run time is learned in vain.

use serde::Deserialize;
use serde_json::{Value, json};

use super::ScoreError;
use crate::nlp::Annotate;
use crate::nlp::sentences::SentenceSplitter;
use crate::nlp::tokenizer::Tokenizer;
use crate::text::{CodePoints, Document, Span};

/// Cuts the text of every JSON line. The answer is JSON lines of the same ids with `paragraphs`: lists of sentences, each a list
/// of tokens `[start, end]` in code points.
///
/// # Errors
/// If a line is no JSON or lacks `id` or `text`.
pub fn answer(name: &str, lines: &str, splitter: &mut SentenceSplitter) -> Result<String, ScoreError> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
        text: String,
    }
    let mut tokenizer = Tokenizer::new();
    let mut out = String::new();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row: Row =
            serde_json::from_str(line).map_err(|problem| ScoreError::new(name, at + 1, problem.to_string()))?;
        let mut doc = Document::new(row.text);
        tokenizer.annotate(&mut doc);
        splitter.annotate(&mut doc);
        out.push_str(&json!({"id": row.id, "paragraphs": paragraphs(&doc)}).to_string());
        out.push('\n');
    }
    Ok(out)
}

fn paragraphs(doc: &Document) -> Vec<Value> {
    let code_points = CodePoints::new(doc.text());
    let sentence = |tokens: &[Span]| tokens.iter().map(|span| code_points.of(*span)).collect::<Vec<_>>();
    doc.sentences
        .chunk_by(|before, after| before.paragraph == after.paragraph)
        .map(|sentences| sentences.iter().map(|found| json!(sentence(&doc.tokens[found.tokens.range()]))).collect())
        .collect()
}
