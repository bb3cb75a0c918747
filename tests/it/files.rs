//! Files as messages: layouts, compression, folders, and what is given along.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;

use demarche::article::Article;
use demarche::record::files::{FileError, Given, IdFrom, Messages, PublishedAt};
use demarche::record::{InputOptions, RejectionReason, input};

const LIMIT: usize = 4096;

fn messages(name: &str, bytes: &[u8]) -> Result<Messages, FileError> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    Messages::from_reader(Box::new(Cursor::new(bytes.to_vec())), name, extension, LIMIT)
}

/// What is read from a file of this name: articles, or why not.
fn read(name: &str, bytes: &[u8]) -> Vec<Result<Article, String>> {
    let decoded =
        |message| input::decode(&message, &InputOptions::default()).map_err(|rejection| rejection.to_string());
    match messages(name, bytes) {
        Ok(messages) => messages.map(|message| message.map_err(|error| error.to_string()).and_then(decoded)).collect(),
        Err(error) => vec![Err(error.to_string())],
    }
}

fn texts(name: &str, bytes: &[u8]) -> Vec<String> {
    read(name, bytes).into_iter().map(|article| article.map_or_else(|error| error, |article| article.text)).collect()
}

#[test]
fn a_table_gives_an_article_a_row() {
    let csv = "id,Headline,Article Text,pub_date,source\n\
               7,Talks,\"The envoy said: \"\"We will talk.\"\"\nHe left.\",2026-03-05,Example Wire\n8,Port closed,,20260306120000,\n";
    let articles = read("articles.csv", csv.as_bytes());
    let first = articles[0].as_ref().unwrap();
    assert_eq!((first.id.as_str(), first.title.as_deref()), ("7", Some("Talks")));
    assert_eq!(first.text, "The envoy said: \"We will talk.\"\nHe left.");
    assert_eq!(first.published_at.unwrap().to_string(), "2026-03-05T00:00:00Z");
    assert_eq!(first.publisher.as_deref(), Some("Example Wire"));
    let second = articles[1].as_ref().unwrap();
    assert_eq!((second.id.as_str(), second.title.as_deref(), second.text.as_str()), ("8", Some("Port closed"), ""));
    assert_eq!(articles.len(), 2);
    let lines: Vec<i64> =
        messages("articles.csv", csv.as_bytes()).unwrap().map(|message| message.unwrap().origin.offset).collect();
    assert_eq!(lines, [2, 4], "the lines where they begin");
}

#[test]
fn tables_come_with_other_signs_and_charsets_and_without_an_extension() {
    let expected = ["The café opened.", "The envoy left."];
    let csv = "id,text\n1,The café opened.\n2,The envoy left.\n";
    let latin: Vec<u8> = csv.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> =
        format!("\u{FEFF}{}", csv.replace(',', "\t")).encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [
        ("a.csv", csv.as_bytes().to_vec()),
        ("a.csv", csv.replace(',', ";").into_bytes()),
        ("a.csv", format!("\u{FEFF}{csv}").into_bytes()),
        ("a.tsv", csv.replace(',', "\t").into_bytes()),
        ("articles", csv.as_bytes().to_vec()),
        ("a.csv", latin),
        ("a.tsv", wide.clone()),
        ("a.tsv", wide[2..].to_vec()),
        // Excel's own line, without which it reads no commas in half of the world.
        ("a.csv", format!("sep=;\r\n{}", csv.replace(',', ";")).into_bytes()),
        ("a.csv", format!("\u{FEFF}\"sep=,\"\n{csv}").into_bytes()),
        ("a.csv", format!("SEP=\t\r\n{}", csv.replace(',', "\t")).into_bytes()),
        ("articles", format!("sep=|\n{}", csv.replace(',', "|")).into_bytes()),
    ] {
        assert_eq!(texts(name, &bytes), expected, "{name}");
    }
}

#[test]
fn json_lines_are_read_in_utf_16_without_a_byte_order_mark_and_written_twice() {
    let lines = "{\"text\": \"The café opened.\"}\n{\"text\": \"The envoy left.\"}\n";
    let little: Vec<u8> = lines.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = lines.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let twice: String = lines.lines().map(|line| serde_json::Value::from(line).to_string() + "\n").collect();
    for bytes in [little, big, twice.into_bytes()] {
        assert_eq!(texts("articles.jsonl", &bytes), ["The café opened.", "The envoy left."]);
    }
}

