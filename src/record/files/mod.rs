//! Files and standard input as messages: the same decoding serves them and the topics.
//!
//! The file's extension says what it is (`.jsonl` and `.ndjson` one article a line, `.json` one article or an array of
//! them, `.html`, `.txt`), else its first bytes do. One article at a time is in memory, none larger than the limit.

mod piece;
mod values;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::message::{Header, Message, Origin};
use piece::Piece;
use values::Values;

/// The name under which standard input is given, as for other commands.
pub const STDIN: &str = "-";

/// Bytes of the first line that are looked at to tell JSON lines from one JSON value over many lines.
const HEAD_BYTES: u64 = 64 * 1024;

/// Bytes read from a file at once.
const BUFFER_BYTES: usize = 64 * 1024;

/// Why a file, or an article in it, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be opened. Nothing of it was read.
    #[error("cannot open {path}: {source}", path = .path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Reading broke off. Nothing more comes from this file.
    #[error("cannot read on in {name} at line {line}: {source}")]
    Read {
        /// The file.
        name: Arc<str>,
        /// Line, from 1.
        line: i64,
        /// What the system says.
        source: io::Error,
    },
    /// One article is too large. The next one may be read.
    #[error("more than the {limit} bytes that are accepted")]
    TooLarge {
        /// Where it stands; the offset is its line.
        origin: Origin,
        /// The limit in bytes.
        limit: usize,
    },
}

/// The articles of one file, unread, in order. [`Origin::topic`] is the file's name and [`Origin::offset`] the line, from
/// 1, where the article begins.
pub struct Messages {
    reader: Box<dyn BufRead + Send>,
    layout: Layout,
    name: Arc<str>,
    limit: usize,
    line: i64,
    is_finished: bool,
}

/// How articles lie in a file.
enum Layout {
    Lines,
    Values(Values),
    Whole(&'static str),
}

impl Messages {
    /// Opens a file, or standard input for [`STDIN`]. Articles of more than `limit` bytes are refused.
    ///
    /// # Errors
    /// [`FileError::Open`] and [`FileError::Read`].
    pub fn open(path: &Path, limit: usize) -> Result<Self, FileError> {
        Self::open_with(path, limit, |reader| reader)
    }

    /// The same, with something around the raw reader, such as a counter of bytes.
    ///
    /// # Errors
    /// [`FileError::Open`] and [`FileError::Read`].
    pub fn open_with(
        path: &Path,
        limit: usize,
        wrap: impl FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send>,
    ) -> Result<Self, FileError> {
        let buffered = |reader| Box::new(BufReader::with_capacity(BUFFER_BYTES, wrap(reader)));
        if path.as_os_str() == STDIN {
            return Self::from_reader(buffered(Box::new(io::stdin())), "stdin", None, limit);
        }
        let file = File::open(path).map_err(|source| FileError::Open { path: path.to_owned(), source })?;
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
        Self::from_reader(buffered(Box::new(file)), &path.display().to_string(), extension.as_deref(), limit)
    }

    /// The articles of several files, one file after the other; a file that cannot be opened is an error in its place.
    pub fn of_all(
        paths: Vec<PathBuf>,
        limit: usize,
        wrap: impl Fn(Box<dyn Read + Send>) -> Box<dyn Read + Send> + Send,
    ) -> impl Iterator<Item = Result<Message, FileError>> + Send {
        paths.into_iter().flat_map(move |path| {
            let (messages, error) = match Self::open_with(&path, limit, &wrap) {
                Ok(messages) => (Some(messages), None),
                Err(error) => (None, Some(Err(error))),
            };
            error.into_iter().chain(messages.into_iter().flatten())
        })
    }

    /// Reads from anything, under a name, as a file with this extension.
    ///
    /// # Errors
    /// [`FileError::Read`], where the first line has to be looked at and cannot be read.
    pub fn from_reader(
        mut reader: Box<dyn BufRead + Send>,
        name: &str,
        extension: Option<&str>,
        limit: usize,
    ) -> Result<Self, FileError> {
        let name: Arc<str> = name.into();
        let layout = match extension {
            Some("jsonl" | "ndjson") => Layout::Lines,
            Some("html" | "htm" | "xhtml") => Layout::Whole("text/html"),
            Some("txt" | "text" | "md") => Layout::Whole("text/plain"),
            _ => {
                let mut head = Vec::new();
                let looked_at = read_head(&mut reader, &mut head);
                looked_at.map_err(|source| FileError::Read { name: Arc::clone(&name), line: 1, source })?;
                let layout = layout_of(&head);
                reader = Box::new(Cursor::new(head).chain(reader));
                layout
            }
        };
        Ok(Self { reader, layout, name, limit, line: 1, is_finished: false })
    }

