//! Making clients that connect to nobody: what librdkafka finds wrong only then, options that contradict each other and files
//! that cannot be read, is found before anything starts.

use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::producer::BaseProducer;

use crate::kafka::log::Logged;

/// What is wrong with the settings of a consumer and a producer, each option of which is good by itself: the option at
/// fault, if librdkafka names one, and its words.
pub(crate) fn complaint(consumer: &ClientConfig, producer: &ClientConfig) -> Option<(Option<String>, String)> {
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
    Some((option, told + advice))
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
    fn it_is_tried_with_the_secrets_themselves() {
        let mut config = ClientConfig::new();
        config.set("ssl.key.password", "hunter2").set("security.protocol", "SASL_SSL").set("sasl.password", "hunter2");
        let alone = alone(&config);
        assert_eq!(alone.get("ssl.key.password"), Some("hunter2"), "a key in a file could not be read");
        assert_eq!((alone.get("security.protocol"), alone.get("sasl.password")), (Some("ssl"), None));
    }
}
