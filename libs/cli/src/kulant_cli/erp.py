"""Publishes facts as an ERP would, and remembers when the broker acknowledged each."""

import asyncio
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

from aiokafka import AIOKafkaProducer

from kulant_cli.facts import Fact
from kulant_cli.judge import PublishedFact
from kulant_cli.wall_clock import Clock
from kulant_contracts import topics
from kulant_contracts.envelope import Envelope, encode, key_of

SOURCE = "/demo-erp"
_HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


class Erp:
    """One ERP of one tenant: idempotent producer, all replicas, one trace for each fact."""

    def __init__(self, bootstrap: str, tenant: str, clock: Clock, heard: Callable[[Fact], None] | None = None) -> None:
        """`heard` is called with each fact that was acknowledged."""
        self._tenant = tenant
        self._clock = clock
        self._bootstrap = bootstrap
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap, enable_idempotence=True, acks="all", request_timeout_ms=15_000
        )
        self._heard = heard or (lambda _: None)
        self._number = 0
        self.published: list[PublishedFact] = []
        self.acknowledged = 0

    async def start(self) -> None:
        """Connect to the broker."""
        await self._producer.start()

    async def stop(self) -> None:
        """Hand over what is on its way, then disconnect."""
        await self._producer.stop()

    async def publish(self, facts: Iterable[Fact]) -> None:
        """Publish facts and come back when the broker has acknowledged all of them."""
        told = [(fact, await self._send(fact)) for fact in facts]
        await asyncio.gather(*(acked for _, acked in told))
        for fact, _ in told:
            self._heard(fact)

    async def _send(self, fact: Fact) -> "asyncio.Future[object]":
        self._number += 1
        value = encode(self._envelope(fact), fact.data)
        sent_at = self._clock.now()
        key = key_of(self._tenant, fact.data).encode()
        acked: asyncio.Future[object] = await self._producer.send(topics.ERP, value, key=key, headers=_HEADERS)
        acked.add_done_callback(partial(self._remember, value, sent_at))
        return acked

    def _remember(self, value: bytes, sent_at: datetime, acked: "asyncio.Future[object]") -> None:
        is_acked = not acked.cancelled() and acked.exception() is None
        self.acknowledged += is_acked
        self.published.append(PublishedFact(value, sent_at, self._clock.now() if is_acked else None))

    def _envelope(self, fact: Fact) -> Envelope:
        return Envelope(
            id=f"{self._tenant}-{self._number}",
            source=SOURCE,
            type=fact.data.TYPE,
            time=fact.at,
            tenantid=self._tenant,
            partitionkey=key_of(self._tenant, fact.data),
            traceparent=f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
        )
