"""What became of hostile messages, seen from outside: the dead letters of each service, and its counters."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from aiokafka import AIOKafkaConsumer, TopicPartition

from kulant_cli.dead_letters import Desk
from kulant_cli.stack_info import StackInfo
from kulant_contracts import topics
from tests.integration.hostility import Message

READERS: Mapping[str, tuple[str, ...]] = {
    topics.ERP: ("invoice-service",),
    topics.ERP_BULK: ("invoice-service",),
    topics.INVOICE: ("dunning-engine", "notifier", "feedback-service"),
    topics.REMINDER: ("notifier", "feedback-service"),
    topics.DELIVERY: ("dunning-engine", "feedback-service"),
    topics.RESPONSE: ("dunning-engine", "notifier"),
    topics.CASE: ("feedback-service",),
}
SERVICES = ("invoice-service", "dunning-engine", "notifier", "feedback-service")
_COUNTER = re.compile(
    r'^kulant_events_(applied|skipped|parked)_total\{.*?topic="([^"]+)".*?\} ([0-9.e+]+)$', re.MULTILINE
)


@dataclass(slots=True)
class Account:
    """Where each hostile message lies, and what was found about it."""

    placed: dict[str, Message] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    by_topic: Counter[tuple[str, str]] = field(default_factory=Counter)
    by_reason: Counter[tuple[str, str]] = field(default_factory=Counter)

    def compare(self, service: str, letters: Mapping[str, Mapping[str, Any]]) -> None:
        """Every message of the service's topics has the end that it must have, and no other."""
        for place, message in self.placed.items():
            if service in READERS[message.topic]:
                self._judge(service, place, message, letters.get(place))
        known = self.placed.keys()
        self.violations += [f"{service} parked {place}, which nobody spoilt" for place in letters if place not in known]

    def _judge(self, service: str, place: str, message: Message, letter: Mapping[str, Any] | None) -> None:
        who = f"{service} {place} ({message.kind})"
        self.by_topic[message.topic, "parked" if letter else "accepted or had"] += 1
        if letter is None:
            if message.parked_for is not None and not message.may_be_taken:
                self.violations.append(f"{who} was not parked")
            return
        self.by_reason[message.kind, _without_numbers(letter["reason"])] += 1
        if message.parked_for is None or not message.parked_for.match(letter["reason"]):
            self.violations.append(f"{who} was parked: {letter['reason']}")

    def table(self) -> str:
        """What became of them, by topic and by reason; a topic's message counts once for each of its readers."""
        lines = [f"{topic:<22}{end:<18}{number:>8}" for (topic, end), number in sorted(self.by_topic.items())]
        lines += [f"{kind:<22}{why:<44}{number:>8}" for (kind, why), number in sorted(self.by_reason.items())]
        return "\n".join(lines)


def _without_numbers(reason: str) -> str:
    """The first kind of fault that a reason names."""
    return re.sub(r"^.*?: ", "", reason.split(", ", maxsplit=1)[0]) if ": " in reason else reason


def letters_of(url: str, token: str, tenants: Iterable[str]) -> dict[str, dict[str, Any]]:
    """All open dead letters of a service by their place, as its operators see them; each is listed once a tenant."""
    found: dict[str, dict[str, Any]] = {}
    for tenant in tenants:
        listed = list(Desk(url, token, tenant).all("open"))
        assert len({one["place"] for one in listed}) == len(listed)
        found |= {one["place"]: one for one in listed}
    return found


async def counters(urls: Mapping[str, str]) -> Counter[tuple[str, str]]:
    """How many records of each topic each service says that it has applied, skipped or parked."""
    found: Counter[tuple[str, str]] = Counter()
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as client:
        for service, url in urls.items():
            for _, topic, value in _COUNTER.findall((await client.get(f"{url}/metrics")).text):
                found[service, topic] += int(float(value))
    return found


async def read_whole(bootstrap: str, names: Iterable[str]) -> list[Any]:
    """Every record that lies on these topics."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=2**23)
    await consumer.start()
    try:
        places = [TopicPartition(name, number) for name in names for number in range(12)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends = await consumer.end_offsets(places)
        found = []
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += records
        return found
    finally:
        await consumer.stop()


async def ends_of(bootstrap: str, names: Iterable[str]) -> Counter[str]:
    """How many records each topic has."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    await consumer.start()
    try:
        places = [TopicPartition(name, number) for name in names for number in range(12)]
        found: Counter[str] = Counter()
        for place, end in (await consumer.end_offsets(places)).items():
            found[place.topic] += end
        return found
    finally:
        await consumer.stop()


async def settled(info: StackInfo, tenant: str, *, seconds: float = 60) -> None:
    """Wait until no service has anything left to read or to publish.

    Not until nothing is due any more: absurd reminders wait for a creditor who will never come.
    """
    headers = {"Authorization": f"Bearer {info.token().strip()}", "Kulant-Tenant": tenant}
    async with httpx2.AsyncClient(trust_env=False, timeout=30, headers=headers) as client, asyncio.timeout(seconds):
        before: list[Any] = []
        while True:
            answers = [(await client.get(f"{url}/v1/quiescence")).json() for url in info.services.values()]
            positions = [one["positions"] for one in answers]
            if positions == before and all(one["lag"] == 0 and one["outbox"] == 0 for one in answers):
                return
            before = positions
            await asyncio.sleep(0.3)
