"""What happens to members: they are killed, die, freeze, join and leave, are told to stop, and are sent what is no article.

Each scenario is a generator of rows: its name, what was done, what is wrong in the topics, and whether the promise holds.
"""

import signal
import time

import articles
import oracle
import thread
from service import until
from trial import Trial, amiss

# A member whose session ends soon, so that a frozen one is replaced within the test.
HASTY = (("transaction.timeout.ms", "2000"), ("session.timeout.ms", "3000"), ("heartbeat.interval.ms", "500"))
# The group's newer protocol, in which the broker says how long a session lasts (tests/broker/server.properties.template).
KIP_848 = (("group.protocol", "consumer"), ("transaction.timeout.ms", "2000"))
# As src/pipeline/crash.rs names them, with the most passes that a member survives: most are made once a transaction.
CRASH_POINTS = {"in_worker": 20, "after_enqueue": 20, "before_offsets": 4, "before_commit": 4, "after_commit": 4, "before_revocation": 1}


def kills(trial, n_kills):
    """SIGKILL of one of two members, again and again."""
    for name in ("one", "two"):
        trial.member(name)
    feeding = trial.send_in_bursts(n_kills * 1.8)
    until("the service works", lambda: (oracle.lag(trial.broker, trial.tag) or 0) > 0)
    n_busy = 0
    for _ in range(n_kills):
        time.sleep(trial.random.uniform(0.2, 3))
        member = trial.random.choice(trial.members)
        n_busy += member.metric('demarche_in_flight_bytes{lane="0"}') > 0
        member.kill()
        member.start()
    feeding.join()
    trial.settle()
    return f"{n_kills} kills, {n_busy} with work in flight"


def run_kills(broker, folder, long):
    n_articles, n_kills = (50_000, 200) if long else (5_000, 15)
    trial = Trial(broker, folder, "kills", n_articles, 1)
    what = kills(trial, n_kills)
    codes, wrong, ended = trial.end()
    good = not any(wrong.values()) and not any(codes) and not ended
    yield "SIGKILL of one of two members", f"{n_articles} articles, {what}", amiss(wrong), good
    # An oracle that could not see a loss would be content with anything.
    trial.expected = oracle.extracted(range(n_articles + 1), folder)
    wrong = oracle.verdict(broker, "kills", trial.expected, trial.feed)
    yield "control: one article is not sent", "the same", amiss(wrong), wrong["lost"] > 0


def run_control(broker, folder, long):
    """Deaths in at-least-once, between the last record's acknowledgement and the offsets: a signal from outside hits that moment only by chance."""
    trial = Trial(broker, folder, "control", 0, 2)
    member = trial.member("one", delivery="at_least_once")
    n_deaths = 20 if long else 3
    for _ in range(n_deaths):
        die(trial, member, "before_offsets", 1)
    trial.settle()
    trial.expect_what_was_sent()
    _, wrong, _ = trial.end()
    good = wrong["doubled"] + wrong["dead_doubled"] > 0 and wrong["lost"] + wrong["dead_lost"] == 0
    yield "control: at least once", f"{trial.n_articles} articles, {n_deaths} deaths before the offsets", amiss(wrong), good


def run_early(broker, folder, long):
    """What a service does that commits offsets before its records: both members are killed at work, and the group's offsets set past it."""
    trial = Trial(broker, folder, "early", 1_000, 10)
    for name in ("one", "two"):
        trial.member(name, options=HASTY)
    trial.send_all()
    until("the service works", lambda: (oracle.lag(broker, trial.tag) or trial.n_articles) < trial.n_articles)
    for member in trial.members:
        member.kill()
    until("the group is empty", lambda: oracle.is_empty(broker, trial.tag))
    oracle.commit_ahead(broker, trial.tag)
    for member in trial.members:
        member.start()
    trial.settle()
    _, wrong, _ = trial.end()
    good = wrong["lost"] > 0 and wrong["doubled"] + wrong["unexpected"] == 0
    yield "control: offsets committed early", f"{trial.n_articles} articles, both members killed at work", amiss(wrong), good


def die(trial, member, point, n_passes, is_ready=lambda: True):
    """Starts a member anew, to die when it passes a point for the n-th time, and again once it has. Says whether it died there."""
    until("the service is ready", lambda: is_ready() and member.is_ready())
    member.stop()
    member.start(crash_at=f"{point}:{n_passes}")
    until("the member is ready, or gone", lambda: member.process.poll() is not None or member.is_ready())
    guest = trial.member("guest", instance="none") if point == "before_revocation" else None

    def is_gone():
        trial.send(range(trial.n_articles, trial.n_articles + 10))
        trial.feed.flush()
        trial.n_articles += 10
        return member.process.poll() is not None
    until(f"the member dies {point.replace('_', ' ')}", is_gone)
    died = member.process.returncode == -signal.SIGABRT
    if guest:
        guest.stop()
        trial.members.remove(guest)
    member.start()
    return died


def run_crashes(broker, folder, long):
    """One of two members dies between two steps of its work, and is started again."""
    points = [*CRASH_POINTS] * (10 if long else 1)
    trial = Trial(broker, folder, "crashes", 0, 8)
    other, member = trial.member("two"), trial.member("one")
    died = sum(die(trial, member, point, trial.random.randint(1, CRASH_POINTS[point]), other.is_ready) for point in points)
    trial.settle()
    trial.expect_what_was_sent()
    codes, wrong, ended = trial.end()
    good = not any(wrong.values()) and not any(codes) and not ended and died == len(points)
    yield "death between two steps", f"{trial.n_articles} articles, {died} deaths: {', '.join(CRASH_POINTS)}", amiss(wrong), good


