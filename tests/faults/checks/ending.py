"""Who is asked to end ends, whatever is broken around it, and nobody else does."""

from collections.abc import Iterator

from kulant_cli.judge import Violation
from kulant_cli.judge.story import Story
from tests.faults.checks.harmed import Harmed


def processes_end_in_order(_story: Story, harmed: Harmed) -> Iterator[Violation]:
    """Nobody has to be killed who was sent SIGTERM."""
    for name in harmed.stubborn:
        yield Violation("not_ended_in_order", f"{name} was sent SIGTERM and had to be killed")


def no_process_ends_by_itself(_story: Story, harmed: Harmed) -> Iterator[Violation]:
    """Servers that are away and ways that are cut are waited for."""
    for name in harmed.returned:
        yield Violation("ended_by_itself", f"{name} ended although nobody had asked it to")
