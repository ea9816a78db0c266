"""`python -m tests.faults`: breaks the running system again and again, and says whether it kept its promises.

The last line on stdout is one JSON object; everything else goes to stderr. The exit code is 1 with violations.
"""

import argparse
import asyncio
import json
import logging
import secrets
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kulant_cli.judge import Violation, read_story
from kulant_cli.judge.story import Story
from tests.faults import harms
from tests.faults.broken.played import play
from tests.faults.broken.scenes import BREAKS
from tests.faults.checks import violations
from tests.faults.checks.harmed import Harmed
from tests.faults.checks.window import longest
from tests.faults.closing import closing
from tests.faults.fleet import Fleet, told_ports
from tests.faults.harmer import Harmer
from tests.faults.load import Load, Played
from tests.faults.sizes import size_for
from tests.faults.timeline import concerned, timeline
from tests.passing_system import IMPATIENT, passing_system

STORIES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run with what was found."""

    story: Story
    played: Played
    harmed: Harmed
    violations: tuple[Violation, ...]
    seed: int


def main(words: Sequence[str]) -> int:
    """0 only if nothing was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, metavar="N", help="harms to do (20)")
    parser.add_argument("--seed", type=int, default=None, metavar="N", help="of load and harms; none: a new one")
    parser.add_argument("--only", choices=harms.SHARES, metavar="KIND", help="do this kind of harm alone")
    parser.add_argument(
        "--break", dest="broken", choices=BREAKS, help="switch this guard off, in the story that needs it: has to fail"
    )
    parser.add_argument("--keep", action="store_true", help="leave the state folder with all logs behind")
    arguments = parser.parse_args(words)
    seed = secrets.randbelow(1_000_000) if arguments.seed is None else arguments.seed
    _say(f"seed: {seed}")
    # Brokers are away all the time; what is said about each harm should not drown in it.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    if arguments.broken:
        return play(arguments.broken, seed)
    tenant = f"faults-{secrets.token_hex(3)}"
    ports = told_ports()
    with passing_system(
        "kulant-faults-",
        split=True,
        environment=IMPATIENT,
        services=False,
        told_ports=tuple(ports.values()),
        keeps=arguments.keep,
    ) as stack:
        _say(stack.info.line)
        outcome = asyncio.run(_run(Fleet(stack, tenant, ports), tenant, arguments.kills, seed, arguments.only))
        if arguments.keep:
            _say(f"logs: {stack.servers.state / 'logs'}")
    _tell(outcome)
    harmed = [one.harm.target for one in outcome.harmed.done]
    lags = outcome.played.lags
    print(json.dumps(closing(outcome.story, outcome.violations, seed, targets=harmed, lags=lags)), flush=True)
    return 1 if outcome.violations else 0


async def _run(fleet: Fleet, tenant: str, kills: int, seed: int, only: str | None) -> Outcome:
    size = size_for(kills)
    waves = size.book(tenant, seed)
    async with fleet.services():
        load = Load(fleet.stack.info, waves, seed)
        harmer = Harmer(fleet, load, size.harms(waves, fleet.targets, seed, only), _say)
        played = await load.perform(harmer.step, _say)
        attempts = tuple(fleet.between.mail.attempts)
    story, harmed = (
        read_story(played.evidence),
        Harmed(tuple(harmer.done), attempts, tuple(fleet.restored), tuple(fleet.stubborn), tuple(fleet.returned)),
    )
    return Outcome(story, played, harmed, tuple(violations(story, harmed, played.broken_off)), seed)


def _tell(outcome: Outcome) -> None:
    """For each violation the seed and what happened to its customers; the same story is not told twice."""
    told: set[str] = set()
    for violation in outcome.violations:
        _say(f"\nVIOLATION (seed {outcome.seed}) {violation}")
        for customer_id in concerned(outcome.story, violation)[:STORIES]:
            if customer_id not in told:
                told.add(customer_id)
                _say(timeline(outcome.story, customer_id, outcome.harmed.done))
    kinds = Counter(one.harm.kind for one in outcome.harmed.done)
    _say(f"\nharms: {', '.join(f'{kind} {times}' for kind, times in sorted(kinds.items()))}")
    _say(f"longest time from clearance to DATA: {longest(outcome.story, outcome.harmed).total_seconds():.3f} s")


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
