"""`python -m tests.faults --break NAME`: the system without one of its guards, in the story that needs it."""

import asyncio
import json
import secrets
import sys
from collections.abc import Sequence

from kulant_cli.judge import Evidence, Violation, read_story
from kulant_cli.stack import Stack
from tests.faults.broken.scenes import BREAKS
from tests.faults.closing import closing
from tests.integration.story import Story
from tests.integration.timeline import timeline
from tests.passing_system import IMPATIENT, passing_system


def play(name: str, seed: int) -> int:
    """1 if what is missing was found by its name, as it has to be; 0 or 2: nothing here proves anything."""
    with passing_system("kulant-faults-", split=True, environment=IMPATIENT) as stack:
        _say(stack.info.line)
        violations, evidence = asyncio.run(_played(stack, name))
    for violation in violations:
        _say(f"VIOLATION (without {name}) {violation}")
    wanted = BREAKS[name].found
    code = exit_code(wanted, violations)
    _say(f"{wanted} was {'found, as it has to be' if code == 1 else 'NOT found'}")
    if violations:
        _say(timeline(evidence.records))
    print(json.dumps(closing(read_story(evidence), violations, seed)), flush=True)
    return code


def exit_code(wanted: str, found: Sequence[Violation]) -> int:
    """1 for the violation that is wanted, 2 for others alone, 0 for none."""
    if any(one.check == wanted for one in found):
        return 1
    return 2 if found else 0


async def _played(stack: Stack, name: str) -> tuple[list[Violation], Evidence]:
    async with Story(stack, f"faults-{secrets.token_hex(3)}") as story:
        return await BREAKS[name].play(story, False), await story.evidence()


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
