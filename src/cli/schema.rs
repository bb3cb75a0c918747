//! `demarche schema`: the JSON Schemas and the AsyncAPI document, as they are under `schemas/`.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, anyhow};

use super::exit::{Exit, Failure, OrExit as _};
use super::out;
use crate::record::schema;

/// Prints the JSON Schemas of the records and the AsyncAPI document, or writes them to a folder.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  demarche schema                          their names
  demarche schema event                    one of them
  demarche schema --out schemas            all of them, one file each")]
pub(super) struct SchemaArgs {
    /// Which one: "statement", "event", …; none lists them.
    #[arg(value_name = "NAME", conflicts_with = "out")]
    name: Option<String>,
    /// Write all of them to this folder.
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(super) fn run(args: &SchemaArgs) -> Result<Exit, Failure> {
    let all = schema::all();
    if let Some(folder) = &args.out {
        let action = || format!("cannot write to {}", folder.display());
        fs::create_dir_all(folder).with_context(action).or_exit(Exit::Io)?;
        for (file, text) in &all {
            fs::write(folder.join(file), text).with_context(action).or_exit(Exit::Io)?;
        }
        out::note(format_args!("wrote {} files to {}", all.len(), folder.display()));
        return Ok(Exit::Ok);
    }
    let stem = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
    let names: Vec<String> = all.iter().map(|(file, _)| stem(file)).collect();
    let Some(name) = &args.name else {
        for (name, (file, _)) in names.iter().zip(&all) {
            out::line(format_args!("{name:<12} {file}")).or_exit(Exit::Io)?;
        }
        return Ok(Exit::Ok);
    };
    let found = all.iter().find(|(file, _)| file == name || stem(file) == *name);
    let Some((_, text)) = found else {
        return Err(Failure::new(Exit::Usage, anyhow!("no schema \"{name}\"; there are {}", names.join(", "))));
    };
    out::line(format_args!("{}", text.trim_end())).or_exit(Exit::Io)?;
    Ok(Exit::Ok)
}
