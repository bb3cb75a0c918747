//! What is read from a message, and what is refused: cases in `tests/data/input/`, and what cannot be written there.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::{Duration, Instant};

use demarche::article::Article;
use demarche::record::{InputOptions, Message, Origin, Rejection, RejectionReason, input};
use proptest::prelude::*;
use serde::Deserialize;

/// One case of a file in `tests/data/input/`; the file says what the fields mean.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    value: String,
    key: Option<String>,
    content_type: Option<String>,
    reject: Option<String>,
    detail: Option<String>,
    id: Option<String>,
    url: Option<String>,
    title: Option<String>,
    text: Option<String>,
    #[serde(default)]
    text_contains: Vec<String>,
    #[serde(default)]
    text_lacks: Vec<String>,
    published_at: Option<String>,
    publisher: Option<String>,
    language: Option<String>,
    authors: Option<Vec<String>>,
    #[serde(default)]
    absent: Vec<String>,
}

fn message(value: Option<&[u8]>) -> Message {
    Message {
        origin: Origin { topic: "articles".into(), partition: 3, offset: 41, timestamp_ms: None },
        key: None,
        payload: value.map(<[u8]>::to_vec),
        headers: Vec::new(),
    }
}

fn decode(value: &[u8]) -> Result<Article, Rejection> {
    input::decode(&message(Some(value)), &InputOptions::default())
}

fn reason(value: &[u8]) -> Option<RejectionReason> {
    decode(value).err().map(|rejection| rejection.reason)
}

#[test]
fn cases() {
    let mut n_failed = 0;
    for (file, text) in [
        ("json.toml", include_str!("../data/input/json.toml")),
        ("html.toml", include_str!("../data/input/html.toml")),
        ("wrapped.toml", include_str!("../data/input/wrapped.toml")),
        ("other.toml", include_str!("../data/input/other.toml")),
        ("pages.toml", include_str!("../data/input/pages.toml")),
        ("beside.toml", include_str!("../data/input/beside.toml")),
        ("stand_ins.toml", include_str!("../data/input/stand_ins.toml")),
    ] {
        #[derive(Deserialize)]
        struct Cases {
            case: Vec<Case>,
        }
        let cases: Cases = toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut names = BTreeSet::new();
        // All that fail are named at once.
        n_failed += cases
            .case
            .iter()
            .filter(|case| {
                assert!(names.insert(&case.name), "{file}: two cases are called {:?}", case.name);
                std::panic::catch_unwind(|| check(file, case)).is_err()
            })
            .count();
    }
    assert_eq!(n_failed, 0, "so many cases fail");
}

fn check(file: &str, case: &Case) {
    let place = format!("{file}: {}", case.name);
    let mut message = message(Some(case.value.as_bytes()));
    message.key = case.key.as_ref().map(|key| key.clone().into_bytes());
    message.headers.extend(case.content_type.iter().map(|value| ("Content-Type".into(), Some(value.clone().into()))));
    let article = match (input::decode(&message, &InputOptions::default()), &case.reject) {
        (Err(rejection), Some(reason)) => {
            let detail = case.detail.as_deref().expect("a case that rejects names a part of the detail");
            assert_eq!(rejection.reason.as_str(), reason, "{place}: {rejection}");
            assert!(rejection.detail.contains(detail), "{place}: {:?} lacks {detail:?}", rejection.detail);
            return;
        }
        (Err(rejection), None) => panic!("{place}: refused: {rejection}"),
        (Ok(article), Some(reason)) => panic!("{place}: not refused as {reason}: {article:?}"),
        (Ok(article), None) => article,
    };
    let published_at = article.published_at.map(|time| time.to_string());
    for (field, got, expected) in [
        ("id", Some(&article.id), &case.id),
        ("url", article.url.as_ref(), &case.url),
        ("title", article.title.as_ref(), &case.title),
        ("text", Some(&article.text), &case.text),
        ("published_at", published_at.as_ref(), &case.published_at),
        ("publisher", article.publisher.as_ref(), &case.publisher),
        ("language", article.language.as_ref(), &case.language),
    ] {
        if expected.is_some() {
            assert_eq!(got, expected.as_ref(), "{place}: {field}");
        }
        if case.absent.iter().any(|absent| absent == field) {
            assert_eq!(got, None, "{place}: {field} is to be absent");
        }
    }
    if let Some(authors) = &case.authors {
        assert_eq!(&article.authors, authors, "{place}: authors");
    }
    for part in &case.text_contains {
        assert!(article.text.contains(part), "{place}: {part:?} is not in {:?}", article.text);
    }
    for part in &case.text_lacks {
        assert!(!article.text.contains(part), "{place}: {part:?} is in {:?}", article.text);
    }
}

