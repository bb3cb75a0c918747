//! Any bytes are a model file or refused with an error, and a model that is taken reads a text; never a panic.
//!
//! The bytes are given magic, version and checksum first, so that what is fuzzed is the header, the sections and their weights.
//! `tests/data/model/tiny.model` is a good seed.
#![no_main]

use std::sync::Arc;

use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel};
use demarche::nlp::model_file::{ModelBytes, seal};
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::text::Document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut bytes = bytes.to_vec();
    seal(&mut bytes);
    let Ok(model) = CoreModel::parse(ModelBytes::Read(bytes.into())) else { return };
    let mut doc = Document::new("“We won’t sign it,” Foreign Minister Lena Ortiz told reporters in Geneva.\n\nShe left: twice.");
    Tokenizer::new().annotate(&mut doc);
    model.boundaries().map_or_else(SentenceSplitter::new, SentenceSplitter::with_model).annotate(&mut doc);
    Core::new(&Arc::new(model)).annotate(&mut doc);
    assert_eq!(doc.heads.len(), doc.tokens.len(), "tokens without a head");
});
