"""What was parked, and how a person resolves it: an index with the original bytes in the service's own database.

A record is indexed in the transaction that moves past it, and resolved in one transaction: its effects, the end of
its hold and the note of who did it stand together, or none of them. Resolved, it keeps no bytes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from aiokafka import ConsumerRecord
from pydantic_core import from_json
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from kulant_chassis.applying import Applying
from kulant_chassis.auth import Principal
from kulant_chassis.problem import Problem
from kulant_chassis.received import Parked, PartitionStopped, Poison, Reads, Received, Resolved
from kulant_chassis.transaction import Transaction
from kulant_contracts.envelope import CONTENT_TYPE_HEADER
from kulant_contracts.wire import GREATEST_INTEGER

OPEN: Final = "open"
REPLAYED: Final = "replayed"
DISCARDED: Final = "discarded"

_TYPE = re.compile(r"[a-z][a-z0-9_.-]{0,120}")
_SOURCE = re.compile(r"[!-~]{1,500}")
_DIGITS = re.compile(r"[0-9]{1,19}")
_COLUMNS = "id, place, tenant, key, type, reason, parked_at, state, resolved_at, resolved_by, note"
_BYTES = "record_key, record_value, record_headers"
_MINE = "(tenant = :tenant OR (tenant IS NULL AND :covers_all))"
_INSERT = text(
    "INSERT INTO dead_letter (place, tenant, key, type, reason, parked_at, record_key, record_value, record_headers)"
    " VALUES (:place, :tenant, :key, :type, :reason, :at, :record_key, :value, CAST(:headers AS jsonb))"
    " ON CONFLICT (place) DO NOTHING"
)
_STATE = text("SELECT state FROM dead_letter WHERE place = :place")
_FIND = text(f"SELECT {_COLUMNS}, {_BYTES} FROM dead_letter WHERE place = :place AND {_MINE}")  # noqa: S608
_LOCK = text("SELECT state FROM dead_letter WHERE place = :place FOR UPDATE")
_PAGE = text(
    f"SELECT {_COLUMNS} FROM dead_letter WHERE {_MINE} AND id < :before"  # noqa: S608 -- constants
    " AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY id DESC LIMIT :limit"
)
_RESOLVE = text(
    "UPDATE dead_letter SET state = :state, resolved_at = :at, resolved_by = :by, note = :note,"
    " record_key = NULL, record_value = NULL, record_headers = '[]' WHERE place = :place"
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One parked record: where it was read, whom it holds, why, and what became of it."""

    id: int
    place: str
    tenant: str | None
    key: str | None
    type: str | None
    reason: str
    parked_at: datetime
    state: str
    resolved_at: datetime | None
    resolved_by: str | None
    note: str | None
    record_key: bytes | None = None
    record_value: bytes | None = None
    record_headers: tuple[tuple[str, bytes], ...] = ()

    @property
    def topic(self) -> str:
        """Where it was read, without the prefix of tests."""
        return self.place.rsplit("/", 2)[0]

    def record(self, repaired: bytes | None) -> ConsumerRecord:
        """The record as it came, or with other bytes in CloudEvents' structured mode."""
        topic, partition, offset = self.place.rsplit("/", 2)
        at = int(self.parked_at.timestamp()) * 1000
        key, value, headers = self.record_key, self.record_value, self.record_headers
        if repaired is not None:
            key, value, headers = None, repaired, (CONTENT_TYPE_HEADER,)
        return ConsumerRecord(topic, int(partition), int(offset), at, 0, key, value, None, -1, -1, headers)


async def keep(transaction: Transaction, reads: Reads, parked: Parked) -> None:
    """Index a parked record and hold its key, which is locked. One that was resolved before stays resolved."""
    inserted = await transaction.connection.execute(_INSERT, _row(transaction.started_at, parked))
    if inserted.rowcount == 0:  # a topic is read again
        state = (await transaction.connection.execute(_STATE, {"place": parked.place})).scalar_one()
        if state != OPEN:
            return
    if parked.key is not None:
        transaction.key(parked.key).park(parked.place, parked.reason)
    if reads.on_parked is not None:
        await reads.on_parked(transaction, parked)


