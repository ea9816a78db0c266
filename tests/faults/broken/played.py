"""`python -m tests.faults --break NAME`: the system without one of its guards, in the story that needs it."""

import asyncio
import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kulant_cli.judge import Evidence, Violation, read_story
from kulant_cli.judge.counting import count
from kulant_cli.stack import Stack
from tests.faults.broken.scenes import BREAKS
from tests.faults.fleet import ENVIRONMENT, LAYOUT
from tests.integration.story import Story
from tests.integration.timeline import timeline


def play(name: str, seed: int) -> int:
    """1 if what is missing was found by its name, as it has to be; 0 or 2: nothing here proves anything."""
    folder = Path(tempfile.mkdtemp(prefix="kulant-faults-"))
    stack = Stack(folder, layout=LAYOUT, environment=ENVIRONMENT, waits_for_disk=False)
    try:
        _say(stack.start().line)
        violations, evidence = asyncio.run(_played(stack, name))
    finally:
        stack.stop()
        stack.servers.remove()
        shutil.rmtree(folder, ignore_errors=True)
    for violation in violations:
        _say(f"VIOLATION (without {name}) {violation}")
    wanted = BREAKS[name].found
    code = exit_code(wanted, violations)
    _say(f"{wanted} was {'found, as it has to be' if code == 1 else 'NOT found'}")
    if violations:
        _say(timeline(evidence.records))
    story = read_story(evidence)
    counts = count(story)
    outcome = {
        "ok": not violations,
        "violations": [str(one) for one in violations],
        "kills": {},
        "facts": counts.facts,
        "mails": len(story.letters),
        "unknown": counts.unknown,
        "max_lag_s": 0.0,
        "seed": seed,
    }
    print(json.dumps(outcome), flush=True)
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
