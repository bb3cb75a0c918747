//! Files and standard input as messages: the same decoding serves them and the topics.
//!
//! The file's extension says what it is (`.jsonl` and `.ndjson` one article a line, `.json` one article or an array of
//! them, `.csv` and `.tsv` one a row, `.html`, `.txt`), else its first bytes do; a folder is the files in it. An answer of a news API is cut into its
//! articles, likewise. Compressed files are read as what they hold. One article at a time is in memory, none larger than the limit.

mod encoded;
#[cfg(feature = "feeds")]
mod feed;
mod given;
mod layout;
mod piece;
mod rows;
mod separated;
mod tree;
mod values;
#[cfg(feature = "warc")]
mod warc;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::message::{Header, Message, Origin};
use super::{Rejection, RejectionReason, input, table};
use encoded::BUFFER_BYTES;
use given::OfFile;
use layout::Layout;
use piece::{Next, Piece};
use rows::Rows;
use values::Values;

pub use given::{Given, IdFrom, PublishedAt, STDIN};

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
    /// The file is no article, and holds none that can be read. Nothing more comes from it.
    #[error("{rejection}")]
    Refused {
        /// Where it is clear.
        origin: Origin,
        /// What it is.
        rejection: Rejection,
    },
}

/// The articles of one file, unread, in order. [`Origin::topic`] is the file's name and [`Origin::offset`] the line, from
/// 1, where the article begins.
pub struct Messages {
    source: Source,
    name: Arc<str>,
    limit: usize,
    line: i64,
    given: OfFile,
    /// The line of the article given last, and how many of that line were given before it.
    last: (i64, usize),
    /// Articles that came at once and are still to be given, each with its line.
    pending: VecDeque<(i64, Vec<u8>)>,
    is_finished: bool,
}

/// Where articles come from.
enum Source {
    Lines(Box<dyn BufRead + Send>),
    Values(Values, Box<dyn BufRead + Send>),
    Whole(&'static str, Box<dyn BufRead + Send>),
    Rows(Rows),
    #[cfg(feature = "warc")]
    Archive(warc::Archive),
}

impl Messages {
    /// Opens a file, or standard input for [`STDIN`]. Articles of more than `limit` bytes are refused.
    ///
    /// # Errors
    /// [`FileError::Open`], [`FileError::Read`] and [`FileError::Refused`].
    pub fn open(path: &Path, limit: usize) -> Result<Self, FileError> {
        Self::open_with(path, limit, |reader| reader)
    }

    /// The same, with something around the raw reader, such as a counter of bytes.
    ///
    /// # Errors
    /// [`FileError::Open`], [`FileError::Read`] and [`FileError::Refused`].
    pub fn open_with(
        path: &Path,
        limit: usize,
        wrap: impl FnOnce(Box<dyn Read + Send>) -> Box<dyn Read + Send>,
    ) -> Result<Self, FileError> {
        let buffered = |reader| Box::new(BufReader::with_capacity(BUFFER_BYTES, wrap(reader)));
        if path.as_os_str() == STDIN {
            return Self::from_reader(buffered(Box::new(io::stdin())), "stdin", None, limit);
        }
        let file =
            File::open(path).map_err(|source| FileError::Open { path: path.to_owned(), source: said(path, source) })?;
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        Self::from_reader(buffered(Box::new(file)), &path.display().to_string(), extension, limit)
    }

    /// The articles of several files, one file after the other, of a folder those of all files in it; a file that cannot be opened is
    /// an error in its place. What is `given` goes along with each.
    pub fn of_all(
        paths: Vec<PathBuf>,
        limit: usize,
        given: Given,
        wrap: impl Fn(Box<dyn Read + Send>) -> Box<dyn Read + Send> + Send,
    ) -> impl Iterator<Item = Result<Message, FileError>> + Send {
        paths.into_iter().flat_map(tree::files).flat_map(move |path| {
            let opened = match path {
                Ok(path) => {
                    Self::open_with(&path, limit, &wrap).map(|messages| Self { given: given.of(&path), ..messages })
                }
                Err((path, source)) => Err(FileError::Open { path, source }),
            };
            let (messages, error) = match opened {
                Ok(messages) => (Some(messages), None),
                Err(error) => (None, Some(Err(error))),
            };
            error.into_iter().chain(messages.into_iter().flatten())
        })
    }

    /// Reads from anything, under a name, as a file with this extension.
    ///
    /// # Errors
    /// [`FileError::Read`], where the beginning has to be looked at and cannot be read, and [`FileError::Refused`].
    pub fn from_reader(
        reader: Box<dyn BufRead + Send>,
        name: &str,
        extension: Option<&str>,
        limit: usize,
    ) -> Result<Self, FileError> {
        let name: Arc<str> = name.into();
        let unreadable = |source| FileError::Read { name: Arc::clone(&name), line: 1, source };
        let encoded::Opened { reader, head } = encoded::open(reader).map_err(unreadable)?;
        let source = match Layout::of(extension, &head) {
            Layout::Lines => Source::Lines(reader),
            Layout::Values => Source::Values(Values::default(), reader),
            Layout::Whole(content_type) => Source::Whole(content_type, reader),
            Layout::Table(delimiter) => {
                let rows = Rows::new(reader, delimiter, limit).map_err(unreadable)?;
                if !table::has_text(rows.names()) {
                    let origin = Origin { topic: Arc::clone(&name), partition: 0, offset: 1, timestamp_ms: None };
                    return Err(FileError::Refused { origin, rejection: without_text(rows.names()) });
                }
                Source::Rows(rows)
            }
            #[cfg(feature = "warc")]
            Layout::Archive => Source::Archive(warc::Archive::new(reader)),
            // What it is is said where it is refused.
            #[cfg(not(feature = "warc"))]
            Layout::Archive => Source::Whole("", reader),
        };
        let (given, pending) = (OfFile::default(), VecDeque::new());
        Ok(Self { source, name, limit, line: 1, last: (0, 0), given, pending, is_finished: false })
    }

