//! The environment over the file: `DEMARCHE__KAFKA__BROKERS` is `kafka.brokers`.
//!
//! Two underscores stand for the dot. One would be ambiguous, and Kubernetes sets `DEMARCHE_PORT`,
//! `DEMARCHE_SERVICE_HOST` and the like in every pod beside a Service named `demarche`; those must not be taken for
//! settings.

use crate::config::place::Place;
use crate::config::problem::{Problem, did_you_mean};
use crate::config::raw::{Entry, Layer, OPTIONS, Value};

/// What every variable of the configuration begins with.
pub(crate) const PREFIX: &str = "DEMARCHE__";

/// The variable by which Rust programs are told what to log; it stands for `logs.level`.
const RUST_LOG: &str = "RUST_LOG";

/// The layer that these variables make. Variables of other programs are passed over; one of ours that is no key is a
/// problem, since it is a setting that would silently not hold.
pub(crate) fn layer(variables: impl IntoIterator<Item = (String, String)>, known: &Layer) -> (Layer, Vec<Problem>) {
    let mut layer = Layer::new();
    let mut problems = Vec::new();
    let mut rust_log = None;
    for (variable, text) in variables {
        if variable == RUST_LOG && !text.is_empty() {
            let place = Place::Environment { variable };
            rust_log = Some(Entry { value: Value::String(text), place });
            continue;
        }
        let Some(name) = variable.strip_prefix(PREFIX) else { continue };
        let place = Place::Environment { variable: variable.clone() };
        let found = match key_of(name, known) {
            Some(key) => value_of(&text, known.get(&key).map(|entry| &entry.value))
                .map(|value| (key.clone(), value))
                .map_err(|message| (key, message)),
            None => {
                let variables: Vec<String> = known.keys().map(|key| variable_of(key)).collect();
                let hint = did_you_mean(&variable, variables.iter().map(String::as_str));
                Err((String::new(), format!("names no key{hint}")))
            }
        };
        match found {
            Ok((key, value)) => {
                layer.insert(key, Entry { value, place });
            }
            Err((key, message)) => problems.push(Problem { place, key, message }),
        }
    }
    // Last, so that it goes before our own variable: it is what a person at the keyboard sets for one run.
    layer.extend(rust_log.map(|entry| ("logs.level".to_owned(), entry)));
    (layer, problems)
}

/// The variable of a key.
pub(crate) fn variable_of(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', "__"))
}

fn key_of(name: &str, known: &Layer) -> Option<String> {
    let options = format!("{}__", OPTIONS.to_uppercase().replace('.', "__"));
    if let Some(option) = name.strip_prefix(&options) {
        // librdkafka's names have dots and no underscores; only our `_file` at the end has one.
        let dotted = option.to_lowercase().replace('_', ".");
        let named = dotted.strip_suffix(".file").map_or(dotted.clone(), |option| format!("{option}_file"));
        return (!option.is_empty()).then(|| format!("{OPTIONS}.{named}"));
    }
    let key = name.to_lowercase().replace("__", ".");
    (known.contains_key(&key) && name == name.to_uppercase()).then_some(key)
}

/// A text, as the kind of value that the default has.
pub(crate) fn value_of(text: &str, default: Option<&Value>) -> Result<Value, String> {
    Ok(match default {
        None | Some(Value::String(_)) => Value::String(text.to_owned()),
        Some(Value::Boolean(_)) => {
            Value::Boolean(text.parse().map_err(|_| format!("expected true or false, found \"{text}\""))?)
        }
        Some(Value::Integer(_)) => {
            Value::Integer(text.parse().map_err(|_| format!("expected a whole number, found \"{text}\""))?)
        }
        Some(Value::Float(_)) => {
            Value::Float(text.parse().map_err(|_| format!("expected a number, found \"{text}\""))?)
        }
        Some(Value::List(_)) => {
            Value::List(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::raw::defaults;

    fn read(variables: &[(&str, &str)]) -> (Layer, Vec<Problem>) {
        layer(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())), &defaults())
    }

    #[test]
    fn each_kind_of_value_is_read() {
        #[rustfmt::skip]
        let cases = [
            ("DEMARCHE__KAFKA__BROKERS", "b:9092", "kafka.brokers", Value::String("b:9092".into())),
            ("DEMARCHE__KAFKA__TOPICS__ARTICLES", "news, wires", "kafka.topics.articles", Value::List(vec!["news".into(), "wires".into()])),
            ("DEMARCHE__PIPELINE__WORKERS", "3", "pipeline.workers", Value::Integer(3)),
            ("DEMARCHE__OUTPUT__MIN_CONFIDENCE__EVENTS", "0.5", "output.min_confidence.events", Value::Float(0.5)),
            ("DEMARCHE__OUTPUT__ANALYSES", "true", "output.analyses", Value::Boolean(true)),
            ("DEMARCHE__KAFKA__OPTIONS__SASL_PASSWORD_FILE", "/p", "kafka.options.sasl.password_file", Value::String("/p".into())),
        ];
        for (variable, text, key, expected) in cases {
            let (layer, problems) = read(&[(variable, text)]);
            assert_eq!(problems, [], "{variable}={text}");
            assert_eq!(layer.get(key).map(|entry| &entry.value), Some(&expected), "{variable}={text}");
        }
    }

    #[test]
    fn a_variable_of_ours_that_is_no_key_is_a_problem_and_kubernetes_own_are_not() {
        let (layer, problems) = read(&[
            ("DEMARCHE_PORT", "tcp://10.0.0.1:8080"),
            ("DEMARCHE_SERVICE_HOST", "10.0.0.1"),
            ("DEMARCHE__KAFKA__BROKER", "b:9092"),
            ("DEMARCHE__PIPELINE__WORKERS", "many"),
        ]);
        assert!(layer.is_empty(), "{layer:?}");
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "environment variable DEMARCHE__KAFKA__BROKER: names no key; did you mean \"DEMARCHE__KAFKA__BROKERS\"?",
                "environment variable DEMARCHE__PIPELINE__WORKERS: pipeline.workers: expected a whole number, found \"many\"",
            ]
        );
    }

    #[test]
    fn every_key_can_be_set_from_the_environment() {
        let known = defaults();
        for key in known.keys() {
            let variable = variable_of(key);
            assert_eq!(key_of(&variable[PREFIX.len()..], &known).as_ref(), Some(key), "{variable}");
        }
    }
}
