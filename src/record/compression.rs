//! Compressed bytes, recognized by how they begin: gzip and zstd, each with any number of members behind each other. Reading is a
//! stream, so that whoever reads decides how much of it is too much.

use std::io::{self, BufRead, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

/// A compression that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compression {
    Gzip,
    Zstd,
}

/// Most bytes that zstd may look back in a file, which are kept in memory: what its `--long` takes.
const MAX_WINDOW: u64 = 128 << 20;

/// And in a message, where its limit is below: what every decoder has to take (RFC 8878, 3.1.1.1.2).
const MESSAGE_WINDOW: u64 = 8 << 20;

impl Compression {
    /// By the first bytes.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1F, 0x8B, 0x08, ..] => Some(Self::Gzip),
            [0x28, 0xB5, 0x2F, 0xFD, ..] | [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    /// Its name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The bytes that are compressed in others.
    pub(super) fn reader<'r>(self, compressed: impl BufRead + Send + 'r) -> Box<dyn Read + Send + 'r> {
        self.reader_within(compressed, MAX_WINDOW)
    }

    fn reader_within<'r>(self, compressed: impl BufRead + Send + 'r, window: u64) -> Box<dyn Read + Send + 'r> {
        match self {
            Self::Gzip => Box::new(MultiGzDecoder::new(compressed)),
            Self::Zstd => Box::new(Frames { between: Some(compressed), inside: None, window }),
        }
    }

    /// All of the bytes that are compressed in a message; `None` if they are more than `limit`. No more than twice that many or 16 MiB are ever made: zstd gives
    /// nothing before its window is full.
    pub(super) fn expand(self, compressed: &[u8], limit: usize) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let reader = self.reader_within(compressed, MESSAGE_WINDOW.max(limit as u64));
        let n_read = reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok((n_read <= limit).then_some(bytes))
    }
}

/// Frames of zstd, one after the other: its decoder reads one. Frames of what is no content are passed over (RFC 8878, 3.1.2): parallel
/// compressors and seekable files have them.
struct Frames<R: BufRead> {
    between: Option<R>,
    inside: Option<Frame<R>>,
    /// Most bytes that a frame may look back.
    window: u64,
}

/// A frame, whose first bytes were read to see what it is.
type Frame<R> = StreamingDecoder<Chain<Cursor<Vec<u8>>, R>, FrameDecoder>;

/// Bytes that say what a frame is; where it is to be passed over, as many more say how long it is.
const MAGIC_BYTES: u64 = 4;

impl<R: BufRead> Frames<R> {
    /// Opens the next frame with content; `None` at the end.
    fn open(mut source: R, window: u64) -> io::Result<Option<Frame<R>>> {
        loop {
            let mut magic = Vec::new();
            source.by_ref().take(MAGIC_BYTES).read_to_end(&mut magic)?;
            if magic.is_empty() {
                return Ok(None);
            }
            if !matches!(magic[..], [0x50..=0x5F, 0x2A, 0x4D, 0x18]) {
                let frame = StreamingDecoder::new_with_max_window_size(Cursor::new(magic).chain(source), window);
                return Ok(Some(frame.map_err(|error| invalid(error.to_string()))?));
            }
            let mut length = [0; 4];
            source.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            if io::copy(&mut source.by_ref().take(length), &mut io::sink())? < length {
                return Err(invalid("a frame that breaks off".to_owned()));
            }
        }
    }
}

fn invalid(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(mut frame) = self.inside.take() {
                let n_read = frame.read(buffer)?;
                if n_read > 0 || buffer.is_empty() {
                    self.inside = Some(frame);
                    return Ok(n_read);
                }
                self.between = Some(frame.into_inner().into_inner().1);
            }
            // After an error and at the end there is neither.
            let Some(source) = self.between.take() else { return Ok(0) };
            self.inside = Self::open(source, self.window)?;
        }
    }
}
