//! A broker in this process: librdkafka's mock cluster, for `demo` and for tests. It keeps messages in memory, speaks
//! the protocol of groups and of transactions, and balances members, but it shows aborted records to every reader and
//! forgets offsets that were committed in a transaction. What is proved about exactly-once is proved on a real broker.

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::KafkaError;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, Producer, ProducerContext};

use crate::kafka::Error;
use crate::kafka::log;

/// A mock cluster of one broker. It ends when this is dropped.
pub struct EmbeddedBroker {
    /// The mock cluster lives in a client; this one does nothing else. (A `MockCluster` of its own would be bound to
    /// one thread.)
    host: BaseProducer<HostContext>,
}

/// The context of the client that hosts the cluster.
#[derive(Debug)]
pub struct HostContext;

impl ClientContext for HostContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        log::forward("embedded broker", level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        tracing::debug!(client = "embedded broker", %error, "{reason}");
    }
}

impl ProducerContext for HostContext {
    type DeliveryOpaque = ();

    fn delivery(&self, _: &rdkafka::message::DeliveryResult<'_>, (): ()) {}
}

impl EmbeddedBroker {
    /// Starts it on a free loopback port, with these topics and their numbers of partitions.
    ///
    /// # Errors
    /// The client cannot be made, or a topic has no legal name.
    pub fn start<'t>(topics: impl IntoIterator<Item = (&'t str, i32)>) -> Result<Self, Error> {
        let host: BaseProducer<HostContext> = ClientConfig::new()
            .set("test.mock.num.brokers", "1")
            .set_log_level(RDKafkaLogLevel::Warning)
            .create_with_context(HostContext)
            .map_err(|error| Error::client("start the embedded broker", &error))?;
        let broker = Self { host };
        for (topic, partitions) in topics {
            broker
                .mock()
                .create_topic(topic, partitions, 1)
                .map_err(|error| Error::client(format!("create topic `{topic}`"), &error))?;
        }
        Ok(broker)
    }

    /// `host:port`, for [`crate::kafka::Options::brokers`].
    pub fn brokers(&self) -> String {
        self.mock().bootstrap_servers()
    }

    /// The cluster itself, to inject errors.
    pub fn mock(&self) -> MockCluster<'_, HostContext> {
        self.host.client().mock_cluster().expect("the host client was made with a mock cluster")
    }
}
