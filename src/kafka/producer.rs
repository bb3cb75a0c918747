//! The producer port over rdkafka's `BaseProducer`, with transactions or without.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::consumer::ConsumerGroupMetadata;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};

use crate::kafka::caller::{Caller, Lost};
use crate::kafka::consumer::offsets;
use crate::kafka::outage::Outage;
use crate::kafka::topics::{self, Access, Wanted};
use crate::kafka::{Error, Options, Topics, log};
use crate::pipeline::ports::{Answer, Enqueued, Failure, Position, Producer};
use crate::pipeline::{CrashPoint, Delivery, Stop, StopState, crash_at};
use crate::record::{Channel, OutgoingRecord};

/// One wait for deliveries. A round trip on one machine takes about as long; shorter only costs wake-ups.
const NAP: Duration = Duration::from_micros(500);

/// One try of a transactional call. They may be repeated, and go on where they were; between tries deliveries are
/// served, which an abort needs to come to its end.
const TRY: Duration = Duration::from_secs(1);

/// How long to go on trying. What has not worked by then is over anyway: the broker ends a transaction after its own
/// time limit, 10 s by default.
const GIVE_UP: Duration = Duration::from_secs(15);

/// How long to wait for the transaction coordinator at the start; a broker that has just come up needs some seconds.
const INIT: Duration = Duration::from_secs(60);

/// librdkafka's producer.
type Client = BaseProducer<ProducerCallbacks>;

/// A producer of the output topics.
pub(crate) struct KafkaProducer {
    client: Arc<Client>,
    /// Who makes the calls that may not come back.
    caller: Caller<Client>,
    /// What the client is built from.
    config: ClientConfig,
    lane: usize,
    stop: Stop,
    topics: Topics,
    /// What the broker is asked about.
    wanted: Vec<Wanted>,
    /// With what to ask how large records may be, until that was answered once.
    unasked: Option<ClientConfig>,
    transactional: bool,
    in_transaction: bool,
    /// When the last transaction was begun.
    begun: Instant,
    /// How long the broker keeps one open.
    transaction_timeout: Duration,
}

/// Context of a lane's producer. Its callbacks run on the lane's thread, inside of `poll`.
#[derive(Debug, Default)]
struct ProducerCallbacks {
    lane: usize,
    outage: Outage,
    has_failed: AtomicBool,
    /// The first delivery that failed since the transaction began.
    failure: Mutex<Option<Failure>>,
    /// A topic that the broker let no transaction write to.
    refused: Mutex<Option<String>>,
}

impl ClientContext for ProducerCallbacks {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if facility == log::ADD_PARTITIONS
            && let Some(topic) = log::refused_topic(line)
        {
            *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(topic.to_owned());
        }
        log::forward("producer", level, facility, line);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.outage.note_error(&error);
        log::trouble("producer", Some(self.lane), &error, reason);
    }
}

impl ProducerContext for ProducerCallbacks {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        if let Err((error, message)) = result {
            // Dropped behind another record that failed, or by an abort: that one has the reason, and a transaction
            // that lacks records cannot commit anyway.
            if let Some(RDKafkaErrorCode::PurgeQueue | RDKafkaErrorCode::PurgeInflight) = error.rdkafka_error_code() {
                return;
            }
            self.has_failed.store(true, Ordering::Release);
            let topic = rdkafka::Message::topic(message);
            let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
            failure.get_or_insert_with(|| classify(&format!("deliver a record to `{topic}`"), error, Some(topic)));
        }
    }
}

impl KafkaProducer {
    /// Makes the producer and, with transactions, takes its id over from whoever had it: what that one left open is
    /// aborted, and it can write no more.
    pub(crate) fn start(
        options: &Options,
        lane: usize,
        delivery: Delivery,
        slot: &str,
        channels: &[(Channel, usize)],
        stop: &Stop,
    ) -> Result<Self, Error> {
        let transactional = delivery == Delivery::ExactlyOnce;
        let config = options.producer_config(lane, delivery, slot);
        let (client, caller) = build(&config, lane, transactional.then_some(stop))?;
        Ok(Self {
            client,
            caller,
            config,
            lane,
            stop: stop.clone(),
            wanted: Wanted::outputs(&options.topics, channels),
            unasked: Some(options.plain_config()),
            topics: options.topics.clone(),
            transactional,
            in_transaction: false,
            begun: Instant::now(),
            transaction_timeout: options.transaction_timeout(),
        })
    }

    /// Another client in the place of this one, which can do nothing any more.
    fn renew(&mut self) -> Result<(), Failure> {
        let built =
            build(&self.config, self.lane, Some(&self.stop)).map_err(|error| Failure::Fatal(error.to_string()))?;
        (self.client, self.caller) = built;
        Ok(())
    }

