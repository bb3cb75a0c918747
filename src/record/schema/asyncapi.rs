//! The AsyncAPI 3.0 document: which topics there are, who reads and writes them, and what their messages look like.

use serde_json::{Value, json};

use super::super::RejectionReason;
use super::super::dead_letter;
use super::article;
use super::kind::Kind;

/// Its file under `schemas/`.
pub(super) const FILE: &str = "asyncapi.json";

/// The document, with the schemas as references to the files beside it.
pub(super) fn document() -> Value {
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Demarche",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "News articles in; who said what to whom and who did what to whom out. \
                            Records of an article and its input offset are committed in one transaction: read with \
                            isolation.level=read_committed to see each record once.",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "localhost:9092",
                "protocol": "kafka",
                "description": "Any Apache Kafka cluster; kafka.brokers in the configuration.",
            },
        },
        "channels": {
            "articles": channel("articles", "Articles to analyze. The name is configurable, several are allowed.", &[
                "articleJson", "articleText", "articleHtml",
            ]),
            "statements": channel("statements", "One record a statement, keyed by article id.", &["statement"]),
            "events": channel("events", "One record an event, keyed by article id.", &["event"]),
            "analyses": channel("analyses", "One record an article, keyed by its id. Off by default.", &["analysis"]),
            "deadLetters": channel(
                "articles.dead-letter",
                "Articles that were refused, untouched, with the reason in their headers.",
                &["deadLetter"],
            ),
        },
        "operations": {
            "readArticles": operation("receive", "articles", "Reads articles, each to exactly one outcome."),
            "writeStatements": operation("send", "statements", "Writes the statements of an article."),
            "writeEvents": operation("send", "events", "Writes the events of an article."),
            "writeAnalyses": operation("send", "analyses", "Writes everything found in an article."),
            "writeDeadLetters": operation("send", "deadLetters", "Writes what was refused, and why."),
        },
        "components": {
            "messages": {
                "articleJson": article("Article as JSON, ours or ninjs", "application/json", &schema_file(article::FILE)),
                "articleText": article("Article as plain text", "text/plain", &json!({ "type": "string", "minLength": 1 })),
                "articleHtml": article("Article as HTML", "text/html", &json!({ "type": "string", "minLength": 1 })),
                "statement": record(Kind::Statement, "Who said what to whom"),
                "event": record(Kind::Event, "Who did what to whom"),
                "analysis": record(Kind::Analysis, "Everything found in an article"),
                "deadLetter": {
                    "title": "A refused article",
                    "summary": "Value, key and headers as received; the headers listed come behind them.",
                    "contentType": "application/octet-stream",
                    "headers": dead_letter_headers(),
                    "payload": { "description": "The bytes as received; none for a tombstone." },
                    "bindings": { "kafka": { "key": { "description": "The key as received." } } },
                },
            },
        },
    })
}

fn channel(address: &str, description: &str, messages: &[&str]) -> Value {
    let references = messages.iter().map(|name| (*name, json!({ "$ref": format!("#/components/messages/{name}") })));
    json!({
        "address": address,
        "description": description,
        "messages": references.map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>(),
        "bindings": { "kafka": { "topic": address } },
    })
}

fn operation(action: &str, channel: &str, summary: &str) -> Value {
    json!({ "action": action, "channel": { "$ref": format!("#/channels/{channel}") }, "summary": summary })
}

fn article(title: &str, content_type: &str, payload: &Value) -> Value {
    json!({
        "title": title,
        "contentType": content_type,
        "headers": {
            "type": "object",
            "properties": {
                "content-type": {
                    "type": "string",
                    "description": "Decides how the value is read; without it its first character does.",
                    "examples": [content_type],
                },
                "traceparent": trace("W3C Trace Context; carried on to the records."),
                "tracestate": trace("W3C Trace Context; carried on to the records."),
            },
        },
        "payload": payload,
        "bindings": { "kafka": { "key": {
            "type": "string",
            "description": "The article's id where the value has none.",
        } } },
    })
}

fn record(kind: Kind, title: &str) -> Value {
    let required = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_dataschema", "content-type"];
    json!({
        "title": title,
        "contentType": "application/json",
        "headers": {
            "type": "object",
            "description": "CloudEvents 1.0 in binary content mode.",
            "required": required,
            "properties": {
                "ce_specversion": { "const": "1.0" },
                "ce_id": { "type": "string", "format": "uuid", "description": "Id of the record, the same for the same article." },
                "ce_type": { "const": kind.ce_type() },
                "ce_source": { "type": "string", "format": "uri-reference", "description": "This pipeline; output.source in the configuration." },
                "ce_subject": { "type": "string", "description": "Id of the article." },
                "ce_dataschema": { "const": kind.uri() },
                "ce_time": { "type": "string", "format": "date-time", "description": "Time of the message, else of publication; absent where neither is known." },
                "content-type": { "const": "application/json" },
                "traceparent": trace("As it came with the article."),
                "tracestate": trace("As it came with the article."),
            },
        },
        "payload": schema_file(kind.file_name()),
        "bindings": { "kafka": { "key": { "type": "string", "description": "Id of the article." } } },
    })
}

fn trace(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

fn schema_file(name: &str) -> Value {
    json!({ "$ref": format!("./{name}") })
}

fn dead_letter_headers() -> Value {
    let reasons = RejectionReason::ALL.map(RejectionReason::as_str);
    let decimal = |description: &str| json!({ "type": "string", "pattern": "^-?[0-9]+$", "description": description });
    json!({
        "type": "object",
        "required": [dead_letter::REASON, dead_letter::DETAIL, dead_letter::TOPIC, dead_letter::PARTITION, dead_letter::OFFSET],
        "properties": {
            dead_letter::REASON: { "enum": reasons },
            dead_letter::DETAIL: { "type": "string", "description": "The particulars, for a person." },
            dead_letter::TOPIC: { "type": "string", "description": "Topic that the message came from." },
            dead_letter::PARTITION: decimal("Partition that it came from."),
            dead_letter::OFFSET: decimal("Its offset there."),
            dead_letter::TIMESTAMP: decimal("Its own time in milliseconds since 1970, if it has one."),
        },
    })
}
