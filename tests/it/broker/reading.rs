//! What `tail` and `explore` read: from the beginning, from a time on, from now on; counted before it is read.

use std::time::{Duration, SystemTime};

use demarche::kafka::{Options, Reader, Start};

use super::articles;
use super::cluster::Cluster;

#[test]
fn a_topic_is_read_from_the_time_that_was_asked_for() {
    let Some(mut cluster) = Cluster::real_or_skip("that reading begins at a time") else { return };
    // The client wakes tasks of a runtime as soon as it is made.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let topic = cluster.topic("since", 2);
    let missing = cluster.name("never-made");
    let inputs: Vec<_> = (0..20).map(articles::made_up).collect();
    cluster.produce(&topic, &inputs);
    let options = Options { brokers: cluster.brokers().to_owned(), ..Options::default() };
    let held = Reader::survey(&options, &[&topic, &missing]).unwrap();
    assert_eq!(held.into_iter().collect::<Vec<_>>(), [(topic.clone(), 20)], "a topic that is missing is not counted");

    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let ms = |time: Duration| i64::try_from(time.as_millis()).unwrap();
    runtime.block_on(async {
        let reader = Reader::open(&options, &[&topic], Start::Since(ms(now - Duration::from_hours(1)))).unwrap();
        for read in 0..20 {
            let message = reader.next().await.unwrap();
            assert_eq!(&*message.origin.topic, topic, "message {read}");
        }
        // Nothing is as young as tomorrow: only what comes is read.
        let reader = Reader::open(&options, &[&topic], Start::Since(ms(now + Duration::from_hours(24)))).unwrap();
        cluster.produce(&topic, &inputs[..1]);
        let message = reader.next().await.unwrap();
        let first_of_partition = usize::try_from(message.origin.offset).unwrap();
        assert!(first_of_partition > 0, "it begins with what was there: {:?}", message.origin);
    });
    let refused = Reader::open(&options, &[&missing], Start::Beginning).err().map(|error| error.to_string());
    assert!(refused.is_some_and(|told| told.contains("does not exist")), "a topic that is missing is named");
}
