//! The OpenAPI 3.1 document: what the HTTP API answers, with the records' own schemas.

use serde_json::{Value, json};

use super::super::RejectionReason;
use super::kind::Kind;

/// Its file under `schemas/`.
pub(super) const FILE: &str = "openapi.json";

/// The document, with the schemas as references to the files beside it.
pub(super) fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Demarche",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "A news article in; who said what to whom and who did what to whom out.",
            "description": "The API behind the page. It is there where http.page is on; bound to another address than \
                            loopback it asks for the token in http.token_file.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "http://127.0.0.1:8080", "description": "http.listen in the configuration." }],
        "security": [{}, { "token": [] }],
        "paths": {
            "/v1/analyze": { "post": analyze() },
            "/v1/findings": { "get": findings() },
            "/v1/articles/{id}": { "get": article() },
            "/v1/stream": { "get": stream() },
            "/v1/summary": { "get": {
                "operationId": "summary",
                "summary": "What this replica has committed, what it holds of it, and whether it is ready.",
                "responses": answers(&json!({ "200": json_of("Numbers.", &reference("Summary")) })),
            } },
            "/v1/history": { "delete": {
                "operationId": "forget",
                "summary": "Forgets every article and finding that is held in memory. The topics keep theirs.",
                "responses": answers(&json!({ "204": { "description": "Forgotten." } })),
            } },
        },
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": { "Problem": problem(), "Message": message(), "Summary": summary() },
        },
    })
}

fn analyze() -> Value {
    let text = json!({ "type": "string", "minLength": 1 });
    json!({
        "operationId": "analyze",
        "summary": "Analyzes an article: the bytes that `demarche extract` prints for it.",
        "description": "It waits for a core that the topic does not need, in its turn.",
        "parameters": [
            query("published_at", "When it was published, where it does not say so itself: a day or a time.", &json!({ "type": "string" })),
            query("min_confidence", "Findings below are left out.", &probability()),
        ],
        "requestBody": { "required": true, "content": {
            "text/plain": { "schema": text },
            "text/html": { "schema": text },
            "application/json": { "schema": { "$ref": "article.schema.json" } },
        } },
        "responses": answers(&json!({
            "200": json_of("The analysis.", &json!({ "$ref": Kind::Analysis.file_name() })),
            "400": refused("A query that cannot be read: a parameter that there is not, or that is given twice."),
            "408": refused("The article did not arrive in time."),
            "413": refused("More bytes than are accepted, or an article of more tokens than are analyzed."),
            "415": refused("A media type that is not read."),
            "422": refused("The article is refused, for the reason that its dead letter would have, or a parameter has a value that it cannot have."),
            "429": refused("As many requests wait as may wait."),
            "500": refused("The analysis failed, which is a defect."),
            "503": refused("The topic needs every core."),
        })),
    })
}

fn findings() -> Value {
    json!({
        "operationId": "findings",
        "summary": "What was committed, by message, newest first.",
        "parameters": [
            query("before", "Only what was committed before this one: `next` of the last answer.", &json!({ "type": "integer" })),
            query("limit", "Most messages.", &json!({ "type": "integer", "minimum": 1, "maximum": 500 })),
            query("kind", "One kind alone.", &json!({ "enum": ["statement", "event", "refused"] })),
            query("country", "ISO 3166-1 alpha-3 of somebody who takes part.", &json!({ "type": "string", "pattern": "^[A-Z]{3}$" })),
            query("min_confidence", "Findings below are left out.", &probability()),
        ],
        "responses": answers(&json!({
            "200": json_of("The messages.", &json!({
                "type": "object",
                "required": ["items", "next"],
                "properties": {
                    "items": { "type": "array", "items": reference("Message") },
                    "next": { "type": ["integer", "null"] },
                },
            })),
            "400": refused("A query that cannot be read: a parameter that there is not, or that is given twice."),
            "422": refused("A parameter has a value that it cannot have."),
            "503": refused("So many read that the topic would have to wait."),
        })),
    })
}

fn article() -> Value {
    json!({
        "operationId": "article",
        "summary": "The newest analysis of an article that was committed and is still held.",
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
        "responses": answers(&json!({
            "200": json_of("The analysis.", &json!({ "$ref": Kind::Analysis.file_name() })),
            "404": refused("It is not held."),
        })),
    })
}

