//! The progress bar of `extract` on standard error: bytes read of all bytes, articles done.

use std::io::{IsTerminal as _, Read};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};

use crate::record::files::STDIN;

/// A bar, or nothing where nobody looks: standard error is no terminal, or findings themselves fill it.
pub(super) struct Progress {
    bar: ProgressBar,
    n_articles: u64,
}

impl Progress {
    /// A bar over these files. Findings may go to a file of their own.
    pub(super) fn new(files: &[PathBuf], goes_to_file: bool) -> Self {
        if std::io::stdout().is_terminal() && !goes_to_file || !std::io::stderr().is_terminal() {
            return Self { bar: ProgressBar::hidden(), n_articles: 0 };
        }
        let sizes = files.iter().map(|path| {
            let is_file = path.as_os_str() != STDIN;
            is_file
                .then(|| std::fs::metadata(path).ok())
                .flatten()
                .filter(std::fs::Metadata::is_file)
                .map(|file| file.len())
        });
        let (bar, template) = match sizes.sum::<Option<u64>>() {
            Some(n_bytes) => (ProgressBar::new(n_bytes), "{bar:30} {bytes}/{total_bytes}, {msg}, {eta} left"),
            None => (ProgressBar::no_length(), "{spinner} {bytes}, {msg}, {elapsed}"),
        };
        let style = ProgressStyle::with_template(template).expect("the template is well formed");
        Self { bar: bar.with_style(style).with_message("0 articles"), n_articles: 0 }
    }

    /// A handle that counts what is read.
    pub(super) fn counter(&self) -> impl Fn(Box<dyn Read + Send>) -> Box<dyn Read + Send> + use<> {
        let bar = self.bar.clone();
        move |reader| Box::new(bar.wrap_read(reader))
    }

    /// One article more is done.
    pub(super) fn article_done(&mut self) {
        self.n_articles += 1;
        if !self.bar.is_hidden() {
            self.bar.set_message(format!("{} articles", self.n_articles));
        }
    }

    /// Does something with standard error while the bar is out of the way.
    pub(super) fn aside<T>(&self, act: impl FnOnce() -> T) -> T {
        self.bar.suspend(act)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
