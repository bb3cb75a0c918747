//! Where the demo lays what comes out of the topics: sorted by article, printed when an article is complete, counted.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use anstyle::Style;
use anyhow::Context as _;
use serde::de::DeserializeOwned;

use crate::cli::exit::{Exit, Failure, OrExit as _};
use crate::cli::{out, render};
use crate::kafka::Topics;
use crate::record::{AnalysisRecord, EventRecord, Message, StatementRecord};

/// Findings that are shown: a confidence is a probability, and a first look is not spent on events that are as likely none, nor on
/// statements of which three in ten are wrong (docs/accuracy.md).
const SURE_STATEMENT: f64 = 0.7;
const SURE_EVENT: f64 = 0.5;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Records of one article that have come so far. They come from several topics, in no order between them.
#[derive(Default)]
struct Pile {
    analysis: Option<AnalysisRecord>,
    statements: Vec<StatementRecord>,
    events: Vec<EventRecord>,
}

impl Pile {
    fn is_complete(&self) -> bool {
        let complete = |analysis: &AnalysisRecord| {
            self.statements.len() >= analysis.statements.len() && self.events.len() >= analysis.events.len()
        };
        self.analysis.as_ref().is_some_and(complete)
    }
}

/// What has come out of the topics.
pub(super) struct Desk {
    topics: Topics,
    n_expected: usize,
    piles: BTreeMap<String, Pile>,
    n_analyzed: usize,
    n_dead_letters: usize,
    n_statements: usize,
    n_events: usize,
    /// Whether findings of any confidence are shown.
    shows_all: bool,
    n_hidden: usize,
}

impl Desk {
    /// For so many articles.
    pub(super) fn new(topics: Topics, n_expected: usize, shows_all: bool) -> Self {
        let piles = BTreeMap::new();
        let (n_analyzed, n_dead_letters, n_statements, n_events, n_hidden) = (0, 0, 0, 0, 0);
        Self { topics, n_expected, piles, n_analyzed, n_dead_letters, n_statements, n_events, shows_all, n_hidden }
    }

    /// Says what is about to happen.
    pub(super) fn greet(&self) -> Result<(), Failure> {
        let articles = count(self.n_expected, "article");
        say(&format!(
            "{BOLD}{articles}{BOLD:#} into a topic of an embedded broker, through the pipeline, out of its topics again:\n"
        ))
    }

