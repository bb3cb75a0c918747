//! What is recognized and not read, so that it is refused by its name and never read as an article: containers by their first bytes
//! (`data/input/formats.tsv`), frames of schema registries around anything but JSON, XML that is no page, e-mail, tables, lists of addresses.

use std::sync::LazyLock;

use super::super::{Rejection, RejectionReason, table};

/// Bytes that Confluent's serializers put before a value: zero, and the number of a schema in four bytes, or eight as others do.
const REGISTRY_FRAMES: [usize; 2] = [5, 9];

/// Bytes that the serializer of AWS Glue puts before a value: version, compression, and the id of a schema.
const GLUE_FRAME: usize = 18;

/// Bytes that are looked at for what no text has.
const SAMPLE_BYTES: usize = 4096;

/// Lines of a message's head that are looked at.
const HEAD_LINES: usize = 40;

/// Fields of an e-mail that nobody writes by hand, as somebody may write "From:" and "Subject:" over a cable.
const MAIL_FIELDS: [&str; 7] = [
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "delivered-to",
    "dkim-signature",
    "content-transfer-encoding",
];

/// Lines that begin with a mark of quoted mail, at least, in a text of which they are half; fewer are some quotation in Markdown.
const MIN_QUOTED_LINES: usize = 3;

/// What such a text is called.
const QUOTED_MAIL: &str = "quoted mail (its lines begin with >): without these marks it is read";

/// What mail programs write above a message that is passed on, between dashes or not.
const PASSED_ON: [&str; 3] = ["forwarded message", "original message", "begin forwarded message"];

/// A format by its first bytes.
struct Magic {
    bytes: Vec<u8>,
    is_sure: bool,
    name: &'static str,
}

static MAGICS: LazyLock<Vec<Magic>> = LazyLock::new(|| {
    let rows = include_str!("../../../data/input/formats.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| {
        let mut cells = row.split('\t');
        let (hex, place, name) = (cells.next()?, cells.next()?, cells.next()?);
        let bytes = (0..hex.len()).step_by(2).filter_map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok());
        Some(Magic { bytes: bytes.collect(), is_sure: place == "always", name })
    })
    .collect()
});

/// The bytes of the article in a message: without a schema registry's frame around JSON.
pub(super) fn unframed(bytes: &[u8]) -> Result<&[u8], Rejection> {
    match bytes {
        [0, ..] if bytes.len() > REGISTRY_FRAMES[0] => {
            let mut inside = REGISTRY_FRAMES.iter().filter_map(|n_bytes| bytes.get(*n_bytes..));
            if let Some(json) = inside.find(|inside| is_json(inside)) {
                return Ok(json);
            }
            // UTF-16 begins with a zero as well.
            if bytes[1] != 0 && bytes[2] == 0 && bytes.get(4) == Some(&0) {
                return Ok(bytes);
            }
            let schema = u32::from_be_bytes([bytes[1], bytes[2], bytes[3], bytes[4]]);
            Err(refused(format!(
                "a frame of a schema registry (schema {schema}) around Avro or Protobuf, or other binary data; JSON in a frame is read"
            )))
        }
        [3, 0 | 5, ..] if bytes.len() > GLUE_FRAME => match &bytes[GLUE_FRAME..] {
            json if bytes[1] == 0 && is_json(json) => Ok(json),
            _ => Err(refused("a frame of AWS Glue's schema registry around Avro, Protobuf or compressed data")),
        },
        _ => Ok(bytes),
    }
}

fn is_json(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
        && std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0'))
}

/// Refuses what is no text at all.
pub(super) fn check_bytes(bytes: &[u8]) -> Result<(), Rejection> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let is_binary = || sample.iter().any(|byte| matches!(byte, 0..=8 | 14..=25)) || std::str::from_utf8(bytes).is_err();
    let found = MAGICS.iter().find(|magic| bytes.starts_with(&magic.bytes) && (magic.is_sure || is_binary()));
    if let Some(found) = found {
        return Err(refused(found.name));
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Err(refused("a tar archive"));
    }
    Ok(())
}

/// What something is that begins with these bytes, where nothing of the kind is read, however large.
pub(in crate::record) fn unread(head: &[u8]) -> Option<Rejection> {
    check_bytes(head).err().or_else(|| is_archive(head).then(|| refused(archives())))
}

fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"WARC/1.") || bytes.starts_with(b"WARC/0.")
}

/// What is said of a web archive, and where its pages are read.
const fn archives() -> &'static str {
    if cfg!(feature = "warc") {
        "a web archive (WARC): a message is one article, and files of web archives are read page by page"
    } else {
        "a web archive (WARC): a message is one article; a program built with feature `warc` reads files of them"
    }
}

/// Refuses a text of zeros and other characters that no text has: data of a format that is not known here.
pub(super) fn check_characters(text: &str) -> Result<(), Rejection> {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let n_odd = sample.chars().filter(|c| matches!(c, '\0'..='\u{8}' | '\u{E}'..='\u{19}')).count();
    // One or two may have slipped into a text.
    if n_odd * 50 > sample.chars().count() {
        return Err(refused("binary data of no known format"));
    }
    Ok(())
}

