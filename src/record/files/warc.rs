//! Web archives (WARC 1.x, ISO 28500), as crawlers write them: the pages in them, one record after the other, without more than one in
//! memory. Requests, metadata, pictures, and answers that are no page are passed over.

use std::io::{self, BufRead, Read};

use super::super::input;
use super::super::message::Header;
use super::piece::{Next, Piece};

/// Longest head of a record or of the HTTP response in it, in bytes.
const MAX_HEAD_BYTES: u64 = 64 * 1024;

/// Media types that are read.
const READ: [&str; 4] = ["text/html", "application/xhtml+xml", "text/plain", "application/json"];

/// The records of an archive.
pub(super) struct Archive {
    reader: Box<dyn BufRead + Send>,
    /// Which record, from 1: records have no lines.
    n_records: i64,
}

impl Archive {
    pub(super) fn new(reader: Box<dyn BufRead + Send>) -> Self {
        Self { reader, n_records: 0 }
    }

    /// The next page with its address.
    pub(super) fn next(&mut self, limit: usize) -> io::Result<Option<Next>> {
        loop {
            let Some(head) = self.head()? else { return Ok(None) };
            self.n_records += 1;
            let length = field(&head, "content-length").and_then(|length| length.parse::<u64>().ok());
            let length = length.ok_or_else(|| broken("a record without its length"))?;
            let mut piece = Piece::new(limit);
            let kind = field(&head, "warc-type").unwrap_or_default();
            let is_wanted = matches!(kind, "response" | "resource" | "conversion");
            self.block(length, is_wanted.then_some(&mut piece))?;
            if !is_wanted {
                continue;
            }
            let mut next = Next::new(self.n_records, piece, field(&head, "content-type").unwrap_or_default());
            next.headers = address(&head).into_iter().collect();
            if kind == "response" && !taken_out(&mut next, limit) {
                continue;
            }
            let media_type = next.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            if READ.contains(&media_type.as_str()) {
                return Ok(Some(next));
            }
        }
    }

    /// The fields of the next record; `None` at the end.
    fn head(&mut self) -> io::Result<Option<String>> {
        let mut head = Vec::new();
        let mut reader = self.reader.by_ref().take(MAX_HEAD_BYTES);
        loop {
            let begin = head.len();
            let n_read = reader.read_until(b'\n', &mut head)?;
            let is_blank = head[begin..].trim_ascii().is_empty();
            match (n_read, is_blank, begin == 0) {
                // Empty lines stand between records.
                (1.., true, true) => head.clear(),
                (0, _, true) => return Ok(None),
                (0, ..) => return Err(broken("a record that breaks off in its head")),
                (_, true, false) => break,
                _ => {}
            }
        }
        if !head.starts_with(b"WARC/") {
            return Err(broken("a record that does not begin with WARC/"));
        }
        Ok(Some(String::from_utf8_lossy(&head).into_owned()))
    }

    /// Reads a record's block, or passes it over.
    fn block(&mut self, mut length: u64, mut piece: Option<&mut Piece>) -> io::Result<()> {
        while length > 0 {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Err(broken("a record that breaks off"));
            }
            let n_used = usize::try_from(length).map_or(buffer.len(), |length| length.min(buffer.len()));
            if let Some(piece) = &mut piece {
                piece.extend(&buffer[..n_used]);
            }
            self.reader.consume(n_used);
            length -= n_used as u64;
        }
        Ok(())
    }
}

/// Takes a page out of its HTTP response; whether it is one. What is too large stays, to be named.
fn taken_out(next: &mut Next, limit: usize) -> bool {
    let Some(bytes) = std::mem::replace(&mut next.piece, Piece::new(limit)).whole() else {
        next.piece.overflow();
        next.content_type = READ[0].to_owned();
        return true;
    };
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let status = head.split_ascii_whitespace().nth(1).unwrap_or_default();
    if !head.starts_with("HTTP/") || status != "200" {
        return false;
    }
    next.content_type = field(&head, "content-type").unwrap_or_default().to_owned();
    let body = &bytes[end + 4..];
    let is_chunked = field(&head, "transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
    match is_chunked.then(|| unchunked(body)).flatten() {
        Some(whole) => next.piece.extend(&whole),
        None => next.piece.extend(body),
    }
    true
}

/// A body without the lengths of its chunks; `None` if it has none, as most archives take them off and leave the header.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.iter().take(32).position(|byte| *byte == b'\n')?;
        let length = std::str::from_utf8(&body[..end]).ok()?.split(';').next()?.trim();
        let length = usize::from_str_radix(length, 16).ok()?;
        body = &body[end + 1..];
        if length == 0 {
            return Some(whole);
        }
        whole.extend(body.get(..length)?);
        body = body[length..].strip_prefix(b"\r\n")?;
    }
}

/// The value of a field in a head.
fn field<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn address(head: &str) -> Option<Header> {
    let address = field(head, "warc-target-uri")?.trim_matches(['<', '>']);
    Some((input::URL.to_owned(), Some(address.as_bytes().to_vec())))
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} in a web archive"))
}
