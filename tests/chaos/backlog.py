"""What lies before the service when it begins: many articles, some of them giants, and a key that has half of them.

A generator of rows: name, what was done, what is wrong in the topics, and whether the promise holds.
"""

import json
import time

import articles
import oracle
from broker import ROOT
from trial import Trial, amiss

N_PARTITIONS = 16
ARTICLE_BYTES = 4096
# Tokens of a giant, and what its bytes are: news of some 2 MB, or as many marks as a budget of 300,000 tokens lets through.
MAX_TOKENS = 300_000
# Memory that the process may take beside its models, and how much more after two minutes than before.
MAX_RSS, GROWTH = 256 << 20, 1.1


def long_article(number) -> tuple[str, bytes]:
    """The article of this number, its story told on until it has the length of news."""
    fields = json.loads(articles.article(number)[1])
    told = []
    while sum(map(len, told)) < ARTICLE_BYTES:
        told.append(json.loads(articles.article(number + 7 * len(told))[1])["text"])
    return fields["id"], json.dumps({**fields, "text": " ".join(told)}, ensure_ascii=False).encode()


def giant(name, n_tokens) -> tuple[str, bytes]:
    """Nothing but marks."""
    return name, json.dumps({"id": name, "text": "Talks were held in Oslo.\n\n" + '" ' * n_tokens, "published_at": "2024-03-04T09:00:00Z"}).encode()


def run_backlog(broker, folder, long):
    n_articles, n_tokens = (100_000, 250_000) if long else (400, 20_000)
    trial = Trial(broker, folder, "backlog", 0, 9, N_PARTITIONS)
    giants = [giant(f"giant-{number}", n_tokens) for number in range(3)]
    stories = [long_article(number) for number in range(n_articles)]
    trial.expected = oracle.extracted_of((value for _, value in giants + stories), folder, MAX_TOKENS)
    for name, value in giants:
        trial.feed.value(name, value, partition=0)
    for number, (name, value) in enumerate(stories):
        trial.feed.value(name, value, **({"key": "hot"} if number % 2 else {"partition": 1 + number // 2 % (N_PARTITIONS - 1)}))
    trial.feed.flush()
    member = trial.member("one", workers=2, max_bytes=4 << 20, max_tokens=MAX_TOKENS)
    begun = time.monotonic()
    peaks, ahead, behind = {False: 0, True: 0}, 0, True
    while (places := oracle.positions(broker, trial.tag, N_PARTITIONS)) is None or any(done < end for done, end in places):
        if time.monotonic() - begun > (20_000 if long else 600):
            raise TimeoutError(f"the backlog does not end: {places}")
        is_late = time.monotonic() - begun > 120
        peaks[is_late] = max(peaks[is_late], member.metric("process_resident_memory_bytes"))
        if places and (behind := behind and places[0][0] == 0):
            ahead = sum(done for done, _ in places[1:])
        time.sleep(0.2)
    seconds = time.monotonic() - begun
    codes, wrong, ended = trial.end()
    models = sum(path.stat().st_size for path in (ROOT / "models").glob("*.model"))
    rss = max(peaks.values()) - models
    is_flat = peaks[True] <= GROWTH * peaks[False]
    good = not any(wrong.values()) and not any(codes) and not ended and ahead > 0 and rss <= MAX_RSS and is_flat
    what = (f"{n_articles} articles of {ARTICLE_BYTES // 1024} KB, half of them under one key, and {len(giants)} of {n_tokens} marks, over {N_PARTITIONS} partitions: "
            f"{seconds:.0f} s; {ahead} articles of other partitions before the first giant; at most {rss / (1 << 20):.0f} MB beside the models")
    yield "a backlog with giants and a hot key", what, amiss(wrong), good