class DeadLetters:
    """The parked records of one service, for its operators."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._applying = Applying(reads)

    async def page(
        self, connection: AsyncConnection, principal: Principal, *, state: str | None, before: int, limit: int
    ) -> list[DeadLetter]:
        """The newest first; without a tenant of its own a record is shown to who covers all tenants."""
        asked = {**_asker(principal), "state": state, "before": before, "limit": limit}
        return [_letter(row) for row in await connection.execute(_PAGE, asked)]

    async def find(self, connection: AsyncConnection, principal: Principal, place: str) -> DeadLetter:
        """One record with its bytes. Raises Problem 404 for one that is not there or not the asker's."""
        asked = {**_asker(principal), "place": place}
        row = (await connection.execute(_FIND, asked)).first() if place.isprintable() else None
        if row is None:
            raise Problem(404, "unknown", "There is no such thing here.")
        return _letter(row)

    async def replay(
        self, transaction: Transaction, principal: Principal, place: str, repaired: bytes | None
    ) -> DeadLetter:
        """Apply it as the consumer would have, perhaps with repaired bytes; replayed before, it changes nothing.

        Raises Problem 404, 409 where it was discarded, 422 where it cannot be read or is refused again.
        """
        letter = await self.find(transaction.connection, principal, place)
        if letter.state != OPEN:
            return _as_it_is(letter, REPLAYED)
        received = self._read(letter, principal, repaired)
        await transaction.lock({received.key} if letter.key is None else {received.key, letter.key})
        if not await self._is_open(transaction, place):
            return _as_it_is(await self.find(transaction.connection, principal, place), REPLAYED)
        if letter.key is not None:
            transaction.key(letter.key).unpark(place)
        try:
            await self._applying.handle(transaction, letter.topic, [received])
        except Poison as poison:
            raise _refused(poison.reason) from None
        return await self._resolve(transaction, principal, letter, REPLAYED, None)

    async def discard(self, transaction: Transaction, principal: Principal, place: str, note: str) -> DeadLetter:
        """Let it be: it counts as had and holds nobody any longer; discarded before, it changes nothing.

        Raises Problem 404, 409 where it was replayed.
        """
        letter = await self.find(transaction.connection, principal, place)
        if letter.state != OPEN:
            return _as_it_is(letter, DISCARDED)
        await transaction.lock([] if letter.key is None else [letter.key])
        if not await self._is_open(transaction, place):
            return _as_it_is(await self.find(transaction.connection, principal, place), DISCARDED)
        if letter.key is not None:
            row = transaction.key(letter.key)
            row.unpark(place)
            if letter.topic not in self._reads.foreign and (told := _stream_of(letter)) is not None:
                source, sequence = told
                row.take(source, letter.topic, sequence)
        return await self._resolve(transaction, principal, letter, DISCARDED, note)

    def _read(self, letter: DeadLetter, principal: Principal, repaired: bytes | None) -> Received:
        try:
            received, parked = self._applying.read(letter.topic, letter.record(repaired))
        except PartitionStopped as stopped:
            raise _refused(str(stopped)) from None
        if received is None:
            raise _refused(parked.reason if parked is not None else "its type is not read here")
        if received.event.envelope.tenantid != principal.tenant:
            raise _refused("it names another tenant")
        return received

    async def _is_open(self, transaction: Transaction, place: str) -> bool:
        state: str = (await transaction.connection.execute(_LOCK, {"place": place})).scalar_one()
        return state == OPEN

    async def _resolve(
        self, transaction: Transaction, principal: Principal, letter: DeadLetter, state: str, note: str | None
    ) -> DeadLetter:
        resolved = {"place": letter.place, "state": state, "at": transaction.started_at, "note": note}
        await transaction.connection.execute(_RESOLVE, {**resolved, "by": principal.token_name})
        if self._reads.on_resolved is not None:
            about = Resolved(letter.place, letter.key, is_replayed=state == REPLAYED)
            await self._reads.on_resolved(transaction, about)
        if letter.key is not None and "/" not in letter.key:  # tenant-wide: it held everybody
            await transaction.settings_changed(letter.key)
        return await self.find(transaction.connection, principal, letter.place)


def _row(at: datetime, parked: Parked) -> Mapping[str, object]:
    record = parked.record
    # PostgreSQL takes no NUL in a text: a header's name loses it, its value is kept as it is.
    told = record.headers if record is not None else ()
    headers = [(name.replace("\0", "\ufffd"), (value or b"").hex()) for name, value in told]
    return {
        "place": parked.place,
        "tenant": parked.tenant,
        "key": parked.key,
        "type": parked.event.envelope.type if parked.event is not None else _peek(record, "type"),
        "reason": parked.reason,
        "at": at,
        "record_key": record.key if record is not None else None,
        "value": record.value if record is not None else None,
        "headers": json.dumps(headers),
    }


def _letter(row: Row[Any]) -> DeadLetter:
    told = dict(row._mapping)  # noqa: SLF001 -- the documented way to a row's columns by name
    told["record_headers"] = tuple((name, bytes.fromhex(value)) for name, value in told.get("record_headers") or ())
    return DeadLetter(**told)


def _asker(principal: Principal) -> dict[str, object]:
    return {"tenant": principal.tenant, "covers_all": principal.covers_all}


def _as_it_is(letter: DeadLetter, wanted: str) -> DeadLetter:
    if letter.state != wanted:
        raise Problem(409, "dead-letter-resolved", f"This record was {letter.state} before.")
    return letter


def _refused(reason: str) -> Problem:
    return Problem(422, "dead-letter-refused", "This record cannot be applied.", f"{reason}.")


def _stream_of(letter: DeadLetter) -> tuple[str, int] | None:
    """Source and sequence of a record that cannot be read as a whole, where it says that much."""
    record = letter.record(None)
    source, sequence = _said(record, "source"), _said(record, "sequence")
    if isinstance(sequence, str) and _DIGITS.fullmatch(sequence):
        sequence = int(sequence)
    is_number = isinstance(sequence, int) and not isinstance(sequence, bool) and 0 < sequence <= GREATEST_INTEGER
    is_told = is_number and isinstance(source, str) and _SOURCE.fullmatch(source)
    return (str(source), int(str(sequence))) if is_told else None


def _peek(record: ConsumerRecord | None, name: str) -> str | None:
    said = _said(record, name) if record is not None else None
    return said if isinstance(said, str) and _TYPE.fullmatch(said) else None


def _said(record: ConsumerRecord, name: str) -> object:
    """An attribute of an event that may be broken, from its header or its JSON."""
    for header, value in record.headers:
        if header.lower() == f"ce_{name}":
            return value.decode(errors="replace")
    try:
        whole = from_json(record.value or b"")  # unlike the standard library's it refuses what is nested too deep
    except ValueError:
        return None
    return whole.get(name) if isinstance(whole, dict) else None
