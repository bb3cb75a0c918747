//! `--published-at`, `--url`, `--publisher` and `--id-from`: what is known of articles in files that do not say it themselves.

use crate::record::files::{Given, IdFrom, PublishedAt};
use crate::record::input;

/// What is known of the articles, for those that do not say it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct GivenArgs {
    /// When articles without a date were published: a date, or "mtime" for when their file was last written
    #[arg(long, value_name = "DATE|mtime", value_parser = published_at)]
    pub published_at: Option<PublishedAt>,
    /// Address of an article without one
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// Publisher of articles without one
    #[arg(long, value_name = "NAME")]
    pub publisher: Option<String>,
    /// What identifies articles without an id: name or path of their file, or a hash of address or text [default: hash]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub id_from: Option<IdArg>,
}

/// Where ids come from, as written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "lower")]
pub enum IdArg {
    /// The file's name without its extension, with the line where it holds several articles
    Name,
    /// The file's path as given, likewise
    Path,
    /// A hash of the address, else of the text
    Hash,
}

impl GivenArgs {
    /// As the files take it.
    pub(super) fn given(self) -> Given {
        let id = match self.id_from {
            None | Some(IdArg::Hash) => IdFrom::Hash,
            Some(IdArg::Name) => IdFrom::Name,
            Some(IdArg::Path) => IdFrom::Path,
        };
        Given { published_at: self.published_at, url: self.url, publisher: self.publisher, id }
    }
}

fn published_at(text: &str) -> Result<PublishedAt, String> {
    match text {
        "mtime" => Ok(PublishedAt::Modified),
        _ if input::is_date(text) => Ok(PublishedAt::At(text.to_owned())),
        _ => Err("expected a date (2026-03-05, 2026-03-05T12:00:00Z) or \"mtime\"".to_owned()),
    }
}
