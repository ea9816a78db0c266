"""Reads policy files; whatever is wrong with one is said in words, with its line."""

from collections.abc import Hashable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from dunning_engine.domain.policy import Policy
from dunning_engine.policyfile.model import PolicyFile

STANDARD_FILE = "standard.yaml"


class PolicyUnreadable(Exception):
    """A policy file says something that it must not; one sentence per fault, each with file and line."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)


@cache
def standard() -> Policy:
    """The policy that comes with this service."""
    text = files("dunning_engine.policyfile").joinpath(STANDARD_FILE).read_text(encoding="utf-8")
    return read(text, STANDARD_FILE)


def policies(directory: Path | None) -> tuple[Policy, ...]:
    """All policies of a folder, in order of their names; the standard one first, or the folder's of that code.

    Raises PolicyUnreadable for the faults of all of its files together.
    """
    found: dict[str, tuple[Policy, Path]] = {}
    faults: list[str] = []
    for path in sorted(directory.glob("*.yaml")) if directory is not None else ():
        try:
            policy = read(path.read_text(encoding="utf-8"), path.name)
        except PolicyUnreadable as unreadable:
            faults += unreadable.faults
            continue
        if policy.code in found:
            faults.append(f"{path.name}: {found[policy.code][1].name} has the code {policy.code} already")
        found[policy.code] = (policy, path)
    if faults:
        raise PolicyUnreadable(faults)
    own = {code: policy for code, (policy, _) in found.items()}
    first = own.pop(standard().code, standard())
    return first, *own.values()


def read(text: str, name: str) -> Policy:
    """The policy that a file's text says. Raises PolicyUnreadable."""
    try:
        loader = yaml.SafeLoader(text)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise PolicyUnreadable([f"{name}:{line}: this is no YAML: {error.reason}"]) from error
    try:
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise PolicyUnreadable([f"{name}:1: a policy is a list of names and values"])
        twice = list(_twice(root))
        if twice:
            raise PolicyUnreadable([f"{name}:{line}: {key} is said twice" for key, line in twice])
        told = loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyUnreadable([f"{name}:{line}: this is no YAML: {error.problem}"]) from error
    finally:
        loader.dispose()
    try:
        return PolicyFile.model_validate(told).to_domain()
    except ValidationError as error:
        raise PolicyUnreadable([_fault(name, root, fault) for fault in error.errors()]) from error


def _fault(name: str, root: yaml.Node, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].removeprefix("Value error, ")
    return f"{name}:{_line_of(root, fault['loc'])}: {where + ': ' if where else ''}{said}"


def _line_of(node: yaml.Node, location: Sequence[int | str]) -> int:
    """The line of what a location names, or of the innermost part around it that is there."""
    line: int = node.start_mark.line + 1
    for part in location:
        inner = _part_of(node, part)
        if inner is None:
            break
        node, line = inner
    return line


def _part_of(node: yaml.Node, part: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        return next(((value, key.start_mark.line + 1) for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part].start_mark.line + 1
    return None


def _twice(node: yaml.Node) -> list[tuple[Hashable, int]]:
    """Names that a mapping has twice: YAML would silently take the last."""
    found: list[tuple[Hashable, int]] = []
    children = node.value if isinstance(node, yaml.SequenceNode) else []
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                found.append((key.value, key.start_mark.line + 1))
            seen.add(key.value)
        children = [value for _, value in node.value]
    for child in children:
        found += _twice(child)
    return found