    fn message(&mut self, line: i64, payload: Vec<u8>, content_type: &str, headers: Vec<Header>) -> Message {
        let content_type =
            (!content_type.is_empty()).then(|| ("content-type".to_owned(), Some(content_type.as_bytes().to_vec())));
        let headers = content_type.into_iter().chain(headers).collect();
        let mut message = Message { origin: self.origin(line), key: None, payload: Some(payload), headers };
        self.last = if self.last.0 == line { (line, self.last.1 + 1) } else { (line, 0) };
        self.given.add(&mut message, self.last.1);
        message
    }

    fn origin(&self, line: i64) -> Origin {
        Origin { topic: Arc::clone(&self.name), partition: 0, offset: line, timestamp_ms: None }
    }

    /// The next article.
    fn advance(&mut self) -> io::Result<Option<Next>> {
        match &mut self.source {
            Source::Whole(content_type, reader) => {
                let content_type = *content_type;
                self.is_finished = true;
                let mut bytes = Piece::new(self.limit);
                while let n @ 1.. = {
                    let buffer = reader.fill_buf()?;
                    bytes.extend(buffer);
                    buffer.len()
                } {
                    reader.consume(n);
                }
                Ok(Some(Next::new(1, bytes, content_type)))
            }
            Source::Lines(reader) => loop {
                let mut bytes = Piece::new(self.limit);
                let n_read = read_line(reader, &mut bytes)?;
                if n_read == 0 {
                    return Ok(None);
                }
                let line = self.line;
                self.line += 1;
                if !bytes.is_blank() {
                    return Ok(Some(Next::new(line, bytes, JSON)));
                }
            },
            Source::Values(values, reader) => {
                let mut bytes = Piece::new(self.limit);
                let line = values.next(reader, &mut self.line, &mut bytes)?;
                Ok(line.map(|line| Next::new(line, bytes, JSON)))
            }
            Source::Rows(rows) => {
                let next = rows.next()?;
                Ok(next.map(|(line, piece)| Next::new(line, piece, JSON)))
            }
            #[cfg(feature = "warc")]
            Source::Archive(archive) => archive.next(self.limit),
        }
    }

    /// The articles that a piece is made of, if it is several: an answer of a news API, or a feed.
    fn several(&self, bytes: &[u8], content_type: &str) -> Option<Vec<Vec<u8>>> {
        match self.source {
            Source::Lines(_) | Source::Values(..) if content_type == JSON => {
                let articles = input::articles_in(std::str::from_utf8(bytes).ok()?)?;
                Some(articles.into_iter().map(|article| article.as_bytes().to_vec()).collect())
            }
            #[cfg(feature = "feeds")]
            Source::Whole("", _) => feed::articles(bytes),
            _ => None,
        }
    }
}

/// The type of what is cut out of JSON, and of rows.
const JSON: &str = "application/json";

/// What an error on opening means, where it is a mistake that people make.
fn said(path: &Path, error: io::Error) -> io::Error {
    let text = path.to_string_lossy();
    if error.kind() == io::ErrorKind::NotFound && (text.starts_with("http://") || text.starts_with("https://")) {
        return io::Error::new(
            error.kind(),
            format!("that is an address, and nothing is fetched here; try: curl -sL {text} | demarche extract"),
        );
    }
    error
}

/// That a table has no column with anything to analyze.
fn without_text(names: &[String]) -> Rejection {
    let names = names.iter().take(8).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let detail =
        format!("a table without a column that is called text, title, body or the like; its first line has {names}");
    Rejection::new(RejectionReason::UnsupportedFormat, detail)
}

impl Iterator for Messages {
    type Item = Result<Message, FileError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some((line, bytes)) = self.pending.pop_front() {
                return Some(Ok(self.message(line, bytes, JSON, Vec::new())));
            }
            if self.is_finished {
                return None;
            }
            match self.advance() {
                Ok(Some(Next { line, piece, content_type, headers })) => {
                    let (limit, format) = (piece.limit(), input::unread(piece.head()));
                    let Some(bytes) = piece.whole() else {
                        let origin = self.origin(line);
                        // A smaller one would not be read either.
                        return Some(Err(match format {
                            Some(rejection) => FileError::Refused { origin, rejection },
                            None => FileError::TooLarge { origin, limit },
                        }));
                    };
                    match self.several(&bytes, &content_type) {
                        Some(articles) => self.pending.extend(articles.into_iter().map(|article| (line, article))),
                        None => return Some(Ok(self.message(line, bytes, &content_type, headers))),
                    }
                }
                Ok(None) => self.is_finished = true,
                Err(source) => {
                    self.is_finished = true;
                    return Some(Err(FileError::Read { name: Arc::clone(&self.name), line: self.line, source }));
                }
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
