//! The service as it is, with work that does nothing: each message becomes one record of the same key and value, in
//! transactions of the default size, exactly once.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use demarche::kafka::{self, Topics, service};
use demarche::pipeline::{self, Brake, Outcome, Process, ProcessFactory, Stop};
use demarche::record::{Channel, Message, OutgoingRecord};
use demarche::telemetry::{Health, Metrics};

/// The no-op analysis; it notes when the first message came.
#[derive(Clone, Default)]
struct PassOn {
    begin: Arc<OnceLock<Instant>>,
}

impl Process for PassOn {
    fn process(&mut self, message: &Message) -> Outcome {
        self.begin.get_or_init(Instant::now);
        let record = OutgoingRecord {
            channel: Channel::Statements,
            key: message.key.clone(),
            payload: message.payload.clone(),
            headers: Vec::new(),
            class: None,
        };
        Outcome::analyzed(vec![record])
    }
}

impl ProcessFactory for PassOn {
    type Process = Self;

    fn build(&self) -> Self {
        self.clone()
    }
}

/// Takes `n_records` from one topic to another. Seconds from the first record in hand to the commit of the last one.
pub(crate) fn run(brokers: &str, group: &str, from: &str, to: &str, n_records: usize) -> f64 {
    let options = kafka::Options {
        brokers: brokers.to_owned(),
        group: group.to_owned(),
        transactional_id: group.to_owned(),
        topics: Topics { articles: vec![from.to_owned()], statements: to.to_owned(), ..Topics::default() },
        ..kafka::Options::default()
    };
    let work = Arc::new(PassOn::default());
    let (metrics, health, stop) = (Metrics::new(), Health::new(), Stop::new());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let end = runtime.block_on(async {
        let settings = pipeline::Options::default();
        let brake = Brake::new(settings.brake);
        let service = service::run(&options, &settings, &work, &metrics, &health, &brake, &stop);
        let watch = async {
            while n_consumed(&metrics) < n_records {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let end = Instant::now();
            stop.drain();
            end
        };
        let (ended, end) = tokio::join!(service, watch);
        ended.expect("the service ends well");
        end
    });
    let begin = *work.begin.get().expect("a message came");
    (end - begin).as_secs_f64()
}

/// Messages whose transaction has committed.
fn n_consumed(metrics: &Metrics) -> usize {
    let text = metrics.encode();
    let line = text.lines().find_map(|line| line.strip_prefix("demarche_articles_consumed_total "));
    line.map_or(0, |number| number.parse().expect("a counter"))
}
