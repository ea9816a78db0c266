"""Marks tests by the folder they lie in, so that `-m "not integration"` needs no decorator in any file."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "integration" in item.path.parts:
            item.add_marker("integration")
