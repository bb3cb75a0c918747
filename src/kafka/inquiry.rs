//! Everything that the service needs of a broker, asked of it without doing any of it: what `check-config --connect` prints.
//!
//! What a broker does not tell stays open: whether records may be written to a topic is seen only by writing some. Transactions
//! are begun under an id of this inquiry's own, so that no running service is fenced by it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{TryRecvError, bounded};
use rdkafka::TopicPartitionList;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, Producer as _};

use crate::kafka::topics::{self, Access, Wanted};
use crate::kafka::{Error, Options, log};
use crate::pipeline::Delivery;
use crate::record::{Channel, InputOptions, OutputOptions};

/// How long one request may take.
const WAIT: Duration = Duration::from_secs(10);

/// How long another broker of the list may still answer when one has refused us.
const AFTER_REFUSAL: Duration = Duration::from_secs(1);

/// How often to look for a refusal.
const LOOK: Duration = Duration::from_millis(50);

/// Headers that a dead letter has beside those of the message.
const LETTER_HEADERS: usize = 1024;

/// One thing that was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is as it has to be.
    Good(String),
    /// The service works, and yet somebody should know.
    Doubtful(String),
    /// The service would not work.
    Bad(String),
}

/// Remembers the last trouble of a client: why a connection was refused is told nowhere else.
#[derive(Debug, Default, Clone)]
struct Troubles(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    last: Option<String>,
    /// The first that waiting does not mend: a wrong password, a certificate that is not accepted.
    refusal: Option<String>,
}

