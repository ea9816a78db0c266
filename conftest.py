"""What holds for all tests: marks by the folder they lie in, and logs that no test redirects for the next one."""

import gc
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

settings.register_profile("kulant", deadline=None)  # how long one example takes depends on who else uses the machine
settings.load_profile("kulant")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m integration` needs no decorator in any file."""
    for item in items:
        if "integration" in item.path.parts:
            item.add_marker("integration")


def pytest_collection_finish() -> None:
    """What was collected lives until the end: the collector of garbage need not walk through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """A test that sets logging up under its own captured stream would leave a closed one to all that follow."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