fn stream() -> Value {
    json!({
        "operationId": "stream",
        "summary": "What is committed, as it is committed: server-sent events `article`, `refusal`, `lost` and `counts`.",
        "description": "The data of an event is a Message as in /v1/findings; `lost` says that some are missing; `counts` \
                        holds `committed`, `refused`, `held` and `lag` once a second, where they have changed. With \
                        Last-Event-ID what was missed comes first. At most 16 listen at once.",
        "parameters": [{ "name": "Last-Event-ID", "in": "header", "schema": { "type": "integer" } }],
        "responses": answers(&json!({
            "200": { "description": "Events.", "content": { "text/event-stream": { "schema": { "type": "string" } } } },
            "429": refused("As many listen as may listen."),
        })),
    })
}

fn message() -> Value {
    json!({
        "description": "A message of the topic: rows of an analyzed one, the reason of a refused one.",
        "type": "object",
        "required": ["seq", "at"],
        "properties": {
            "seq": { "type": "integer", "description": "Its number in the order of the commits." },
            "at": { "type": "integer", "description": "When it was committed, milliseconds since 1970." },
            "topic": { "type": "string" },
            "partition": { "type": "integer" },
            "offset": { "type": "integer" },
            "article": { "type": "object" },
            "headline": { "type": "string" },
            "rows": { "type": "array", "items": { "type": "object" } },
            "refused": {
                "type": "object",
                "properties": {
                    "reason": { "enum": RejectionReason::ALL.map(RejectionReason::as_str) },
                    "detail": { "type": "string" },
                    "n_bytes": { "type": "integer" },
                    "hex": { "type": "string", "description": "Its first bytes." },
                    "headers": { "type": "array" },
                },
            },
        },
    })
}

fn summary() -> Value {
    let count = || json!({ "type": "integer", "minimum": 0 });
    json!({
        "type": "object",
        "required": ["version", "committed", "refused", "held", "held_bytes", "oldest", "partitions", "lag", "ready", "condition"],
        "properties": {
            "version": { "type": "string" },
            "committed": count(),
            "refused": { "type": "object", "additionalProperties": count() },
            "held": count(),
            "held_bytes": count(),
            "oldest": { "type": ["object", "null"] },
            "partitions": { "type": "array", "items": {
                "type": "object",
                "required": ["topic", "partition", "offset", "lag"],
                "properties": {
                    "topic": { "type": "string" },
                    "partition": { "type": "integer" },
                    "offset": { "type": ["integer", "null"], "description": "The last one that was committed since the start." },
                    "lag": { "type": ["integer", "null"], "description": "Messages still to be read, where it is read here." },
                },
            } },
            "lag": { "type": ["integer", "null"], "description": "That of all partitions." },
            "ready": { "type": ["boolean", "null"] },
            "condition": { "type": ["string", "null"], "description": "Why it is not ready." },
        },
    })
}

/// Problem details of RFC 9457.
fn problem() -> Value {
    json!({
        "type": "object",
        "required": ["type", "title", "status", "detail", "reason"],
        "properties": {
            "type": { "type": "string", "description": "urn:demarche:problem: and the reason." },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "reason": {
                "type": "string",
                "description": "Of a refused article the reason of its dead letter.",
                "examples": RejectionReason::ALL.map(RejectionReason::as_str),
            },
        },
    })
}

/// What a path answers, with what every path may answer to whoever may not ask.
fn answers(own: &Value) -> Value {
    let mut all = own.clone();
    all["401"] = refused("A token is asked for, and none or another one was given.");
    all["403"] = refused(
        "Not for whoever asks: another name than this machine's on loopback, another page, or no token is configured where one is needed.",
    );
    all
}

fn refused(description: &str) -> Value {
    json!({
        "description": description,
        "content": { "application/problem+json": { "schema": reference("Problem") } },
    })
}

fn json_of(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn query(name: &str, description: &str, schema: &Value) -> Value {
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn probability() -> Value {
    json!({ "type": "number", "minimum": 0, "maximum": 1 })
}
