//! The schemas of what goes over the wire, generated from the wire types: `demarche schema` writes them, `schemas/` holds
//! them, a test keeps both equal.

mod article;
mod asyncapi;
mod kind;
mod openapi;

use serde_json::Value;

pub use kind::Kind;

/// Every schema file: its name, and what stands in it.
pub fn all() -> Vec<(&'static str, String)> {
    let input = [(article::FILE, article::schema())];
    let output = Kind::ALL.map(|kind| (kind.file_name(), kind.schema()));
    let whole = [(asyncapi::FILE, asyncapi::document()), (openapi::FILE, openapi::document())];
    let files = input.into_iter().chain(output).chain(whole);
    files.map(|(name, schema)| (name, written(&schema))).collect()
}

fn written(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value has string keys");
    text.push('\n');
    text
}
