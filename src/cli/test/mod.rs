//! `demarche test`: a user's own expectations, one text a line with what should be found in it.

mod case;
mod partial;

use std::path::PathBuf;

use serde_json::Value;

use super::exit::{Exit, Failure, OrExit as _};
use super::models::ModelArgs;
use super::out;
use crate::analyzer::Analyzer;
use crate::record::files::{Given, Messages, STDIN};
use crate::record::{AnalysisRecord, InputOptions, MinConfidence, input};
use case::Case;
use partial::Difference;

const AFTER_HELP: &str = "\
Examples:
  demarche test cases.jsonl
  demarche test cases.jsonl --data codebook

A case is an article with what is expected of it; docs/codebook.md tells more:
  {\"text\": \"Norway shunned the summit.\", \"expect\": {\"events\": [{\"type\": \"REJECT\", \"actors\": [\"NOR\"]}]}}

Exit codes: 0 everything is as expected, 1 some case differs, 65 some line is no case, 66 some file could not be read.";

/// Compares findings with your own expectations.
///
/// Each case names what should be found, as far as it matters: members of a record that a case leaves out are not compared.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(super) struct TestArgs {
    /// Cases, one JSON object a line; "-" is standard input
    #[arg(value_name = "CASES", default_value = STDIN)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
}

/// Runs the command.
pub(super) fn run(args: TestArgs) -> Result<Exit, Failure> {
    let models = args.model.load()?;
    let mut analyzer = Analyzer::new(&models);
    let input = InputOptions { check_language: false, ..InputOptions::default() };
    let (mut n_cases, mut n_different) = (0, 0);
    let mut exit = Exit::Ok;
    let mut worse = |found: Exit| {
        if found.code() > exit.code() {
            exit = found
        }
    };
    for message in Messages::of_all(args.files, input.max_page_bytes(), Given::default(), |reader| reader) {
        let mut message = match message {
            Ok(message) => message,
            Err(error) => {
                worse(Exit::NoInput);
                out::complain(format_args!("{error}"));
                continue;
            }
        };
        let place = format!("{}:{}", message.origin.topic, message.origin.offset);
        let payload = message.payload.take().unwrap_or_default();
        let read = Case::parse(&payload).and_then(|case| {
            message.payload = Some(case.article.to_string().into_bytes());
            let article = input::decode(&message, &input).map_err(|rejection| rejection.to_string())?;
            Ok((case, article))
        });
        let (case, article) = match read {
            Ok(read) => read,
            Err(problem) => {
                worse(Exit::Data);
                out::note(format_args!("{place}: {problem}"));
                continue;
            }
        };
        let analysis = analyzer.analyze(&article);
        let record = AnalysisRecord::new(&article, &analysis, models.provenance(), MinConfidence::default());
        let record = record.or_exit(Exit::Data)?;
        let found = serde_json::to_value(&record).or_exit(Exit::Internal)?;
        n_cases += 1;
        let differences = case.differences(&found);
        if !differences.is_empty() {
            n_different += 1;
            worse(Exit::Differs);
            tell(&place, &case, &differences).or_exit(Exit::Io)?;
        }
    }
    let s = if n_cases == 1 { "" } else { "s" };
    let differ = if n_different == 1 { "differs" } else { "differ" };
    let told = if n_different == 0 { "all as expected".to_owned() } else { format!("{n_different} {differ}") };
    out::line(format_args!("{n_cases} case{s}: {told}")).or_exit(Exit::Io)?;
    Ok(exit)
}

/// What differs in one case.
fn tell(place: &str, case: &Case, differences: &[Difference]) -> std::io::Result<()> {
    out::line(format_args!("{place}: {}", case.name()))?;
    for Difference { list, expected, nearest, problems } in differences {
        match (expected, nearest) {
            (Some(expected), Some(nearest)) => {
                out::line(format_args!("  {list}: none is {expected}"))?;
                out::line(format_args!("    nearest: {}", brief(nearest)))?;
            }
            (Some(expected), None) => out::line(format_args!("  {list}: none is {expected}; none was found"))?,
            (None, found) => {
                out::line(format_args!("  {list}: not expected: {}", found.as_ref().map_or_else(String::new, brief)))?
            }
        }
        for problem in problems {
            out::line(format_args!("    {problem}"))?;
        }
    }
    Ok(())
}

/// A finding in a line: what it is, its words, where they stand.
fn brief(found: &Value) -> String {
    let words = |value: &Value| value["text"].as_str().unwrap_or_default().to_owned();
    let parties = |side: &str| {
        let codes = found[side].as_array().into_iter().flatten().map(|party| party["code"].as_str().unwrap_or("---"));
        codes.collect::<Vec<_>>().join(" ")
    };
    if found["plover"].is_object() {
        let kind = found["plover"]["type"].as_str().unwrap_or_default();
        let code = found["cameo"].as_str().unwrap_or_default();
        return format!(
            "{} → {kind} {code} → {} ({})",
            parties("actors"),
            parties("recipients"),
            words(&found["trigger"])
        );
    }
    if found["content"].is_array() {
        let content: Vec<String> = found["content"].as_array().into_iter().flatten().map(words).collect();
        return format!("{} {}: {}", words(&found["source"]), words(&found["cue"]), content.join(" … "));
    }
    format!("{} {}", found["kind"].as_str().unwrap_or_default(), found["name"].as_str().unwrap_or_default())
}
/// Whether a line is a case.
#[cfg(all(test, feature = "kafka"))]
pub(super) fn is_case(line: &str) -> Result<(), String> {
    case::Case::parse(line.as_bytes()).map(|_| ())
}