def run_storm(broker, folder, long):
    for strategy in ("range", "cooperative-sticky", "KIP-848"):
        trial = Trial(broker, folder, f"storm-{strategy}", 20_000 if long else 1_500, 3)
        options = (*HASTY, ("partition.assignment.strategy", strategy)) if strategy != "KIP-848" else KIP_848
        for name in ("one", "two"):
            trial.member(name, instance="none", options=options)
        n_rounds = 50 if long else 5
        feeding = trial.send_in_bursts(n_rounds * 4)
        guest = trial.member("guest", instance="none", options=options)
        stopped = []
        for round_ in range(n_rounds):
            until("the guest has joined", guest.is_ready)
            time.sleep(trial.random.uniform(0.2, 1.5))
            if round_ % 3 == 2:
                guest.signal(signal.SIGSTOP)
                time.sleep(4)
                guest.signal(signal.SIGCONT)
                until("the frozen member is of use again", guest.is_ready, members=[guest])
            elif round_ % 3 == 1:
                guest.kill()
                guest.start()
            else:
                stopped.append(guest.stop())
                guest.start()
        feeding.join()
        trial.settle()
        codes, wrong, ended = trial.end()
        # One that was frozen past its session may be ended by the watchdog, with this code.
        good = not any(wrong.values()) and not any(codes + stopped) and all(code == 75 for code in ended)
        yield f"rebalances, {strategy}", f"{trial.n_articles} articles, {n_rounds} times a member leaves, dies or freezes", amiss(wrong), good


def run_late(broker, folder, long):
    """A lane that does not come to poll within its interval: its thread stands still, and the client's own go on."""
    trial = Trial(broker, folder, "late", 600, 13)
    options = (*HASTY, ("max.poll.interval.ms", "6000"))
    member = trial.member("one", options=options)
    trial.send(range(300))
    trial.feed.flush()
    until("the service works", lambda: (oracle.lag(broker, trial.tag) or 300) < 300)
    n_rebalances = member.metric("demarche_rebalances_total")
    with thread.stopped(thread.find(member.process.pid, "lane-0")):
        told = until("the member is not ready", lambda: not member.is_ready())
        why = member.get("/readyz")[1].strip()
        time.sleep(10)
        late = member.get("/readyz")[1].strip()
    back = until("the member works again", member.is_ready)
    trial.send(range(300, 600))
    trial.feed.flush()
    trial.settle()
    n_rebalances = member.metric("demarche_rebalances_total") - n_rebalances
    codes, wrong, ended = trial.end()
    line = next((line for line in member.log.read_text(errors="replace").splitlines() if "exceeded by" in line), "")
    good = not any(wrong.values()) and not any(codes) and not ended and "polls too late" in late and "WARN" in line and n_rebalances >= 2
    what = f"600 articles; not ready after {told:.0f} s: {why}; then: {late}; ready {back:.0f} s after it went on; {n_rebalances:.0f} rebalances; {line[line.find('WARN'):]}"
    yield "a lane that polls too late", what, amiss(wrong), good


def run_poison(broker, folder, long):
    trial = Trial(broker, folder, "poison", 20_000 if long else 2_000, 5)
    member = trial.member("one")
    trial.send_all()
    trial.settle()
    n_restarts = int(member.metric("demarche_lane_restarts_total"))
    codes, wrong, ended = trial.end()
    kinds = len({reason for reason, _ in articles.POISON})
    good = not any(wrong.values()) and not any(codes) and not ended and n_restarts == 0
    yield "1 % poison", f"{trial.n_articles} articles, {len(trial.feed.reasons)} that are none, of {kinds} reasons, {n_restarts} restarts", amiss(wrong), good


def run_signals(broker, folder, long):
    trial = Trial(broker, folder, "signals", 10_000 if long else 3_000, 6)
    member = trial.member("one")
    feeding = trial.send_in_bursts(20)
    ends = []
    once = [[(0, signal.SIGTERM)], [(0, signal.SIGHUP)], [(0, signal.SIGINT)], [(0, signal.SIGTERM), (0.01, signal.SIGTERM)]]
    for signals in once * (10 if long else 1):
        until("the service is ready", member.is_ready)
        time.sleep(trial.random.uniform(0.2, 1.5))
        for pause, which in signals:
            time.sleep(pause)
            member.signal(which)
        ends.append((len(signals), member.ended()))
        member.start()
    for _ in range(10 if long else 1):
        member.stop()
        member.start()
        time.sleep(0.05)
        member.signal(signal.SIGTERM)
        ends.append((1, member.ended()))
        member.start()
    feeding.join()
    trial.settle()
    codes, wrong, ended = trial.end()
    # One signal drains; a second one may come after all was done.
    good = not any(wrong.values()) and not any(codes) and not ended and all(code == 0 or n == 2 and code == 75 for n, code in ends)
    yield "SIGTERM, SIGHUP, SIGINT, twice, 50 ms after the start", f"exit codes {', '.join(str(code) for _, code in ends)}", amiss(wrong), good
