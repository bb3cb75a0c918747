//! What whoever reads files knows of the articles in them, for articles that do not say it themselves: it goes along as headers, so
//! that it reaches a topic, too.

use std::path::Path;

use jiff::Timestamp;

use super::super::input;
use super::super::message::{Header, Message};

/// The name under which standard input is given, as for other commands.
pub const STDIN: &str = "-";

/// What is known of all articles in the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// When they were published.
    pub published_at: Option<PublishedAt>,
    /// Where.
    pub url: Option<String>,
    /// By whom.
    pub publisher: Option<String>,
    /// What they are identified by.
    pub id: IdFrom,
}

/// When the articles in a file were published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublishedAt {
    /// At this time, in one of the forms that articles write.
    At(String),
    /// When the file was last written.
    Modified,
}

/// Where the identity of an article comes from that has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IdFrom {
    /// Its address, else its text.
    #[default]
    Hash,
    /// The name of its file, without the extension.
    Name,
    /// The path of its file as given.
    Path,
}

/// What is given for the articles of one file.
#[derive(Debug, Clone, Default)]
pub(super) struct OfFile {
    headers: Vec<Header>,
    key: Option<String>,
}

impl Given {
    /// For one file.
    pub(super) fn of(&self, path: &Path) -> OfFile {
        let published_at = match &self.published_at {
            Some(PublishedAt::At(time)) => Some(time.clone()),
            Some(PublishedAt::Modified) => modified(path),
            None => None,
        };
        let headers = [
            (input::URL, self.url.clone()),
            (input::PUBLISHED_AT, published_at),
            (input::PUBLISHER, self.publisher.clone()),
        ];
        let headers =
            headers.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Some(value?.into_bytes()))));
        let key = match self.id {
            _ if path.as_os_str() == STDIN => None,
            IdFrom::Hash => None,
            IdFrom::Name => path.file_stem().map(|name| name.to_string_lossy().into_owned()),
            IdFrom::Path => Some(path.display().to_string()),
        };
        OfFile { headers: headers.collect(), key }
    }
}

impl OfFile {
    /// Adds to a message what it does not say itself. Of several articles in a file those behind the first have their line in their key, and behind the first
    /// of a line its place there.
    pub(super) fn add(&self, message: &mut Message, place_in_line: usize) {
        let missing: Vec<Header> =
            self.headers.iter().filter(|(name, _)| message.header(name).is_none()).cloned().collect();
        message.headers.extend(missing);
        if let Some(key) = &self.key {
            let line = message.origin.offset;
            let key = match (line, place_in_line) {
                (..=1, 0) => key.clone(),
                (_, 0) => format!("{key}:{line}"),
                _ => format!("{key}:{line}.{}", place_in_line + 1),
            };
            message.key = Some(key.into_bytes());
        }
    }
}

fn modified(path: &Path) -> Option<String> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    Timestamp::try_from(time).ok().map(|time| time.to_string())
}
