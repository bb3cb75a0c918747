//! `evaluate sentences|parse|entities|statements|who|events|tokens GOLD --out FILE`: reads a gold file, writes the answer in the same
//! format, prints the figures. A thin program over `demarche::score`; files ending in `.gz` are read and written compressed.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand, ValueEnum};
use demarche::analyzer::{Analyzer, Models};
use demarche::extract::codebook::Codebook;
use demarche::extract::families::{Family, Without};
use demarche::nlp::Annotate;
use demarche::nlp::core::{Core, CoreModel};
use demarche::nlp::model_file::ModelBytes;
use demarche::nlp::sentences::SentenceSplitter;
use demarche::nlp::tokenizer::Tokenizer;
use demarche::score::{analyses, conllu, entities, events, pairs, parse, sentences, statements, tokens, trace, who};
use demarche::text::Document;

/// Scores the analysis against gold files.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Sentence boundaries; GOLD is JSON lines of id, text and sentences
    Sentences {
        #[command(flatten)]
        files: Files,
        /// Score each value of this key apart as well
        #[arg(long, value_name = "KEY")]
        by: Option<String>,
        /// Show the first errors
        #[arg(long, value_name = "N", default_value_t = 0)]
        errors: usize,
    },
    /// No figures: the tokens of texts (JSON lines of id and text), for training on what will be met
    Tokens {
        #[command(flatten)]
        files: Files,
    },
    /// Tags, lemmas and trees; GOLD is CoNLL-U
    Parse {
        #[command(flatten)]
        files: Files,
        /// Give the system the gold tokens and sentences, or the raw text
        #[arg(long, value_enum, default_value_t = TokensFrom::Gold)]
        tokens: TokensFrom,
    },
    /// Names; GOLD is BIO: word, Penn tag, label
    Entities {
        #[command(flatten)]
        files: Files,
        /// Whose types the gold labels are
        #[arg(long, value_enum, default_value_t = SchemeOf::Plain)]
        scheme: SchemeOf,
        /// When a name counts as found
        #[arg(long = "match", value_enum, default_value_t = MatchBy::Exact)]
        when: MatchBy,
        /// Types that count
        #[arg(long, value_delimiter = ',', default_value = "PER,LOC,ORG")]
        types: Vec<String>,
    },
    /// No figures: the decisions on who is who with their evidence, for fitting the weights; GOLD is JSON lines of id, text and date
    Trace {
        #[command(flatten)]
        files: Files,
        /// Instead: what the head for events asks of the tree about triggers, with the features
        #[arg(long, conflicts_with = "triggers")]
        events: bool,
        /// Instead: what it asks about the words that may be triggers
        #[arg(long, conflicts_with = "same")]
        triggers: bool,
        /// Instead: mentions that may tell of one event, in pairs with their features
        #[arg(long, conflicts_with = "events")]
        same: bool,
    },
    /// Attributed statements; GOLD is JSON lines of id, text and statements
    Statements {
        #[command(flatten)]
        files: Files,
        /// What becomes of statements inside the content of others
        #[arg(long, value_enum, default_value_t = PartIs::AsGold)]
        nested: PartIs,
        /// What becomes of statements whose content is no clause: "plans to leave", "condemned the raid"
        #[arg(long, value_enum, default_value_t = PartIs::AsGold)]
        phrases: PartIs,
        /// Show the errors of the worst articles in their text: {source} <cue> [content]
        #[arg(long, value_name = "N", default_value_t = 0)]
        errors: usize,
        /// Leave out what is less sure
        #[arg(long, value_name = "C", default_value_t = 0.0)]
        min_confidence: f32,
        /// Hold the confidences against what is right, and print the weights that would fit them
        #[arg(long)]
        confidence: bool,
    },
    /// Who is who: entities, their mentions and states, and who says what; GOLD is JSON lines of id, text, entities and statements
    Who {
        #[command(flatten)]
        files: Files,
        /// Show the errors of the worst articles in their text: {mention} <cue> [source]
        #[arg(long, value_name = "N", default_value_t = 0)]
        errors: usize,
    },
    /// Events; GOLD is JSON lines of id, text and events
    Events {
        #[command(flatten)]
        files: Files,
        /// Score each type, or each source of texts, apart as well
        #[arg(long, value_enum)]
        by: Option<ByWhat>,
        /// Show the errors of the worst articles in their text: {actor} <trigger> [recipient]
        #[arg(long, value_name = "N", default_value_t = 0)]
        errors: usize,
        /// Hold the confidences against what is right, and print the weights that would fit them
        #[arg(long)]
        confidence: bool,
    },
    /// The class of a deed between two given spans; GOLD is JSON lines of id, text and one event with spans and class
    Pairs {
        #[command(flatten)]
        files: Files,
    },
}

