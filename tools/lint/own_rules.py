"""Runs our own rules over the files that git knows or would add: `python -m tools.lint.own_rules`."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lint import cancel, clock, commit, imports, lockfile, money, names, producer
from tools.lint.source import Source, Violation

ROOT = Path(__file__).resolve().parents[2]
RULES = (cancel.check, clock.check, commit.check, money.check, producer.check, imports.check, names.check)


def listed(root: Path) -> list[str]:
    """Every path of the repository that is not ignored; without git, every path of the tree's own folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    told = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if told.returncode == 0:
        return sorted(path for path in told.stdout.splitlines() if (root / path).is_file())
    folders = ("libs", "services", "tests", "tools", "docs", "examples", "bench")
    files = (file for folder in folders for file in (root / folder).rglob("*") if file.is_file())
    return sorted(file.relative_to(root).as_posix() for file in files if "__pycache__" not in file.parts)


def violations(root: Path) -> Iterator[Violation]:
    for path in listed(root):
        yield from names.check_path(path)
        if path == "requirements.lock":
            yield from lockfile.check(path, (root / path).read_text(encoding="utf-8"))
        if not path.endswith(".py"):
            continue
        source = Source.read(root, root / path)
        for rule in RULES:
            yield from rule(source)


def main() -> int:
    found = list(violations(ROOT))
    for violation in found:
        print(violation)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
