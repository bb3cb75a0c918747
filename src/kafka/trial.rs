//! Making clients that connect to nobody: what librdkafka finds wrong only then, options that contradict each other and files
//! that cannot be read, is found before anything starts.

use std::collections::BTreeMap;
use std::fs::File;

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::producer::BaseProducer;

use crate::kafka::log::Logged;

/// Everything that is wrong with options each of which is good by itself: the option at fault, if it is known, and what is wrong.
pub(crate) fn complaints(
    options: &BTreeMap<String, String>,
    consumer: &ClientConfig,
    producer: &ClientConfig,
) -> Vec<(Option<String>, String)> {
    let unreadable: Vec<_> = unreadable(options).map(|(option, problem)| (Some(option.to_owned()), problem)).collect();
    if unreadable.is_empty() { complaint(consumer, producer).into_iter().collect() } else { unreadable }
}

/// What is wrong with the settings of a consumer and a producer, each option of which is good by itself: the option at
/// fault, if librdkafka names one, and its words.
fn complaint(consumer: &ClientConfig, producer: &ClientConfig) -> Option<(Option<String>, String)> {
    let made: KafkaResult<BaseConsumer<Logged>> = alone(consumer).create_with_context(Logged("trial"));
    let made = made.and_then(|_| alone(producer).create::<BaseProducer>());
    let told = match made.err()? {
        KafkaError::ClientCreation(told) => told,
        other => other.to_string(),
    };
    let words = told.split(|c: char| !(c.is_ascii_lowercase() || c == '.' || c == '_'));
    let option = words.map(|word| word.trim_matches('.')).find(|word| word.contains('.')).map(str::to_owned);
    // OpenSSL's word for a key that it cannot read, whatever the cause.
    let advice =
        if told.ends_with("PEM lib") { ": is it a key in PEM, and `ssl.key.password` its password?" } else { "" };
    // Which file it could not use it does not say.
    let set = option.as_deref().and_then(|option| consumer.get(option));
    let file = set.filter(|_| option.as_deref().is_some_and(names_file)).map(|file| format!(" ({file})"));
    Some((option, told + advice + &file.unwrap_or_default()))
}

/// The options that name a file, or a folder, that cannot be read, each with what is wrong with it. Asked before librdkafka is,
/// which says only that it failed.
fn unreadable(options: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, String)> {
    options.iter().filter(|(option, file)| names_file(option) && *file != "probe").filter_map(|(option, file)| {
        let error = File::open(file).err()?;
        Some((option.as_str(), format!("cannot read {file}: {error}")))
    })
}

/// Whether an option names a file to read. (An engine of OpenSSL is a library, which is looked for in its own places.)
fn names_file(option: &str) -> bool {
    option.ends_with(".location") && option != "ssl.engine.location"
}

/// The same settings without any broker to connect to, anybody to ask for a token, or a group that would have to be left.
fn alone(config: &ClientConfig) -> ClientConfig {
    let mut alone = ClientConfig::new();
    // The map shows no secrets, so it is good for the names alone.
    for key in config.config_map().into_keys() {
        let value = config.get(key).unwrap_or_default();
        match key {
            "bootstrap.servers" | "group.id" | "group.instance.id" => {}
            _ if key.starts_with("sasl.") => {}
            "security.protocol" => {
                alone.set(key, value.trim().to_ascii_lowercase().trim_start_matches("sasl_"));
            }
            _ => {
                alone.set(key, value);
            }
        }
    }
    alone.set_log_level(RDKafkaLogLevel::Emerg);
    alone
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_read_is_told_with_its_name() {
        let options = [
            ("ssl.ca.location", "/no/such/authority.pem"),
            ("ssl.certificate.location", "/dev/null"),
            ("https.ca.location", "probe"),
            ("ssl.engine.location", "pkcs11"),
            ("ssl.key.password", "/no/such/word"),
        ];
        let options = options.map(|(option, value)| (option.to_owned(), value.to_owned())).into();
        let told: Vec<_> = unreadable(&options).collect();
        let missing = "cannot read /no/such/authority.pem: No such file or directory (os error 2)".to_owned();
        assert_eq!(told, [("ssl.ca.location", missing)]);
    }

    #[test]
    fn it_is_tried_with_the_secrets_themselves() {
        let mut config = ClientConfig::new();
        config.set("ssl.key.password", "hunter2").set("security.protocol", "SASL_SSL").set("sasl.password", "hunter2");
        let alone = alone(&config);
        assert_eq!(alone.get("ssl.key.password"), Some("hunter2"), "a key in a file could not be read");
        assert_eq!((alone.get("security.protocol"), alone.get("sasl.password")), (Some("ssl"), None));
    }
}
