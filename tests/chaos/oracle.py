"""What must stand in the output topics, from `demarche extract` alone; and what does stand there.

The oracle is offline: the same articles in files, no broker. Records are compared by id, by their bytes, and by their order
within an article and within a partition, as a reader with `read_committed` sees them.
"""

import json
import subprocess
import time
from collections import Counter

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

import articles
from service import N_PARTITIONS, PROGRAM

CHANNELS = ("statements", "events")


def extracted(numbers, folder) -> dict:
    """Expected records of each channel: id to bytes, in the order in which they are written about an article."""
    return extracted_of((articles.article(number)[1] for number in numbers), folder, articles.MAX_TOKENS)


def extracted_of(values, folder, max_tokens) -> dict:
    """The same of any articles, each in one line."""
    path = folder / "articles.jsonl"
    path.write_bytes(b"".join(value + b"\n" for value in values))
    expected = {}
    for channel in CHANNELS:
        command = [PROGRAM, "extract", "--format", channel, "--max-tokens", str(max_tokens), path]
        lines = subprocess.run(command, check=True, capture_output=True).stdout.splitlines()
        expected[channel] = {json.loads(line)["id"]: line for line in lines}
        if len(expected[channel]) != len(lines):
            raise AssertionError("two findings of one id")
    return expected


def make_topics(broker, tag, n_partitions=N_PARTITIONS):
    admin = AdminClient({"bootstrap.servers": broker.address})
    made = admin.create_topics([NewTopic(f"{tag}.{name}", n_partitions, 1) for name in ("articles", *CHANNELS, "dead-letter")])
    for future in made.values():
        future.result(60)


class Feed:
    """Puts messages into the input topic, acknowledged; knows where each stands."""

    def __init__(self, broker, tag):
        self.topic = f"{tag}.articles"
        self.places = {}
        self.reasons = {}
        self.producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 5,
                                  "message.timeout.ms": 300000, "log_level": 0})

    def article(self, number):
        self.value(*articles.article(number))

    def value(self, name, value, **where):
        """An article that is called so; under its name, unless another key or a partition is given."""
        self._send(value, lambda place: self.places.__setitem__(name, place), **{"key": name, **where})

    def poison(self, number):
        reason, value = articles.poison(number)
        self._send(value, lambda place: self.reasons.__setitem__(place, reason), key=f"poison-{number}")

    def _send(self, value, told, **where):
        def delivered(error, message):
            if error is not None:
                raise RuntimeError(f"the broker did not take an article: {error}")
            told((message.partition(), message.offset()))
        self.producer.produce(self.topic, value, callback=delivered, **where)
        self.producer.poll(0)

    def flush(self):
        """Waits until the broker has all."""
        if self.producer.flush(300):
            raise TimeoutError("the broker does not take the articles")


def positions(broker, tag, n_partitions=N_PARTITIONS, consumers={}) -> list | None:  # noqa: B006 (one client a group, for as long as this runs)
    """What the group has committed of each input partition, and its end; nothing while the broker does not answer."""
    key = (broker.address, tag)
    if key not in consumers:
        consumers[key] = Consumer({"bootstrap.servers": broker.address, "group.id": tag, "enable.auto.commit": False, "log_level": 0})
    places = [TopicPartition(f"{tag}.articles", index) for index in range(n_partitions)]
    try:
        committed = [max(0, place.offset) for place in consumers[key].committed(places, 5)]
        return [(done, consumers[key].get_watermark_offsets(place, 5)[1]) for done, place in zip(committed, places)]
    except Exception:  # the client has no narrower word for a broker that is away
        return None


def lag(broker, tag, n_partitions=N_PARTITIONS) -> int | None:
    """Messages that the group has not committed; nothing while the broker does not answer."""
    places = positions(broker, tag, n_partitions)
    return None if places is None else sum(end - done for done, end in places)


