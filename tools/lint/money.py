"""Money is exact: no float comes near a domain, the wire's money or the judge of a run.

What is named `..._seconds` is machine time and may be one.
"""

import ast
from collections.abc import Iterator

from tools.lint.source import Source, Violation

WIRE = "libs/contracts/src/kulant_contracts/money.py"


def check(source: Source) -> Iterator[Violation]:
    if source.package is None or not (source.room in {"domain", "judge"} or source.path == WIRE):
        return
    seconds = {
        annotation
        for node in source.nodes
        if isinstance(node, ast.arg | ast.AnnAssign) and isinstance(annotation := node.annotation, ast.Name)
        if (node.arg if isinstance(node, ast.arg) else ast.unparse(node.target)).endswith("_seconds")
    }
    for node in source.nodes:
        match node:
            case ast.Name(id="float") if node not in seconds:
                yield from source.violation("float", node, "no float: use minor units (int), Decimal or Fraction")
            case ast.Constant(value=float()):
                yield from source.violation("float", node, "a float literal: use minor units, Decimal or Fraction")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield from source.violation("float", node, "`/` makes floats of ints: use `//`, divmod or Fraction")
