//! What goes into the input topic: made-up articles, messages that no article can be made of, the samples, and the seed
//! where the shared folder lies beside the repository. All of it deterministic.

use std::fmt::Write as _;
use std::path::Path;

use demarche::record::{InputOptions, RejectionReason, input, samples};

/// A message to be produced, and what must become of it.
#[derive(Debug, Clone)]
pub(crate) struct Input {
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) headers: Vec<(String, Option<Vec<u8>>)>,
    pub(crate) expected: Expected,
}

/// The one outcome that a message must have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expected {
    /// One analysis, of the article of this identity ([`identity_of`]).
    Analyzed(String),
    /// One dead letter, for this reason.
    Rejected(RejectionReason),
}

const PLACES: [(&str, &str, &str); 8] = [
    ("Norway", "Norwegian", "Oslo"),
    ("Peru", "Peruvian", "Lima"),
    ("Kenya", "Kenyan", "Nairobi"),
    ("Japan", "Japanese", "Tokyo"),
    ("Chile", "Chilean", "Santiago"),
    ("Egypt", "Egyptian", "Cairo"),
    ("Poland", "Polish", "Warsaw"),
    ("India", "Indian", "New Delhi"),
];
const PEOPLE: [&str; 7] =
    ["Marta Quillfeather", "Oban Strand", "Ilse Varnhem", "Tomas Perrigo", "Nadia Holm", "Felix Aburo", "Rui Castanha"];
const MATTERS: [&str; 5] =
    ["the fishing accord", "the border crossing", "grain shipments", "the prisoner exchange", "the rail tunnel"];

/// How many stories the articles tell. Each story is a key; its articles come one after the other.
const N_STORIES: usize = 37;

/// Article `number` of the made-up ones. It has no id, so that its key (the story) becomes its id, and its URL tells which of the
/// story's articles it is.
pub(crate) fn made_up(number: usize) -> Input {
    let story = number % N_STORIES;
    let (country, demonym, capital) = PLACES[number % PLACES.len()];
    let (other, _, _) = PLACES[(number / 2 + 3) % PLACES.len()];
    let person = PEOPLE[number % PEOPLE.len()];
    let surname = person.rsplit(' ').next().unwrap();
    let matter = MATTERS[number % MATTERS.len()];
    let mut text = format!(
        "{demonym} Foreign Minister {person} met her counterpart from {other} in {capital} on Monday to discuss {matter}.\n\n\
         \u{201c}We have not given up on {matter},\u{201d} {surname} said after the meeting, the {number}th of its kind.\n\n"
    );
    for round in 0..number % 4 {
        let (third, _, _) = PLACES[(number + round + 1) % PLACES.len()];
        write!(
            text,
            "Officials in {third} said that {matter} would be discussed again. {country} denied any delay.\n\n"
        )
        .unwrap();
    }
    let url = format!("https://news.example/{story}/{number}");
    let article = serde_json::json!({
        "url": url, "title": format!("{country} and {other} talk about {matter}"), "text": text,
        "published_at": "2024-03-04T09:00:00Z", "publisher": "Example Wire",
    });
    Input {
        key: Some(format!("story-{story}").into_bytes()),
        payload: Some(article.to_string().into_bytes()),
        headers: vec![("content-type".to_owned(), Some(b"application/json".to_vec()))],
        expected: Expected::Analyzed(url),
    }
}

/// Messages that must end as dead letters, bytes untouched: the keys and headers are as odd as Kafka allows.
pub(crate) fn unreadable(max_bytes: usize) -> Vec<Input> {
    let header = |name: &str, value: &[u8]| (name.to_owned(), Some(value.to_vec()));
    let json = || header("content-type", b"application/json");
    let rejected = |key: Option<&[u8]>, payload: Option<Vec<u8>>, headers, reason| Input {
        key: key.map(<[u8]>::to_vec),
        payload,
        headers,
        expected: Expected::Rejected(reason),
    };
    let german = "Der Minister erklärte am Montag, die Gespräche über das Abkommen seien vorläufig gescheitert. Man werde sich \
                  nach der Sommerpause noch einmal zusammensetzen, sagte er den wartenden Journalisten vor dem Gebäude.";
    vec![
        rejected(Some(b"\xff\xfe key"), Some(b"\xff\xfe\x00\xd8".to_vec()), vec![json()], RejectionReason::NotUtf8),
        rejected(
            None,
            Some(b"{\"text\": \"cut off".to_vec()),
            vec![
                json(),
                header("trace", b"\x00\x01"),
                header("trace", b"second of the same name"),
                ("bare".to_owned(), None),
            ],
            RejectionReason::Malformed,
        ),
        rejected(Some(b""), None, vec![], RejectionReason::NoText),
        rejected(Some(b"blank"), Some(b"{\"text\": \"  \\n \"}".to_vec()), vec![json()], RejectionReason::NoText),
        rejected(
            Some(b"long"),
            Some(vec![b'x'; max_bytes + 1]),
            vec![header("content-type", b"text/plain")],
            RejectionReason::TooLarge,
        ),
        rejected(
            Some(b"german"),
            Some(german.as_bytes().to_vec()),
            vec![header("content-type", b"text/plain; charset=utf-8")],
            RejectionReason::UnsupportedLanguage,
        ),
    ]
}

/// The bundled sample articles.
pub(crate) fn samples() -> Vec<Input> {
    // Keyed by the article's id, as the records about it are, so that the order within the key can be told from them.
    let sample = |message: demarche::record::Message| match input::decode(&message, &InputOptions::default()) {
        Ok(article) => {
            let (key, identity) = (article.id.clone().into_bytes(), article.url.unwrap_or(article.id));
            let expected = Expected::Analyzed(identity);
            Input { key: Some(key), payload: message.payload, headers: message.headers, expected }
        }
        Err(rejection) => {
            let expected = Expected::Rejected(rejection.reason);
            Input { key: message.key, payload: message.payload, headers: message.headers, expected }
        }
    };
    samples::all().into_iter().map(sample).collect()
}

/// What tells an article from all others of the test: its URL, else its id.
pub(crate) fn identity_of(article: &serde_json::Value) -> String {
    article["url"].as_str().or(article["id"].as_str()).expect("an article has an id").to_owned()
}

/// A JSON article as a message. Its id stays; a URL is given, by which its analysis is known again.
fn article(line: &str, url: String) -> Input {
    let mut article: serde_json::Map<String, serde_json::Value> = serde_json::from_str(line).unwrap();
    // The gold annotations of a development set are no part of the article.
    article.retain(|name, _| ["id", "title", "text", "published_at", "publisher"].contains(&name.as_str()));
    article.insert("url".to_owned(), url.clone().into());
    let key = article.get("id").and_then(|id| id.as_str()).map(|id| id.as_bytes().to_vec());
    let payload = Some(serde_json::Value::Object(article).to_string().into_bytes());
    let headers = vec![("content-type".to_owned(), Some(b"application/json".to_vec()))];
    Input { key, payload, headers, expected: Expected::Analyzed(url) }
}

/// URL under which the seed article travels.
pub(crate) const SEED_URL: &str = "https://seed.example/geneva";

/// The seed article, read where it lies; nothing where the shared folder is not beside the repository.
pub(crate) fn seed() -> Option<Input> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seed/geneva.gold.jsonl");
    let lines = std::fs::read_to_string(path).ok()?;
    Some(article(lines.lines().next().expect("the seed file has a line"), SEED_URL.to_owned()))
}
