"""A real Apache Kafka of the test's own (the recipe of tests/broker/broker), which can be stopped, killed, frozen and started again."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from proxy import Proxy

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIBS = ROOT / ".broker" / "libs"
# Seconds; a busy machine is slow, and only what hangs is to be ended.
PATIENCE = 240


def free_port() -> int:
    """A port below the range that the kernel hands out to clients, so that none of those takes it in between."""
    while True:
        port = 20000 + int.from_bytes(os.urandom(2), "big") % 12000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Broker:
    """One node; a context that stops it and deletes its logs.

    `settings` are lines of its configuration beside the template's, or instead of them. Of `n_proxies`, each has a listener of its own
    behind it, and its address in `doors`. `listeners` are more of them, by name and protocol; `addresses` has where they are.
    `scram` are users that are made with the log, as the storage tool writes them.
    """

    def __init__(self, settings=None, n_proxies=0, log_dir=None, listeners=None, scram=()):
        subprocess.run([ROOT / "tests" / "broker" / "broker", "jars"], check=True, stdin=subprocess.DEVNULL)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chaos.", dir=ROOT / ".broker"))
        port = free_port()
        self.address = f"127.0.0.1:{port}"
        template = (ROOT / "tests" / "broker" / "server.properties.template").read_text()
        for name, value in (("@PORT@", port), ("@CPORT@", free_port()), ("@DIR@", self.folder)):
            template = template.replace(name, str(value))
        self.properties = self.folder / "server.properties"
        lines = dict(line.split("=", 1) for line in template.splitlines() if line and not line.startswith("#"))
        self.addresses = {}

        def listen(name, protocol, at, advertised):
            lines["listeners"] += f",{name}://127.0.0.1:{at}"
            lines["advertised.listeners"] += f",{name}://127.0.0.1:{advertised}"
            lines["listener.security.protocol.map"] += f",{name}:{protocol}"
            self.addresses[name] = f"127.0.0.1:{advertised}"
        for name, protocol in (listeners or {}).items():
            port = free_port()
            listen(name, protocol, port, port)
        self.proxies, self.doors = [], []
        for number in range(n_proxies):
            door, behind = free_port(), free_port()
            listen(f"DOOR{number}", "PLAINTEXT", behind, door)
            self.proxies.append(Proxy(door, behind))
            self.doors.append(f"127.0.0.1:{door}")
        if log_dir is not None:
            lines["log.dirs"] = str(log_dir)
        lines.update(settings or {})
        self.properties.write_text("".join(f"{key}={value}\n" for key, value in lines.items()))
        tool = self._java("kafka.tools.StorageTool")
        name = subprocess.run([*tool, "random-uuid"], check=True, capture_output=True, text=True).stdout.split()[-1]
        users = [word for user in scram for word in ("--add-scram", user)]
        subprocess.run([*tool, "format", "-t", name, "-c", self.properties, *users], check=True, capture_output=True)
        self.n_starts = 0
        self.start()

    def _java(self, main, *options):
        return ["java", *options, "-cp", f"{LIBS}/*", main]

    def start(self):
        """Starts it, and waits until it says so."""
        self.n_starts += 1
        log = self.folder / f"server.{self.n_starts}.log"
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                [*self._java("kafka.Kafka", "-Xmx512m", "-XX:+UseSerialGC"), self.properties],
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while "Kafka Server started" not in log.read_text(errors="replace"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                # Nobody else would end it: where the first start fails there is no context to leave.
                self.kill()
                raise RuntimeError(f"the broker does not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def stop(self):
        """As an administrator stops it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        """As a power cut does."""
        self.process.kill()
        self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for proxy in self.proxies:
            proxy.close()
        if self.process.poll() is None:
            self.thaw()
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
