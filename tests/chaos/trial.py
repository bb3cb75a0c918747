"""Topics, messages and members of one scenario, and what became of them."""

import random
import threading
import time

import oracle
from service import N_PARTITIONS, Member, until


class Trial:
    """Topics and members of one scenario."""

    def __init__(self, broker, folder, tag, n_articles, seed, n_partitions=N_PARTITIONS):
        self.broker, self.folder, self.tag, self.n_articles = broker, folder, tag, n_articles
        self.n_partitions = n_partitions
        self.random = random.Random(seed)
        oracle.make_topics(broker, tag, n_partitions)
        self.expected = oracle.extracted(range(n_articles), folder)
        self.feed = oracle.Feed(broker, tag)
        self.members = []

    def member(self, name, **options):
        self.members.append(Member(self.broker, self.folder, self.tag, name, **options).start())
        return self.members[-1]

    def send(self, numbers):
        """Articles, and one message in a hundred that is none."""
        for number in numbers:
            self.feed.article(number)
            if number % 100 == 50:
                self.feed.poison(number // 100)

    def send_all(self):
        self.send(range(self.n_articles))
        self.feed.flush()

    def send_in_bursts(self, seconds):
        """Half at once, the rest a burst at a time, on a thread of its own."""
        half = self.n_articles // 2

        def feed():
            self.send(range(half))
            bursts = [range(at, min(at + 50, self.n_articles)) for at in range(half, self.n_articles, 50)]
            for burst in bursts:
                self.send(burst)
                time.sleep(seconds / len(bursts))
            self.feed.flush()
        thread = threading.Thread(target=feed)
        thread.start()
        return thread

    def expect_what_was_sent(self):
        """Of a scenario that did not know at its beginning how many articles it would take."""
        self.expected = oracle.extracted(range(self.n_articles), self.folder)

    def settle(self, limit=300):
        """Waits until everything is committed. Returns the seconds."""
        return until("everything is committed", lambda: oracle.lag(self.broker, self.tag, self.n_partitions) == 0, limit, self.members)

    def end(self):
        """Stops what still runs; what it ended with, and what is wrong in the topics."""
        codes = [member.stop() for member in self.members if member.process.poll() is None]
        wrong = oracle.verdict(self.broker, self.tag, self.expected, self.feed, self.n_partitions)
        return codes, wrong, [code for member in self.members for code in member.ended_by_itself]


def amiss(wrong) -> str:
    return ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in wrong.items() if n) or "none"
