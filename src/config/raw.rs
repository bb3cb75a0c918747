//! The configuration as written: every value under its dotted key, with its place. Nothing is judged here but whether
//! a key exists; [`super::reader`] judges values.
//!
//! Three layers of the same shape (defaults, file, environment) are laid over each other key by key. The defaults are
//! `config/default.toml` itself, built in: there is no second list of keys to keep equal.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use crate::config::place::{Place, line_and_column};
use crate::config::problem::{Problem, did_you_mean};

/// `config/default.toml`: the keys there are, and their defaults.
pub(crate) const DEFAULTS: &str = include_str!("../../config/default.toml");

/// The one table whose keys are not ours: what stands in it goes to librdkafka.
pub(crate) const OPTIONS: &str = "kafka.options";

/// A value, as TOML or the environment gives it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    String(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    List(Vec<String>),
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    pub(crate) place: Place,
}

/// Values under their dotted keys.
pub(crate) type Layer = BTreeMap<String, Entry>;

/// The built-in defaults.
pub(crate) fn defaults() -> Layer {
    let (layer, problems) = Parser::new(DEFAULTS, None, |_| true).parse();
    debug_assert!(problems.is_empty(), "config/default.toml: {problems:?}");
    layer
}

/// A configuration file's text. Keys that the defaults do not have are problems; the rest is read all the same.
pub(crate) fn file(text: &str, path: &str, known: &Layer) -> (Layer, Vec<Problem>) {
    Parser::new(text, Some(path), |key| is_known(known, key)).parse()
}

/// Whether there is such a key.
pub(crate) fn is_known(known: &Layer, key: &str) -> bool {
    known.contains_key(key) || key.strip_prefix(OPTIONS).is_some_and(|rest| rest.starts_with('.'))
}

/// Whether some key begins with this table's name.
fn is_table(known: &Layer, key: &str) -> bool {
    let prefix = format!("{key}.");
    key == OPTIONS || key.starts_with(&format!("{OPTIONS}.")) || known.keys().any(|name| name.starts_with(&prefix))
}

struct Parser<'a, F> {
    text: &'a str,
    /// `None` for the defaults.
    path: Option<&'a str>,
    accepts: F,
    layer: Layer,
    problems: Vec<Problem>,
    /// Lines whose syntax is wrong: what recovery makes of them is not worth a second complaint.
    broken_lines: Vec<usize>,
}

impl<'a, F: Fn(&str) -> bool> Parser<'a, F> {
    fn new(text: &'a str, path: Option<&'a str>, accepts: F) -> Self {
        Self { text, path, accepts, layer: Layer::new(), problems: Vec::new(), broken_lines: Vec::new() }
    }