    /// What has to be done about the failure of a call that is about no topic, as far as it says.
    fn judge(&self, action: &str, error: &KafkaError) -> Failure {
        // What it does not say the client's log does.
        self.client.poll(Duration::ZERO);
        let refused = self.client.context().refused.lock().unwrap_or_else(PoisonError::into_inner).take();
        classify(action, error, refused.as_deref())
    }

    /// Makes a transactional call, again and again if it says that it may be repeated.
    fn call<F>(&mut self, action: &str, call: F) -> Result<Result<(), KafkaError>, Failure>
    where
        F: Fn(&Client) -> Result<(), KafkaError> + Clone + Send + 'static,
    {
        let mut lost = false;
        let client = Arc::clone(&self.client);
        let answer = persist(&client, GIVE_UP, &mut || {
            self.caller.call(Box::new(call.clone())).unwrap_or_else(|Lost| {
                lost = true;
                Err(KafkaError::Canceled)
            })
        });
        if lost { Err(Failure::Fatal(format!("cannot {action}: the client does not come back"))) } else { Ok(answer) }
    }

    fn take_failure(&self) -> Option<Failure> {
        let context = self.client.context();
        if !context.has_failed.swap(false, Ordering::Acquire) {
            return None;
        }
        context.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Serves every delivery that has arrived, and counts what is still on its way. A poll without a timeout serves one
    /// event, which is one record: a transaction of a thousand would take a thousand turns of the loop to learn that it
    /// may commit.
    fn serve(&self) -> usize {
        loop {
            let n_before = self.n_in_flight();
            self.client.poll(Duration::ZERO);
            let n_in_flight = self.n_in_flight();
            if n_in_flight == 0 || n_in_flight >= n_before {
                return n_in_flight;
            }
        }
    }

    fn n_in_flight(&self) -> usize {
        usize::try_from(self.client.in_flight_count()).unwrap_or(0)
    }
}

impl Producer for KafkaProducer {
    type Group = Arc<ConsumerGroupMetadata>;

    fn ask(&mut self) -> Answer {
        let answer = topics::ask(self.client.client(), &self.wanted);
        let (Answer::Fine, Some(config)) = (&answer, self.unasked.as_ref()) else { return answer };
        let names: Vec<&str> = self.wanted.iter().map(|wanted| wanted.topic.as_str()).collect();
        let limits = match topics::limits(config, &names) {
            Some(limits) => limits,
            // A broker that is silent about this alone does not tell. One that has fallen silent may still have something to say.
            None => match topics::ask(self.client.client(), &self.wanted) {
                Answer::Fine => BTreeMap::new(),
                other => return other,
            },
        };
        match topics::too_small(&self.wanted, &limits) {
            Some(refusal) => Answer::Refused(refusal),
            None => {
                self.unasked = None;
                Answer::Fine
            }
        }
    }

    fn begin(&mut self) -> Result<(), Failure> {
        if self.transactional {
            self.call("begin a transaction", |client| client.begin_transaction())?
                .map_err(|error| self.judge("begin a transaction", &error))?;
            self.in_transaction = true;
            self.begun = Instant::now();
        }
        Ok(())
    }

    fn enqueue(&mut self, record: &OutgoingRecord) -> Result<Enqueued, Failure> {
        let topic = self.topics.of(record.channel);
        let mut headers = OwnedHeaders::new_with_capacity(record.headers.len());
        for (key, value) in &record.headers {
            headers = headers.insert(Header { key, value: value.as_ref() });
        }
        let mut outgoing: BaseRecord<'_, Vec<u8>, Vec<u8>> = BaseRecord::to(topic).headers(headers);
        outgoing.key = record.key.as_ref();
        outgoing.payload = record.payload.as_ref();
        match self.client.send(outgoing) {
            Ok(()) => Ok(Enqueued::Taken),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => Ok(Enqueued::Full),
            Err((error, _)) => Err(classify(&format!("produce to `{topic}`"), &error, Some(topic))),
        }
    }

    fn poll(&mut self, wait: Duration) -> Result<usize, Failure> {
        let mut n_in_flight = self.serve();
        if n_in_flight > 0 && !wait.is_zero() {
            // Not the client's own wait: it uses all of it even if the last delivery comes at once, and rounds what is
            // left of it down to whole milliseconds, so that its last one is spent turning in circles.
            thread::sleep(wait.min(NAP));
            n_in_flight = self.serve();
        }
        self.take_failure().map_or(Ok(n_in_flight), Err)
    }