    fn message(&self, line: i64, payload: Vec<u8>, content_type: &str) -> Message {
        let header: Header = ("content-type".to_owned(), Some(content_type.as_bytes().to_vec()));
        Message { origin: self.origin(line), key: None, payload: Some(payload), headers: vec![header] }
    }

    fn origin(&self, line: i64) -> Origin {
        Origin { topic: Arc::clone(&self.name), partition: 0, offset: line, timestamp_ms: None }
    }

    /// The next article: the line where it begins, its bytes (`None` if they are too many) and their type.
    fn advance(&mut self) -> io::Result<Option<(i64, Piece, &'static str)>> {
        match &mut self.layout {
            Layout::Whole(content_type) => {
                let content_type = *content_type;
                self.is_finished = true;
                let mut bytes = Piece::new(self.limit);
                while let n @ 1.. = {
                    let buffer = self.reader.fill_buf()?;
                    bytes.extend(buffer);
                    buffer.len()
                } {
                    self.reader.consume(n);
                }
                Ok(Some((1, bytes, content_type)))
            }
            Layout::Lines => loop {
                let mut bytes = Piece::new(self.limit);
                let n_read = read_line(&mut self.reader, &mut bytes)?;
                if n_read == 0 {
                    return Ok(None);
                }
                let line = self.line;
                self.line += 1;
                if !bytes.is_blank() {
                    return Ok(Some((line, bytes, "application/json")));
                }
            },
            Layout::Values(values) => {
                let mut bytes = Piece::new(self.limit);
                let line = values.next(&mut self.reader, &mut self.line, &mut bytes)?;
                Ok(line.map(|line| (line, bytes, "application/json")))
            }
        }
    }
}

impl Iterator for Messages {
    type Item = Result<Message, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_finished {
            return None;
        }
        match self.advance() {
            Ok(Some((line, piece, content_type))) => Some(match piece.whole() {
                Some(bytes) => Ok(self.message(line, bytes, content_type)),
                None => Err(FileError::TooLarge { origin: self.origin(line), limit: self.limit }),
            }),
            Ok(None) => {
                self.is_finished = true;
                None
            }
            Err(source) => {
                self.is_finished = true;
                Some(Err(FileError::Read { name: Arc::clone(&self.name), line: self.line, source }))
            }
        }
    }
}

/// Reads to the end of a line and drops the line break; 0 at the end of the file.
fn read_line(reader: &mut dyn BufRead, bytes: &mut Piece) -> io::Result<usize> {
    let mut n_read = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(n_read);
        }
        let end = buffer.iter().position(|&byte| byte == b'\n');
        bytes.extend(&buffer[..end.unwrap_or(buffer.len())]);
        let n_used = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(n_used);
        n_read += n_used;
        if end.is_some() {
            return Ok(n_read);
        }
    }
}

/// Reads the first line that is not blank, with the blank ones before it, as far as [`HEAD_BYTES`] reach.
fn read_head(reader: &mut dyn BufRead, head: &mut Vec<u8>) -> io::Result<()> {
    let mut reader = reader.take(HEAD_BYTES);
    while reader.read_until(b'\n', head)? > 0 && head.iter().all(u8::is_ascii_whitespace) {}
    Ok(())
}

/// What a file is by its beginning.
fn layout_of(head: &[u8]) -> Layout {
    let head = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head).trim_ascii();
    match head.first() {
        Some(b'{') => {
            // A first line longer than the head is a whole article too: over several lines none is so long.
            let is_line = head.last() == Some(&b'}') && serde_json::from_slice::<serde::de::IgnoredAny>(head).is_ok();
            if is_line || head.len() as u64 > HEAD_BYTES / 2 {
                Layout::Lines
            } else {
                Layout::Values(Values::default())
            }
        }
        Some(b'[') => Layout::Values(Values::default()),
        Some(b'<') => Layout::Whole("text/html"),
        _ => Layout::Whole("text/plain"),
    }
}
