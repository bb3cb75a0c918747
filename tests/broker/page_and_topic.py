"""What looking costs: throughput of the service with its page left alone, and with many clients that hammer it, in turns (docs/operations.md).

cargo build --release
tests/broker/with-broker python3 tests/broker/page_and_topic.py [--turns 6] [--seconds 15]

One service works off a backlog of short articles (paragraphs of the bundled ones) with every core. In every other turn eight clients hand in
articles (POST /v1/analyze), four listen (/v1/stream) and two read what is held (/v1/findings), each again as soon as it has its answer. They are other
processes at the lowest priority, so that what they need for themselves is not taken for what the page costs. Articles a second hang on what else the
machine does, from turn to turn; articles a second of the process's own time on a core, in which the page's work is included, do so less.
"""

import argparse
import collections
import http.client
import json
import multiprocessing
import os
import pathlib
import re
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("DEMARCHE", str(ROOT / "target" / "release" / "demarche"))
BROKER = os.environ["DEMARCHE_TEST_BROKERS"]
CLIENTS = {"analyze": 8, "stream": 4, "findings": 2}
TEXT = (ROOT / "data" / "samples" / "readout.txt").read_bytes()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_topics():
    """CreateTopics, version 2, by hand: no client has to be installed for it."""
    def string(text):
        return struct.pack(">h", len(text)) + text.encode()
    topics = [string(topic) + struct.pack(">ihii", 4, 1, 0, 0) for topic in ("articles", "statements", "events", "articles.dead-letter")]
    request = struct.pack(">hhi", 19, 2, 1) + string("page_and_topic") + struct.pack(">i", len(topics)) + b"".join(topics) + struct.pack(">i?", 60_000, False)
    host, _, port = BROKER.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=90) as broker:
        broker.sendall(struct.pack(">i", len(request)) + request)
        broker.recv(4096)


def publish(n_articles, folder):
    """Paragraphs of the bundled articles, each many times under an id of its own: short ones, for commits come by whole batches."""
    samples = [ROOT / "data" / "samples" / name for name in ("readout.txt", "analysis.txt", "live-blog.txt", "scraped.txt")]
    texts = [text for sample in samples for text in sample.read_text().split("\n\n") if len(text) > 120]
    backlog = folder / "backlog.jsonl"
    with backlog.open("w") as out:
        for number in range(n_articles):
            out.write(json.dumps({"id": f"a-{number}", "text": texts[number % len(texts)]}) + "\n")
    subprocess.run([PROGRAM, "publish", "--brokers", BROKER, backlog], check=True, stdout=subprocess.DEVNULL)


def hammer(kind, port, answers, ended):
    os.nice(19)
    seen = collections.Counter()
    while not ended.is_set():
        asked = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            if kind == "analyze":
                asked.request("POST", "/v1/analyze", TEXT, {"content-type": "text/plain"})
            else:
                asked.request("GET", "/v1/stream" if kind == "stream" else "/v1/findings?limit=500")
            answer = asked.getresponse()
            while answer.read1() and not ended.is_set():
                pass
            seen[f"{kind} {answer.status}"] += 1
        except OSError:
            seen[f"{kind} none"] += 1
        asked.close()
    answers.put(seen)


def told(port):
    """Now, articles that were committed, and seconds on a core of all threads."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    return time.monotonic(), *(float(re.search(rf"^{name} (\S+)", text, re.M)[1]) for name in ("demarche_articles_consumed_total", "process_cpu_seconds_total"))


def turn(port, seconds):
    """Articles a second, and articles a second on a core."""
    begun, before, spent = told(port)
    time.sleep(seconds)
    ended, after, spent_then = told(port)
    return (after - before) / (ended - begun), (after - before) / (spent_then - spent)


def main():
    parser = argparse.ArgumentParser(description="Throughput beside a page that is left alone, and beside one that is hammered.")
    parser.add_argument("--turns", type=int, default=6, help="of each kind")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--articles", type=int, default=250_000, help="the backlog: more than can be worked off in all turns")
    wishes = parser.parse_args()
    # The service ends with whoever ends this.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as folder:
        make_topics()
        publish(wishes.articles, pathlib.Path(folder))
        port = free_port()
        service = subprocess.Popen([PROGRAM, "run", "--brokers", BROKER], stderr=subprocess.DEVNULL,
                                   env={**os.environ, "DEMARCHE__HTTP__LISTEN": f"127.0.0.1:{port}"})
        try:
            measure(port, wishes)
        finally:
            service.kill()
            service.wait()


def measure(port, wishes):
    while True:
        try:
            if told(port)[1] > 100:
                break
        except OSError:
            pass
        time.sleep(0.5)
    rates, answered = {"alone": [], "hammered": []}, collections.Counter()
    for _ in range(wishes.turns):
        rates["alone"].append(turn(port, wishes.seconds))
        answers, ended = multiprocessing.Queue(), multiprocessing.Event()
        clients = [multiprocessing.Process(target=hammer, args=(kind, port, answers, ended)) for kind, n in CLIENTS.items() for _ in range(n)]
        for client in clients:
            client.start()
        rates["hammered"].append(turn(port, wishes.seconds))
        ended.set()
        for _ in clients:
            answered.update(answers.get(timeout=120))
        for client in clients:
            client.join()
        print(*(f"{kind} {rates[kind][-1][0]:.1f} articles/s, {rates[kind][-1][1]:.1f} a second on a core;" for kind in rates), f"load {os.getloadavg()[0]:.1f}", flush=True)
    if told(port)[1] > wishes.articles * 0.98:
        raise SystemExit("the backlog was worked off before the end: ask for more --articles")
    for what, place in (("articles/s", 0), ("articles a second on a core", 1)):
        alone, hammered = ([rate[place] for rate in rates[kind]] for kind in ("alone", "hammered"))
        ratios = sorted(b / a for a, b in zip(alone, hammered))
        print(f"{what}, medians: alone {statistics.median(alone):.1f}, hammered {statistics.median(hammered):.1f}; a turn to the one before it: "
              f"{statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print("answers by status:", ", ".join(f"{kind} {n}" for kind, n in sorted(answered.items())))


if __name__ == "__main__":
    main()