impl Troubles {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Troubles {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        // Its troubles are told as findings; each line of them would say the same again.
        let _ = level;
        log::forward("inquiry", RDKafkaLogLevel::Debug, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code();
        // That all brokers are down says less than why.
        if code == Some(RDKafkaErrorCode::AllBrokersDown) {
            return;
        }
        let mut told = self.told();
        if code.is_some_and(|code| is_refusal(code, reason)) {
            told.refusal.get_or_insert_with(|| reason.to_owned());
        }
        told.last = Some(reason.to_owned());
    }
}

/// Whether waiting mends it not. That a broker does not take our certificate, or wants one, arrives as an alert of TLS once the
/// handshake is done, and to librdkafka that is a connection that broke.
fn is_refusal(code: RDKafkaErrorCode, reason: &str) -> bool {
    match code {
        RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SaslAuthenticationFailed | RDKafkaErrorCode::SSL => true,
        RDKafkaErrorCode::BrokerTransportFailure => reason.contains("SSL routines") && reason.contains(" alert "),
        _ => false,
    }
}

impl ConsumerContext for Troubles {}

/// Asks for everything, and tells of each thing.
///
/// # Errors
/// librdkafka refuses the settings.
pub fn ask(
    options: &Options,
    input: &InputOptions,
    output: &OutputOptions,
    delivery: Delivery,
) -> Result<Vec<Finding>, Error> {
    let troubles = Troubles::default();
    let consumer: Arc<BaseConsumer<Troubles>> = options
        .plain_config()
        .set("group.id", &options.group)
        .set("isolation.level", "read_committed")
        .set("enable.auto.commit", "false")
        .create_with_context(troubles.clone())
        .map(Arc::new)
        .map_err(|error| Error::client("make a consumer", &error))?;
    if let Err(why) = reach(&consumer, &troubles, WAIT) {
        return Ok(vec![Finding::Bad(format!("{} cannot be reached: {why} (kafka.brokers)", options.brokers))]);
    }
    let mut findings = vec![Finding::Good(format!("{} answers", options.brokers))];
    let channels: Vec<_> =
        output.channels().into_iter().map(|channel| (channel, output.max_bytes_of(channel))).collect();
    let outputs = Wanted::outputs(&options.topics, &channels);
    let inputs = Wanted::inputs(&options.topics);
    let names: Vec<&str> = inputs.iter().chain(&outputs).map(|wanted| wanted.topic.as_str()).collect();
    let limits = topics::limits(&options.plain_config(), &names).unwrap_or_default();
    let mut read = TopicPartitionList::new();
    for wanted in inputs.iter().chain(&outputs) {
        let Wanted { topic, key, access, .. } = wanted;
        match topics::n_partitions(consumer.client(), topic, *access, WAIT) {
            Err(reason) => findings.push(Finding::Bad(format!("{reason} ({key})"))),
            Ok(n_partitions) => {
                let too_small = topics::too_small(std::slice::from_ref(wanted), &limits);
                findings.push(too_small.map_or_else(
                    || Finding::Good(about(topic, n_partitions, limits.get(topic).copied())),
                    Finding::Bad,
                ));
                if *access == Access::Read {
                    read.add_partition_range(topic, 0, n_partitions - 1);
                }
            }
        }
    }
    findings.extend(doubts(options, input, &limits));
    if read.count() > 0 {
        findings.push(group(&consumer, options, read));
    }
    if delivery == Delivery::ExactlyOnce {
        findings.push(transactions(options)?);
    }
    Ok(findings)
}

/// Waits until a broker answers, and no longer than until one has refused us for good.
fn reach(consumer: &Arc<BaseConsumer<Troubles>>, troubles: &Troubles, wait: Duration) -> Result<(), String> {
    let (answered, answers) = bounded(1);
    let asking = Arc::clone(consumer);
    // Nothing ends this call before its time; after a refusal nobody waits for it.
    thread::spawn(move || answered.send(asking.fetch_metadata(None, wait).map(drop)));
    let mut refused: Option<Instant> = None;
    loop {
        // Callbacks are served by polling alone.
        drop(consumer.poll(LOOK));
        let answer = answers.try_recv();
        if let Ok(Ok(())) = answer {
            return Ok(());
        }
        let told = troubles.told();
        if told.refusal.is_some() {
            refused.get_or_insert_with(Instant::now);
        }
        let is_over = refused.is_some_and(|refused| refused.elapsed() >= AFTER_REFUSAL);
        if is_over || answer != Err(TryRecvError::Empty) {
            let why = told.refusal.clone().or_else(|| told.last.clone());
            return Err(why.unwrap_or_else(|| match answer {
                Ok(Err(error)) => error.to_string(),
                _ => "no answer".to_owned(),
            }));
        }
    }
}

fn about(topic: &str, n_partitions: i32, limit: Option<usize>) -> String {
    let s = if n_partitions == 1 { "" } else { "s" };
    let limit = limit.map_or_else(String::new, |limit| format!(", records of up to {limit} bytes"));
    format!("topic `{topic}`: {n_partitions} partition{s}{limit}")
}

/// What works until an article comes that is large.
fn doubts(options: &Options, input: &InputOptions, limits: &BTreeMap<String, usize>) -> Vec<Finding> {
    let mut doubts = Vec::new();
    let letters = options.topics.of(Channel::DeadLetter);
    for topic in &options.topics.articles {
        let Some(limit) = limits.get(topic) else { continue };
        if *limit <= input.max_bytes {
            doubts.push(Finding::Doubtful(format!(
                "topic `{topic}` takes messages of up to {limit} bytes, and input.max_bytes is {}: a larger article is refused to its sender, without a dead letter",
                input.max_bytes
            )));
        }
        if let Some(room) = limits.get(letters)
            && *room < limit + LETTER_HEADERS
        {
            doubts.push(Finding::Doubtful(format!(
                "topic `{letters}` takes records of up to {room} bytes, `{topic}` messages of up to {limit}: the dead letter of one as large would stop its partition; raise the max.message.bytes of `{letters}`"
            )));
        }
    }
    doubts
}

fn group(consumer: &BaseConsumer<Troubles>, options: &Options, read: TopicPartitionList) -> Finding {
    let group = &options.group;
    let told = consumer.committed_offsets(read, WAIT);
    let error = told.map_or_else(Some, |places| places.elements().iter().find_map(|place| place.error().err()));
    match error {
        None => Finding::Good(format!("group `{group}` may be joined")),
        Some(error) => Finding::Bad(format!("group `{group}`: {error}: grant this user read on it (kafka.group)")),
    }
}

fn transactions(options: &Options) -> Result<Finding, Error> {
    let prefix = &options.transactional_id;
    let producer: BaseProducer<log::Logged> = options
        .producer_config(0, Delivery::ExactlyOnce, "check-config")
        .create_with_context(log::Logged("inquiry"))
        .map_err(|error| Error::client("make a producer", &error))?;
    Ok(match producer.init_transactions(WAIT) {
        Ok(()) => Finding::Good(format!("transactions may be begun by ids that begin with `{prefix}`")),
        Err(error) => Finding::Bad(format!(
            "transactional ids that begin with `{prefix}`: {error}: grant this user write and describe on them (kafka.transactional_id)"
        )),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Only ends a test that hangs.
    const LIMIT: Duration = Duration::from_mins(10);

    /// A broker that takes no way to log in: it tells which requests it knows (`ApiVersions`, 18, in its version 3), and answers a
    /// SASL handshake (17) with the error `UNSUPPORTED_SASL_MECHANISM` (33), each under the request's correlation id.
    fn refuse(listener: &TcpListener) {
        for connection in listener.incoming() {
            let Ok(mut connection) = connection else { return };
            let mut length = [0; 4];
            while connection.read_exact(&mut length).is_ok() {
                let mut request = vec![0; u32::from_be_bytes(length) as usize];
                if connection.read_exact(&mut request).is_err() {
                    break;
                }
                let mut answer = request[4..8].to_vec();
                answer.extend(match request[1] {
                    17 => &[0, 33, 0, 0, 0, 0][..],
                    _ => &[0, 0, 3, 0, 17, 0, 0, 0, 0, 0, 0, 18, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0],
                });
                let n_bytes = u32::try_from(answer.len()).unwrap().to_be_bytes();
                let _ = connection.write_all(&[&n_bytes[..], &answer].concat());
            }
        }
    }

    #[test]
    fn a_certificate_that_the_broker_does_not_take_is_a_refusal() {
        let alert = "ssl://127.0.0.1:1/bootstrap: Receive failed: error:0A000412:SSL routines::ssl/tls alert bad certificate: \
                     SSL alert number 42 (after 6ms in state APIVERSION_QUERY)";
        assert!(is_refusal(RDKafkaErrorCode::BrokerTransportFailure, alert));
        let broken = "ssl://127.0.0.1:1/bootstrap: Receive failed: Connection reset by peer (after 6ms in state APIVERSION_QUERY)";
        assert!(!is_refusal(RDKafkaErrorCode::BrokerTransportFailure, broken), "another broker may answer");
    }

    #[test]
    fn a_refusal_is_told_at_once_although_a_broker_may_be_long_in_answering() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        thread::spawn(move || refuse(&listener));
        let troubles = Troubles::default();
        let consumer: BaseConsumer<Troubles> = rdkafka::ClientConfig::new()
            .set("bootstrap.servers", address)
            .set("group.id", "any")
            .set("security.protocol", "sasl_plaintext")
            .set("sasl.mechanisms", "PLAIN")
            .set("sasl.username", "alice")
            .set("sasl.password", "hush")
            .create_with_context(troubles.clone())
            .unwrap();
        let told = reach(&Arc::new(consumer), &troubles, LIMIT).unwrap_err();
        assert!(told.contains("SASL"), "{told}");
    }
}
