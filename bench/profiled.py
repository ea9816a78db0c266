"""A service below Python's profiler, by processor time: `python -m bench.profiled FILE PACKAGE ROLE…`; who did what."""

import cProfile
import importlib
import pstats
import re
import runpy
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

_OURS = re.compile(r"/src/(?:kulant_(\w+)/|(\w+)/(\w+))")
_LIBRARY = re.compile(r"/site-packages/([^/]+?)(?:\.\w+)?/")


def areas(file: Path) -> Mapping[str, float]:
    """Share of the time by room of a service, by our libraries, by others'; what is built in counts for its caller."""
    found: Counter[str] = Counter()
    for (place, _, _), (_, _, own, _, callers) in pstats.Stats(str(file)).stats.items():  # type: ignore[attr-defined]
        if place != "~" or not callers:
            found[_area(place)] += own
            continue
        for (caller, _, _), (_, _, part, _) in callers.items():
            found[_area(caller)] += part
    whole = sum(found.values())
    return {area: seconds / whole for area, seconds in found.most_common()}


def _area(place: str) -> str:
    if library := _LIBRARY.search(place):
        return library[1]
    if ours := _OURS.search(place):
        return f"our {ours[1]}" if ours[1] else f"{ours[2]}/{ours[3]}"
    return "standard library"


def main(file: str, package: str, *roles: str) -> None:
    """Imports first, for they are not the work; the profile is written when the service has ended."""
    importlib.import_module(f"{package}.main")
    sys.argv = [package, *roles]
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    try:
        runpy.run_module(package, run_name="__main__", alter_sys=True)
    finally:
        profile.disable()
        profile.dump_stats(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
