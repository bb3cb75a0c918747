"""Exactly once, tried: the service under kills, rebalances, poison, signals and broker outages, against an offline oracle.

    tests/chaos/run [--long] [SCENARIO …]

Prints a table in Markdown, one row a scenario, and ends with 1 if any promise was broken or a control did not fail. The program is
target/release/demarche unless DEMARCHE names another one. docs/reliability.md says what each row means.
"""

import argparse
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

import articles
import oracle
from broker import Broker
from service import Member, until

# A member whose session ends soon, so that a frozen one is replaced within the test.
HASTY = (("transaction.timeout.ms", "2000"), ("session.timeout.ms", "3000"), ("heartbeat.interval.ms", "500"))


class Trial:
    """Topics and members of one scenario."""

    def __init__(self, broker, folder, tag, n_articles, seed):
        self.broker, self.folder, self.tag, self.n_articles = broker, folder, tag, n_articles
        self.random = random.Random(seed)
        oracle.make_topics(broker, tag)
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

    def settle(self):
        """Waits until everything is committed. Returns the seconds."""
        return until("everything is committed", lambda: oracle.lag(self.broker, self.tag) == 0, 300, self.members)

    def end(self):
        """Stops what still runs; what it ended with, and what is wrong in the topics."""
        codes = [member.stop() for member in self.members if member.process.poll() is None]
        wrong = oracle.verdict(self.broker, self.tag, self.expected, self.feed)
        return codes, wrong, [code for member in self.members for code in member.ended_by_itself]


def amiss(wrong) -> str:
    return ", ".join(f"{n} {what.replace('_', ' ')}" for what, n in wrong.items() if n) or "none"


def kills(trial, n_kills, delivery="exactly_once"):
    """SIGKILL of one of two members, again and again."""
    for name in ("one", "two"):
        trial.member(name, delivery=delivery)
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
    trial = Trial(broker, folder, "control", 10_000 if long else 3_000, 2)
    what = kills(trial, 40 if long else 10, "at_least_once")
    _, wrong, _ = trial.end()
    good = wrong["doubled"] + wrong["dead_doubled"] > 0 and wrong["lost"] + wrong["dead_lost"] == 0
    yield "control: at least once", f"{trial.n_articles} articles, {what}", amiss(wrong), good


def run_storm(broker, folder, long):
    for strategy in ("range", "cooperative-sticky"):
        trial = Trial(broker, folder, f"storm-{strategy}", 20_000 if long else 1_500, 3)
        options = (*HASTY, ("partition.assignment.strategy", strategy))
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
        took += trial.settle()
        back.append((took, way))
    trial.send(range(sent, trial.n_articles))
    trial.feed.flush()
    trial.settle()
    codes, wrong, ended = trial.end()
    # A call of the client that never comes back (librdkafka #5456) is ended by the watchdog, with this code; nothing else may end.
    good = not any(wrong.values()) and not any(codes) and all(code == 75 for code in ended)
    seconds = ", ".join(f"{way} {took:.0f} s" for took, way in back)
    what = f"{len(back)} outages; all committed again after the broker was back: {seconds}; {len(ended)} members ended by the watchdog"
    yield "broker away", what, amiss(wrong), good


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


SCENARIOS = {"kills": run_kills, "control": run_control, "storm": run_storm, "outages": run_outages, "poison": run_poison, "signals": run_signals}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/chaos/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)} [default: all]")
    parser.add_argument("--long", action="store_true", help="hours instead of minutes")
    asked = parser.parse_args()
    unknown = set(asked.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    all_good = True
    print("| scenario | what was done | wrong in the topics | holds | s |\n| --- | --- | --- | --- | --: |", flush=True)
    with Broker() as broker, tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        for name in asked.scenarios or SCENARIOS:
            begun = time.monotonic()
            try:
                for scenario, done, wrong, good in SCENARIOS[name](broker, pathlib.Path(folder), asked.long):
                    print(f"| {scenario} | {done} | {wrong} | {'yes' if good else '**NO**'} | {time.monotonic() - begun:.0f} |", flush=True)
                    all_good &= good
            except (TimeoutError, RuntimeError, subprocess.TimeoutExpired) as error:
                print(f"| {name} | | {error} | **NO** | {time.monotonic() - begun:.0f} |", flush=True)
                all_good = False
            finally:
                Member.kill_all()
            if not all_good:
                for log in sorted(pathlib.Path(folder).glob("*.log")):
                    sys.stderr.write(f"--- the end of {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-40:]) + "\n")
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
