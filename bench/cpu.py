"""How much of the machine others used while a run was measured: a run beside a busy neighbour says nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

SAMPLE_SECONDS = 0.25
_BUSY = ("user", "nice", "system", "irq", "softirq", "steal")


@dataclass(slots=True)
class Foreign:
    """Processor seconds that neither this process nor any below it used; set when the block ends."""

    seconds: float = 0.0


class _Own:
    """Processor seconds of this process and all below it, also of those that end meanwhile."""

    def __init__(self) -> None:
        self._seen: dict[tuple[int, float], float] = {}

    def look(self) -> None:
        me = psutil.Process()
        for process in [me, *me.children(recursive=True)]:
            try:
                times = process.cpu_times()
                self._seen[process.pid, process.create_time()] = times.user + times.system
            except psutil.Error:
                continue

    @property
    def seconds(self) -> float:
        return sum(self._seen.values())


@contextmanager
def foreign_cpu() -> Iterator[Foreign]:
    """Measures what others used while the block runs."""
    found = Foreign()
    own = _Own()
    own.look()
    own_before, busy_before = own.seconds, _busy_seconds()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(SAMPLE_SECONDS):
            own.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        over.set()
        watcher.join()
        own.look()
        used = own.seconds - own_before
        found.seconds = max(_busy_seconds() - busy_before - used, 0.0)


def _busy_seconds() -> float:
    times = psutil.cpu_times()
    return float(sum(getattr(times, name, 0.0) for name in _BUSY))
