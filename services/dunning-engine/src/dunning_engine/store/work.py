"""One transaction as the use cases see it: the engine's memory, clocks, next looks, and what is given out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import text

from dunning_engine.domain.answers import DisputeDecision
from dunning_engine.domain.facts import FEEDBACK_SERVICE, INVOICE_SERVICE, NOTIFIER
from dunning_engine.domain.learned import Learned, TenantLearned
from dunning_engine.store import knowledge, learning, outcome
from dunning_engine.usecases.ports import Decided, DisputeClosed, Heard, Known, News
from kulant_chassis.failures import TenantUnknown
from kulant_chassis.transaction import Cause, Transaction
from kulant_contracts import topics


class Announcer(Protocol):
    """Puts what was decided into a transaction's outbox."""

    def announce(self, transaction: Transaction, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to."""
        ...

    def dispute_decided(self, transaction: Transaction, key: str, tenant: str, closed: DisputeClosed) -> None:
        """Give out what a person decided about a dispute."""
        ...


_TOPICS = {INVOICE_SERVICE: topics.INVOICE, FEEDBACK_SERVICE: topics.RESPONSE, NOTIFIER: topics.DELIVERY}
_DECIDE = text(
    "UPDATE answer SET outcome = :outcome, decided_at = :at, accepted_minor = :accepted_minor"
    " WHERE key = :key AND response_id = :response_id"
)
_ANSWERED = text("UPDATE answer SET answered_at = :at WHERE key = :key AND response_id = :response_id")
_KEEP_NOTE = text("UPDATE hold SET note = :note WHERE key = :key AND hold_id = :hold_id")
_FINISH = text("UPDATE task SET finished_at = :at WHERE task_id = :task_id")


class StoredWork:
    """The port `Work` on PostgreSQL."""

    def __init__(self, transaction: Transaction, announcer: Announcer) -> None:
        self._transaction = transaction
        self._announcer = announcer

    async def now(self, tenant: str) -> datetime:
        """The tenant's time; for one that is not known yet the wall clock's."""
        try:
            return await self._transaction.now(tenant)
        except TenantUnknown:
            return self._transaction.started_at

    async def take(self, learned: Sequence[Learned]) -> News:
        """Take facts in; the highest version of an entity stays."""
        return await learning.take(self._transaction, learned)

    async def follow(self, learned: TenantLearned, *, settings_changed: bool) -> None:
        """Go by a tenant's clock."""
        await self._transaction.follow_tenant(
            learned.slug,
            mode=learned.mode,
            test_now_at=learned.test_now_at,
            version=learned.version,
            settings_changed=settings_changed,
        )

    async def leave_behind(self, tenant: str) -> None:
        """Have all customers of a tenant looked at again."""
        await self._transaction.settings_changed(tenant)

    async def completed(self, tenants: Iterable[str]) -> frozenset[str]:
        """Tenants of which the last missing fact came just now."""
        whole = [tenant for tenant in tenants if self._transaction.key(tenant).is_complete]
        return await knowledge.incomplete(self._transaction, whole) if whole else frozenset()

    async def load(self, keys: Sequence[str], now: datetime) -> Mapping[str, Known]:
        """What decisions about these customers can still rest on.

        A tenant whose clock was not there yet stays unknown in this transaction, even if its facts are committed by
        another one meanwhile: otherwise its customers would be decided on by the wall clock.
        """
        known = await knowledge.load(self._transaction, keys, now)
        tenants = {key: self._transaction.key(key).tenant for key in keys}
        clocks = await self._transaction.tenants(tenants.values())
        return {key: one if tenants[key] in clocks else _timeless(one) for key, one in known.items()}

    def heard(self, key: str) -> Heard:
        """What of a locked customer's facts was read."""
        row = self._transaction.key(key)
        had = {service: row.had(f"/kulant/{service}", topic) for service, topic in _TOPICS.items()}
        return Heard(had, row.is_complete)

    def look_at(self, key: str, at: datetime | None) -> None:
        """Arm the one next look."""
        self._transaction.look_at(key, at)

    async def save(self, decided: Sequence[Decided]) -> None:
        """Write what was decided and put every decision on record."""
        await outcome.save(self._transaction, decided)

    def announce(self, decided: Decided, cause: Cause) -> None:
        """Give out the events that a decision leads to."""
        self._announcer.announce(self._transaction, decided, cause)

    async def decide_dispute(self, key: str, tenant: str, dispute_id: str, decision: DisputeDecision) -> None:
        """Write down what a person decided about a dispute, and tell it where its case knows of it."""
        parameters = {
            "key": key,
            "response_id": dispute_id,
            "outcome": decision.outcome,
            "at": decision.decided_at,
            "accepted_minor": decision.accepted_minor,
        }
        await self._transaction.connection.execute(_DECIDE, parameters)
        closed = await knowledge.dispute_closed(self._transaction, key, dispute_id)
        if closed is not None:
            self._announcer.dispute_decided(self._transaction, key, tenant, closed)

    async def answer_question(self, key: str, question_id: str, at: datetime) -> None:
        """Write down that a person answered a question."""
        await self._transaction.connection.execute(_ANSWERED, {"key": key, "response_id": question_id, "at": at})

    async def keep_note(self, key: str, hold_id: str, note: str) -> None:
        """Keep a person's words beside a hold."""
        await self._transaction.connection.execute(_KEEP_NOTE, {"key": key, "hold_id": hold_id, "note": note})

    async def finish_task(self, task_id: UUID, at: datetime) -> None:
        """Write down that a person finished a task."""
        await self._transaction.connection.execute(_FINISH, {"task_id": task_id, "at": at})


def _timeless(known: Known) -> Known:
    return replace(known, facts=replace(known.facts, tenant=None))
