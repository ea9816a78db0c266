"""Breaks the engine's rules one small piece at a time and sees whether a test notices: `python -m tools.mutants`.

Tests are collected once; every mutant is a fork in which one function has other code, so that hundreds of them take
minutes. The sample is drawn with a seed and is therefore the same for everybody.
"""

import argparse
import ast
import copy
import importlib
import os
import random
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import pytest

DOMAIN = Path("services/dunning-engine/src/dunning_engine/domain")
TESTS = Path("services/dunning-engine/tests/unit/domain")
SLOW = ("test_lives.py", "test_evaluate_properties.py")
"""Left out: a mutant that only random lives find is worth a case of its own."""
SECONDS = 30
SURVIVED, KILLED = 0, 1
EXCHANGED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
OTHER_CALL = {"min": "max", "max": "min", "any": "all", "all": "any"}
Edit = Callable[[ast.AST], None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed piece of one function."""

    module: str
    function: str
    line: int
    what: str
    site: int

    def __str__(self) -> str:
        return f"{self.module}.py:{self.line} {self.function}: {self.what}"


def edits(node: ast.AST) -> Iterator[tuple[str, Edit]]:  # noqa: C901, PLR0912 (one line per kind of code)
    """The ways in which a piece of code can be a little wrong."""
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                if type(op) in EXCHANGED:
                    yield f"{_name(op)} becomes {EXCHANGED[type(op)].__name__}", _set_op(place)
        case ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in EXCHANGED:
            yield f"{_name(op)} becomes {EXCHANGED[type(op)].__name__}", _set_op(None)
        case ast.Constant(value=bool() as truth):
            yield f"{truth} becomes {not truth}", _set("value", not truth)
        case ast.Constant(value=int() as number):
            yield f"{number} becomes {number + 1}", _set("value", number + 1)
        case ast.Constant(value=str() as text) if text:
            yield f"{text!r} becomes another", _set("value", f"{text}?")
        case ast.Call(func=ast.Name(id=name)) if name in OTHER_CALL:
            yield f"{name} becomes {OTHER_CALL[name]}", _set("func", ast.Name(OTHER_CALL[name], ast.Load()))
        case ast.UnaryOp(op=ast.Not()):
            yield "not is left out", _double_not
        case ast.If() | ast.IfExp() | ast.comprehension(ifs=[_]):
            yield "the condition is turned round", _turn_round
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns None", _set("value", ast.Constant(None))
        case _:
            return


def mutants() -> list[Mutant]:
    """All mutants of all functions of the domain."""
    found = []
    for path in sorted(DOMAIN.glob("*.py")):
        for qualified, function in _functions(ast.parse(path.read_text(encoding="utf-8"))):
            for site, (line, what, _) in enumerate(_sites(function)):
                found.append(Mutant(path.stem, qualified, line, what, site))
    return found


def code_of(mutant: Mutant) -> CodeType:
    """The code of a mutant's function."""
    path = DOMAIN / f"{mutant.module}.py"
    tree = copy.deepcopy(ast.parse(path.read_text(encoding="utf-8")))
    function = dict(_functions(tree))[mutant.function]
    _, _, apply = list(_sites(function))[mutant.site]
    apply()
    module = compile(ast.fix_missing_locations(tree), str(path), "exec")
    return next(code for code in _codes(module) if code.co_qualname == mutant.function)


def plant(mutant: Mutant) -> None:
    """Give the function of this process the mutant's code."""
    module = importlib.import_module(f"dunning_engine.domain.{mutant.module}")
    owner, _, name = mutant.function.rpartition(".")
    holder = vars(getattr(module, owner))[name] if owner else getattr(module, name)
    function: FunctionType = getattr(holder, "fget", None) or getattr(holder, "__func__", None) or holder
    function.__code__ = code_of(mutant)


class Breaker:
    """Runs in place of pytest's loop over the tests: one fork per mutant, as many at a time as asked for."""

    def __init__(self, chosen: Sequence[Mutant], processes: int) -> None:
        self.chosen = chosen
        self.processes = processes
        self.survivors: list[Mutant] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try the code as it is, then every mutant."""
        if _fork(lambda: _first_failure(session.items)) != SURVIVED:
            raise pytest.UsageError("the tests fail without any mutant")
        running: dict[int, Mutant] = {}
        for number, mutant in enumerate(self.chosen, start=1):
            running[_start(lambda one=mutant: _try(one, session))] = mutant  # type: ignore[misc]
            if len(running) >= self.processes:
                self._reap(running)
            if number % 50 == 0:
                print(f"{number} tried, {len(self.survivors)} survived", flush=True)
        while running:
            self._reap(running)
        return True

    def _reap(self, running: dict[int, Mutant]) -> None:
        pid, status = os.wait()
        mutant = running.pop(pid)
        if os.waitstatus_to_exitcode(status) == SURVIVED:
            self.survivors.append(mutant)


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where at least as large a share of the sample was killed as asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--at-least", type=int, default=80, help="percent")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--only", help="name of one module")
    given = parser.parse_args(arguments)
    every = [one for one in mutants() if given.only in (None, one.module)]
    chosen = random.Random(given.seed).sample(every, min(given.count, len(every)))
    breaker = Breaker(chosen, given.processes)
    tests = [str(path) for path in sorted(TESTS.glob("test_*.py")) if path.name not in SLOW]
    code = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", *tests], plugins=[breaker])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(code)
    killed = len(chosen) - len(breaker.survivors)
    for mutant in sorted(breaker.survivors, key=str):
        print(f"survived: {mutant}")
    share = 100 * killed // len(chosen)
    print(f"{killed} of {len(chosen)} killed ({share} %), drawn from {len(every)} with seed {given.seed}")
    return 0 if 100 * killed >= given.at_least * len(chosen) else 1


def _try(mutant: Mutant, session: pytest.Session) -> int:
    plant(mutant)
    own = f"test_{mutant.module}.py"
    return _first_failure(sorted(session.items, key=lambda item: item.path.name != own))


def _first_failure(items: Sequence[pytest.Item]) -> int:
    """Calls the tests as plain functions: they are pure, and pytest's own care would take most of the time."""
    for item in items:
        arguments = item.callspec.params if hasattr(item, "callspec") else {}
        try:
            item.obj(**arguments)  # type: ignore[attr-defined]
        except Exception:  # noqa: BLE001 (whatever a broken rule raises, it was noticed)
            return KILLED
    return SURVIVED


def _start(task: Callable[[], int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    with open(os.devnull, "w", encoding="utf-8") as silence:  # noqa: PTH123 (a device)
        os.dup2(silence.fileno(), 1)
        os.dup2(silence.fileno(), 2)
    signal.alarm(SECONDS)  # a mutant that never ends is noticed, too
    try:
        os._exit(task())
    except BaseException:  # noqa: BLE001 (whatever a broken rule raises, it was noticed)
        os._exit(KILLED)


def _fork(task: Callable[[], int]) -> int:
    _, status = os.waitpid(_start(task), 0)
    return os.waitstatus_to_exitcode(status)


def _functions(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{part.name}", part) for part in node.body if isinstance(part, ast.FunctionDef))


def _sites(function: ast.FunctionDef) -> Iterator[tuple[int, str, Callable[[], None]]]:
    for statement in function.body[bool(ast.get_docstring(function)) :]:
        for node in ast.walk(_without_annotation(statement)):
            for what, edit in edits(node):
                yield getattr(node, "lineno", statement.lineno), what, lambda n=node, e=edit: e(n)  # type: ignore[misc]


def _without_annotation(statement: ast.stmt) -> ast.AST:
    """A local variable's annotation is never run."""
    return statement.value if isinstance(statement, ast.AnnAssign) and statement.value else statement


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _set(field: str, value: object) -> Edit:
    return lambda node: setattr(node, field, value)


def _set_op(place: int | None) -> Edit:
    def edit(node: ast.AST) -> None:
        if isinstance(node, ast.Compare) and place is not None:
            node.ops[place] = EXCHANGED[type(node.ops[place])]()
        elif isinstance(node, ast.BoolOp | ast.BinOp):
            node.op = EXCHANGED[type(node.op)]()

    return edit


def _turn_round(node: ast.AST) -> None:
    if isinstance(node, ast.comprehension):
        node.ifs = [ast.UnaryOp(ast.Not(), node.ifs[0])]
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)


def _double_not(node: ast.AST) -> None:
    assert isinstance(node, ast.UnaryOp)
    node.operand = ast.UnaryOp(ast.Not(), node.operand)


def _name(op: ast.AST) -> str:
    return type(op).__name__


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


if __name__ == "__main__":
    sys.exit(main())
