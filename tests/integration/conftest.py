"""One whole system for all stories: real Kafka, real PostgreSQL, every service a process (some of them split by role).

A story has a tenant of its own, so it sees nothing of the others; one that breaks a process mends it at its end.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from itertools import count

import pytest

from kulant_cli.stack import Stack
from tests.integration.span_catcher import SpanCatcher
from tests.integration.story import Story
from tests.integration.timeline import timeline
from tests.passing_system import IMPATIENT, passing_system

_numbers = count(1)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A story that fails tells what happened to its customers, and the seed where chance has a part in it."""
    report = yield
    told = getattr(item, "funcargs", {}).get("story")
    if report.failed and isinstance(told, Story):
        params = getattr(getattr(item, "callspec", None), "params", {})
        seed = params.get("seed", "none, nothing in it is left to chance")
        report.sections.append((f"{told.tenant}, seed: {seed}", timeline(told.listener.records)))
    return report


@pytest.fixture(scope="session")
def caught() -> Iterator[SpanCatcher]:
    """Where the system's spans go."""
    catcher = SpanCatcher()
    catcher.start()
    yield catcher
    catcher.stop()


@pytest.fixture(scope="session")
def system(request: pytest.FixtureRequest, caught: SpanCatcher) -> Iterator[Stack]:
    """The running system; a story that stops or kills a process starts it again."""
    told = {**IMPATIENT, "OTEL_EXPORTER_OTLP_ENDPOINT": caught.url}
    with passing_system("kulant-stories-", split=True, environment=told) as stack:
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(stack.info.line)
        yield stack


@pytest.fixture
async def story(system: Stack) -> AsyncIterator[Story]:
    """A tenant of this story's own, its clock on a Monday morning, with one creditor and no customer yet."""
    usual = {name for name in system.processes if system.servers.supervisor.is_running(name)}
    async with Story(system, f"story-{next(_numbers)}") as told:
        yield told
    for name in system.processes:
        is_running = system.servers.supervisor.is_running(name)
        if name in usual and not is_running:
            system.start_process(name)
        if name not in usual and is_running:
            system.stop_process(name)