    /// Lays a message down, and prints the article that it completes.
    pub(super) fn take(&mut self, message: &Message) -> Result<(), Failure> {
        let topic = &*message.origin.topic;
        let article_id = if topic == self.topics.dead_letters {
            self.n_dead_letters += 1;
            return say(&render::pretty_dead_letter(message));
        } else if topic == self.topics.statements {
            let record: StatementRecord = parse(message)?;
            let id = record.article.id.clone();
            self.piles.entry(id.clone()).or_default().statements.push(record);
            id
        } else if topic == self.topics.events {
            let record: EventRecord = parse(message)?;
            let id = record.article.id.clone();
            self.piles.entry(id.clone()).or_default().events.push(record);
            id
        } else {
            let record: AnalysisRecord = parse(message)?;
            let id = record.article.id.clone();
            self.piles.entry(id.clone()).or_default().analysis = Some(record);
            id
        };
        match self.piles.remove(&article_id) {
            Some(pile) if pile.is_complete() => self.print(&pile),
            Some(pile) => {
                self.piles.insert(article_id, pile);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn print(&mut self, pile: &Pile) -> Result<(), Failure> {
        self.n_analyzed += 1;
        self.n_statements += pile.statements.len();
        self.n_events += pile.events.len();
        let headline = |analysis: &AnalysisRecord| render::pretty_headline(&analysis.article, Some(&analysis.text));
        let mut text = pile.analysis.as_ref().map(headline).unwrap_or_default();
        let sure = |confidence: f64, least: f64| self.shows_all || confidence >= least;
        let statements = pile.statements.iter().filter(|found| sure(found.confidence, SURE_STATEMENT));
        let events = pile.events.iter().filter(|found| sure(found.confidence, SURE_EVENT));
        let shown: Vec<String> =
            statements.map(render::pretty_statement).chain(events.map(render::pretty_event)).collect();
        for finding in &shown {
            text.push('\n');
            text.push_str(finding);
        }
        let n_found = pile.statements.len() + pile.events.len();
        if n_found == 0 {
            text.push_str(&format!("\n  {DIM}nothing in it to find{DIM:#}\n"));
        }
        self.n_hidden += n_found - shown.len();
        say(&text)
    }

    /// Whether every article has its outcome, and everything about it has come.
    pub(super) fn is_complete(&self) -> bool {
        self.n_analyzed + self.n_dead_letters >= self.n_expected && self.piles.is_empty()
    }

    /// For the error when nothing more comes.
    pub(super) fn what_is_missing(&self) -> String {
        let n_outcomes = self.n_analyzed + self.n_dead_letters;
        format!("only {n_outcomes} of {} had an outcome in time", count(self.n_expected, "article"))
    }

    /// The last lines: what became of everything.
    pub(super) fn sum_up(&self, elapsed: Duration) -> Result<(), Failure> {
        say(&format!(
            "{BOLD}{}{BOLD:#}: {} analyzed, {}; {BOLD}{}{BOLD:#}, {BOLD}{}{BOLD:#}; {:.1} s",
            count(self.n_expected, "article"),
            self.n_analyzed,
            count(self.n_dead_letters, "dead letter"),
            count(self.n_statements, "statement"),
            count(self.n_events, "event"),
            elapsed.as_secs_f64(),
        ))?;
        if self.n_hidden == 0 {
            return Ok(());
        }
        say(&format!(
            "{DIM}Shown: statements from confidence {SURE_STATEMENT} on, events from {SURE_EVENT} on; --all shows the other {}.{DIM:#}",
            self.n_hidden
        ))
    }

    /// Says what to try next.
    pub(super) fn point_on(&self) -> Result<(), Failure> {
        say(&format!(
            "\n{BOLD}Next{BOLD:#}\n  \
             demarche extract FILE      an article of yours: text, HTML or JSON\n  \
             demarche explore           a page: paste a text, and see what is found in it\n  \
             demarche demo --serve      this pipeline as a page, with a broker to publish to"
        ))
    }

    /// Says how to go on while the demo stays up.
    pub(super) fn stay(&self, brokers: &str, page: Option<SocketAddr>) -> Result<(), Failure> {
        let analyze = page.map(|page| {
            format!("  curl -s --data-binary @FILE -H 'content-type: text/plain' http://{page}/v1/analyze\n")
        });
        let page = page.map(|page| format!("{BOLD}Look at it: http://{page}/{BOLD:#}   "));
        let (analyze, page) = (analyze.unwrap_or_default(), page.unwrap_or_default());
        say(&format!(
            "\n{BOLD}Next{BOLD:#}\n  \
             demarche publish --brokers {brokers} FILE\n  \
             demarche tail --brokers {brokers} --from-beginning\n\
             {analyze}\n{page}{DIM}Ctrl-C ends it.{DIM:#}\n"
        ))
    }
}

fn say(text: &str) -> Result<(), Failure> {
    out::line(format_args!("{text}")).or_exit(Exit::Io)
}

fn count(n: usize, thing: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{n} {thing}{s}")
}

fn parse<T: DeserializeOwned>(message: &Message) -> Result<T, Failure> {
    let payload = message.payload.as_deref().unwrap_or_default();
    let parsed = serde_json::from_slice(payload);
    parsed
        .with_context(|| format!("a record in {} is not what its topic promises", message.origin.topic))
        .or_exit(Exit::Internal)
}
