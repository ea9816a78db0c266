"""What a run cost: processor time of each process from the moment its work could begin to the last event."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import psutil

from kulant_devstack.supervisor import Supervisor

Spent = Mapping[str, float]
"""Processor seconds by process."""


@dataclass(slots=True)
class Costs:
    """What each run cost, by side."""

    runs: dict[str, list[Spent]] = field(default_factory=dict)

    def note(self, side: str, spent: Spent) -> None:
        """One run of the `floor` or of `kulant`."""
        self.runs.setdefault(side, []).append(spent)

    def strike(self) -> None:
        """The last run of each side does not count."""
        for runs in self.runs.values():
            runs.pop()

    def medians(self, side: str, count: int) -> dict[str, float]:
        """Milliseconds for one of `count` pieces of work, by process, the largest first.

        Processes that did next to nothing are left out.
        """
        runs = self.runs.get(side, [])
        names = {name for run in runs for name in run}
        found = {name: 1_000 * statistics.median(run.get(name, 0.0) for run in runs) / count for name in names}
        return {name: spent for name, spent in sorted(found.items(), key=lambda one: -one[1]) if spent >= 0.001}


class Meter:
    """Reads the processes of a supervisor twice and tells the difference."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._before: Spent = {}

    def begin(self) -> Self:
        """From here on."""
        self._before = self._read()
        return self

    def spent(self) -> Spent:
        """So far, by process; one that began meanwhile counts from its own begin."""
        return {name: seconds - self._before.get(name, 0.0) for name, seconds in self._read().items()}

    def _read(self) -> dict[str, float]:
        return {one.name: _seconds(one.pid) for one in self._supervisor.running()}


def _seconds(pid: int) -> float:
    """Of a process and of all that it began, also of what has ended (PostgreSQL has a process per connection)."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        return float(total + sum(_seconds(child.pid) for child in process.children()))
    except psutil.Error:
        return 0.0
