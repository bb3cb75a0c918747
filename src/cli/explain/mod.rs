//! `demarche explain`: what made a finding, or why there is none at some words.

mod event;
mod near;
mod statement;
mod text;
mod weights;

use std::path::PathBuf;

use anyhow::anyhow;
use clap::ValueEnum;
use serde::Serialize;

use super::exit::{Exit, Failure, OrExit as _};
use super::models::ModelArgs;
use super::{files, out};
use crate::analyzer::{Analysis, Analyzer, Models};
use crate::article::Article;
use crate::record::files::{Given, Messages, STDIN};
use crate::record::{AnalysisRecord, InputOptions, MinConfidence, input};

const AFTER_HELP: &str = "\
Examples:
  demarche explain article.txt                                  all findings with their ids
  demarche explain article.txt --finding 3f2a9c                 the beginning of an id is enough
  demarche explain articles.jsonl --near \"expelled\"             why there is no event, or which one
  demarche extract article.txt | jq -r '.events[].id'";

/// Says what made a finding: words, scores of the trained core, evidence; or why there is none.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct ExplainArgs {
    /// Article or articles, as for `extract`; "-" is standard input
    #[arg(value_name = "FILE", default_value = STDIN)]
    file: PathBuf,
    /// Id of a statement or event, or its beginning
    #[arg(short = 'i', long, value_name = "ID")]
    finding: Option<String>,
    /// Words of the article: what is found there, and why nothing else is
    #[arg(short, long, value_name = "WORDS", conflicts_with = "finding")]
    near: Option<String>,
    /// Leave out findings below this confidence, as `extract` and output.min_confidence do
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    min_confidence: f32,
    /// What is printed
    #[arg(short, long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    model: ModelArgs,
}

/// The form of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading
    Text,
    /// JSON lines, one explanation a line
    Json,
}

/// An analyzed article, with its record: findings of both stand in the same order.
struct Read {
    models: std::sync::Arc<Models>,
    article: Article,
    analysis: Analysis,
    record: AnalysisRecord,
}

/// What is printed.
#[derive(Debug, Serialize)]
#[serde(tag = "explains", rename_all = "lowercase")]
enum Explanation {
    /// A statement.
    Statement(statement::StatementExplained),
    /// An event.
    Event(event::EventExplained),
    /// Some words.
    Words(near::Near),
    /// All findings of an article.
    Findings(near::Findings),
}

/// Runs the command.
pub(super) fn run(args: ExplainArgs) -> Result<Exit, Failure> {
    files::look_at(std::slice::from_ref(&args.file))?;
    let models = args.model.load()?;
    let mut analyzer = Analyzer::closely(&models);
    let input = InputOptions { check_language: false, ..InputOptions::default() };
    let mut found = Vec::new();
    for message in Messages::of_all(vec![args.file.clone()], input.max_page_bytes(), Given::default(), |reader| reader)
    {
        let message = message.or_exit(Exit::NoInput)?;
        let place = format!("{}:{}", message.origin.topic, message.origin.offset);
        let article = match input::decode(&message, &input) {
            Ok(article) => article,
            Err(rejection) => return Err(Failure::new(Exit::Data, anyhow!("{place}: {rejection}"))),
        };
        let analysis = analyzer.analyze(&article);
        let record = AnalysisRecord::new(&article, &analysis, models.provenance(), MinConfidence::default());
        let read =
            Read { models: std::sync::Arc::clone(&models), record: record.or_exit(Exit::Data)?, article, analysis };
        match (&args.finding, &args.near) {
            (Some(id), _) => found.extend(finding(&read, id)),
            (None, Some(words)) => found.extend(near::near(&read, words, args.min_confidence).map(Explanation::Words)),
            (None, None) => found.push(Explanation::Findings(near::findings(&read))),
        }
    }
    if found.is_empty() {
        let nothing = match (&args.finding, &args.near) {
            (Some(id), _) => format!("no finding has an id that begins with {id:?}"),
            (None, Some(words)) => format!("no article has the words {words:?}"),
            (None, None) => "no article".to_owned(),
        };
        return Err(Failure::new(Exit::Data, anyhow!("{nothing}")));
    }
    for explanation in &found {
        match args.format {
            Format::Text => out::line(format_args!("{}", text::of(explanation).trim_end())).or_exit(Exit::Io)?,
            Format::Json => {
                let line = serde_json::to_string(explanation).or_exit(Exit::Internal)?;
                out::line(format_args!("{line}")).or_exit(Exit::Io)?;
            }
        }
    }
    Ok(Exit::Ok)
}

/// The findings whose id begins so: one, unless the beginning is short.
fn finding(read: &Read, id: &str) -> Vec<Explanation> {
    let id = id.to_lowercase();
    let is_meant = |own: &uuid::Uuid| own.to_string().starts_with(&id);
    let Read { analysis, record, .. } = read;
    let statements = analysis.statements.iter().zip(&record.statements).filter(|(_, record)| is_meant(&record.id));
    let statements = statements.map(|(found, record)| Explanation::Statement(statement::explain(read, found, record)));
    let events = analysis.events.iter().zip(&record.events).filter(|(_, record)| is_meant(&record.id));
    statements.chain(events.map(|(found, record)| Explanation::Event(event::explain(read, found, record)))).collect()
}
