//! Any bytes are an article with something to analyze, or a rejection with its reason.
#![no_main]

use demarche::record::{InputOptions, Message, Origin, input};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let origin = Origin { topic: "fuzz".into(), partition: 0, offset: 0, timestamp_ms: None };
    let message = Message { origin, key: None, payload: Some(bytes.to_vec()), headers: Vec::new() };
    match input::decode(&message, &InputOptions::default()) {
        Ok(article) => assert!(!article.text.trim().is_empty() || article.title.is_some(), "nothing to analyze"),
        Err(rejection) => assert!(!rejection.detail.is_empty(), "no reason"),
    }
});