/// Whether XML is a page; else it is refused by its root. XML is what is declared so, begins with its declaration, or has a root
/// that is known to be no page's.
pub(super) fn check_xml(text: &str, is_declared: bool) -> Result<(), Rejection> {
    let Some(root) = root(text) else { return Ok(()) };
    let name = root.to_ascii_lowercase();
    let kind = match name.as_str() {
        "html" => return Ok(()),
        "rss" | "feed" | "rdf:rdf" => feeds(),
        "nitf" | "newsml" | "newsmessage" | "newsitem" | "packageitem" => "news in XML (NITF or NewsML)",
        "urlset" | "sitemapindex" => "a sitemap",
        "opml" => "a list of feeds (OPML)",
        _ if is_declared || text.trim_start().starts_with("<?xml") => "XML",
        _ => return Ok(()),
    };
    Err(refused(format!("{kind} (its root is <{root}>)")))
}

/// What is said of a feed, and where its entries are read.
const fn feeds() -> &'static str {
    if cfg!(feature = "feeds") {
        "a feed (RSS or Atom): a message is one article, and files of feeds are read entry by entry"
    } else {
        "a feed (RSS or Atom): a message is one article; a program built with feature `feeds` reads files of them"
    }
}

/// The name of the first element, behind declarations and comments.
pub(in crate::record) fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        let after = match rest {
            _ if rest.starts_with("<!--") => rest.split_once("-->")?.1,
            _ if rest.starts_with("<?") => rest.split_once("?>")?.1,
            _ if rest.starts_with("<!") => rest.split_once('>')?.1,
            _ => break,
        };
        rest = after.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>'))?;
    name.get(..end).filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Refuses a text that is no article but something else that is written in characters.
pub(super) fn check_text(text: &str) -> Result<(), Rejection> {
    let text = text.trim_start();
    let found = if is_archive(text.as_bytes()) {
        archives()
    } else if text.starts_with("HTTP/1.") || text.starts_with("HTTP/2 ") {
        "an HTTP response with its head"
    } else if text.starts_with("WEBVTT") || is_subrip(text) {
        "subtitles"
    } else if is_mail(text) || is_passed_on(text) {
        "an e-mail"
    } else if is_quoted(text) {
        QUOTED_MAIL
    } else if is_list_of_addresses(text) {
        "a list of addresses: an address is not fetched"
    } else if table::is_table(text) {
        "a table: a message is one article; `demarche publish` sends each row"
    } else if matches!(text.trim_end(), "null" | "true" | "false") {
        "a JSON value that is no object"
    } else {
        return Ok(());
    };
    Err(refused(found))
}

fn is_mail(text: &str) -> bool {
    let mut lines = text.lines().take(HEAD_LINES).take_while(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default();
    let name = |line: &str| line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
    let is_field = |line: &str| {
        name(line).is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
    };
    (is_field(first) || first.starts_with("From ") && first.contains('@'))
        && std::iter::once(first).chain(lines).filter_map(name).any(|name| MAIL_FIELDS.contains(&name.as_str()))
}

/// Refuses what stands under the name of a text and is a mail's.
pub(super) fn check_quoted(text: &str) -> Result<(), Rejection> {
    if is_quoted(text) { Err(refused(QUOTED_MAIL)) } else { Ok(()) }
}

fn is_passed_on(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    PASSED_ON.contains(&first.as_str())
}

/// Whether a text is mostly what somebody answers to. Its marks stand in the middle of its sentences, and without them offsets would
/// no longer be those of the text that came.
fn is_quoted(text: &str) -> bool {
    let lines = || text.lines().map(str::trim_start).filter(|line| !line.trim_end().is_empty());
    let n_quoted = lines().filter(|line| line.starts_with('>')).count();
    if n_quoted < MIN_QUOTED_LINES {
        return false;
    }
    let is_answer = lines().zip(lines().skip(1)).any(|(line, next)| is_attribution(line) && next.starts_with('>'));
    is_answer || 2 * n_quoted >= lines().count()
}

/// "On Mon, 4 Mar 2024 at 09:00, Anna Berg <anna@x.example> wrote:", or the end of it where it was wrapped. A minister wrote, too: without a time or an address.
fn is_attribution(line: &str) -> bool {
    let line = line.trim_end();
    let is_mails = line.contains('@')
        || line.starts_with("On ") && line.contains(':') && line.contains(|c: char| c.is_ascii_digit());
    is_mails && (line.ends_with(" wrote:") || line.ends_with(" writes:"))
}

/// Subtitles as SubRip has them: a number, and below it from when to when.
fn is_subrip(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    let is_number = |line: &str| !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit());
    let is_time =
        |time: &str| time.split([':', ',', '.']).map(str::trim).all(is_number) && time.matches(':').count() == 2;
    lines.next().is_some_and(is_number)
        && lines.next().and_then(|line| line.split_once(" --> ")).is_some_and(|(from, to)| is_time(from) && is_time(to))
}

fn is_list_of_addresses(text: &str) -> bool {
    let is_address = |line: &str| (line.starts_with("http://") || line.starts_with("https://")) && !line.contains(' ');
    !text.is_empty() && text.lines().map(str::trim).filter(|line| !line.is_empty()).all(is_address)
}

pub(super) fn refused(what: impl Into<String>) -> Rejection {
    Rejection::new(RejectionReason::UnsupportedFormat, what)
}
