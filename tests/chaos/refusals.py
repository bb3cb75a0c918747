"""What happens to output topics: one is missing, may not be written to, is too small, or has no disk to stand on.

Each scenario is a generator of rows: its name, what was done, what is wrong in the topics, and whether the promise holds.
"""

import subprocess

from confluent_kafka.admin import (AclBinding, AclBindingFilter, AclOperation, AclPermissionType, AdminClient, AlterConfigOpType, ConfigEntry,
                                   ConfigResource, NewTopic, ResourcePatternType, ResourceType)

from broker import Broker
from service import N_PARTITIONS, until
from trial import Trial, amiss

# Whoever is not forbidden something may do it.
WITH_RIGHTS = {"authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer", "allow.everyone.if.no.acl.found": "true"}
# Megabytes of the disk that is filled: enough for what a broker writes by itself.
DISK_MB = 64


class Topic:
    """An output topic that is made unfit, each way with the one that mends it."""

    def __init__(self, broker, name):
        self.admin, self.name = AdminClient({"bootstrap.servers": broker.address, "log_level": 0}), name

    @staticmethod
    def _wait(futures):
        for future in futures.values():
            future.result(60)

    def delete(self):
        self._wait(self.admin.delete_topics([self.name]))
        until("the topic is gone", lambda: self.name not in self.admin.list_topics(timeout=10).topics)

    def make(self):
        self._wait(self.admin.create_topics([NewTopic(self.name, N_PARTITIONS, 1)]))

    def _alter(self, how, value):
        entry = ConfigEntry("max.message.bytes", value, incremental_operation=how)
        self._wait(self.admin.incremental_alter_configs([ConfigResource(ConfigResource.Type.TOPIC, self.name, incremental_configs=[entry])]))

    def shrink(self):
        self._alter(AlterConfigOpType.SET, "300")

    def enlarge(self):
        self._alter(AlterConfigOpType.DELETE, None)

    def forbid(self):
        rules = [(AclOperation.WRITE, AclPermissionType.DENY), (AclOperation.READ, AclPermissionType.ALLOW),
                 (AclOperation.DESCRIBE, AclPermissionType.ALLOW)]
        self._wait(self.admin.create_acls([
            AclBinding(ResourceType.TOPIC, self.name, ResourcePatternType.LITERAL, "User:*", "*", operation, permission)
            for operation, permission in rules]))

    def allow(self):
        self._wait(self.admin.delete_acls([AclBindingFilter(
            ResourceType.TOPIC, self.name, ResourcePatternType.LITERAL, None, None, AclOperation.ANY, AclPermissionType.ANY)]))


def run_refused(_, folder, long):
    """Asks for a broker that knows rights."""
    with Broker(WITH_RIGHTS) as broker:
        trial = Trial(broker, folder, "refused", 600 if long else 200, 9)
        topic = Topic(broker, "refused.statements")
        ways = [("deleted", topic.delete, topic.make, "does not exist: make it"),
                ("too small", topic.shrink, topic.enlarge, "raise its max.message.bytes"),
                ("forbidden", topic.forbid, topic.allow, "is forbidden to this user: grant it write")]
        member = trial.member("one")
        until("the service is ready", member.is_ready)
        n_part = trial.n_articles // len(ways)
        back, n_aborted = [], 0
        for number, (way, spoil, mend, sentence) in enumerate(ways):
            spoil()
            last = number + 1 == len(ways)
            trial.send(range(number * n_part, trial.n_articles if last else (number + 1) * n_part))
            trial.feed.flush()
            until(f"the readiness names topic and remedy: {sentence}",
                  lambda: f"`{topic.name}`" in member.get("/readyz")[1] and sentence in member.get("/readyz")[1], members=[member])
            mend()
            took = until(f"it is ready again after {way}", member.is_ready, members=[member])
            back.append(f"{way} {took + trial.settle():.0f} s")
            n_aborted += int(member.metric('demarche_transactions_total{outcome="aborted"}'))
        codes, wrong, ended = trial.end()
        good = not any(wrong.values()) and not any(codes) and not ended
        yield "output topic refuses", f"{trial.n_articles} articles; each told with its remedy; all committed after it was mended: {', '.join(back)}", amiss(wrong), good


def run_disk(_, folder, long):
    """Asks for a small disk, so for the right to mount one."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        yield "full disk", f"not tried: no file system of its own could be mounted ({mounted.stderr.strip()})", "none", True
        return
    try:
        with Broker({"metadata.log.dir": str(folder / "metadata")}, log_dir=disk / "logs") as broker:
            trial = Trial(broker, folder, "disk", 2_000 if long else 600, 10)
            member = trial.member("one")
            until("the service is ready", member.is_ready)
            half = trial.n_articles // 2
            trial.send(range(half))
            trial.feed.flush()
            filler = disk / "filler"
            with filler.open("wb") as file:
                try:
                    while True:
                        file.write(bytes(1 << 16))
                        file.flush()
                except OSError:
                    pass
            # A broker whose only disk takes nothing more ends; it may do so at the next segment or checkpoint only.
            if broker.process.poll() is None:
                try:
                    until("the service sees it, or all fits", lambda: not member.is_ready() or broker.process.poll() is not None, 60)
                except TimeoutError:
                    pass
            died = broker.process.poll() is not None
            filler.unlink()
            if not died:
                broker.stop()
            broker.start()
            took = until("it is ready again", member.is_ready, members=[member])
            trial.send(range(half, trial.n_articles))
            trial.feed.flush()
            took += trial.settle()
            codes, wrong, ended = trial.end()
            good = not any(wrong.values()) and not any(codes) and not ended
            how = "ended by it" if died else "not ended by it"
            yield "full disk", f"{trial.n_articles} articles, the broker {how}; all committed {took:.0f} s after it had room again", amiss(wrong), good
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
