"""TLS and SASL against a real broker: what must work, what must be refused at once and in one clear line, and what must never be shown.

Asks for a build with the feature `tls`, and for openssl, which makes the certificates.
"""

import subprocess
import time

from broker import Broker
from service import PROGRAM, until
from trial import Trial, amiss

# Looked for in everything that the service says. Their beginnings are told apart from other words.
SECRETS = {"scram": "hush-scram-7f3a91", "plain": "hush-plain-0c55de", "key": "hush-key-b2e8c4", "wrong": "hush-wrong-19aa07"}
# Seconds within which a refusal is told.
AT_ONCE = 15


def make_certificates(folder):
    """An authority, another one that the broker knows nothing of, and what broker and member show."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)
    for name in ("ca", "other-ca"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
    (folder / "names.cnf").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for name, password in (("server", None), ("client", SECRETS["key"])):
        protect = ["-passout", f"pass:{password}"] if password else ["-nodes"]
        openssl("req", "-newkey", "rsa:2048", *protect, "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", "names.cnf", "-out", f"{name}.pem")
    (folder / "keystore.pem").write_text("".join((folder / f"{name}").read_text() for name in ("server.key", "server.pem", "ca.pem")))


def broker_settings(folder):
    module = "org.apache.kafka.common.security"
    return {
        "ssl.keystore.type": "PEM", "ssl.keystore.location": folder / "keystore.pem",
        "ssl.truststore.type": "PEM", "ssl.truststore.location": folder / "ca.pem",
        "listener.name.mtls.ssl.client.auth": "required",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
        "listener.name.scram.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.plain.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.scram.scram-sha-512.sasl.jaas.config": f"{module}.scram.ScramLoginModule required;",
        "listener.name.plain.plain.sasl.jaas.config": f'{module}.plain.PlainLoginModule required user_alice="{SECRETS["plain"]}";',
    }


def ways_in(folder):
    """Options of each way in, and what is wrong with each that must be refused: its options, and words of the line that says so."""
    def secret(name):
        path = folder / f"{name}.secret"
        path.write_text(SECRETS[name] + "\n")
        return str(path)
    ca, other = ("ssl.ca.location", str(folder / "ca.pem")), ("ssl.ca.location", str(folder / "other-ca.pem"))

    def sasl(mechanism, password, authority=ca):
        return (("security.protocol", "SASL_SSL"), ("sasl.mechanisms", mechanism), ("sasl.username", "alice"),
                ("sasl.password_file", secret(password)), authority)
    tls = (("security.protocol", "SSL"), ca)
    own = (("ssl.certificate.location", str(folder / "client.pem")), ("ssl.key.location", str(folder / "client.key")),
           ("ssl.key.password_file", secret("key")))
    good = [("SCRAM-SHA-512", "SCRAM", sasl("SCRAM-SHA-512", "scram")), ("PLAIN", "PLAIN", sasl("PLAIN", "plain")), ("mutual TLS", "MTLS", tls + own)]
    bad = [("SCRAM, wrong password", "SCRAM", sasl("SCRAM-SHA-512", "wrong"), "authentication"),
           ("PLAIN, wrong password", "PLAIN", sasl("PLAIN", "wrong"), "authentication"),
           ("wrong authority", "PLAIN", sasl("PLAIN", "plain", other), "certificate"),
           ("no certificate", "MTLS", tls, "certificate")]
    return good, bad


def told(member) -> str:
    """Everything that a member says, to whoever asks."""
    pages = [member.get(path)[1] for path in ("/", "/metrics", "/readyz", "/livez", "/openapi.json", "/v1/summary", "/v1/findings")]
    checked = [subprocess.run([PROGRAM, "check-config", member.config, *more], capture_output=True, text=True)
               for more in ((), ("--print",), ("--connect",))]
    return "\n".join([member.log.read_text(errors="replace"), *pages, *(out.stdout + out.stderr for out in checked)])


def run_secure(_, folder, long):
    make_certificates(folder)
    good_ways, bad_ways = ways_in(folder)
    protocols = {"SCRAM": "SASL_SSL", "PLAIN": "SASL_SSL", "MTLS": "SSL"}
    with Broker(broker_settings(folder), listeners=protocols, scram=[f"SCRAM-SHA-512=[name=alice,password={SECRETS['scram']}]"]) as broker:
        shown = set()
        for way, listener, options in good_ways:
            trial = Trial(broker, folder, f"secure-{listener.lower()}", 100, 11)
            member = trial.member("one", options=options, address=broker.addresses[listener])
            trial.send_all()
            trial.settle()
            said = told(member)
            shown |= {name for name, secret in SECRETS.items() if secret in said}
            codes, wrong, ended = trial.end()
            yield f"TLS: {way}", "100 articles", amiss(wrong), not any(wrong.values()) and not any(codes) and not ended
        for way, listener, options, word in bad_ways:
            trial = Trial(broker, folder, f"secure-{way.replace(', ', '-').replace(' ', '-').lower()}", 0, 12)
            begun = time.monotonic()
            member = trial.member("one", options=options, address=broker.addresses[listener])
            until("the log tells why", lambda: word in member.log.read_text(errors="replace").lower() or time.monotonic() - begun > AT_ONCE)
            took = time.monotonic() - begun
            lines = [line for line in member.log.read_text(errors="replace").splitlines() if word in line.lower()]
            begun = time.monotonic()
            asked = subprocess.run([PROGRAM, "check-config", member.config, "--connect"], capture_output=True, text=True, timeout=120)
            asked_took = time.monotonic() - begun
            said = told(member)
            shown |= {name for name, secret in SECRETS.items() if secret in said}
            answer = next((line for line in (asked.stdout + asked.stderr).splitlines() if line.startswith("problem") and word in line.lower()), "")
            good = bool(lines) and took < AT_ONCE and asked.returncode == 69 and bool(answer) and asked_took < AT_ONCE
            member.kill()
            yield f"TLS: {way}", f"told after {took:.0f} s in {len(lines)} line(s); check-config --connect ends with {asked.returncode} after {asked_took:.0f} s: {answer.strip()}", "none", good
        yield "secrets in log, metrics, pages, check-config", f"{len(SECRETS)} looked for", ", ".join(sorted(shown)) or "none", not shown