#[test]
fn short_texts_are_refused_as_foreign_where_they_are_and_never_in_english() {
    let rows = include_str!("../data/input/language.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    let mut wrong = Vec::new();
    for (expected, text) in rows.filter_map(|row| row.split_once('\t')) {
        let found = match decode(text.as_bytes()) {
            Ok(_) => "read".to_owned(),
            Err(rejection) => rejection.to_string(),
        };
        let is_right = if expected == "read" {
            found == "read"
        } else {
            found.starts_with("unsupported_language") && found.contains(expected)
        };
        if !is_right {
            wrong.push(format!("{expected}, not {found}: {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_tombstone_has_no_text() {
    let rejection = input::decode(&message(None), &InputOptions::default()).unwrap_err();
    assert_eq!(rejection.reason, RejectionReason::NoText);
    assert!(rejection.detail.contains("tombstone"), "{rejection}");
}

#[test]
fn the_limit_is_the_last_size_that_is_read() {
    let options = InputOptions { max_bytes: 20, ..InputOptions::default() };
    assert!(input::decode(&message(Some(&[b'a'; 20])), &options).is_ok());
    let rejection = input::decode(&message(Some(&[b'a'; 21])), &options).unwrap_err();
    assert_eq!(rejection.to_string(), "too_large: 21 bytes where at most 20 are accepted");
}

#[test]
fn an_article_of_more_tokens_than_can_be_afforded_is_refused() {
    let options = InputOptions { max_tokens: 6, ..InputOptions::default() };
    let article = |title: &str, text: &str| format!("{{\"title\": \"{title}\", \"text\": \"{text}\"}}").into_bytes();
    assert!(input::decode(&message(Some(&article("Envoy", "The envoys met."))), &options).is_ok());
    let rejection = input::decode(&message(Some(&article("Envoy in Oslo", "The envoys met."))), &options).unwrap_err();
    assert_eq!(rejection.to_string(), "too_many_tokens: 7 tokens where at most 6 are analyzed");
}

#[test]
fn a_text_is_refused_for_the_time_it_takes_and_not_for_its_density() {
    let refused = Some(RejectionReason::TooManyTokens);
    let news = "The envoys met in Oslo on Monday. ";
    for (what, unit, n_bytes, expected) in [
        ("the largest article, all quotation marks", "\"", 2_000_000, refused),
        ("a seventh of it, of which little is read", "\"", 290_000, None),
        ("a table of figures", "7, 12, ", 25_000, None),
        ("the largest article, all news that takes too long", news, 2_000_000, refused),
        ("half of it", news, 1_000_000, None),
    ] {
        assert_eq!(reason(unit.repeat(n_bytes / unit.len()).as_bytes()), expected, "{what}");
    }
}

#[test]
fn bytes_in_other_charsets_are_decoded_and_offsets_count_in_the_text() {
    let text = |value: &[u8]| decode(value).map(|article| article.text);
    assert_eq!(text(b"The caf\xe9 opened, she said."), Ok("The café opened, she said.".to_owned()));
    assert_eq!(text(b"{\"text\": \"The caf\xe9 opened.\"}"), Ok("The café opened.".to_owned()));
    let wide: Vec<u8> = "\u{FEFF}The café opened.".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text(&wide), Ok("The café opened.".to_owned()));
    let rejection = decode(b"\xff\xfe\x00\xd8").unwrap_err();
    assert_eq!(rejection.to_string(), "not_utf8: a byte order mark says UTF-16LE, and it is none");
    let mut broken = message(Some("“No” – “no” – “no”".as_bytes()));
    broken.payload.as_mut().unwrap().push(0xE2);
    broken.headers.push(("content-type".into(), Some(b"text/plain; charset=utf-8".to_vec())));
    let rejection = input::decode(&broken, &InputOptions::default()).unwrap_err();
    assert_eq!(rejection.to_string(), "not_utf8: broken utf-8 at byte 34; declared is charset utf-8");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A frame of zstd by hand (RFC 8878): one block, as it is, or one byte repeated.
fn zstd(bytes: &[u8], n_repeated: usize) -> Vec<u8> {
    let block =
        |is_last: usize, kind: usize, size: usize| (is_last | kind << 1 | size << 3).to_le_bytes()[..3].to_vec();
    let head = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x58].to_vec();
    let mut frame = [head, block(usize::from(n_repeated == 0), 0, bytes.len()), bytes.to_vec()].concat();
    for n in (0..n_repeated).rev() {
        frame.extend([block(usize::from(n == 0), 1, 1 << 17), b"a".to_vec()].concat());
    }
    frame
}

#[test]
fn compressed_values_are_expanded_as_far_as_the_limit() {
    let article = br#"{"id": "a", "text": "The envoy left."}"#;
    for value in [
        gzip(article),
        zstd(article, 0),
        [gzip(&article[..9]), gzip(&article[9..])].concat(),
        [zstd(&article[..9], 0), zstd(&article[9..], 0)].concat(),
    ] {
        assert_eq!(decode(&value).map(|article| article.text), Ok("The envoy left.".to_owned()));
    }
    let page = gzip(b"<html><body><p>The envoy left.</p></body></html>");
    assert_eq!(decode(&page).unwrap().text, "The envoy left.");
    for bomb in [gzip(&vec![b' '; 64 << 20]), zstd(b"x", 4_000)] {
        assert!(bomb.len() < 1 << 20);
        let rejection = decode(&bomb).unwrap_err();
        assert_eq!(rejection.reason, RejectionReason::TooLarge, "{rejection}");
    }
    let cut = gzip(article);
    let rejection = decode(&cut[..cut.len() - 12]).unwrap_err();
    assert!(rejection.to_string().starts_with("malformed: broken gzip data"), "{rejection}");
    assert_eq!(reason(b"\x28\xb5\x2f\xfd\xff"), Some(RejectionReason::Malformed));
}

#[test]
fn a_page_may_be_twice_as_large_as_its_text() {
    let options = InputOptions { max_bytes: 1000, ..InputOptions::default() };
    let page = |n_script: usize, n_text: usize| {
        let text = "The envoy left. ".repeat(n_text / 16);
        format!("<html><script>{}</script><body><p>{text}</p></body></html>", "x".repeat(n_script)).into_bytes()
    };
    let read = |page: &[u8]| {
        input::decode(&message(Some(page)), &options)
            .map(|article| article.text.len())
            .map_err(|rejection| rejection.to_string())
    };
    assert!(read(&page(1500, 160)).is_ok());
    assert_eq!(read(&page(10, 1600)), Err("too_large: 1599 bytes where at most 1000 are accepted".to_owned()));
    assert_eq!(read(&page(2500, 160)).unwrap_err().split(' ').next_back(), Some("accepted"));
    assert!(read(&vec![b'a'; 1500]).is_err(), "a text of this size");
    let in_json = |n_script, n_text| {
        let html = String::from_utf8(page(n_script, n_text)).unwrap();
        serde_json::json!({ "id": "a", "body_html": html }).to_string().into_bytes()
    };
    assert_eq!(read(&in_json(1500, 160)), Ok(159), "the same page in an article of JSON");
    assert_eq!(read(&in_json(10, 1600)), Err("too_large: 1599 bytes where at most 1000 are accepted".to_owned()));
}

#[test]
fn headers_say_what_a_value_does_not() {
    let mut message = message(Some(br#"{"publisher": "Example Wire", "text": "The envoy left on Monday."}"#));
    for (name, value) in [
        ("article-url", "https://news.example/1"),
        ("article-published-at", "2026-03-05"),
        ("article-publisher", "Other Wire"),
    ] {
        message.headers.push((name.into(), Some(value.into())));
    }
    let article = input::decode(&message, &InputOptions::default()).unwrap();
    assert_eq!(article.url.as_deref(), Some("https://news.example/1"));
    assert_eq!(article.publisher.as_deref(), Some("Example Wire"));
    assert_eq!(article.published_at.map(|time| time.to_string()).as_deref(), Some("2026-03-05T00:00:00Z"));
}

#[test]
fn a_key_that_is_no_utf8_is_no_id() {
    let mut message = message(Some(b"{\"url\": \"https://news.example/1\", \"text\": \"The envoy arrived.\"}"));
    let by_url = input::decode(&message, &InputOptions::default()).unwrap().id;
    message.key = Some(b"\xff\xfe".to_vec());
    assert_eq!(input::decode(&message, &InputOptions::default()).unwrap().id, by_url);
}

#[test]
fn depth_is_no_danger() {
    let deep = |opening: &str, closing: &str| format!("{}0{}", opening.repeat(100_000), closing.repeat(100_000));
    let unknown = format!("{{\"x\": {}, \"text\": \"The envoy arrived.\"}}", deep("[", "]"));
    assert_eq!(reason(unknown.as_bytes()), None, "depth in an unknown field");
    let text = format!("{{\"text\": {}}}", deep("[", "]"));
    assert_eq!(reason(text.as_bytes()), Some(RejectionReason::Malformed), "depth in the text");
    let bodies = format!("{{\"bodies\": {}}}", deep("[{\"value\":", "}]"));
    assert_eq!(reason(bodies.as_bytes()), Some(RejectionReason::NoText), "depth under another name of the text");
    let unclosed = format!("{{\"x\": {}", "[".repeat(400_000));
    assert_eq!(reason(unclosed.as_bytes()), Some(RejectionReason::Malformed), "depth without end");
}

/// How long this thread has been on a core, whatever else the machine does. Linux keeps it; elsewhere the clock must do.
fn on_core(begun: Instant) -> Duration {
    let kept = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = kept.and_then(|fields| fields.split(' ').next()?.parse::<u64>().ok());
    nanoseconds.map_or_else(|| begun.elapsed(), Duration::from_nanos)
}

/// Pages made to explode. Each took from seconds to hours, or gigabytes, in an unguarded reader.
#[test]
fn hostile_pages_are_read_in_time() {
    let words = "<p>The envoy arrived in the harbor on Monday, and the talks began at once.</p>";
    let fonts: String = (0..300).map(|n| format!("<font a={n}>")).collect();
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
    // How they are read is asked here; whether all their words can be afforded comes after.
    let options = InputOptions { max_tokens: usize::MAX, ..InputOptions::default() };
    let read = |page: &str| input::decode(&message(Some(page.as_bytes())), &options);
    for (name, page) in [
        ("nested", "<div>".repeat(100_000)),
        ("nested, within the budget of tags", "<div>word, ".repeat(9_900)),
        ("lists in lists", "<ul><li>word, ".repeat(4_900)),
        ("formatting reopened", format!("<p>{fonts}</p>{}", "<p>x</p>".repeat(50_000))),
        ("attributes", format!("<p{attributes}>x</p>")),
        ("tags that never end", "<a ".repeat(300_000)),
        ("quotes that never end", "<a b=\"".repeat(200_000)),
        ("elements that never end", "<svg>".repeat(300_000)),
        ("comments that never end", "<!--".repeat(300_000)),
        ("entities", "&amp;".repeat(400_000)),
        ("brackets", "<".repeat(1_500_000)),
    ] {
        let begun = Instant::now();
        let before = on_core(begun);
        let article = read(&format!("<html><body>{words}{page}"));
        let took = on_core(begun) - before;
        // Generous: each takes a second at most, and what this guards against takes minutes.
        assert!(took < Duration::from_mins(1), "{name}: took {took:?}");
        let text = article.unwrap_or_else(|rejection| panic!("{name}: {rejection}")).text;
        assert!(text.contains("The envoy arrived in the harbor"), "{name}: the words are lost");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes, it is an article with a text and an id, or a rejection of a bounded length; always the same.
    #[test]
    fn any_bytes_have_one_outcome(bytes in any_value()) {
        let outcome = decode(&bytes);
        match &outcome {
            Ok(article) => prop_assert!(!article.id.is_empty() && !article.text.trim().is_empty()),
            Err(rejection) => prop_assert!(rejection.detail.len() <= 300),
        }
        prop_assert_eq!(outcome, decode(&bytes));
    }
}

/// Bytes that come close to what is read: any at all, and pieces of JSON and HTML in any order.
fn any_value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", "\"", ":", ",", "\"text\"", "\"id\":", "null", "12", "\\ud800", "\\", "<", "</", ">",
        "<p>", "<div", "</p>", "<script>", "<!--", "-->", "=", "'", "&amp;", "&", "word ", "“", "\u{FEFF}", "\0", "é",
        "😀", " ",
    ]);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(piece, 0..48).prop_map(|pieces| pieces.concat().into_bytes()),
    ]
}
