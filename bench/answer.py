"""`answer`: customers contest an item on their pages, and what was asked for is taken back: POST to the topic."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import httpx2

from bench.asked import Process, ask_for_reminders, start, stop
from bench.ground import Ground, wait_for
from bench.runs import Bench
from bench.scenes import begin_again
from bench.traffic import Reader
from bench.usage import Costs, Meter
from kulant_chassis.tokens import sign
from kulant_contracts import topics
from kulant_contracts.reminder import ReminderWithdrawnV1
from kulant_devstack.topics import run_apart

PAGES = Process("feedback-service", ("api", "consume", "relay"))
ENGINE = (Process("dunning-engine", ("consume", "timers")), Process("dunning-engine", ("relay",)))
VISITORS = 8
Form = tuple[str, dict[str, str]]
"""Where an answer goes, and what it says."""
_ONCE = re.compile(r'name="once" value="([^"]+)"')
_ITEM = re.compile(r'name="item" value="([^"]+)"')


def answer(ground: Ground, count: int) -> Bench:
    """The benchmark over so many answers; there is no floor: it is how soon an answer acts, with all its guards."""
    costs = Costs()
    tenant = ground.new_tenant("answer")

    @cache
    def ask() -> None:
        ask_for_reminders(ground, tenant, count)

    def kulant(_: int) -> float:
        ask()
        begin_again(ground, PAGES.service, ENGINE[0].service)
        return _kulant(ground, tenant, count, costs)

    return Bench("answer", "answers/s", count, kulant, costs=costs)


def _kulant(ground: Ground, tenant: str, count: int, costs: Costs) -> float:
    start(ground, (PAGES, *ENGINE))
    wait_for(lambda: ground.is_ready(PAGES.service))
    asked = f"SELECT string_agg(reminder_id::text, ' ') FROM reminder WHERE key LIKE '{tenant}/%'"  # noqa: S608
    secret = ground.secret("page-secret").encode()
    pages = [sign(secret, "page", UUID(one)) for one in str(ground.ask("dunning_engine", asked)).split()]
    rate: list[float] = []

    async def passing() -> None:
        reader = Reader(ground.kafka, topics.REMINDER)
        await reader.start()
        async with httpx2.AsyncClient(base_url=ground.urls[PAGES.service]) as client:
            forms: list[Form] = []
            unseen = iter(pages)
            await asyncio.gather(*(_visit(client, unseen, forms) for _ in range(VISITORS)))
            meter = Meter(ground.servers.supervisor).begin()
            begun = datetime.now(UTC)  # lint-allow clock: a benchmark measures the machine's own time
            left = iter(forms)
            await asyncio.gather(*(_post(client, left) for _ in range(VISITORS)))
        await reader.until(count)
        costs.note("kulant", meter.spent())
        mark = f'"{ReminderWithdrawnV1.TYPE}"'.encode()
        found, last_at = await reader.read_until_still(lambda value: mark in value)
        await reader.stop()
        if found != count or last_at is None:
            raise RuntimeError(f"{found} reminders were taken back where {count} should have been")
        rate.append(count / (last_at - begun).total_seconds())

    run_apart(passing())
    stop(ground, (PAGES, *ENGINE))
    return rate[0]


async def _visit(client: httpx2.AsyncClient, unseen: Iterator[str], forms: list[Form]) -> None:
    """Each page once, as every customer looks at it before answering; what its form says."""
    for token in unseen:
        page = (await client.get(f"/r/{token}")).text
        once, item = _ONCE.search(page), _ITEM.search(page)
        if once is None or item is None:
            raise RuntimeError("a page has no form")
        forms.append((f"/r/{token}", {"answer": "wrong", "once": once[1], "item": item[1], "reason": "defective"}))


async def _post(client: httpx2.AsyncClient, left: Iterator[Form]) -> None:
    for path, form in left:
        response = await client.post(path, data=form)
        if response.status_code != httpx2.codes.SEE_OTHER:
            raise RuntimeError(f"an answer was not taken: {response.status_code}")
