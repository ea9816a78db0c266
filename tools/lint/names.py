"""Files have a size that one can hold in mind and a name that says what is inside."""

import ast
import re
from collections.abc import Iterator

from tools.lint.source import Source, Violation

MOST_LINES = 500
MOST_FUNCTION_LINES = 50
DRAWERS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
PYTHON_NAME = re.compile(r"[a-z0-9_]+\.py")
Function = ast.FunctionDef | ast.AsyncFunctionDef
OTHER_NAME = re.compile(r"[A-Za-z0-9._-]+")


def check(source: Source) -> Iterator[Violation]:
    if len(source.lines) > MOST_LINES and not source.is_allowed("size", 2):
        yield Violation(
            source.path, MOST_LINES, "size", f"{len(source.lines)} lines; a file ends before {MOST_LINES}: split it"
        )
    for node in source.nodes if source.package else ():
        if isinstance(node, Function) and (lines := _lines_of(node)) > MOST_FUNCTION_LINES:
            yield from source.violation("size", node, f"{node.name} has {lines} lines; aim at 40: split it")


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Functions inside count for themselves: one that only gathers routes is as long as what is between them."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    return lines - sum(_lines_of(inner) for inner in function.body if isinstance(inner, Function))


def check_path(path: str) -> Iterator[Violation]:
    """A tracked path: no drawers, no spaces, Python modules in snake_case."""
    *folders, name = path.split("/")
    stem = name.split(".")[0]
    if {stem, *folders} & DRAWERS:
        yield Violation(path, 1, "names", "a drawer for anything; name it after what it is for")
    if name.endswith(".py") and not PYTHON_NAME.fullmatch(name):
        yield Violation(path, 1, "names", "Python files are named in snake_case")
    if not all(OTHER_NAME.fullmatch(part) for part in (*folders, name)):
        yield Violation(path, 1, "names", "letters, digits, `.`, `_` and `-` only")
