"""One whole system for all stories: real Kafka, real PostgreSQL, every service a process (some of them split by role).

A story has a tenant of its own, so it sees nothing of the others; one that breaks a process mends it at its end.
"""

import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from itertools import count
from pathlib import Path

import pytest

from kulant_cli.stack import Stack
from tests.integration.span_catcher import SpanCatcher
from tests.integration.story import Story
from tests.integration.timeline import timeline

LAYOUT = {
    "invoice-service": [("api", "relay", "timers"), ("consume",)],
    "dunning-engine": [("api", "relay", "timers"), ("consume",)],
    "notifier": [("api", "consume", "relay"), ("send",)],
    "feedback-service": [("api", "consume"), ("relay",)],
}
ENVIRONMENT = {
    f"KULANT_{service}_{name}": value
    for service in ("INVOICE_SERVICE", "DUNNING_ENGINE", "NOTIFIER", "FEEDBACK_SERVICE")
    for name, value in {"SESSION_TIMEOUT_MS": "6000", "LEASE_SECONDS": "2", "TRACE_RATIO": "0"}.items()
}
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
    folder = Path(tempfile.mkdtemp(prefix="kulant-stories-"))
    told = {**ENVIRONMENT, "OTEL_EXPORTER_OTLP_ENDPOINT": caught.url}
    stack = Stack(folder, layout=LAYOUT, environment=told, waits_for_disk=False)
    try:
        stack.start()
        reporter = request.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(stack.info.line)
        yield stack
    finally:
        stack.stop()
        stack.servers.remove()
        shutil.rmtree(folder, ignore_errors=True)


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
