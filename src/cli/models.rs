//! The options that all commands with an analysis have: another trained core than the one built in, and a codebook of the user's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow};

use super::exit::{Exit, Failure, OrExit as _};
use super::out;
use crate::analyzer::Models;
use crate::config::codebook;
use crate::extract::codebook::Codebook;
use crate::nlp::model_file::ModelBytes;

/// Which trained core analyses, and with what knowledge of the user's own.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ModelArgs {
    /// Model file to use instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
    /// Folder with a codebook of your own, laid over the tables that are built in (docs/codebook.md)
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

impl ModelArgs {
    /// Loads what was asked for. Exit 66 if a file cannot be read, 78 if it is no model file for this program, or no codebook.
    pub(super) fn load(&self) -> Result<Arc<Models>, Failure> {
        let codebook = self.data.as_deref().map(codebook::read).transpose().map_err(|error| match error {
            codebook::Error::Wrong(problems) => {
                problems.iter().for_each(|problem| out::note(format_args!("{problem}")));
                let n_problems = problems.iter().len();
                let s = if n_problems == 1 { "" } else { "s" };
                Failure::new(Exit::Config, anyhow!("the codebook has {n_problems} problem{s}"))
            }
            unreadable @ codebook::Error::Unreadable { .. } => Failure::new(Exit::NoInput, unreadable),
        })?;
        self.load_with(&codebook.unwrap_or_default())
    }

    /// The same with a codebook that has been read.
    pub(super) fn load_with(&self, codebook: &Codebook) -> Result<Arc<Models>, Failure> {
        let file = self.model.as_deref().map(bytes).transpose()?;
        Models::load(file, codebook).map_err(|error| {
            let path = self.model.as_deref().map_or_else(String::new, |path| path.display().to_string());
            Failure::new(Exit::Config, anyhow!("{path}: {error}"))
        })
    }
}

fn bytes(path: &Path) -> Result<ModelBytes, Failure> {
    let unreadable = || format!("cannot read the model file {}", path.display());
    let bytes = fs::read(path).with_context(unreadable).or_exit(Exit::NoInput)?;
    Ok(ModelBytes::Read(bytes.into()))
}
