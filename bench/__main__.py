"""`make bench`: each benchmark beside its floor. Exit code 3 where others used too much of the machine to measure."""

import argparse
import itertools
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.answer import answer
from bench.decide import decide
from bench.ground import Ground
from bench.page import PAGE, page
from bench.profiled import areas
from bench.register import register
from bench.remind import SENDER, remind
from bench.runs import WANTED, Bench, Outcome, measure, report


@dataclass(frozen=True, slots=True)
class _Kind:
    """A benchmark, its usual size, its ground, and the process that does its work with the size of a profile of it.

    Before every run databases are copied: a ground is shared by those that add little to what the other has to copy.
    They stand next to one another below.
    """

    make: Callable[[Ground, int], Bench]
    count: int
    ground: str
    worker: str | None = None
    profiled: int = 0


BENCHES: Mapping[str, _Kind] = {
    "decide": _Kind(decide, 100_000, "pipelines", "engine.consume", 5_000),
    "register": _Kind(register, 100_000, "pipelines", "invoices.consume", 5_000),
    "remind": _Kind(remind, 10_000, "reminders", SENDER.name, 500),
    "answer": _Kind(answer, 300, "reminders"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES), help="this one alone")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--percent", type=int, default=100, help="of the usual number of events (100)")
    parser.add_argument("--runs", type=int, default=WANTED, help=f"runs that must count ({WANTED})")
    parser.add_argument("--write", action="store_true", help="profile the workers too, and write docs/performance.md")
    options = parser.parse_args(arguments)
    wanted = {name: kind for name, kind in BENCHES.items() if options.only in (None, name)}
    measured: list[tuple[Bench, Outcome]] = []
    profiles: dict[str, Mapping[str, float]] = {}
    line, is_measurable = "", True
    for _, group in itertools.groupby(wanted.items(), key=lambda one: one[1].ground):
        with Ground() as ground:
            line = ground.servers.line
            _to_stderr(line)
            for name, kind in group:
                bench = kind.make(ground, max(kind.count * options.percent // 100, 1))
                outcome = measure(bench, wanted=options.runs, tell=_to_stderr)
                measured.append((bench, outcome))
                is_measurable &= _tell(bench, outcome, is_json=options.json, enough=options.runs)
                if options.write and (found := _profile(ground, kind)):
                    profiles[name] = found
    if options.write:
        PAGE.write_text(page(line, measured, profiles))
    return 0 if is_measurable else 3


def _to_stderr(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _profile(ground: Ground, kind: _Kind) -> Mapping[str, float]:
    """Who used the worker's time, in a run of its own that is not measured."""
    if kind.worker is None:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        ground.profiles = Path(folder)
        try:
            kind.make(ground, kind.profiled).kulant(0)
            return areas(Path(folder) / kind.worker)
        finally:
            ground.profiles = None


def _tell(bench: Bench, outcome: Outcome, *, is_json: bool, enough: int) -> bool:
    if len(outcome.runs) < min(enough, 3):
        print(f"{bench.name}: not measurable: others used the machine in {outcome.void} runs")
        return False
    told = report(bench, outcome)
    if is_json:
        print(json.dumps(told), flush=True)
    else:
        floor = f", floor {told['floor']}, ratio {told['ratio']}" if told["floor"] else ""
        print(f"{bench.name}: {told['value']} {bench.unit}{floor} ({len(outcome.runs)} runs, {outcome.void} void)")
    return True


if __name__ == "__main__":
    sys.exit(main())
