"""The lock pins by hash and names no download address, so that any index or mirror serves it."""

import re
from collections.abc import Iterator

from tools.lint.source import Violation

PINNED = re.compile(r"[A-Za-z0-9._-]+(\[[A-Za-z0-9,_-]+\])?==\S+( ;.*)? \\")


def check(path: str, text: str) -> Iterator[Violation]:
    for number, line in enumerate(text.splitlines(), start=1):
        if "://" in line or line.startswith(("--index", "--extra-index", "--find-links", "-f ", "-i ")):
            yield Violation(path, number, "lock", "a download address")
        elif line and not line.startswith(" ") and not PINNED.fullmatch(line):
            yield Violation(path, number, "lock", "not a pinned package with hashes")
