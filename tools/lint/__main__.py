"""Everything that `make lint` checks, two at a time, with one line per check and the output of those that fail."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Check:
    name: str
    commands: Sequence[Sequence[str | Path]]


def packages() -> list[Path]:
    return sorted(file.parent for pattern in ("libs", "services") for file in ROOT.glob(f"{pattern}/*/pyproject.toml"))


def checks() -> list[Check]:
    python = sys.executable
    return [
        Check("types", type_checks()),
        Check("format", [[BIN / "ruff", "format", "--check", "--quiet", "--output-format=concise", "."]]),
        Check("style", [[BIN / "ruff", "check", "--quiet", "--output-format=concise", "."]]),
        Check("imports", [[BIN / "lint-imports", "--no-logo", "--no-cache"]]),
        Check("own rules", [[python, "-m", "tools.lint.own_rules"]]),
        Check("spelling", [[BIN / "codespell"]]),
    ]


def type_checks() -> list[list[str | Path]]:
    """Sources in one go, strictly; then tests, those of each service from its own folder.

    `services/dunning-engine` is no Python name, so modules below it are known by their place in `tests/`; and two
    modules of one name cannot be looked at together.
    """
    mypy: list[str | Path] = [BIN / "mypy", "--no-error-summary"]
    tests = [tests for folder in (*packages(), ROOT) if any((tests := folder / "tests").rglob("*.py"))]
    apart = [folder for folder in tests if "services" in folder.relative_to(ROOT).parts]
    return [
        [*mypy, *(folder / "src" for folder in packages()), "tools", "conftest.py"],
        [*mypy, *(folder for folder in tests if folder not in apart)],
        *(["env", f"MYPYPATH={folder}", *mypy, folder] for folder in apart),
    ]


def run(check: Check) -> tuple[bool, str]:
    """Did all of its commands succeed, and the text to print."""
    started = time.monotonic()
    output = []
    for command in check.commands:
        environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            output.append(f"{done.stdout}{done.stderr}".strip() or f"exit code {done.returncode}")
    line = f"{'FAILED' if output else 'ok    '} {check.name:<10} {time.monotonic() - started:5.1f} s"
    return not output, "\n".join([line, *output])


def main() -> int:
    succeeded = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in as_completed([pool.submit(run, check) for check in checks()]):
            well, text = done.result()
            print(text, flush=True)
            succeeded.append(well)
    return 0 if all(succeeded) else 1


if __name__ == "__main__":
    sys.exit(main())
