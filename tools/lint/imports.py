"""The rooms that may import next to nothing, as lists of what they may import.

import-linter holds the arrows between our packages; it can only forbid what it is told by name. These rooms are
closed the other way round: everything that is not on the list is refused.
"""

import ast
import sys
from collections.abc import Iterator

from tools.lint.source import Source, Violation

NO_INPUT_OUTPUT = {"asyncio", "logging", "os", "random", "socket", "sqlite3", "subprocess", "threading", "urllib"}


def check(source: Source) -> Iterator[Violation]:
    allowed = _allowed(source)
    if allowed is None:
        return
    for node in source.nodes:
        for name in _imported(node, source):
            top = name.split(".")[0]
            if any(name == one or name.startswith(f"{one}.") for one in allowed):
                continue
            if top in sys.stdlib_module_names and not (source.room == "domain" and top in NO_INPUT_OUTPUT):
                continue
            yield from source.violation("imports", node, f"{_place(source)} may not import {name}")


def _allowed(source: Source) -> set[str] | None:
    if source.package is None:
        return None
    if source.room == "domain" and source.path.startswith("services/"):
        return {f"{source.package}.domain"}
    if source.package == "kulant_contracts":
        return {"kulant_contracts", "pydantic", "pydantic_core", "typing_extensions"}
    if source.package == "kulant_cli" and (source.room == "judge" or source.path.endswith("/kulant_cli/judge.py")):
        return {"kulant_cli.judge", "kulant_contracts"}
    return None


def _imported(node: ast.AST, source: Source) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (name.name for name in names)
        case ast.ImportFrom(module=module, names=names, level=0) if module is not None:
            yield from (f"{module}.{name.name}" for name in names) if module == source.package else (module,)
        case ast.ImportFrom(module=module, level=level):
            folder = source.path.split("/src/")[1].split("/")[:-level]
            yield ".".join([*folder, *([module] if module else [])])


def _place(source: Source) -> str:
    return f"{source.package}.{source.room}" if source.room else str(source.package)
