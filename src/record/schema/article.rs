//! The schema of a JSON article, generated from the reader's table of names ([`FIELDS`]). It describes what a well-behaved
//! sender sends under the fields' own names; the reader accepts more, as the descriptions say.

use serde_json::{Map, Value, json};

use super::super::input::{Alias, FIELDS, FieldName};

/// Its file under `schemas/`.
pub(super) const FILE: &str = "article.schema.json";

/// `$id` of the schema.
const URI: &str = "urn:demarche:schema:article:1";

/// The schema (JSON Schema 2020-12).
pub(super) fn schema() -> Value {
    let properties: Map<String, Value> = FIELDS.iter().map(|alias| (alias.name.to_owned(), property(alias))).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": URI,
        "title": "Article",
        "description": "A news article to analyze: this form, or ninjs 1.x to 3.x. A text is required under one of its names. \
                        Null is absent, unknown fields are skipped, of a field given twice the last one counts; names are \
                        compared without regard to case, \"_\", \"-\", \"@\" and spaces. Without a text the description is read as one, or the title alone.",
        "type": "object",
        "properties": properties,
    })
}

fn property(alias: &Alias) -> Value {
    let (mut property, description) = match alias.field {
        FieldName::Id => (
            json!({ "type": ["string", "integer", "null"] }),
            "Identity of the article, and key of its records; else the message key, else a hash of the URL, else of the text.",
        ),
        FieldName::Url => (json!({ "type": ["string", "null"] }), "Where it was published."),
        FieldName::Title => {
            (json!({ "type": ["string", "object", "null"] }), "Its title. Without a text it is read alone.")
        }
        FieldName::Text => (
            json!({ "type": ["string", "array", "object", "null"] }),
            "Its text; all offsets count in it, unchanged. A list is one of paragraphs, which are joined by two line breaks, or of ninjs bodies; of an \
             object its `rendered`, `value` or `plain`.",
        ),
        FieldName::Html => (
            json!({ "type": ["string", "null"] }),
            "Its text as HTML, read where no plain text is given; offsets count in the text that is extracted.",
        ),
        FieldName::Description => (
            json!({ "type": ["string", "array", "object", "null"] }),
            "What it is about: read as its text where no other is given.",
        ),
        FieldName::PublishedAt => (
            json!({ "type": ["string", "number", "null"] }),
            "When it was published: RFC 3339, ISO 8601, RFC 2822, digits alone (20260305, 20260305120000), or a time since 1970 in seconds to \
             nanoseconds. A date in another form is absent; a time without a zone is UTC.",
        ),
        FieldName::Publisher => {
            (json!({ "type": ["string", "object", "null"] }), "Who published it; of an object its name.")
        }
        FieldName::Language => (
            json!({ "type": ["string", "null"] }),
            "BCP 47 tag of its language. It counts where the text is too short to tell; only English is analyzed.",
        ),
        FieldName::Authors => (
            json!({ "type": ["array", "string", "object", "null"] }),
            "Its authors: a list of strings or of objects with a name.",
        ),
    };
    let others: Vec<&str> = alias.others.iter().copied().filter(|other| *other != alias.name).collect();
    property["description"] = format!("{description} Also read from: {}.", others.join(", ")).into();
    property
}
