"""Lets time pass on a test tenant: moves its clock step by step and waits until every service is done with a step."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from kulant_cli.doors import Doors, Quiescence
from kulant_cli.stops import RunStopped

POLL_SECONDS = 0.05
SETTLE_SECONDS = 60.0


class NotSettled(RunStopped):
    """Work stayed unfinished past the limit; the message tells which service waits for what."""


def steps(first_on: date, last_on: date, times: tuple[time, ...]) -> Iterator[datetime]:
    """The instants at which the clock will stand, day by day."""
    day = first_on
    while day <= last_on:
        for moment in times:
            yield datetime.combine(day, moment, tzinfo=UTC)
        day += timedelta(days=1)


async def settle(doors: Doors, clock_at: datetime, *, limit_seconds: float = SETTLE_SECONDS) -> None:
    """Wait until all services show this clock and nothing unfinished, twice in a row with unchanged positions.

    Raises NotSettled when that has not come to pass within the limit.
    """
    loop = asyncio.get_running_loop()
    give_up_at = loop.time() + limit_seconds
    calm: Mapping[str, Quiescence | str] | None = None
    waiting: Iterable[str] | None = None
    while True:
        asked_at = loop.time()
        answers = await doors.quiescence(waiting)
        left = unsettled(answers, clock_at)
        if waiting is None and not left and answers == calm:
            return
        calm = answers if waiting is None and not left else None
        # A question costs a service something: while one works, the others, which follow it, are left in peace.
        waiting = [next(iter(left))] if left else None
        if loop.time() > give_up_at:
            raise NotSettled(_complaint(left, clock_at, limit_seconds))
        if left:
            await asyncio.sleep(max(POLL_SECONDS, loop.time() - asked_at))


def unsettled(answers: Mapping[str, Quiescence | str], clock_at: datetime) -> dict[str, str]:
    """The services that are not done, and in words what they wait for."""
    reasons: dict[str, str] = {}
    for service, answer in answers.items():
        if isinstance(answer, str):
            reasons[service] = answer
        elif answer.clock_at != clock_at:
            shown = answer.clock_at.isoformat() if answer.clock_at else "unknown"
            reasons[service] = f"its clock is {shown}"
        elif answer.unfinished:
            reasons[service] = ", ".join(f"{name} {count}" for name, count in answer.unfinished.items())
    return reasons


def _complaint(left: Mapping[str, str], clock_at: datetime, limit_seconds: float) -> str:
    reasons = left or {"every service": "positions kept moving"}
    told = "; ".join(f"{service}: {reason}" for service, reason in reasons.items())
    return f"not settled at {clock_at.isoformat()} after {limit_seconds:.0f} s: {told}"
