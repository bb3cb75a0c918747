"""Exactly once, tried: the service under kills, rebalances, poison, signals, outages and cuts, against an offline oracle.

    tests/chaos/run [--long] [SCENARIO …]

Prints a table in Markdown, one row a scenario, and ends with 1 if any promise was broken or a control did not fail. The program is
target/release/demarche unless DEMARCHE names another one. docs/reliability.md says what each row means.
"""

import argparse
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import backlog
import brokers
import members
import refusals
import secure
from broker import Broker
from service import Member

SCENARIOS = {
    "kills": members.run_kills,
    "control": members.run_control,
    "early": members.run_early,
    "crashes": members.run_crashes,
    "storm": members.run_storm,
    "backlog": backlog.run_backlog,
    "outages": brokers.run_outages,
    "network": brokers.run_network,
    "cuts": brokers.run_cuts,
    "refused": refusals.run_refused,
    "disk": refusals.run_disk,
    "secure": secure.run_secure,
    "late": members.run_late,
    "poison": members.run_poison,
    "signals": members.run_signals,
}

# One asks for a build with TLS, the other one takes long.
DEFAULT = [name for name in SCENARIOS if name not in ("secure", "cuts")]


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/chaos/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)} [default: all but secure and cuts]")
    parser.add_argument("--long", action="store_true", help="hours instead of minutes")
    asked = parser.parse_args()
    unknown = set(asked.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}")
    # As by Ctrl-C, so that brokers and members do not stay behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    all_good = True
    print("| scenario | what was done | wrong in the topics | holds | s |\n| --- | --- | --- | --- | --: |", flush=True)
    with Broker(n_proxies=2) as broker, tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        for name in asked.scenarios or DEFAULT:
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