    fn parse(mut self) -> (Layer, Vec<Problem>) {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let offset = error.span().map_or(0, |span| span.start);
            self.broken_lines.push(line_and_column(self.text, offset).0);
            let message = format!("not valid TOML: {}", error.message());
            self.problems.push(Problem { place: self.place(offset), key: String::new(), message });
        }
        self.table("", root.get_ref());
        (self.layer, self.problems)
    }

    fn place(&self, offset: usize) -> Place {
        let (line, column) = line_and_column(self.text, offset);
        match self.path {
            Some(path) => Place::File { path: path.to_owned(), line, column },
            None => Place::Default { line },
        }
    }

    fn complain(&mut self, offset: usize, key: &str, message: String) {
        if !self.broken_lines.contains(&line_and_column(self.text, offset).0) {
            self.problems.push(Problem { place: self.place(offset), key: key.to_owned(), message });
        }
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let key =
                if prefix.is_empty() { name.get_ref().to_string() } else { format!("{prefix}.{}", name.get_ref()) };
            let at = name.span().start;
            match value.get_ref() {
                DeValue::Table(inner) => self.inner_table(&key, at, inner),
                _ if !(self.accepts)(&key) => self.unknown(&key, at, false),
                written => match plain(written) {
                    Ok(value) => {
                        let place = self.place(at);
                        self.layer.insert(key, Entry { value, place });
                    }
                    Err(message) => self.complain(value.span().start, &key, message),
                },
            }
        }
    }

    fn inner_table(&mut self, key: &str, at: usize, inner: &DeTable<'_>) {
        if self.path.is_none() {
            self.table(key, inner);
            return;
        }
        let known = defaults();
        if is_table(&known, key) {
            self.table(key, inner);
        } else if known.contains_key(key) {
            self.complain(at, key, "is a single value, not a table".to_owned());
        } else {
            self.unknown(key, at, true);
        }
    }

    fn unknown(&mut self, key: &str, at: usize, is_section: bool) {
        let known = defaults();
        if is_table(&known, key) {
            self.complain(at, key, format!("is a table: write [{key}]"));
            return;
        }
        let (table, name) = key.rsplit_once('.').unwrap_or(("", key));
        let siblings = known.keys().filter_map(|other| {
            let rest =
                if table.is_empty() { Some(other.as_str()) } else { other.strip_prefix(table)?.strip_prefix('.') };
            rest.map(|rest| rest.split('.').next().unwrap_or(rest))
        });
        let mut hint = did_you_mean(name, siblings.chain((table == "kafka").then_some("options")));
        if hint.is_empty() {
            let elsewhere = known.keys().find(|other| other.rsplit('.').next() == Some(name));
            hint = elsewhere.map_or_else(String::new, |other| format!("; did you mean \"{other}\"?"));
        }
        let what = if is_section { "no such section" } else { "no such key" };
        self.complain(at, key, format!("{what}{hint}"));
    }
}

/// A value that the configuration can hold.
fn plain(value: &DeValue<'_>) -> Result<Value, String> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Integer(number) => {
            let parsed = i64::from_str_radix(number.as_str(), number.radix());
            Value::Integer(parsed.map_err(|_| format!("{number} is more than 64 bits can hold"))?)
        }
        DeValue::Float(number) => {
            Value::Float(number.as_str().parse().map_err(|_| format!("{number} is not a number that can be held"))?)
        }
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            Value::List(texts.collect::<Option<_>>().ok_or("expected a list of strings")?)
        }
        DeValue::Datetime(_) => return Err("expected no date; write it in quotation marks".to_owned()),
        DeValue::Table(_) => return Err("expected a value, found a table".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(text: &str) -> Vec<String> {
        file(text, "f.toml", &defaults()).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_unknown_key_is_named_with_its_place() {
        let found = complaints("[kafka]\nbroker = \"a:1\"\n[pipelines]\nworkers = 1\n[logs]\n  brokers = \"b\"\n");
        assert_eq!(
            found,
            [
                "f.toml:2:1: kafka.broker: no such key; did you mean \"brokers\"?",
                "f.toml:6:3: logs.brokers: no such key; did you mean \"kafka.brokers\"?",
                "f.toml:3:2: pipelines: no such section; did you mean \"pipeline\"?",
            ]
        );
    }

    #[test]
    fn a_table_and_a_value_are_not_each_other() {
        let found = complaints("kafka = 3\n[pipeline.workers]\nn = 1\n");
        assert_eq!(
            found,
            [
                "f.toml:1:1: kafka: is a table: write [kafka]",
                "f.toml:2:11: pipeline.workers: is a single value, not a table",
            ]
        );
    }

    #[test]
    fn a_broken_line_is_named_once_and_the_rest_is_still_read() {
        let (layer, problems) = file("[kafka]\nbrokers = \ngroup = \"g\"\n", "f.toml", &defaults());
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].to_string().starts_with("f.toml:2:"), "{}", problems[0]);
        assert_eq!(layer["kafka.group"].value, Value::String("g".into()));
    }

    #[test]
    fn options_of_librdkafka_may_be_written_dotted_or_quoted() {
        let text = "[kafka.options]\nsasl.username = \"u\"\n\"security.protocol\" = \"SSL\"\n";
        let (layer, problems) = file(text, "f.toml", &defaults());
        assert_eq!(problems, []);
        assert_eq!(layer["kafka.options.sasl.username"].value, Value::String("u".into()));
        assert_eq!(layer["kafka.options.security.protocol"].value, Value::String("SSL".into()));
    }
}
