"""One fact from its bytes to its effects: the same path for the consumer's batches and for a replayed dead letter."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from aiokafka import ConsumerRecord
from opentelemetry.trace import SpanKind

from kulant_chassis.received import Parked, PartitionStopped, Reads, Received
from kulant_chassis.telemetry import STORY, TENANT, Attributes, is_sampled, span, traceparent_of
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts.envelope import EventData, decode
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import by_type, of_topic

_SLUG = re.compile("[a-z0-9-]{1,40}")

Readable = Mapping[str, type[EventData]]


class Applying:
    """Decodes records and hands to the service those facts that are new and wanted."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        # All types of a topic are decoded, for their sequences count; the handler sees those that it asked for.
        self._known: dict[str, Readable] = {topic: by_type(of_topic(topic)) for topic in reads.topics}
        self._wanted = {topic: frozenset(models) for topic, models in reads.topics.items()}

    def read(self, topic: str, record: ConsumerRecord) -> tuple[Received | None, Parked | None]:
        """The event in a record, or why it can never be one; neither for a type that is skipped.

        Raises PartitionStopped for a type of our own that this release does not know.
        """
        is_foreign = topic in self._reads.foreign
        try:
            event = decode(record.value or b"", record.headers, self._known[topic])
        except UnknownType as unknown:
            if not is_foreign and unknown.is_kulant_own:
                raise PartitionStopped(f"{unknown.type} is not known to this release", record.offset) from None
            return None, None
        except Undecodable as problem:
            key_text = problem.key or _text_key(record)
            tenant = key_text.split("/", 1)[0] if key_text else None
            return None, Parked(key_text, tenant, topic, record.partition, record.offset, problem.reason, None, record)
        envelope = event.envelope
        cause = Cause(
            envelope.traceparent, envelope.tracestate, envelope.correlationid or envelope.id, str(envelope.id)
        )
        return Received(event, envelope.partitionkey, topic, record.partition, record.offset, cause, record), None

    async def handle(self, transaction: Transaction, topic: str, received: Sequence[Received]) -> int:
        """Hand the facts that are new and wanted to the service; returns how many these were."""
        await transaction.lock([one.key for one in received])
        fresh = received if topic in self._reads.foreign else [one for one in received if _take(transaction, one)]
        wanted = [one for one in fresh if type(one.event.data) in self._wanted[topic]]
        if wanted:
            with self._spans(wanted) as traced:
                await self._reads.handle(transaction, traced)
        return len(wanted)

    @contextmanager
    def _spans(self, fresh: Sequence[Received]) -> Iterator[list[Received]]:
        """A `process` span for each message whose trace is sampled; what it leads to continues that span."""
        traced = []
        with ExitStack() as spans:
            for one in fresh:
                if not is_sampled(one.cause.traceparent):
                    traced.append(one)
                    continue
                described = self._reads.describe(one.event) if self._reads.describe else {}
                attributes = {**_message(one), TENANT: one.event.envelope.tenantid, **described}
                started = spans.enter_context(
                    span(
                        f"process {one.topic}",
                        parent=one.cause.traceparent,
                        attributes=attributes,
                        kind=SpanKind.CONSUMER,
                    )
                )
                traceparent = traceparent_of(started) or one.cause.traceparent
                cause = Cause(traceparent, one.cause.tracestate, one.cause.correlationid, one.cause.causationid)
                traced.append(Received(one.event, one.key, one.topic, one.partition, one.offset, cause, one.record))
            yield traced


def _message(one: Received) -> Attributes:
    """The message in the words of OpenTelemetry's conventions for messaging and for CloudEvents."""
    envelope = one.event.envelope
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": one.topic,
        "messaging.destination.partition.id": str(one.partition),
        "messaging.kafka.offset": one.offset,
        "messaging.message.id": str(envelope.id),
        STORY: one.cause.correlationid or str(envelope.id),
        "cloudevents.event_type": envelope.type,
        "cloudevents.event_source": envelope.source,
    }


def _take(transaction: Transaction, received: Received) -> bool:
    envelope = received.event.envelope
    assert envelope.sequence is not None  # of our own events the contract demands it
    row = transaction.key(received.key)
    return row.take(envelope.source, received.topic, envelope.sequence, envelope.baseline or 0)


def _text_key(record: ConsumerRecord) -> str | None:
    """The Kafka key of a record that cannot be read, where it looks like ours: its customer is then known."""
    try:
        key = str(record.key or b"", "utf-8")
    except UnicodeDecodeError:
        return None
    tenant, slash, customer_id = key.partition("/")
    is_ours = bool(_SLUG.fullmatch(tenant)) and bool(slash) and 0 < len(customer_id) <= 200 and key.isprintable()
    return key if is_ours else None