    fn commit(&mut self, positions: &[Position], group: &Self::Group) -> Result<(), Failure> {
        if !positions.is_empty() {
            let with = Arc::new((offsets(positions)?, Arc::clone(group)));
            self.call("commit offsets", move |client| client.send_offsets_to_transaction(&with.0, &with.1, TRY))?
                .map_err(|error| self.judge("commit offsets", &error))?;
        }
        crash_at(CrashPoint::BeforeCommit);
        match self.call("commit", |client| client.commit_transaction(TRY))? {
            Ok(()) => {
                crash_at(CrashPoint::AfterCommit);
                self.in_transaction = false;
                Ok(())
            }
            // Whether it took place is not known, and a commit that was begun cannot be aborted any more. A new client
            // with the same id finishes it, either way.
            Err(KafkaError::Transaction(error)) if error.is_retriable() => {
                Err(Failure::Fatal(format!("the commit has no answer: {error}")))
            }
            Err(error) => Err(self.judge("commit", &error)),
        }
    }

    fn is_replaced(&self) -> bool {
        // The broker fences the owner of a transaction that has timed out, too, in the same words; but then nobody else
        // has the id. It is no proof after an outage either: if there is another process all the same, the client that is
        // built next is fenced as well, and without an outage.
        let timed_out = self.in_transaction && self.begun.elapsed() >= self.transaction_timeout;
        let error = self.client.client().fatal_error();
        let is_fenced = error.is_some_and(|(code, _)| code == RDKafkaErrorCode::Fenced);
        is_fenced && !timed_out && !self.client.context().outage.is_recent()
    }

    fn abort(&mut self) -> Result<(), Failure> {
        if self.in_transaction {
            match self.call("abort", |client| client.abort_transaction(TRY))? {
                Ok(()) => {}
                // A transaction to which the broker has let nothing be added is none to the broker: there is nothing to abort,
                // and librdkafka takes that answer for fatal.
                Err(error) if error.rdkafka_error_code() == Some(RDKafkaErrorCode::InvalidTransactionalState) => {
                    self.renew()?;
                }
                Err(error) => return Err(Failure::Fatal(format!("cannot abort: {error}"))),
            }
            self.in_transaction = false;
        }
        // Without transactions what is on its way arrives or fails; either way it ends within the message timeout.
        while self.n_in_flight() > 0 {
            thread::sleep(NAP);
            self.serve();
        }
        // Records that the abort has dropped are reported as failed deliveries; they are of no interest any more.
        self.take_failure();
        Ok(())
    }
}

/// A client, and its caller. One that is told about a stop takes its transactional id over.
fn build(config: &ClientConfig, lane: usize, init: Option<&Stop>) -> Result<(Arc<Client>, Caller<Client>), Error> {
    let callbacks = ProducerCallbacks { lane, ..ProducerCallbacks::default() };
    let client: Client =
        config.create_with_context(callbacks).map_err(|error| Error::client("make a producer", &error))?;
    if let Some(stop) = init {
        // This call keeps to its time limit.
        let mut init = || match stop.state() {
            StopState::Running => client.init_transactions(TRY),
            StopState::Drain | StopState::Abandon => Err(KafkaError::Canceled),
        };
        persist(&client, INIT, &mut init).map_err(|error| Error::client("start transactions", &error))?;
    }
    let client = Arc::new(client);
    let caller = Caller::start(format!("calls-{lane}"), Arc::clone(&client))
        .map_err(|error| Error::Client { action: "start a thread".to_owned(), reason: error.to_string() })?;
    Ok((client, caller))
}

/// Repeats a call that says it may be repeated. Deliveries are served between tries.
fn persist(
    client: &Client,
    limit: Duration,
    call: &mut dyn FnMut() -> Result<(), KafkaError>,
) -> Result<(), KafkaError> {
    let begun = Instant::now();
    loop {
        client.poll(Duration::ZERO);
        match call() {
            Err(KafkaError::Transaction(error)) if error.is_retriable() && begun.elapsed() < limit => {
                tracing::debug!(%error, "trying again");
            }
            other => return other,
        }
    }
}

/// What has to be done about an error of the client, which may be about a topic.
fn classify(action: &str, error: &KafkaError, topic: Option<&str>) -> Failure {
    let text = format!("cannot {action}: {error}");
    match error {
        // Fenced by a newer producer of the same id, timed out at the broker, not authorized: nothing helps but a new
        // client. Everything else (ILLEGAL_GENERATION and its kin first of all) is for an abort to mend.
        KafkaError::Transaction(error) if error.is_fatal() => Failure::Fatal(text),
        other => match other.rdkafka_error_code() {
            Some(RDKafkaErrorCode::Fatal | RDKafkaErrorCode::Fenced) => Failure::Fatal(text),
            Some(code) => match (topics::sentence(code, topic.unwrap_or_default(), Access::Write), topic) {
                (Some(sentence), Some(_)) => Failure::Refused(sentence),
                // About a topic that only the client's own words name, if any do.
                (Some(_), None) => Failure::Refused(format!("{text}; make the topic, or let the service use it")),
                (None, _) => Failure::Abortable(text),
            },
            None => Failure::Abortable(text),
        },
    }
}
