"""What happens to the broker and the way to it: it is stopped, killed or frozen, and the network between is cut.

Each scenario is a generator of rows: its name, what was done, what is wrong in the topics, and whether the promise holds.
"""

import time

from proxy import Proxy
from service import until
from trial import Trial, amiss

# Seconds from a cut until every member that it hits says that it is not ready, and from its end until all work again.
TOLD_WITHIN, BACK_WITHIN = 10, 15


def run_outages(broker, folder, long):
    trial = Trial(broker, folder, "outages", 6_000 if long else 2_000, 4)
    for name in ("one", "two"):
        trial.member(name)
    ways = [("clean restart", broker.stop, broker.start), ("SIGKILL", broker.kill, broker.start), ("frozen", broker.freeze, broker.thaw)]
    n_times = 10 if long else 1
    n_part = trial.n_articles // (len(ways) * n_times)
    back, sent = [], 0
    for way, down, up in ways * n_times:
        trial.send(range(sent, sent + n_part))
        sent += n_part
        trial.feed.flush()
        down()
        time.sleep(trial.random.uniform(10, 60) if long else 10)
        up()
        took = until(f"every member works again after {way}", lambda: all(member.is_ready() for member in trial.members), members=trial.members)
        back.append((took, took + trial.settle(), way))
    trial.send(range(sent, trial.n_articles))
    trial.feed.flush()
    trial.settle()
    codes, wrong, ended = trial.end()
    good = not any(wrong.values()) and not any(codes) and not ended and all(ready <= BACK_WITHIN for ready, _, _ in back)
    seconds = ", ".join(f"{way} {ready:.0f} and {committed:.0f} s" for ready, committed, way in back)
    what = f"{len(back)} outages; every member ready and all committed after the broker was back: {seconds}; {len(ended)} members ended"
    yield "broker away", what, amiss(wrong), good


def cut_off(members, proxies, way, seconds):
    """Cuts these members off for a while. Seconds until the last of them said that it is not ready, if all did."""
    for proxy in proxies:
        proxy.cut(way)
    begun = time.monotonic()
    told = {}
    while time.monotonic() - begun < seconds:
        for member in members:
            if member not in told and not member.is_ready():
                told[member] = time.monotonic() - begun
        time.sleep(0.1)
    for proxy in proxies:
        proxy.mend()
    return max(told.values()) if len(told) == len(members) else None


def run_network(broker, folder, long):
    cuts = [(way, 2 - round_ % 2, seconds) for round_ in range(5) for seconds in (20, 45, 75) for way in Proxy.WAYS]
    yield network(broker, folder, "network", cuts if long else [("refused", 2, 10), ("half-open", 1, 10)])


def run_cuts(broker, folder, long):
    """Longer than a transaction and a session may last, each way once: half of them for both members."""
    cuts = [(way, 2 - number % 2, 75) for number, way in enumerate(Proxy.WAYS * (5 if long else 1))]
    yield network(broker, folder, "cuts", cuts)


def network(broker, folder, tag, cuts):
    """Both members are cut off, or one of two, whose partitions the other one takes over if it lasts. Its row."""
    trial = Trial(broker, folder, tag, len(cuts) * 300, 7)
    for name, door in zip(("one", "two"), broker.doors):
        trial.member(name, address=door)
    until("the service is ready", lambda: all(member.is_ready() for member in trial.members))
    slowest = {}
    for number, (way, n_members, seconds) in enumerate(cuts):
        numbers = range(number * 300, number * 300 + 300)
        trial.send(numbers[:150])
        trial.feed.flush()
        told = cut_off(trial.members[:n_members], broker.proxies[:n_members], way, seconds)
        back = until(f"every member works again after {way}", lambda: all(member.is_ready() for member in trial.members), members=trial.members)
        trial.send(numbers[150:])
        trial.feed.flush()
        if way != "slow":
            slowest.setdefault(way, []).append((told if told is not None else float("inf"), back))
    trial.settle()
    codes, wrong, ended = trial.end()
    in_time = all(told <= TOLD_WITHIN and back <= BACK_WITHIN for times in slowest.values() for told, back in times)
    good = not any(wrong.values()) and not any(codes) and not ended and in_time
    seconds = "; ".join(f"{way}: not ready after {max(t for t, _ in times):.0f} s, ready {max(b for _, b in times):.0f} s after it was mended"
                        for way, times in slowest.items())
    return "network cut", f"{len(cuts)} cuts of {cuts[0][2]} to {cuts[-1][2]} s, {len(ended)} members ended; {seconds}", amiss(wrong), good
