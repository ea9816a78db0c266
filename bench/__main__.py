"""`make bench`: each benchmark beside its floor. Exit code 3 where others used too much of the machine to measure."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence

from bench.decide import decide
from bench.ground import Ground
from bench.register import register
from bench.runs import WANTED, Bench, Outcome, measure, report

BENCHES: Mapping[str, tuple[Callable[[Ground, int], Bench], int]] = {
    "decide": (decide, 100_000),
    "register": (register, 100_000),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(BENCHES), help="this one alone")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--count", type=int, help="so many events instead of the usual number")
    parser.add_argument("--runs", type=int, default=WANTED, help=f"runs that must count ({WANTED})")
    options = parser.parse_args(arguments)
    is_measurable = True
    with Ground() as ground:
        print(ground.servers.line, file=sys.stderr)
        for name, (make, count) in BENCHES.items():
            if options.only not in (None, name):
                continue
            bench = make(ground, options.count or count)
            outcome = measure(bench, wanted=options.runs)
            is_measurable &= _tell(bench, outcome, is_json=options.json, enough=options.runs)
    return 0 if is_measurable else 3


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
