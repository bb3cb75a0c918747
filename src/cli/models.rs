//! The option that all commands with an analysis have: another trained core than the one built in.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};

use super::exit::{Exit, Failure, OrExit as _};
use crate::analyzer::Models;
use crate::nlp::model_file::ModelBytes;

/// Which trained core analyses.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct ModelArgs {
    /// Model file to use instead of the one built in
    #[arg(long, value_name = "FILE")]
    pub(super) model: Option<PathBuf>,
}

impl ModelArgs {
    /// Loads what was asked for. Exit 66 if the file cannot be read, 78 if it is no model file for this program.
    pub(super) fn load(&self) -> Result<Arc<Models>, Failure> {
        let Some(path) = &self.model else { return Ok(Models::embedded()) };
        let unreadable = || format!("cannot read the model file {}", path.display());
        let bytes = fs::read(path).with_context(unreadable).or_exit(Exit::NoInput)?;
        let useless = |error| Failure::new(Exit::Config, anyhow!("{}: {error}", path.display()));
        Models::load(ModelBytes::Read(bytes.into())).map_err(useless)
    }
}
