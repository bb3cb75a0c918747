//! The bundled sample articles, as messages: for `demo`, for `publish --samples`, and for tests that want whole articles.
//!
//! All of them are invented; `data/samples/README.md` says what each shows.

use std::sync::Arc;

use super::message::{Message, Origin};

/// Name, content type, text.
const SAMPLES: [(&str, &str, &str); 8] = [
    ("wire-expulsion.json", "application/json", include_str!("../../data/samples/wire-expulsion.json")),
    ("readout.txt", "text/plain", include_str!("../../data/samples/readout.txt")),
    ("page.html", "text/html", include_str!("../../data/samples/page.html")),
    ("ninjs.json", "application/json", include_str!("../../data/samples/ninjs.json")),
    ("live-blog.txt", "text/plain", include_str!("../../data/samples/live-blog.txt")),
    ("scraped.txt", "text/plain", include_str!("../../data/samples/scraped.txt")),
    ("analysis.txt", "text/plain", include_str!("../../data/samples/analysis.txt")),
    ("refused.txt", "text/plain", include_str!("../../data/samples/refused.txt")),
];

/// All of them, as messages: the key is `sample-` and the file's stem, the origin's topic its name.
pub fn all() -> Vec<Message> {
    let message = |(number, (name, content_type, text)): (i64, &(&str, &str, &str))| {
        let stem = name.split('.').next().unwrap_or(name);
        Message {
            origin: Origin { topic: Arc::from(*name), partition: 0, offset: number, timestamp_ms: None },
            key: Some(format!("sample-{stem}").into_bytes()),
            payload: Some(text.as_bytes().to_vec()),
            headers: vec![("content-type".to_owned(), Some(content_type.as_bytes().to_vec()))],
        }
    };
    (0..).zip(&SAMPLES).map(message).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{InputOptions, RejectionReason, input};

    #[test]
    fn every_sample_is_an_article_but_the_one_that_is_not_english() {
        for sample in all() {
            let decoded = input::decode(&sample, &InputOptions::default()).map_err(|rejection| rejection.reason);
            match &*sample.origin.topic {
                "refused.txt" => assert_eq!(decoded.err(), Some(RejectionReason::UnsupportedLanguage)),
                name => assert!(decoded.is_ok(), "{name}: {decoded:?}"),
            }
        }
    }
}
