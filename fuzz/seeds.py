"""Between the folder of files that libFuzzer works on (corpus/TARGET) and the seeds that the repository keeps (seeds/TARGET.txt).

    fuzz/seeds.py pack TARGET      the smallest files of corpus/TARGET into seeds/TARGET.txt, as many as fit
    fuzz/seeds.py unpack TARGET    the other way

A line is a file: its bytes as in a byte string of Rust, so that a difference can be read.
"""

import hashlib
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
# Of a target's seeds, escaped. What the tests replay takes its time, and what a repository holds it holds for ever.
MAX_BYTES = 32_000


def escaped(data: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte != 92 else "\\\\" if byte == 92 else f"\\x{byte:02x}" for byte in data)


def unescaped(line: str) -> bytes:
    return re.sub(rb"\\(\\|x..)", lambda found: b"\\" if found[1] == b"\\" else bytes([int(found[1][1:], 16)]), line.encode("ascii"))


def pack(target: str):
    """What is there stays."""
    file = HERE / "seeds" / f"{target}.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    n_bytes = sum(map(len, lines))
    for found in sorted((escaped(path.read_bytes()) for path in (HERE / "corpus" / target).iterdir()), key=len):
        if found and found not in lines and n_bytes + len(found) <= MAX_BYTES:
            lines.append(found)
            n_bytes += len(found)
    file.write_text("".join(line + "\n" for line in lines))
    print(f"{file.name}: {len(lines)} seeds")


def unpack(target: str):
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    file = HERE / "seeds" / f"{target}.txt"
    for line in file.read_text().splitlines() if file.exists() else []:
        data = unescaped(line)
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    {"pack": pack, "unpack": unpack}[sys.argv[1]](sys.argv[2])
