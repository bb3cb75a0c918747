"""Members of the service under test: processes of `demarche run`, their configuration, and what they say."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import articles
from broker import PATIENCE, ROOT, free_port

PROGRAM = os.environ.get("DEMARCHE", str(ROOT / "target" / "release" / "demarche"))
# The build that has points to crash at.
DEBUG_PROGRAM = os.environ.get("DEMARCHE_DEBUG", str(ROOT / "target" / "debug" / "demarche"))
N_PARTITIONS = 4


class Member:
    """One process; may be killed and started again under its name."""

    RUNNING = []

    def __init__(self, broker, folder, tag, name, delivery="exactly_once", instance=None, options=(), address=None,
                 workers=1, max_bytes=articles.MAX_BYTES, max_tokens=articles.MAX_TOKENS):
        self.port = free_port()
        self.config = folder / f"{tag}-{name}.toml"
        self.log = folder / f"{tag}-{name}.log"
        self.process = None
        # Exit codes of those that nobody had told to end.
        self.ended_by_itself = []
        lines = "\n".join(f'"{key}" = "{value}"' for key, value in options)
        self.config.write_text(f"""[kafka]
brokers = "{address or broker.address}"
group = "{tag}"
instance_id = "{instance or name}"
transactional_id = "{tag}"
[kafka.topics]
articles = ["{tag}.articles"]
statements = "{tag}.statements"
events = "{tag}.events"
dead_letters = "{tag}.dead-letter"
[kafka.options]
{lines}
[input]
max_bytes = {max_bytes}
max_tokens = {max_tokens}
[pipeline]
delivery = "{delivery}"
workers = {workers}
[http]
listen = "127.0.0.1:{self.port}"
[logs]
format = "human"
""")

    def start(self, crash_at=None):
        """Starts it; to die at a point of its own, where its build has such (src/pipeline/crash.rs)."""
        environment = {**os.environ, "NO_COLOR": "1", **({"DEMARCHE_CRASH_AT": crash_at} if crash_at else {})}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen([DEBUG_PROGRAM if crash_at else PROGRAM, "run", "--config", self.config], stdout=out,
                                            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment)
        Member.RUNNING.append(self.process)
        return self

    @staticmethod
    def kill_all():
        """Of a scenario that was given up, too."""
        for process in Member.RUNNING:
            if process.poll() is None:
                process.kill()
                process.wait()
        Member.RUNNING.clear()

    def kill(self):
        if self.process.poll() is not None:
            self.ended_by_itself.append(self.process.returncode)
        self.process.kill()
        self.process.wait()

    def signal(self, which):
        self.process.send_signal(which)

    def ended(self) -> int:
        """Its exit code; negative for a signal that ended it."""
        return self.process.wait(PATIENCE)

    def stop(self) -> int:
        self.signal(signal.SIGTERM)
        return self.ended()

    def keep_up(self):
        """Starts it again if it has ended by itself, as a supervisor would, and remembers that it had."""
        if self.process.poll() is not None:
            self.ended_by_itself.append(self.process.returncode)
            self.start()

    def get(self, path) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def metric(self, name) -> float:
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(name + " "):
                return float(line.rsplit(" ", 1)[1])
        return 0.0

    def is_ready(self) -> bool:
        return self.get("/readyz")[0] == 200


def until(what, holds, limit=PATIENCE, members=()):
    """Waits until something holds; members that end meanwhile are started again. Returns the seconds that it took."""
    begun = time.monotonic()
    while not holds():
        for member in members:
            member.keep_up()
        if time.monotonic() - begun > limit:
            raise TimeoutError(f"waited {limit} s in vain: {what}")
        time.sleep(0.1)
    return time.monotonic() - begun
