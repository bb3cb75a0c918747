//! Prints messages of output topics in one of the forms of `extract`.

use std::io::Write as _;

use anyhow::{Context as _, anyhow};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cli::exit::{Exit, Failure, OrExit as _};
use crate::cli::filter::RecordKind;
use crate::cli::out;
use crate::cli::render::{self, Format, Renderer, Wanted};
use crate::kafka::Topics;
use crate::record::{AnalysisRecord, ArticleRecord, Channel, EventRecord, Message, StatementRecord, dead_letter};

/// Prints messages, for reading with a headline where a new article begins.
pub(super) struct Printer<'t> {
    topics: &'t Topics,
    renderer: Renderer,
    with_headers: bool,
    /// Id of the article that the last finding stood in.
    article: Option<String>,
}

impl<'t> Printer<'t> {
    /// A printer of this form.
    ///
    /// # Errors
    /// The form cannot hold what comes.
    pub(super) fn new(topics: &'t Topics, format: Format, wanted: Wanted, with_headers: bool) -> Result<Self, String> {
        if format == Format::Html {
            return Err("a page is one file, and what is followed has no end: `demarche explore --brokers …` shows topics as a page".to_owned());
        }
        if with_headers && matches!(format, Format::Csv | Format::Gdelt) {
            return Err("these columns have no room for headers: use --format jsonl".to_owned());
        }
        Ok(Self { topics, renderer: Renderer::new(format, wanted)?, with_headers, article: None })
    }

    /// What comes before the first record.
    pub(super) fn begin(&self) -> Result<(), Failure> {
        written(&self.renderer.header())
    }

    /// Prints a message; whether there was anything to print.
    pub(super) fn print(&mut self, message: &Message) -> Result<bool, Failure> {
        let channels = [Channel::Statements, Channel::Events, Channel::Analyses, Channel::DeadLetter];
        let channel = channels.into_iter().find(|channel| self.topics.of(*channel) == &*message.origin.topic);
        let text = match channel {
            Some(channel) => self.text(channel, message),
            None => Err(anyhow!("its topic is none of ours")),
        };
        match text {
            Ok(Some(text)) => written(&text).map(|()| true),
            Ok(None) => Ok(false),
            Err(error) => {
                let origin = &message.origin;
                let place = format!("{}, partition {}, offset {}", origin.topic, origin.partition, origin.offset);
                out::complain(format_args!("cannot read {place}: {error:#}"));
                Ok(false)
            }
        }
    }

    /// What is printed of a message, if anything is.
    fn text(&mut self, channel: Channel, message: &Message) -> anyhow::Result<Option<Vec<u8>>> {
        if self.renderer.format() == Format::Jsonl {
            return self.line(channel, message);
        }
        let is_for_reading = self.renderer.format() == Format::Pretty;
        match channel {
            Channel::Statements => {
                let record: StatementRecord = parse(message)?;
                if !self.renderer.wants_statement(&record) {
                    return Ok(None);
                }
                if is_for_reading {
                    return Ok(Some(self.found(message, &record.article, &render::pretty_statement(&record))));
                }
                Ok(Some(self.renderer.statement(&record)))
            }
            Channel::Events => {
                let record: EventRecord = parse(message)?;
                if !self.renderer.wants_event(&record) {
                    return Ok(None);
                }
                if is_for_reading {
                    return Ok(Some(self.found(message, &record.article, &render::pretty_event(&record))));
                }
                Ok(Some(self.renderer.event(&record)))
            }
            Channel::Analyses => {
                self.article = None;
                let text = self.renderer.render(&parse::<AnalysisRecord>(message)?);
                // Nothing is left of it where a condition leaves nothing.
                Ok((!text.is_empty()).then(|| self.beneath(message, text)))
            }
            Channel::DeadLetter => {
                self.article = None;
                let is_wanted = self.renderer.accepts(RecordKind::Letter, &letter(message));
                let text = (is_wanted && is_for_reading).then(|| render::pretty_dead_letter(message).into_bytes());
                Ok(text.map(|text| self.beneath(message, text)))
            }
        }
    }

    /// A finding for reading, behind the headline of its article where that is another one than the last.
    fn found(&mut self, message: &Message, article: &ArticleRecord, pretty: &str) -> Vec<u8> {
        let text = format!("{}{pretty}", self.headline(article));
        self.beneath(message, text.into_bytes())
    }

    /// The article's headline, where the last finding stood in another one.
    fn headline(&mut self, article: &ArticleRecord) -> String {
        if self.article.as_deref() == Some(&article.id) {
            return "\n".to_owned();
        }
        let gap = if self.article.replace(article.id.clone()).is_some() { "\n" } else { "" };
        format!("{gap}{}\n", render::pretty_headline(article, None))
    }

    /// Text for reading with what is known of the message beneath it, where that is wanted.
    fn beneath(&self, message: &Message, mut text: Vec<u8>) -> Vec<u8> {
        if self.with_headers {
            text.extend_from_slice(render::pretty_envelope(message).as_bytes());
        }
        text
    }

    fn line(&self, channel: Channel, message: &Message) -> anyhow::Result<Option<Vec<u8>>> {
        let (kind, record) = match channel {
            Channel::DeadLetter => (RecordKind::Letter, letter(message)),
            Channel::Statements => (RecordKind::Statement, parse(message)?),
            Channel::Events => (RecordKind::Event, parse(message)?),
            Channel::Analyses => (RecordKind::Analysis, parse(message)?),
        };
        let is_wanted = self.renderer.accepts(kind, &record)
            && (kind != RecordKind::Event || self.renderer.has_status(record["status"].as_str().unwrap_or_default()));
        if !is_wanted {
            return Ok(None);
        }
        let mut line = if self.with_headers {
            envelope(message, &record).to_string().into_bytes()
        } else if channel == Channel::DeadLetter {
            record.to_string().into_bytes()
        } else {
            // The bytes of the topic: what is read is not written anew.
            message.payload.clone().unwrap_or_default()
        };
        line.push(b'\n');
        Ok(Some(line))
    }
}

fn parse<T: DeserializeOwned>(message: &Message) -> anyhow::Result<T> {
    let payload = message.payload.as_deref().unwrap_or_default();
    serde_json::from_slice(payload).context("it is not what its topic promises")
}

fn written(bytes: &[u8]) -> Result<(), Failure> {
    anstream::stdout().write_all(bytes).or_exit(Exit::Io)
}

/// A record with what the topic holds beside it.
fn envelope(message: &Message, record: &Value) -> Value {
    let origin = &message.origin;
    let headers = message
        .headers
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value.as_deref().map(String::from_utf8_lossy) }));
    json!({
        "topic": &*origin.topic,
        "partition": origin.partition,
        "offset": origin.offset,
        "timestamp": origin.timestamp_ms,
        "key": message.key.as_deref().map(String::from_utf8_lossy),
        "headers": headers.collect::<Vec<_>>(),
        "value": record,
    })
}

/// A dead letter as JSON: why, from where, and the value, as text where it is one.
fn letter(message: &Message) -> Value {
    let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let number = |name: &str| message.header(name).and_then(|text| text.parse::<i64>().ok());
    json!({
        "reason": message.header(dead_letter::REASON),
        "detail": message.header(dead_letter::DETAIL),
        "topic": message.header(dead_letter::TOPIC),
        "partition": number(dead_letter::PARTITION),
        "offset": number(dead_letter::OFFSET),
        "key": text(&message.key),
        "value": text(&message.payload),
    })
}
