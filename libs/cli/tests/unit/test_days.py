"""Waiting for the services ends when all are done, and says who is not."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from kulant_cli.days import NotSettled, settle, steps, unsettled
from kulant_cli.doors import Doors, Quiescence

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
DONE = Quiescence(AT, 0, 0, 0, 0, "p1")


class Answers(Doors):
    """Stands in for the doors: each question gets the next answer, the last one again and again."""

    def __init__(self, *answers):
        self.left = list(answers)
        self.asked = 0

    async def quiescence(self, services=None):
        self.asked += 1
        return {"invoice-service": self.left.pop(0) if len(self.left) > 1 else self.left[0]}


def _with(**changes):
    return replace(DONE, **changes)


async def test_settled_needs_the_same_calm_twice():
    doors = Answers(_with(lag=2), DONE, DONE, _with(positions="p2"), _with(positions="p2"))
    await settle(doors, AT)
    assert doors.asked == 5


async def test_while_one_works_only_that_one_is_asked():
    asked = []
    busy = {"invoice-service": [_with(lag=2), _with(lag=1), DONE], "notifier": [_with(in_flight=1), DONE]}

    class Two(Doors):
        def __init__(self):
            pass

        async def quiescence(self, services=None):
            asked.append(list(busy if services is None else services))
            return {name: busy[name].pop(0) if len(busy[name]) > 1 else busy[name][0] for name in asked[-1]}

    await settle(Two(), AT)
    both = ["invoice-service", "notifier"]
    assert asked == [both, ["invoice-service"], ["invoice-service"], both, both]


async def test_who_does_not_settle_is_named():
    with pytest.raises(NotSettled, match="invoice-service: lag 3, in_flight 1"):
        await settle(Answers(_with(lag=3, in_flight=1)), AT, limit_seconds=0)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_with(clock_at=None), "its clock is unknown"),
        (_with(outbox=1), "outbox 1"),
        ("no answer (ConnectError)", "no answer (ConnectError)"),
    ],
)
def test_each_reason_is_told(answer, reason):
    assert unsettled({"s": answer}, AT) == {"s": reason}


def test_the_clock_stands_at_each_time_of_each_day():
    found = list(steps(date(2026, 3, 28), date(2026, 3, 29), (time(5), time(9))))
    assert [moment.isoformat() for moment in found] == [
        "2026-03-28T05:00:00+00:00", "2026-03-28T09:00:00+00:00",
        "2026-03-29T05:00:00+00:00", "2026-03-29T09:00:00+00:00",
    ]  # fmt: skip
