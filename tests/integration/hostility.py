"""Messages that nobody should send, of every kind that we could think of, each with the end that it must find.

All come from one seed. What a message must lead to is said by who spoils it, not by the code that reads it.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from kulant_contracts import topics
from kulant_contracts.envelope import CONTENT_TYPE_HEADER
from kulant_contracts.registry import of_topic

Headers = tuple[tuple[str, bytes | None], ...]
Place = tuple[str | int, ...]

GOLDEN: Final = Path(__file__).parents[2] / "libs/contracts/tests/golden"
TOPICS: Final = (*topics.ALL, topics.ERP_BULK)
FOREIGN: Final = (topics.ERP, topics.ERP_BULK)
INTRUDER: Final = "/kulant/intruder"
"""Who says what is on Kulant's own topics; with a service's own name it would have to think that it was restored."""
SPOILT, ABSURD_ERP, ABSURD_BUS = "hostile-spoilt", "hostile-erp", "hostile-bus"
"""Tenants of what is parked, and of what is sound but absurd: said by an ERP, or on Kulant's own topics."""
NEIGHBOURS: Final = "neighbours"
"""The healthy tenant: some of what is spoilt is about strangers among its customers."""
TENANTS: Final = (SPOILT, ABSURD_ERP, ABSURD_BUS, NEIGHBOURS)
CUSTOMERS: Final = 12
AMONG_NEIGHBOURS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Message:
    """One hostile record. `parked_for`: the pattern of the reason with which each reader parks it; None: nobody does.

    `may_be_taken`: it is absurd, and either end is right. `sound`: what it was before it was spoilt.
    """

    topic: str
    kind: str
    key: bytes | None
    value: bytes | None
    headers: Headers
    parked_for: re.Pattern[str] | None = None
    may_be_taken: bool = False
    sound: bytes | None = None


@dataclass(slots=True)
class Words:
    """A sound event of a topic, about to be spoilt: its document, and where that is cut or put together."""

    topic: str
    document: dict[str, Any]
    is_binary: bool
    key: bytes | None
    more_headers: Headers = ()

    @property
    def data(self) -> dict[str, Any]:
        """What the event says."""
        data: dict[str, Any] = self.document["data"]
        return data

    def value(self, *, is_ascii: bool = True) -> bytes:
        """The record's value."""
        content = self.data if self.is_binary else self.document
        return json.dumps(content, ensure_ascii=is_ascii).encode()

    def headers(self) -> Headers:
        """The record's headers."""
        if not self.is_binary:
            return (CONTENT_TYPE_HEADER, *self.more_headers)
        head = {name: one for name, one in self.document.items() if name != "data" and one is not None}
        told = [(f"ce_{name}", str(one).encode()) for name, one in head.items() if name != "datacontenttype"]
        return (("content-type", b"application/json"), *told, *self.more_headers)

    def message(self, kind: str, value: bytes | None, parked_for: str | None, **more: Any) -> Message:
        """The record as it is sent."""
        pattern = re.compile(parked_for) if parked_for is not None else None
        return Message(self.topic, kind, self.key, value, self.headers(), pattern, **more)


@cache
def _golden(topic: str, having: str) -> tuple[str, ...]:
    """Examples of the topic's events, those whose data match."""
    examples = [json.loads((GOLDEN / f"{one.TYPE}.json").read_bytes()) for one in of_topic(topic)]
    return tuple(json.dumps(one) for one in examples if re.search(having, json.dumps(one["data"])))


class Sender:
    """Makes sound events of any topic, numbered as they must be."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._ids = count(1)
        self._sequences: dict[tuple[str, str, str], Iterator[int]] = {}

    def words(self, topic: str, tenant: str, *, customer_id: str | None = None, having: str = "") -> Words:
        """A sound event about one of the tenant's customers, of a type whose data match `having`."""
        document = json.loads(self.random.choice(_golden(topic, having)))
        key = tenant
        if "customer_id" in document["data"]:
            if tenant == SPOILT and self.random.random() < AMONG_NEIGHBOURS:
                tenant = NEIGHBOURS
            customer_id = customer_id or f"H{self.random.randrange(CUSTOMERS)}"
            document["data"]["customer_id"] = customer_id
            key = f"{tenant}/{customer_id}"
            _make_its_own(document["data"], key)
        document |= {"id": f"hostile-{next(self._ids)}", "tenantid": tenant, "partitionkey": key}
        document.pop("traceparent", None)
        if topic not in FOREIGN:
            document["source"] = INTRUDER
            stream = (document["source"], topic, key)
            document["sequence"] = next(self._sequences.setdefault(stream, count(1)))
        return Words(topic, document, self.random.random() < 0.4, key.encode())


def _make_its_own(data: dict[str, Any], key: str) -> None:
    """No two customers have an invoice or a reminder in common."""
    name = str(uuid5(NAMESPACE_URL, key))
    for field in ("invoice_id", "reminder_id"):
        if isinstance(data.get(field), str):
            data[field] = name


def places(part: Any, path: Place = ()) -> Iterator[Place]:
    """Where something stands that is neither object nor list."""
    entries = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else None
    if entries is None:
        yield path
        return
    for name, entry in entries:
        yield from places(entry, (*path, name))


def put(document: Any, path: Place, entry: Any) -> None:
    """Replace what stands at a place."""
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = entry


def get(document: Any, path: Place) -> Any:
    """What stands at a place."""
    for step in path:
        document = document[step]
    return document


def with_headers(message: Message, headers: Mapping[str, bytes | None]) -> Message:
    """The message with some headers replaced or added."""
    kept = tuple((name, one) for name, one in message.headers if name not in headers)
    return replace(message, headers=(*kept, *headers.items()))
