"""`now` is an argument everywhere; one module asks the machine for the time."""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation

ASKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
OWNER = "libs/chassis/src/kulant_chassis/clock.py"


def check(source: Source) -> Iterator[Violation]:
    if source.package is None or source.path == OWNER:
        return
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=left) | ast.Attribute(attr=left), attr=right):
                if (left, right) in ASKS:
                    yield from source.violation(
                        "clock", node, f"{left}.{right}: take `now` as an argument, or ask kulant_chassis.clock"
                    )
            case ast.ImportFrom(module="time", names=names):
                if {name.name for name in names} & {"time", "time_ns"}:
                    yield from source.violation("clock", node, "time.time imported by name: see kulant_chassis.clock")