def is_empty(broker, tag) -> bool:
    """Whether the group has no member any more."""
    # Held, for its answers do not come once it is gone.
    admin = AdminClient({"bootstrap.servers": broker.address, "log_level": 0})
    return not admin.describe_consumer_groups([tag])[tag].result(60).members


def commit_ahead(broker, tag):
    """Commits the ends of the input partitions for a group that has no member any more, as one would that commits before its work is done."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": tag, "enable.auto.commit": False, "log_level": 0})
    ends = [TopicPartition(f"{tag}.articles", index, end) for index, (_, end) in enumerate(positions(broker, tag))]
    consumer.commit(offsets=ends, asynchronous=False)
    consumer.close()


def ends_of(broker, topic, n_partitions) -> list:
    """The ends of a topic's partitions, whatever transaction is open there."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "oracle", "isolation.level": "read_uncommitted", "log_level": 0})
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, index), 30)[1] for index in range(n_partitions)]
    consumer.close()
    return ends


def read(broker, topic, isolation="read_committed", n_partitions=N_PARTITIONS):
    """Everything that stands there. What lies behind the open transaction of a member that was killed is not shown to a reader until the broker has ended that, which
    takes up to its time limit and the broker's own interval, ten seconds each."""
    ends, limit = ends_of(broker, topic, n_partitions), time.monotonic() + 60
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "oracle", "isolation.level": isolation,
                         "enable.partition.eof": True, "enable.auto.commit": False, "log_level": 0})
    consumer.assign([TopicPartition(topic, index, 0) for index in range(n_partitions)])
    found, at_end = [], set()
    while len(at_end) < n_partitions:
        for message in consumer.consume(1000, 1):
            if message.error() is None:
                found.append(message)
            elif message.error().code() == KafkaError._PARTITION_EOF and message.offset() >= ends[message.partition()]:
                at_end.add(message.partition())
        if time.monotonic() > limit:
            raise AssertionError(f"{topic}: a transaction is open for a minute")
    consumer.close()
    return found


def verdict(broker, tag, expected, feed, n_partitions=N_PARTITIONS) -> dict:
    """Counts of all that is wrong; all of them zero is what exactly once means."""
    wrong = Counter(lost=0, doubled=0, other_bytes=0, out_of_order=0, unexpected=0, dead_lost=0, dead_doubled=0, dead_other=0)
    for channel in CHANNELS:
        seen, last_of_article, last_of_partition = Counter(), {}, {}
        rank = {name: index for index, name in enumerate(expected[channel])}
        for message in read(broker, f"{tag}.{channel}", n_partitions=n_partitions):
            record = json.loads(message.value())
            name, article = record["id"], message.key().decode()
            seen[name] += 1
            if name not in rank:
                wrong["unexpected"] += 1
                continue
            wrong["other_bytes"] += message.value() != expected[channel][name]
            # Of an article its findings come in their order; of an input partition, articles in theirs.
            wrong["out_of_order"] += rank[name] <= last_of_article.get(article, -1)
            last_of_article[article] = rank[name]
            source, offset = feed.places[article]
            route = (source, message.partition())
            wrong["out_of_order"] += offset < last_of_partition.get(route, -1)
            last_of_partition[route] = offset
        wrong["lost"] += sum(name not in seen for name in rank)
        wrong["doubled"] += sum(n - 1 for n in seen.values())
    letters = Counter()
    for message in read(broker, f"{tag}.dead-letter", n_partitions=n_partitions):
        headers = {name: value.decode() for name, value in message.headers() if name.startswith("demarche-")}
        place = (int(headers["demarche-partition"]), int(headers["demarche-offset"]))
        letters[place] += 1
        wrong["dead_other"] += feed.reasons.get(place) != headers["demarche-reason"]
    wrong["dead_lost"] += sum(place not in letters for place in feed.reasons)
    wrong["dead_doubled"] += sum(n - 1 for n in letters.values())
    return dict(wrong)
