"""Money is exact: no float comes near a domain, the wire's money or the judge of a run."""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation

WIRE = "libs/contracts/src/kulant_contracts/money.py"


def check(source: Source) -> Iterator[Violation]:
    if source.package is None or not (source.room in {"domain", "judge"} or source.path == WIRE):
        return
    for node in source.nodes:
        match node:
            case ast.Name(id="float"):
                yield from source.violation("float", node, "no float: use minor units (int), Decimal or Fraction")
            case ast.Constant(value=float()):
                yield from source.violation("float", node, "a float literal: use minor units, Decimal or Fraction")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield from source.violation("float", node, "`/` makes floats of ints: use `//`, divmod or Fraction")
