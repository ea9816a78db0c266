"""The mutation runner changes one piece at a time, and what it plants runs."""

import ast

import pytest

from tools.mutants import code_of, edits, mutants


@pytest.mark.parametrize(
    ("code", "becomes"),
    [
        ("a < b", ["a <= b"]),
        ("a == b", ["a != b"]),
        ("a and b", ["a or b"]),
        ("a + b", ["a - b"]),
        ("not a", ["not (not a)", "not not a"]),
        ("min(a)", ["max(a)"]),
        ("7", ["8"]),
        ("True", ["False"]),
        ("'x'", ["'x?'"]),
        ("a if b else c", ["a if not b else c"]),
    ],
)
def test_a_piece_of_code_is_changed_a_little(code: str, becomes: list[str]) -> None:
    tree = ast.parse(code, mode="eval")
    ((_, change),) = edits(tree.body)

    change(tree.body)

    assert ast.unparse(ast.fix_missing_locations(tree)) in becomes


def test_every_mutant_has_code_that_compiles() -> None:
    found = mutants()

    assert len(found) > 600
    for mutant in found[::40]:
        assert code_of(mutant).co_qualname == mutant.function
