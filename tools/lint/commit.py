"""Whoever opens the unit of work ends it: use cases, stores and handlers never commit."""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation

OWNERS = {
    f"libs/chassis/src/kulant_chassis/{name}.py" for name in ("transaction", "database", "consumer", "batch", "timers")
}


def check(source: Source) -> Iterator[Violation]:
    if source.package is None or source.path in OWNERS:
        return
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="commit")):
                yield from source.violation("commit", node, "the opener of the transaction commits, nobody else")
