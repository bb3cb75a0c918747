//! The configuration as it holds, for people: `check-config --print`.

use std::fmt::Write as _;

use crate::config::place::Place;
use crate::config::raw::{Entry, Layer, OPTIONS, Value};
use crate::telemetry::secrets::{REDACTED, is_secret};

/// The merged values, and which of them came out of files of their own.
#[derive(Clone)]
pub(crate) struct Effective {
    pub(crate) layer: Layer,
    /// Key and path.
    pub(crate) from_files: Vec<(String, String)>,
}

/// Secrets stand in the layer, so that it is never printed as it is.
impl std::fmt::Debug for Effective {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_toml())
    }
}

impl Effective {
    pub(crate) fn to_toml(&self) -> String {
        let mut tables: Vec<(&str, Vec<String>)> = Vec::new();
        for (key, entry) in &self.layer {
            let (table, name) = match key.strip_prefix(OPTIONS).and_then(|rest| rest.strip_prefix('.')) {
                Some(option) => (OPTIONS, option),
                None => key.rsplit_once('.').unwrap_or(("", key)),
            };
            let line = self.line(key, table, name, entry);
            match tables.iter_mut().find(|(other, _)| *other == table) {
                Some((_, lines)) => lines.push(line),
                None => tables.push((table, vec![line])),
            }
        }
        let mut text = String::new();
        for (table, lines) in &tables {
            let gap = if text.is_empty() { "" } else { "\n" };
            // Writing to a `String` does not fail.
            let _ = writeln!(text, "{gap}[{table}]\n{}", lines.join("\n"));
        }
        text
    }

    fn line(&self, key: &str, table: &str, name: &str, entry: &Entry) -> String {
        let file = self.from_files.iter().find(|(from, _)| from == key);
        let (name, value) = match file {
            Some((_, path)) => (format!("{name}_file"), toml_text(path)),
            None if table == OPTIONS && is_secret(name) => (name.to_owned(), toml_text(REDACTED)),
            None => (name.to_owned(), toml_value(&entry.value)),
        };
        let name = if table == OPTIONS { toml_text(&name) } else { name };
        match &entry.place {
            Place::Default { .. } => format!("{name} = {value}"),
            place => format!("{name} = {value}  # {place}"),
        }
    }
}

fn toml_value(value: &Value) -> String {
    match value {
        Value::String(text) => toml_text(text),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}"),
        Value::Boolean(flag) => flag.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| toml_text(item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
