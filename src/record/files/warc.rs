//! Web archives (WARC 1.x, ISO 28500), as crawlers write them: the pages in them, one record after the other, without more than one in
//! memory. Requests, metadata, pictures, and answers that are no page are passed over, whatever their size; a page that is too large is an error in its place.

use std::io::{self, BufRead, Read};

use super::super::input;
use super::super::message::Header;
use super::piece::{Next, Piece};

/// Longest head of a record or of the HTTP response in it, in bytes.
const MAX_HEAD_BYTES: u64 = 64 * 1024;

/// Longest line with the length of a chunk, in bytes.
const MAX_CHUNK_LENGTH: usize = 32;

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

    /// The next page with its address. What a record is decides before how large it is: a film of any size is passed over.
    pub(super) fn next(&mut self, limit: usize) -> io::Result<Option<Next>> {
        loop {
            let Some(head) = self.head()? else { return Ok(None) };
            self.n_records += 1;
            let length = field(&head, "content-length").and_then(|length| length.parse::<u64>().ok());
            let mut length = length.ok_or_else(|| broken("a record without its length"))?;
            let body = match field(&head, "warc-type").unwrap_or_default() {
                "response" => self.response(&mut length)?,
                "resource" | "conversion" => Some(Body::of(&head)),
                _ => None,
            };
            let Some(body) = body.filter(Body::is_read) else {
                self.block(length, None)?;
                continue;
            };
            let mut piece = Piece::new(limit);
            // The lengths of chunks are no part of a page.
            if !body.is_chunked {
                piece.expect(length);
            }
            self.block(length, Some(&mut piece))?;
            if body.is_chunked {
                piece.replace(unchunked);
            }
            // Servers send pictures and films as pages, too.
            if input::unread(body.first_bytes(&piece)).is_some() {
                continue;
            }
            let mut next = Next::new(self.n_records, piece, &body.content_type);
            next.headers = address(&head).into_iter().collect();
            return Ok(Some(next));
        }
    }

    /// Reads the head of the HTTP response that a record's block is, if it is a page that was found, and takes its length off the block's.
    fn response(&mut self, length: &mut u64) -> io::Result<Option<Body>> {
        let mut head = Vec::new();
        let mut reader = self.reader.by_ref().take(MAX_HEAD_BYTES.min(*length));
        let is_whole = loop {
            let begin = head.len();
            let n_read = reader.read_until(b'\n', &mut head)?;
            if n_read == 0 || head[begin..].trim_ascii().is_empty() {
                break n_read > 0;
            }
        };
        *length -= head.len() as u64;
        let head = String::from_utf8_lossy(&head);
        let status = head.split_ascii_whitespace().nth(1).unwrap_or_default();
        Ok((is_whole && head.starts_with("HTTP/") && status == "200").then(|| Body::of(&head)))
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

/// What is said of the bytes behind a head, of a response or of a record.
struct Body {
    content_type: String,
    is_chunked: bool,
}

impl Body {
    fn of(head: &str) -> Self {
        let coding = field(head, "transfer-encoding").unwrap_or_default();
        let content_type = field(head, "content-type").unwrap_or_default().to_owned();
        Self { content_type, is_chunked: coding.eq_ignore_ascii_case("chunked") }
    }

    fn is_read(&self) -> bool {
        let media_type = self.content_type.split(';').next().unwrap_or_default().trim();
        READ.iter().any(|read| read.eq_ignore_ascii_case(media_type))
    }

    /// The first bytes of what was read, without the length of the first chunk, which what is too large still has.
    fn first_bytes<'p>(&self, piece: &'p Piece) -> &'p [u8] {
        let bytes = piece.head();
        let end = bytes.iter().take(MAX_CHUNK_LENGTH).position(|byte| *byte == b'\n');
        let is_length =
            |line: &[u8]| !line.trim_ascii().is_empty() && line.trim_ascii().iter().all(u8::is_ascii_hexdigit);
        match end {
            Some(end) if self.is_chunked && is_length(&bytes[..end]) => &bytes[end + 1..],
            _ => bytes,
        }
    }
}

/// A body without the lengths of its chunks; `None` if it has none, as most archives take them off and leave the header.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.iter().take(MAX_CHUNK_LENGTH).position(|byte| *byte == b'\n')?;
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
