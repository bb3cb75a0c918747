//! Puts articles into the input topic, acknowledged by all in-sync replicas: what `publish` and `demo` use.

use std::time::Duration;

use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _};

use crate::kafka::log::Logged;
use crate::kafka::topics::{self, Access};
use crate::kafka::{Error, Options};
use crate::record::Message;

/// How long to wait for room in the producer's queue: as good as for ever, for the caller bounds what is under way.
const QUEUE_WAIT: Duration = Duration::from_mins(5);

/// How long to ask about the topic.
const ASK_WAIT: Duration = Duration::from_secs(10);

/// An acknowledged, idempotent producer for input messages. Cheap to clone.
#[derive(Clone)]
pub struct Feeder {
    producer: FutureProducer<Logged>,
    topic: String,
}

/// Where a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered {
    /// Partition.
    pub partition: i32,
    /// Offset in it.
    pub offset: i64,
}

impl Feeder {
    /// A feeder of the first input topic.
    ///
    /// # Errors
    /// librdkafka refuses the settings.
    pub fn new(options: &Options) -> Result<Self, Error> {
        let topic = options.topics.articles.first().ok_or_else(|| Error::Options {
            key: "topics.articles".to_owned(),
            problem: "names no topic".to_owned(),
        })?;
        let producer = options
            .feeder_config()
            .create_with_context(Logged("feeder"))
            .map_err(|error| Error::client("make a producer", &error))?;
        Ok(Self { producer, topic: topic.clone() })
    }

    /// Asks whether the topic is there, before anything is sent to it. Blocks until a broker answers, or none does.
    ///
    /// # Errors
    /// It is not, or may not be written to, or no broker answers: one sentence.
    pub fn ask(&self) -> Result<(), Error> {
        let asked = topics::n_partitions(self.producer.client(), &self.topic, Access::Write, ASK_WAIT);
        asked.map(drop).map_err(|reason| Error::Client { action: format!("publish to `{}`", self.topic), reason })
    }

    /// Sends key, value and headers of a message and waits for the acknowledgement. Its origin is not sent. Keep some
    /// hundreds of these under way at once (`buffer_unordered`, or `buffered` to keep the order), not all of a folder.
    ///
    /// # Errors
    /// The broker refused the message, or could not be reached within `message.timeout.ms`.
    pub async fn send(&self, message: &Message) -> Result<Delivered, Error> {
        let mut headers = OwnedHeaders::new_with_capacity(message.headers.len());
        for (key, value) in &message.headers {
            headers = headers.insert(Header { key, value: value.as_ref() });
        }
        let mut record: FutureRecord<'_, Vec<u8>, Vec<u8>> = FutureRecord::to(&self.topic).headers(headers);
        record.key = message.key.as_ref();
        record.payload = message.payload.as_ref();
        match self.producer.send(record, QUEUE_WAIT).await {
            Ok(delivery) => Ok(Delivered { partition: delivery.partition, offset: delivery.offset }),
            Err((error, _)) => {
                Err(Error::client(format!("publish `{}` to `{}`", message.origin.topic, self.topic), &error))
            }
        }
    }
}
