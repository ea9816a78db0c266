"""Events in, events out: how many a second pass through the floor, and through one of our services."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from bench import floor, ledger
from bench.ground import Ground
from bench.runs import Bench
from bench.scenes import begin_again, tell_anew, until_all_is_told, until_nobody_is_behind, until_read
from bench.traffic import Message, Reader, publish
from bench.usage import Costs, Meter
from kulant_cli.fleet import package_of
from kulant_contracts.envelope import EventData
from kulant_devstack.topics import create_topics, run_apart


class Floor:
    """The same events through the least work, to events of the same size; they are put on a topic once."""

    def __init__(self, ground: Ground, name: str, count: int, *, out_bytes: int) -> None:
        self._ground = ground
        self._count = count
        self.costs = Costs()
        self._environment = {
            "BENCH_KAFKA": ground.kafka,
            "BENCH_DATABASE": ground.database(floor.DATABASE),
            "BENCH_BYTES": str(out_bytes),
            "BENCH_TOPIC": f"bench.floor.{name}-{count}",
        }

    def provide(self, messages: Sequence[Message]) -> None:
        """Put on the topic what each run reads."""
        topic = self._environment["BENCH_TOPIC"]
        run_apart(create_topics(self._ground.kafka, (topic, floor.OUT)))
        run_apart(publish(self._ground.kafka, topic, messages))

    def run(self, number: int) -> float:
        """Events a second."""
        ground = self._ground
        self._environment["BENCH_GROUP"] = f"{self._environment['BENCH_TOPIC']}-{number}"
        ground.execute(floor.DATABASE, *floor.TABLES)
        rate: list[float] = []

        async def passing() -> None:
            reader = Reader(ground.kafka, floor.OUT)
            await reader.start()
            begun = await asyncio.to_thread(self._start)
            meter = Meter(ground.servers.supervisor).begin()
            await reader.until(self._count)
            self.costs.note("floor", meter.spent())
            await asyncio.to_thread(ground.stop, "floor.consume", "floor.relay")
            count, last_at = await reader.read_until_still(lambda _: True)
            await reader.stop()
            rate.append(_rate(count, self._count, begun, last_at))

        run_apart(passing())
        return rate[0]

    def _start(self) -> datetime:
        programs = [
            self._ground.own_program(f"floor.{role}", "bench.floor", role, environment=self._environment)
            for role in ("relay", "consume")
        ]
        return [moment for program in programs for moment in self._ground.run(program)][-1]


@dataclass(frozen=True, slots=True)
class Passage:
    """How one of our services is measured: events of a type come out, one for each event that went in."""

    name: str
    service: str
    topic: str
    out_topic: str
    out_type: type[EventData]
    out_bytes: int
    """What an event that comes out weighs on the wire."""
    messages: Callable[[str, int], list[Message]]
    """The events of a tenant, so many of them."""
    parties: Callable[[str, int], list[Message]]
    """The tenant, its creditor and so many customers, as they are told on the topic before anything is measured."""
    relay: str
    consumers: tuple[str, ...]
    """Processes of the service, by name; several consumers share the partitions, as replicas do anywhere."""

    def start(self, ground: Ground) -> datetime:
        """Start the relay, then the consumers; returns when the first of these said so."""
        ground.run(ground.program(self.relay, self.service, "relay"))
        return min(ground.run(*(ground.program(name, self.service, "consume", "timers") for name in self.consumers)))

    def stop(self, ground: Ground) -> None:
        """Stop them together."""
        ground.stop(self.relay, *self.consumers)


def pipeline(ground: Ground, count: int, passage: Passage) -> Bench:
    """The benchmark of a passage over so many customers, beside its floor; these are introduced once.

    Each run reads the same events again, from databases as they were before.
    """
    least = Floor(ground, passage.name, count, out_bytes=passage.out_bytes)
    tenant = ground.new_tenant(passage.name)

    @cache
    def provide() -> None:
        messages = passage.messages(tenant, count)
        least.provide(messages)
        tell_anew(ground)
        _introduce(ground, passage, tenant, count)
        run_apart(publish(ground.kafka, passage.topic, messages))

    def kulant(_: int) -> float:
        provide()
        begin_again(ground, passage.service, but=(passage.service, passage.topic))
        marks = (f'"{passage.out_type.TYPE}"'.encode(), f'"tenantid":"{tenant}"'.encode())
        return through(
            ground,
            out_topic=passage.out_topic,
            start=lambda: passage.start(ground),
            stop=lambda: passage.stop(ground),
            counts=lambda value: all(mark in value for mark in marks),
            count=count,
            costs=least.costs,
        )

    def floor(number: int) -> float:
        provide()
        return least.run(number)

    return Bench(passage.name, "events/s", count, kulant, floor, least.costs)


def _introduce(ground: Ground, passage: Passage, tenant: str, count: int) -> None:
    """Let the service read who the customers are; their tenant first, or each would be looked at twice."""
    parties, database = passage.parties(tenant, count), package_of(passage.service)
    run_apart(publish(ground.kafka, passage.topic, parties[: ledger.SHARED]))
    passage.start(ground)
    until_read(ground, passage.topic, (database,))
    run_apart(publish(ground.kafka, passage.topic, parties[ledger.SHARED :]))
    until_read(ground, passage.topic, (database,))
    until_nobody_is_behind(ground, database, tenant)
    until_all_is_told(ground, database)
    passage.stop(ground)


def through(
    ground: Ground,
    *,
    out_topic: str,
    start: Callable[[], datetime],
    stop: Callable[[], None],
    counts: Callable[[bytes], bool],
    count: int,
    costs: Costs,
) -> float:
    """Events a second from the service's start, with everything on its topic, to the last event readable.

    Raises RuntimeError where not exactly `count` events came out.
    """
    rate: list[float] = []

    async def passing() -> None:
        reader = Reader(ground.kafka, out_topic)
        await reader.start()
        begun = await asyncio.to_thread(start)
        meter = Meter(ground.servers.supervisor).begin()
        await reader.until(count)
        costs.note("kulant", meter.spent())
        found, last_at = await reader.read_until_still(counts)
        await asyncio.to_thread(stop)
        await reader.stop()
        rate.append(_rate(found, count, begun, last_at))

    run_apart(passing())
    return rate[0]


def _rate(found: int, wanted: int, begun: datetime, last_at: datetime | None) -> float:
    if found != wanted or last_at is None:
        raise RuntimeError(f"{found} events came out where {wanted} should have")
    return wanted / (last_at - begun).total_seconds()
