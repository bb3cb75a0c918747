//! Files that are compressed, or in UTF-16 with a byte order mark or without, as a stream of what they hold.

use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};

use super::super::compression::Compression;
use super::super::input;

/// Bytes of the first line that are looked at to tell JSON lines from one JSON value over many lines.
pub(super) const HEAD_BYTES: u64 = 64 * 1024;

/// Bytes read from a file at once.
pub(super) const BUFFER_BYTES: usize = 64 * 1024;

/// A reader of what a file holds, which has not been read from, with a copy of its first line.
pub(super) struct Opened {
    pub(super) reader: Box<dyn BufRead + Send>,
    pub(super) head: Vec<u8>,
}

/// Takes off compression and UTF-16.
pub(super) fn open(reader: Box<dyn BufRead + Send>) -> io::Result<Opened> {
    let opened = looked_at(reader)?;
    let opened = match Compression::of(&opened.head) {
        Some(compression) => {
            let (name, reader) = (compression.name(), compression.reader(opened.reader));
            looked_at(buffered(Expanded { reader, name }))?
        }
        None => opened,
    };
    let marked = Encoding::for_bom(&opened.head).map(|(encoding, _)| encoding);
    match marked.or_else(|| input::utf16(&opened.head)) {
        Some(encoding) if encoding != UTF_8 => {
            let decoder = encoding.new_decoder_with_bom_removal();
            looked_at(buffered(Decoded { reader: opened.reader, decoder, is_finished: false }))
        }
        _ => Ok(opened),
    }
}

fn buffered(reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(BUFFER_BYTES, reader))
}

fn looked_at(mut reader: Box<dyn BufRead + Send>) -> io::Result<Opened> {
    let mut head = Vec::new();
    read_head(&mut reader, &mut head)?;
    Ok(Opened { reader: Box::new(Cursor::new(head.clone()).chain(reader)), head })
}

/// Reads the first line that is not blank, with the blank ones before it, as far as [`HEAD_BYTES`] reach.
fn read_head(reader: &mut dyn BufRead, head: &mut Vec<u8>) -> io::Result<()> {
    let mut reader = reader.take(HEAD_BYTES);
    while reader.read_until(b'\n', head)? > 0 && head.iter().all(u8::is_ascii_whitespace) {}
    Ok(())
}

/// What was compressed. An error says so: that of a decoder speaks of its own parts.
struct Expanded {
    reader: Box<dyn Read + Send>,
    name: &'static str,
}

impl Read for Expanded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let name = self.name;
        self.reader.read(buffer).map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => io::Error::new(error.kind(), format!("the {name} data breaks off")),
            ErrorKind::InvalidData | ErrorKind::InvalidInput => {
                io::Error::new(error.kind(), format!("broken {name} data: {error}"))
            }
            _ => error,
        })
    }
}

/// UTF-8 out of UTF-16. What is none becomes U+FFFD.
struct Decoded {
    reader: Box<dyn BufRead + Send>,
    decoder: Decoder,
    is_finished: bool,
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // A character has up to four bytes, and half of one cannot be given. Readers of ours ask for more.
        while !self.is_finished && buffer.len() >= 4 {
            let bytes = self.reader.fill_buf()?;
            let is_last = bytes.is_empty();
            let (result, n_read, n_written, _) = self.decoder.decode_to_utf8(bytes, buffer, is_last);
            self.reader.consume(n_read);
            self.is_finished = is_last && result == CoderResult::InputEmpty;
            if n_written > 0 {
                return Ok(n_written);
            }
        }
        Ok(0)
    }
}
