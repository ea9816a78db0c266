"""A cancelled task ends: Python 3.11's `asyncio.wait_for` forgets a cancellation that meets its result.

`async with asyncio.timeout(...)` does the same work and keeps it.
"""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation


def check(source: Source) -> Iterator[Violation]:
    if source.package is None:
        return
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="asyncio"), attr="wait_for"):
                yield from source.violation(
                    "cancel", node, "asyncio.wait_for may swallow a cancellation: use asyncio.timeout"
                )
