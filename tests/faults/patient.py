"""Clients that do not give up: an ERP and a page's visitor who try again until they are told that they were heard."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from kulant_chassis.outbox import throw_away
from kulant_cli.customers import NothingToSay
from kulant_cli.doors import DoorClosed, Doors
from kulant_cli.erp import Erp
from kulant_cli.facts import Fact
from kulant_cli.judge import PublishedFact
from kulant_contracts import topics
from kulant_contracts.envelope import encode, key_of

PATIENCE_SECONDS = 120.0
AGAIN_SECONDS = 0.2
ANSWER_SECONDS = 10.0
_HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
_NOT_YET = (422, 429, *range(500, 600))
"""Nobody there, or one who cannot yet: where his clock has not moved, the customer's today is a day in the future."""
_NOT_YET_SECONDS = 1.0

Told = TypeVar("Told")


@dataclass(slots=True)
class _Word:
    """One fact on its way: the same bytes however often it is said."""

    fact: Fact
    key: bytes
    value: bytes
    sent_at: datetime


class PatientErp(Erp):
    """Says every fact until the broker has acknowledged it; a producer that failed is replaced."""

    _renewing: asyncio.Lock | None = None

    async def publish(self, facts: Iterable[Fact]) -> None:
        """Publish facts and come back when the broker has acknowledged all of them."""
        waiting = [self._word(fact) for fact in facts]
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while waiting:
            producer = self._producer
            outcomes = await asyncio.gather(*(self._say(producer, word) for word in waiting))
            waiting = [word for word, is_heard in zip(waiting, outcomes, strict=True) if not is_heard]
            if waiting and asyncio.get_running_loop().time() > give_up_at:
                raise DoorClosed(f"the broker took no fact for {PATIENCE_SECONDS:.0f} s")
            if waiting:
                await self._renew(producer)

    def _word(self, fact: Fact) -> _Word:
        self._number += 1
        value = encode(self._envelope(fact), fact.data)
        return _Word(fact, key_of(self._tenant, fact.data).encode(), value, self._clock.now())

    async def _say(self, producer: AIOKafkaProducer, word: _Word) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await producer.send_and_wait(topics.ERP, word.value, key=word.key, headers=_HEADERS)
        except (KafkaError, OSError, TimeoutError):
            return False
        self.acknowledged += 1
        self.published.append(PublishedFact(word.value, word.sent_at, self._clock.now()))
        self._heard(word.fact)
        return True

    async def _renew(self, failed: AIOKafkaProducer) -> None:
        self._renewing = self._renewing or asyncio.Lock()
        async with self._renewing:
            if self._producer is not failed:
                return
            await throw_away(failed)
            await asyncio.sleep(AGAIN_SECONDS)
            self._producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap, enable_idempotence=True, acks="all", request_timeout_ms=8_000
            )
            with suppress(KafkaError, OSError):  # saying it fails then, and the next one is tried
                await self._producer.start()


class PatientDoors(Doors):
    """Knocks again where nobody answers, or a server says that it cannot."""

    async def move_clock(self, now_at: datetime) -> None:
        """Move the tenant's test clock forward to this instant; to move it there twice changes nothing."""
        await _until_it_opens(lambda: super(PatientDoors, self).move_clock(now_at))

    async def visit(self, url: str) -> str:
        """Open a page."""
        return await _until_it_opens(lambda: super(PatientDoors, self).visit(url))

    async def submit(self, url: str, fields: Mapping[str, Sequence[str]]) -> tuple[int, str]:
        """Send a form, the same one again where it is not known whether it was taken.

        Raises NothingToSay where the page shows itself as it is now instead of the answer: what the answer was about
        is paid by then.
        """

        async def send() -> tuple[int, str]:
            answer = await self._post(url, fields)
            if answer.status_code in _NOT_YET:
                await asyncio.sleep(_NOT_YET_SECONDS)
                raise DoorClosed(f"POST {url}: {answer.status_code}")
            if answer.is_success and "answer" not in answer.url.params:
                raise NothingToSay
            return answer.status_code, answer.text

        return await _until_it_opens(send)


async def _until_it_opens(knock: Callable[[], Awaitable[Told]]) -> Told:
    give_up_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await knock()
        except DoorClosed:
            if asyncio.get_running_loop().time() > give_up_at:
                raise
            await asyncio.sleep(AGAIN_SECONDS)
