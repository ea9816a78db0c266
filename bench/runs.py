"""Floor and Kulant in turn, until five runs count; what is reported is the median of the runs' ratios."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import psutil

from bench.cpu import foreign_cpu
from bench.usage import Costs

WANTED = 5
TRIES = 10
ENOUGH = 3
FOREIGN_SHARE = 0.05

Run = Callable[[int], float]
"""Does the work once, by its number, and returns the figure: the more the better, unless the unit is a time."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One benchmark over `count` events a run.

    `floor` is the least work that the machine needs for the same effect, None where there is none.
    """

    name: str
    unit: str
    count: int
    kulant: Run
    floor: Run | None = None
    costs: Costs = field(default_factory=Costs)


@dataclass(slots=True)
class Outcome:
    """The runs that count, and how many did not because others used the machine."""

    runs: list[dict[str, float | None]] = field(default_factory=list)
    void: int = 0

    @property
    def is_measurable(self) -> bool:
        """Do enough runs count?"""
        return len(self.runs) >= ENOUGH


def measure(bench: Bench, *, wanted: int = WANTED, tell: Callable[[str], None]) -> Outcome:
    """Alternate until enough runs count, or the tries are used up; `tell` hears of each."""
    outcome = Outcome()
    for number in range(1, TRIES + 1):
        if len(outcome.runs) >= wanted:
            break
        began = time.monotonic()
        with foreign_cpu() as foreign:
            floor = bench.floor(number) if bench.floor is not None else None
            value = bench.kulant(number)
        seconds = time.monotonic() - began
        is_void = foreign.seconds > FOREIGN_SHARE * seconds * (psutil.cpu_count() or 1)
        run = {"value": value, "floor": floor, "foreign_cpu_s": round(foreign.seconds, 2)}
        tell(_in_words(bench, run, number, seconds, is_void=is_void))
        if is_void:
            outcome.void += 1
            bench.costs.strike()
        else:
            outcome.runs.append(run)
    return outcome


def _in_words(bench: Bench, run: Mapping[str, float | None], number: int, seconds: float, *, is_void: bool) -> str:
    floor = f", floor {run['floor']:.0f}" if run["floor"] is not None else ""
    processes = ", ".join(f"{name} {spent:.1f}" for name, spent in bench.costs.runs["kulant"][-1].items())
    return (
        f"{bench.name} {number}{' (void)' if is_void else ''}: {run['value']:.0f} {bench.unit}{floor}; {seconds:.0f} s;"
        f" seconds of processor: others {run['foreign_cpu_s']}, {processes}"
    )


def report(bench: Bench, outcome: Outcome) -> dict[str, object]:
    """The line that is printed: contract of `make bench`."""
    values = [run["value"] for run in outcome.runs if run["value"] is not None]
    floors = [run["floor"] for run in outcome.runs if run["floor"] is not None]
    ratios = [run["value"] / run["floor"] for run in outcome.runs if run["value"] and run["floor"]]
    return {
        "name": bench.name,
        "value": round(statistics.median(values), 2),
        "unit": bench.unit,
        "floor": round(statistics.median(floors), 2) if floors else None,
        "ratio": round(statistics.median(ratios), 3) if ratios else None,
        "runs": outcome.runs,
    }
