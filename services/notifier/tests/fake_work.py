"""A unit of work in memory that keeps the promises of the stored one: every change of state is conditional."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import notifier_builders as make

from notifier.domain.attempt import Claim, State
from notifier.domain.decision import OwnSight
from notifier.domain.outcome import Outcome
from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer, PaymentTerms
from notifier.usecases.ports import (
    Attempt,
    Claimed,
    Command,
    Ending,
    Finish,
    HandOver,
    NewTask,
    OpenTask,
    Release,
    Trace,
)

WALL = datetime(2026, 11, 22, 9, tzinfo=UTC)
OWNER = UUID(int=7)


@dataclass
class Row:
    command: Command
    state: State = State.REQUESTED
    owner: UUID | None = None
    epoch: int = 0
    waits: int = 0
    retry_at: datetime = WALL
    waiting_for: str | None = None
    delivery_id: UUID | None = None


def attempt_of(ending: Ending) -> Attempt:
    """The attempt as the store would keep it."""
    one = ending.outcome
    return Attempt(
        Command(one.reminder, ending.trace),
        one.delivery_id,
        one.state.value,
        one.at,
        one.channel or one.reminder.channels[0],
        one.contact_id,
        one.address,
        one.gateway,
        one.provider_id,
        one.content_sha256,
        one.clearance,
    )


@dataclass
class FakeTasks:
    rows: dict[UUID, NewTask] = field(default_factory=dict)
    finished: dict[UUID, str] = field(default_factory=dict)
    attempts: dict[UUID, Attempt] = field(default_factory=dict)

    async def open(self, tasks: Sequence[NewTask], recorded_at: datetime) -> None:
        for task in tasks:
            self.rows.setdefault(task.task_id, task)

    async def key_of(self, tenant: str, task_id: UUID) -> str | None:
        task = self.rows.get(task_id)
        return task.outcome.reminder.key if task and task.outcome.reminder.tenant == tenant else None

    async def find(self, tenant: str, task_id: UUID) -> OpenTask | None:
        task = self.rows.get(task_id)
        if task is None:
            return None
        state = "done" if task_id in self.finished else "open"
        return OpenTask(task_id, task.kind, state, (str(task_id), state, None), self.attempts[task_id])

    async def finish(self, finishes: Sequence[Finish]) -> None:
        self.finished |= {one.task_id: one.outcome for one in finishes}

    async def settle(self, reminder_ids: Collection[UUID], at: datetime) -> None:
        for task_id, task in self.rows.items():
            if task.outcome.reminder.reminder_id in reminder_ids:
                self.finished.setdefault(task_id, "settled")


@dataclass
class FakeReminders:
    rows: dict[UUID, Row] = field(default_factory=dict)
    taken_back: dict[UUID, str] = field(default_factory=dict)
    own_stops: dict[str, int] = field(default_factory=dict)
    contents: dict[UUID, bytes] = field(default_factory=dict)
    attempts: dict[UUID, Attempt] = field(default_factory=dict)

    async def add(self, commands: Sequence[Command], received_at: datetime) -> Collection[UUID]:
        new = [one for one in commands if one.reminder.reminder_id not in self.rows]
        self.rows |= {one.reminder.reminder_id: Row(one) for one in new}
        return [one.reminder.reminder_id for one in new]

    async def withdraw(self, withdrawals: Mapping[UUID, str]) -> Sequence[Command]:
        self.taken_back |= withdrawals
        rows = (self.rows[one] for one in withdrawals if one in self.rows)
        return [row.command for row in rows if row.state in (State.REQUESTED, State.CLAIMED)]

    async def withdrawn(self, reminder_ids: Collection[UUID]) -> Collection[UUID]:
        return [one for one in reminder_ids if one in self.taken_back]

    async def keys(self, reminder_ids: Collection[UUID]) -> Mapping[UUID, str]:
        return {one: self.rows[one].command.reminder.key for one in reminder_ids if one in self.rows}

    def stands(self, claim: Claim) -> bool:
        row = self.rows[claim.reminder_id]
        return (row.owner, row.epoch) == (claim.owner, claim.epoch)

    async def end(self, endings: Sequence[Ending], recorded_at: datetime) -> Collection[UUID]:
        ended = []
        for ending in endings:
            row = self.rows[ending.outcome.reminder.reminder_id]
            is_after = row.state in (State.UNKNOWN, State.SENT)
            is_after |= row.state is State.HANDING_OVER and ending.claim is None
            proven = is_after and row.delivery_id == ending.outcome.delivery_id
            held = not is_after and (ending.claim is None or self.stands(ending.claim))
            if row.state in ending.expected and (proven or held):
                row.state, row.owner, row.epoch = ending.outcome.state, None, row.epoch + 1
                row.delivery_id = ending.outcome.delivery_id
                self.attempts[ending.outcome.delivery_id] = attempt_of(ending)
                ended.append(ending.outcome.reminder.reminder_id)
        return ended

    async def note_own_stops(self, stops: Mapping[str, int]) -> None:
        self.own_stops |= stops

    async def release(self, releases: Sequence[Release]) -> None:
        for one in releases:
            row = self.rows[one.claim.reminder_id]
            if self.stands(one.claim) and row.state in (State.CLAIMED, State.HANDING_OVER):
                row.state, row.owner, row.epoch = State.REQUESTED, None, row.epoch + 1
                row.waits, row.retry_at, row.waiting_for = one.waits, one.retry_at, one.reason

    async def mark_handing_over(self, mails: Sequence[HandOver], gateway: str, marked_at: datetime) -> Collection[UUID]:
        marked = []
        for mail in mails:
            row = self.rows[mail.claimed.claim.reminder_id]
            reminder = mail.claimed.command.reminder
            is_stale = self.own_stops.get(reminder.key, 0) > reminder.seen.get("notifier", 0)
            if row.state is State.CLAIMED and self.stands(mail.claimed.claim) and not is_stale:
                row.state, row.delivery_id = State.HANDING_OVER, mail.claimed.delivery_id
                self.contents[mail.claimed.delivery_id] = mail.mail.content
                marked.append(mail.claimed.claim.reminder_id)
        return marked

    async def attempt(self, delivery_id: UUID) -> Attempt | None:
        return self.attempts.get(delivery_id)

    async def defer(self, delivery_ids: Collection[UUID], reason: str) -> None:
        for one in delivery_ids:
            self.contents.pop(one, None)


@dataclass
class FakeParties:
    known_customers: dict[str, Customer] = field(default_factory=dict)
    known_creditors: dict[tuple[str, str], Creditor] = field(default_factory=dict)
    known_words: dict[str, OwnWords] = field(default_factory=dict)
    known_terms: dict[tuple[str, str], PaymentTerms] = field(default_factory=dict)

    async def customers(self, keys: Collection[str]) -> Mapping[str, Customer]:
        return {key: self.known_customers[key] for key in keys if key in self.known_customers}

    async def words(self, keys: Collection[str]) -> Mapping[str, OwnWords]:
        return {key: self.known_words[key] for key in keys if key in self.known_words}

    async def save_words(self, words: Mapping[str, OwnWords]) -> None:
        self.known_words |= words

    async def creditors(self, ids: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Creditor]:
        return {one: self.known_creditors[one] for one in ids if one in self.known_creditors}

    async def terms(self, invoices: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], PaymentTerms]:
        return {one: self.known_terms[one] for one in invoices if one in self.known_terms}

    async def save_customers(self, facts: Sequence[tuple[str, Customer, int]]) -> None:
        self.known_customers |= {key: state for key, state, _ in facts}

    async def save_creditors(self, facts: Sequence[tuple[str, Creditor, int]]) -> None:
        self.known_creditors |= {(tenant, state.creditor_id): state for tenant, state, _ in facts}

    async def save_terms(self, facts: Sequence[tuple[str, str, PaymentTerms, int]]) -> None:
        self.known_terms |= {(tenant, invoice): terms for tenant, invoice, terms, _ in facts}


@dataclass
class FakeWork:
    """Knows tenant `nordlicht`, its creditor and customer C-1001; has read up to sequence 3."""

    reminders: FakeReminders = field(default_factory=FakeReminders)
    parties: FakeParties = field(default_factory=FakeParties)
    tasks: FakeTasks = field(default_factory=FakeTasks)
    started_at: datetime = WALL
    now: datetime | None = make.NOW
    is_live: bool = False
    locked: list[set[str]] = field(default_factory=list)
    published: list[tuple[Outcome, Trace]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tasks.attempts = self.reminders.attempts
        self.parties.known_customers["nordlicht/C-1001"] = make.customer()
        self.parties.known_creditors["nordlicht", "main"] = make.creditor()

    async def lock(self, keys: Collection[str]) -> None:
        self.locked.append(set(keys))

    async def clock(self, tenant: str) -> datetime | None:
        return self.now

    async def test_clock(self, tenant: str) -> datetime | None:
        return None if self.is_live else self.now

    async def sights(self, keys: Collection[str]) -> Mapping[str, OwnSight]:
        had = {"invoice-service": 3, "feedback-service": 0}
        given = len(self.published)
        return {key: OwnSight(True, had, given, self.reminders.own_stops.get(key, 0)) for key in keys}

    def publish(self, outcome: Outcome, trace: Trace) -> int:
        self.published.append((outcome, trace))
        return len(self.published)

    @asynccontextmanager
    async def open(self) -> AsyncIterator["FakeWork"]:
        yield self

    async def claimed(self, *commands: Command, withdrawn: bool = False) -> list[Claimed]:
        """Record the commands and claim them."""
        await self.reminders.add(commands, WALL)
        claims = []
        for command in commands:
            row = self.reminders.rows[command.reminder.reminder_id]
            row.state, row.owner, row.epoch = State.CLAIMED, OWNER, row.epoch + 1
            claim = Claim(command.reminder.reminder_id, OWNER, row.epoch)
            claims.append(Claimed(command, claim, uuid4(), row.waits, withdrawn))
        return claims

    @property
    def ends(self) -> list[tuple[str, str | None]]:
        """State and reason of what was published."""
        return [(outcome.state.value, outcome.reason) for outcome, _ in self.published]
