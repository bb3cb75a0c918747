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
    Some((option, told))
}

/// The same settings without any broker to connect to, anybody to ask for a token, or a group that would have to be left.
fn alone(config: &ClientConfig) -> ClientConfig {
    let mut alone = ClientConfig::new();
    for (key, value) in config.config_map() {
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
