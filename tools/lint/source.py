"""One Python file as the rules see it: its place in the tree, its syntax tree, its escape comments."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ESCAPE = re.compile(r"#\s*lint-allow (?P<rule>[a-z]+):\s*\S")


@dataclass(frozen=True)
class Violation:
    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.text}"


@dataclass(frozen=True)
class Source:
    """`path` is relative to the repository, with forward slashes."""

    path: str
    text: str

    @classmethod
    def read(cls, root: Path, file: Path) -> "Source":
        return cls(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    @property
    def package(self) -> str | None:
        """The import package that a file below `src/` belongs to."""
        parts = self.path.split("/")
        return parts[parts.index("src") + 1] if "src" in parts[:-2] else None

    @property
    def room(self) -> str | None:
        """The first folder inside the package: `domain`, `usecases`, `judge`; none for a module at its top."""
        parts = self.path.split("/")
        inside = parts[parts.index("src") + 2 :] if "src" in parts[:-2] else []
        return inside[0] if len(inside) > 1 else None

    def is_allowed(self, rule: str, line: int) -> bool:
        """`# lint-allow <rule>: <reason>` on the line itself or on the one above; without a reason it is none."""
        for text in self.lines[max(0, line - 2) : line]:
            found = ESCAPE.search(text)
            if found is not None and found["rule"] == rule:
                return True
        return False

    def violation(self, rule: str, node: ast.AST, text: str) -> Iterator[Violation]:
        line: int = getattr(node, "lineno", 1)
        if not self.is_allowed(rule, line):
            yield Violation(self.path, line, rule, text)
