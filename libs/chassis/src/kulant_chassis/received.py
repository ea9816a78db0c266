"""What a service is handed from Kafka, and what it may answer: apply, park, or wait."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka import ConsumerRecord

from kulant_chassis.telemetry import Attributes
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts.envelope import Event, EventData


@dataclass(frozen=True, slots=True)
class Received:
    """An event with its place in the log; `cause` goes into whatever it leads to."""

    event: Event
    key: str
    topic: str
    partition: int
    offset: int
    cause: Cause
    record: ConsumerRecord


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that can never work here. It lies in the dead letters with its original bytes; `key` where known."""

    key: str | None
    tenant: str | None
    topic: str
    partition: int
    offset: int
    reason: str
    event: Event | None
    record: ConsumerRecord | None = None

    @property
    def place(self) -> str:
        """Where it was read: its name for all time."""
        return f"{self.topic}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A parked record that a person has replayed or discarded; its key is locked and held by it no longer."""

    place: str
    key: str | None
    is_replayed: bool


class Poison(Exception):
    """Raised by a handler: this one fact can never work, whatever one waits for. It is parked.

    A handler that finds several at once names the others in `more`: a batch full of them is done again once, not once
    for each.
    """

    def __init__(self, received: Received, reason: str, more: Sequence["Poison"] = ()) -> None:
        super().__init__(reason)
        self.received = received
        self.reason = reason
        self.more = more

    @classmethod
    def raise_all(cls, found: Sequence[tuple[Received, str]]) -> None:
        """Raise for all of these; for none it returns."""
        if found:
            first, *others = [cls(received, reason) for received, reason in found]
            raise cls(first.received, first.reason, others)


class PositionMoved(Exception):
    """The stored position is not where this batch began: another replica has the partition. The batch is dropped."""


class PartitionStopped(Exception):
    """Nothing of this partition may be applied from `offset` on until a person acts; the message says why."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.offset = offset


class ParkingLimitReached(Exception):
    """So many decodable facts were parked that the release itself must be wrong: the consumer stops."""


BatchHandler = Callable[[Transaction, Sequence[Received]], Awaitable[None]]
ParkedHandler = Callable[[Transaction, Parked], Awaitable[None]]
ResolvedHandler = Callable[[Transaction, Resolved], Awaitable[None]]
Describe = Callable[[Event], Attributes]


@dataclass(frozen=True, slots=True)
class Reads:
    """What a service reads, from which topics, and what it does with a batch: facts of one topic, of one partition
    or, where these are few, of several.

    `foreign` topics are written by other people's systems: no sequences there, and unknown types are skipped. On all
    others an unknown `kulant.*` type stops the partition, because a deploy went out in the wrong order. Topics that
    `give_way` are read only while nothing of the others waits here.
    """

    topics: Mapping[str, Sequence[type[EventData]]]
    handle: BatchHandler
    foreign: frozenset[str] = frozenset()
    on_parked: ParkedHandler | None = None
    on_resolved: ResolvedHandler | None = None
    describe: Describe | None = None
    give_way: frozenset[str] = frozenset()