#[test]
fn a_table_of_tabs_that_quotes_nothing_keeps_its_quotation_marks_and_its_rows() {
    let tsv =
        "id\ttext\n1\t\"We will talk,\" the envoy said.\n2\tThe port is closed.\n3\t\"Never,\" he said, and left.\n";
    assert_eq!(
        texts("export.tsv", tsv.as_bytes()),
        ["\"We will talk,\" the envoy said.", "The port is closed.", "\"Never,\" he said, and left."]
    );
    let quoted = "id\ttext\n1\t\"\"\"We will talk,\"\" the envoy said.\"\n2\t\"The port\nis closed.\"\n";
    assert_eq!(texts("export.tsv", quoted.as_bytes()), ["\"We will talk,\" the envoy said.", "The port\nis closed."]);
}

#[test]
fn a_table_that_is_none_is_refused_by_name() {
    for (name, text) in
        [("a.csv", "lat,lon\n59.9,10.7\n"), ("export", "1213\t20260305\tUSA\tUNITED STATES\tUSA\t\t\t\t042\t04\t1.9\n")]
    {
        let Err(FileError::Refused { origin, rejection }) = messages(name, text.as_bytes()) else {
            panic!("{name}: read")
        };
        assert_eq!((rejection.reason, origin.offset), (RejectionReason::UnsupportedFormat, 1));
        assert!(rejection.detail.starts_with("a table without a column"), "{rejection}");
    }
    let open = format!("id,text\n1,\"{}", "The envoy left. ".repeat(4 * LIMIT / 16));
    let found = texts("a.csv", open.as_bytes());
    assert!(found[0].contains("is a quotation mark left open?"), "{found:?}");
    let long = format!("id,text\n1,{}\n2,The envoy left.\n", "x".repeat(LIMIT));
    assert_eq!(texts("a.csv", long.as_bytes()), ["more than the 4096 bytes that are accepted", "The envoy left."]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn compressed_files_are_read_as_what_they_hold() {
    let line = "{\"id\": \"a\", \"text\": \"The envoy left.\"}\n";
    let zstd = || {
        let block = (1 | line.len() << 3).to_le_bytes();
        [&[0x28, 0xB5, 0x2F, 0xFD, 0x20, u8::try_from(line.len()).unwrap()][..], &block[..3], line.as_bytes()].concat()
    };
    // A frame that is no content: what seekable files end with, and parallel compressors begin with.
    let beside = |n_bytes: u8| [&[0x5E, 0x2A, 0x4D, 0x18, n_bytes, 0, 0, 0][..], &vec![7; n_bytes.into()]].concat();
    for (name, bytes, n_articles) in [
        ("one of gzip", gzip(line.as_bytes()), 1),
        ("one of zstd", zstd(), 1),
        ("two members", [gzip(line.as_bytes()), gzip(line.as_bytes())].concat(), 2),
        ("two frames", [zstd(), zstd()].concat(), 2),
        ("frames beside", [beside(3), zstd(), beside(0), beside(200), zstd(), beside(9)].concat(), 2),
    ] {
        assert_eq!(texts("articles", &bytes), vec!["The envoy left."; n_articles], "{name}");
    }
    let cut = [zstd(), beside(9)[..12].to_vec()].concat();
    let found = texts("articles", &cut);
    assert!(found.len() == 2 && found[1].contains("a frame that breaks off"), "{found:?}");
    let half = gzip(&b"The envoy left, and with him went the crews of the boats.".repeat(20));
    let found = texts("a.txt", &half[..half.len() / 2]);
    assert!(found[0].contains("a.txt at line 1: the gzip data breaks off"), "{found:?}");
    assert_eq!(texts("a.html", &gzip(b"The <b>envoy</b> left.")), ["The envoy left."]);
    let bomb = gzip(&vec![b'x'; 64 << 20]);
    assert_eq!(texts("a", &bomb), ["more than the 4096 bytes that are accepted"]);
}

#[test]
fn an_answer_of_a_news_api_is_cut_into_its_articles() {
    let answer = r#"{"status": "ok", "articles": [{"title": "Talks", "content": "The envoy left."}, {"title": "Port", "description": "It is closed now."}]}"#;
    assert_eq!(texts("a.json", answer.as_bytes()), ["The envoy left.", "It is closed now."]);
    assert_eq!(texts("a", format!("{answer}\n{answer}\n").as_bytes()).len(), 4);
}

#[test]
fn a_folder_is_its_files_in_order_and_what_is_given_goes_along() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("b.txt", "The port closed."), ("a/2.txt", "He left."), ("a/1.txt", "He came."), (".hidden", "No.")]
    {
        fs::create_dir_all(folder.path().join(name).parent().unwrap()).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    }
    let given = Given {
        published_at: Some(PublishedAt::At("2026-03-05".to_owned())),
        url: None,
        publisher: Some("Example Wire".to_owned()),
        id: IdFrom::Name,
    };
    let paths: Vec<PathBuf> = vec![folder.path().to_owned(), folder.path().join("missing")];
    let mut found: Vec<_> = Messages::of_all(paths, LIMIT, given, |reader| reader).collect();
    let error = found.pop().unwrap().unwrap_err().to_string();
    assert!(error.starts_with("cannot open ") && error.contains("missing"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    fs::create_dir(empty.path().join("sub")).unwrap();
    let none: Vec<_> =
        Messages::of_all(vec![empty.path().to_owned()], LIMIT, Given::default(), |reader| reader).collect();
    let [Err(error)] = &none[..] else { panic!("{none:?}") };
    assert!(error.to_string().ends_with("a folder without files; hidden ones are left out"), "{error}");
    let read: Vec<Article> =
        found.into_iter().map(|message| input::decode(&message.unwrap(), &InputOptions::default()).unwrap()).collect();
    let told: Vec<(&str, &str)> = read.iter().map(|article| (article.id.as_str(), article.text.as_str())).collect();
    assert_eq!(told, [("1", "He came."), ("2", "He left."), ("b", "The port closed.")]);
    assert!(read.iter().all(|article| article.publisher.as_deref() == Some("Example Wire")));
    assert!(read.iter().all(|article| article.published_at.unwrap().to_string() == "2026-03-05T00:00:00Z"));
}

#[test]
fn what_is_called_json_and_is_none_is_no_text() {
    for text in ["// The envoy left.\n{\"text\": \"He left.\"}\n", "<html><p>Not found.</p></html>", "Try again later."]
    {
        let found = texts("a.json", text.as_bytes());
        assert!(found[0].starts_with("malformed: not JSON at column 1"), "{found:?}");
    }
}

#[test]
fn an_address_is_said_to_be_one() {
    let error = Messages::open("https://news.example/1".as_ref(), LIMIT).err().unwrap().to_string();
    assert!(error.contains("curl -sL https://news.example/1 | demarche extract"), "{error}");
}

#[cfg(feature = "feeds")]
#[test]
fn a_feed_gives_an_article_an_entry() {
    let rss = r#"<?xml version="1.0"?>
<rss version="2.0"><channel><title>Example Wire</title><item><title>Talks go on</title><link>https://news.example/1</link><pubDate>Thu, 05 Mar 2026 09:00:00 GMT</pubDate>
<description>&lt;p&gt;The envoy said that the talks would go on.&lt;/p&gt;</description></item><item><title>Port closed</title><guid>urn:2</guid></item></channel></rss>"#;
    let articles = read("feed.xml", rss.as_bytes());
    let first = articles[0].as_ref().unwrap();
    assert_eq!((first.url.as_deref(), first.title.as_deref()), (Some("https://news.example/1"), Some("Talks go on")));
    assert_eq!(first.text, "The envoy said that the talks would go on.");
    assert_eq!(first.published_at.unwrap().to_string(), "2026-03-05T09:00:00Z");
    assert_eq!(first.publisher.as_deref(), Some("Example Wire"));
    assert_eq!(articles[1].as_ref().unwrap().title.as_deref(), Some("Port closed"));
}

#[cfg(not(feature = "feeds"))]
#[test]
fn a_feed_is_refused_by_name() {
    let found = texts("feed.xml", b"<rss version='2.0'><channel><title>Wire</title></channel></rss>");
    assert!(found[0].starts_with("unsupported_format: a feed"), "{found:?}");
}

/// A record of a web archive.
#[cfg(feature = "warc")]
fn record(kind: &str, address: &str, block: &str) -> String {
    record_of("application/http", kind, address, block)
}

#[cfg(feature = "warc")]
fn record_of(content_type: &str, kind: &str, address: &str, block: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

/// The HTTP response that such a record holds.
#[cfg(feature = "warc")]
fn page(kind: &str, body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n{body}")
}

/// What is no page is passed over before its size is asked, and what is one and too large is said to be so.
#[cfg(feature = "warc")]
#[test]
fn only_pages_of_a_web_archive_are_too_large() {
    let long = "x".repeat(3 * LIMIT);
    let kinds =
        ["image/jpeg", "video/mp4", "audio/mpeg", "font/woff2", "text/css", "text/javascript", "application/pdf", ""];
    let mut records: Vec<String> =
        kinds.map(|kind| record("response", "https://news.example/x", &page(kind, &long))).into();
    // Servers call pictures and papers pages, too, and not only small ones.
    for body in [format!("%PDF-1.7 {long}"), format!("PK\u{3}\u{4}{long}"), "%PDF-1.7 x".to_owned()] {
        records.push(record("response", "https://news.example/y", &page("text/html", &body)));
        let chunked = page("text/html", &format!("4000\r\n{body}\r\n0\r\n\r\n"));
        let chunked = chunked.replacen("\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n", 1);
        records.push(record("response", "https://news.example/y", &chunked));
    }
    records.push(record_of("image/png", "resource", "https://news.example/z", &long));
    records.push(record_of("text/html", "metadata", "https://news.example/z", &long));
    assert!(read("a.warc", records.concat().as_bytes()).is_empty());
    let pages = [
        record("response", "https://news.example/1", &page("text/html", &long)),
        record("response", "https://news.example/2", &page("text/html; charset=utf-8", "<p>The envoy left.</p>")),
        record_of("text/plain", "conversion", "https://news.example/3", &long),
    ];
    records.extend(pages);
    let too_large = Err("more than the 4096 bytes that are accepted".to_owned());
    let found: Vec<_> =
        read("a.warc", records.concat().as_bytes()).into_iter().map(|read| read.map(|article| article.text)).collect();
    assert_eq!(found, [too_large.clone(), Ok("The envoy left.".to_owned()), too_large]);
}

/// Whatever its size, a file that is not read is said to be what it is.
#[test]
fn a_large_file_that_is_not_read_is_called_by_its_name() {
    let long = "x".repeat(3 * LIMIT);
    for (begin, name) in [("%PDF-1.7 ", "a PDF file"), ("PK\u{3}\u{4}", "a zip archive")] {
        let found = texts("a", format!("{begin}{long}").as_bytes());
        assert!(found[0].starts_with(&format!("unsupported_format: {name}")), "{found:?}");
    }
    assert_eq!(texts("a", long.as_bytes()), ["more than the 4096 bytes that are accepted"]);
    #[cfg(not(feature = "warc"))]
    {
        let found = texts("a.warc", format!("WARC/1.0\r\n{long}").as_bytes());
        assert!(found[0].contains("feature `warc` reads files of them"), "{found:?}");
    }
}

#[cfg(feature = "warc")]
#[test]
fn a_web_archive_gives_an_article_a_page() {
    let gone = "x".repeat(3 * LIMIT);
    let records = [
        record("warcinfo", "", "software: x"),
        record("request", "https://news.example/1", "GET /1 HTTP/1.1"),
        record("response", "https://news.example/1", &page("text/html; charset=utf-8", "<p>The envoy left.</p>")),
        record("response", "https://news.example/a.png", &page("image/png", "x")),
        record("response", "https://news.example/b.mp4", &page("video/mp4", &"x".repeat(3 * LIMIT))),
        record("response", "https://news.example/5", &page("text/html", &gone).replace("200 OK", "410 Gone")),
        record(
            "response",
            "https://news.example/2",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>No.</p>",
        ),
        record("response", "https://news.example/3", &page("text/html", &"x".repeat(3 * LIMIT))),
        record(
            "response",
            "https://news.example/4",
            &page("text/html", "<p>The port is closed.</p>")
                .replace("\r\n\r\n<p>", "\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n<p>")
                .replace("</p>", "</p>\r\n0\r\n\r\n"),
        ),
    ];
    let bytes: Vec<u8> = records.iter().flat_map(|record| gzip(record.as_bytes())).collect();
    let found = read("CC-NEWS.warc", &bytes);
    assert_eq!(found.len(), 3, "{found:?}");
    let first = found[0].as_ref().unwrap();
    assert_eq!((first.url.as_deref(), first.text.as_str()), (Some("https://news.example/1"), "The envoy left."));
    assert_eq!(found[1].as_ref().unwrap_err(), "more than the 4096 bytes that are accepted");
    assert_eq!(found[2].as_ref().unwrap().text, "The port is closed.");
    let cut = &records[2].as_bytes()[..records[2].len() - 10];
    assert!(texts("a.warc", cut)[0].contains("a record that breaks off in a web archive"));
}