#[derive(Debug, clap::Args)]
struct Files {
    /// Gold file
    gold: PathBuf,
    /// Where the system's answer goes
    #[arg(long, value_name = "SYSTEM")]
    out: PathBuf,
    /// Model file to use instead of the one built in
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Families of rules to leave out, with the model built in: what are they worth?
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    without: Vec<Family>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TokensFrom {
    Gold,
    Raw,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SchemeOf {
    Plain,
    Gmb,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum MatchBy {
    Exact,
    End,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum PartIs {
    /// By what the gold file annotates: one that marks nested statements has those, and clauses alone
    AsGold,
    Keep,
    LeaveOut,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ByWhat {
    Type,
    Source,
}

impl From<ByWhat> for events::figures::By {
    fn from(by: ByWhat) -> Self {
        match by {
            ByWhat::Type => Self::Type,
            ByWhat::Source => Self::Source,
        }
    }
}

impl From<PartIs> for statements::Part {
    fn from(part: PartIs) -> Self {
        match part {
            PartIs::AsGold => Self::AsGold,
            PartIs::Keep => Self::Keep,
            PartIs::LeaveOut => Self::LeaveOut,
        }
    }
}

impl Files {
    fn read(&self) -> Result<String> {
        read(&self.gold)
    }

    fn core(&self) -> Result<Arc<CoreModel>> {
        let Some(path) = &self.model else { return Ok(CoreModel::embedded()) };
        let model = CoreModel::parse(bytes(path)?).with_context(|| path.display().to_string())?;
        Ok(Arc::new(model))
    }

    /// All that an analyzer needs.
    fn models(&self) -> Result<Arc<Models>> {
        let without = self.without.iter().fold(Without::default(), |without, family| without.and(*family));
        let Some(path) = &self.model else { return Ok(Models::without(without)) };
        Models::load(Some(bytes(path)?), &Codebook::default()).with_context(|| path.display().to_string())
    }
}

fn main() -> Result<()> {
    let figures = match Arguments::parse().what {
        What::Sentences { files, by, errors } => {
            let gold = sentences::read_gold(&files.gold.display().to_string(), &files.read()?)?;
            let system = sentences::answer(&gold, &mut splitter(&*files.core()?));
            write(&files.out, &sentences::write(&gold, &system))?;
            let score = sentences::score(&gold, &system, by.as_deref())?;
            let shown: Vec<&str> = score.errors().iter().take(errors).map(String::as_str).collect();
            let shown = shown.iter().map(|error| format!("  {error}\n")).collect::<String>();
            format!("{score}{shown}")
        }
        What::Tokens { files } => {
            let name = files.gold.display().to_string();
            let answer = tokens::answer(&name, &files.read()?, &mut splitter(&*files.core()?))?;
            write(&files.out, &answer)?;
            String::new()
        }
        What::Trace { files, events, triggers, same } => {
            let name = files.gold.display().to_string();
            let trace = match (events, triggers, same) {
                (true, _, _) => trace::trace_events,
                (_, true, _) => trace::trace_triggers,
                (_, _, true) => trace::trace_same,
                _ => trace::trace,
            };
            write(&files.out, &trace(&name, &files.read()?, &mut Analyzer::new(&files.models()?))?)?;
            String::new()
        }
        What::Parse { files, tokens } => {
            let name = files.gold.display().to_string();
            let gold = conllu::Treebank::read(&name, &files.read()?)?;
            let model = files.core()?;
            let answer = parse_all(&gold, tokens, &model);
            write(&files.out, &answer)?;
            let system = conllu::Treebank::read(&files.out.display().to_string(), &answer)?;
            let tokens = match tokens {
                TokensFrom::Gold => parse::Tokens::Gold,
                TokensFrom::Raw => parse::Tokens::Raw,
            };
            parse::score(&gold, &system, tokens)?.to_string()
        }
        What::Entities { files, scheme, when, types } => {
            let gold = entities::read(&files.gold.display().to_string(), &files.read()?)?;
            let system = entities::answer(&gold, &mut Core::new(&files.core()?));
            write(&files.out, &entities::write(&system))?;
            let scheme = match scheme {
                SchemeOf::Plain => entities::Scheme::Plain,
                SchemeOf::Gmb => entities::Scheme::Gmb,
            };
            let when = match when {
                MatchBy::Exact => entities::Match::Exact,
                MatchBy::End => entities::Match::End,
            };
            entities::score(&gold, &system, &types, scheme, when)?.to_string()
        }
        What::Statements { files, nested, phrases, errors, min_confidence, confidence } => {
            let gold = statements::read_gold(&files.gold.display().to_string(), &files.read()?)?;
            let answers = statements::Answers { nested: nested.into(), phrases: phrases.into(), min_confidence };
            let answer = statements::answer(&gold, &mut Analyzer::new(&files.models()?), answers);
            write(&files.out, &answer)?;
            let system = statements::read_system(&files.out.display().to_string(), &answer, &gold)?;
            let mut figures = statements::measures::score(&gold, &system).to_string();
            if confidence {
                figures += &format!("\n{}", statements::reliability::reliability(&gold, &system));
            }
            if errors > 0 {
                figures += &format!("\n{}", statements::browse::errors(&gold, &system, errors));
            }
            figures
        }
        What::Who { files, errors } => {
            let gold = who::read_gold(&files.gold.display().to_string(), &files.read()?)?;
            let (system, _) = analyzed(&files, || gold.iter().map(who::Gold::shown))?;
            let mut figures = who::figures::score(&gold, &system).to_string();
            if errors > 0 {
                figures += &format!("\n{}", who::browse::errors(&gold, &system, errors));
            }
            figures
        }
        What::Pairs { files } => {
            let gold = pairs::read_gold(&files.gold.display().to_string(), &files.read()?)?;
            let answers = pairs::answer(&gold, &files.models()?);
            write(&files.out, &pairs::write(&answers))?;
            pairs::figures::score(&gold, &answers).to_string()
        }
        What::Events { files, by, errors, confidence } => {
            let gold = events::read_gold(&files.gold.display().to_string(), &files.read()?)?;
            let (system, features) = analyzed(&files, || gold.iter().map(events::Gold::shown))?;
            let mut figures = events::figures::score(&gold, &system, by.map(Into::into)).to_string();
            if confidence {
                figures += &format!("\n{}", events::reliability::reliability(&gold, &system, &features));
            }
            if errors > 0 {
                figures += &format!("\n{}", events::browse::errors(&gold, &system, errors));
            }
            figures
        }
    };
    io::stdout().write_all(figures.as_bytes())?;
    Ok(())
}

/// Writes the analyses of all articles and reads them back, with the features of their events. Articles that are refused are named on standard error, as `extract` does.
fn analyzed<'a, A: Iterator<Item = analyses::Shown<'a>>>(
    files: &Files,
    articles: impl Fn() -> A,
) -> Result<(analyses::System, HashMap<String, Vec<analyses::Features>>)> {
    let answer = analyses::answer(articles(), &files.models()?);
    for refused in &answer.refused {
        writeln!(io::stderr(), "evaluate: {refused}")?;
    }
    write(&files.out, &answer.lines)?;
    Ok((analyses::read_system(&files.out.display().to_string(), &answer.lines, articles())?, answer.features))
}

/// The splitter with what the model has learned; the rules alone if it has learned none.
fn splitter(model: &CoreModel) -> SentenceSplitter {
    model.boundaries().map_or_else(SentenceSplitter::new, SentenceSplitter::with_model)
}

/// The system's answer to a treebank, document by document.
fn parse_all(gold: &conllu::Treebank, tokens: TokensFrom, model: &Arc<CoreModel>) -> String {
    let mut answer = String::new();
    let mut core = Core::new(model);
    let (mut tokenizer, mut splitter) = (Tokenizer::new(), splitter(model));
    for tree_sentences in gold.documents() {
        let comments: Vec<&[String]> = tree_sentences.iter().map(conllu::TreeSentence::comments).collect();
        match tokens {
            TokensFrom::Gold => {
                let mut doc = conllu::gold_document(tree_sentences);
                core.annotate(&mut doc);
                conllu::write(&doc, &comments, false, &mut answer);
            }
            TokensFrom::Raw => {
                let mut doc = Document::new(conllu::raw_text(tree_sentences));
                tokenizer.annotate(&mut doc);
                splitter.annotate(&mut doc);
                core.annotate(&mut doc);
                conllu::write(&doc, &comments[..1], true, &mut answer);
            }
        }
    }
    answer
}

/// A model file, not yet checked.
fn bytes(path: &Path) -> Result<ModelBytes> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(ModelBytes::Read(bytes.into()))
}

fn read(path: &Path) -> Result<String> {
    let what = || format!("cannot read {}", path.display());
    let bytes = fs::read(path).with_context(what)?;
    if path.extension().is_none_or(|extension| extension != "gz") {
        return String::from_utf8(bytes).with_context(what);
    }
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).with_context(what)?;
    Ok(text)
}

fn write(path: &Path, text: &str) -> Result<()> {
    let what = || format!("cannot write {}", path.display());
    if path.extension().is_none_or(|extension| extension != "gz") {
        return fs::write(path, text).with_context(what);
    }
    let file = fs::File::create(path).with_context(what)?;
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    encoder.write_all(text.as_bytes()).with_context(what)?;
    encoder.finish().map(drop).with_context(what)
}
