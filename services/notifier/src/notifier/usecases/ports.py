"""What the use cases need from outside, as shapes: storage, the gate, a mail server, a renderer."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from notifier.domain.attempt import Claim, Clearance, State
from notifier.domain.decision import Answer, OwnSight
from notifier.domain.letter import Letter
from notifier.domain.outcome import Outcome
from notifier.domain.own_words import OwnWords
from notifier.domain.party import Creditor, Customer, PaymentTerms
from notifier.domain.reminder import Reminder


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a command came from: the trace and the chain that its outcome continues."""

    traceparent: str | None = None
    tracestate: str | None = None
    correlationid: str | None = None
    causationid: str | None = None


@dataclass(frozen=True, slots=True)
class Command:
    """A reminder as requested, with its trace."""

    reminder: Reminder
    trace: Trace


@dataclass(frozen=True, slots=True)
class Claimed:
    """A command that this process may work on."""

    command: Command
    claim: Claim
    delivery_id: UUID
    waits: int
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """A delivery that was begun, as it is kept, with the command that led to it.

    `outcome` is how it stands, `at` since when (the tenant's time).
    """

    command: Command
    delivery_id: UUID
    outcome: str
    at: datetime
    channel: str
    contact_id: str | None
    address: str | None
    gateway: str | None
    provider_id: str | None
    content_sha256: str | None
    clearance: Clearance | None


@dataclass(frozen=True, slots=True)
class NewTask:
    """Something that a person is to do about a reminder that ended."""

    task_id: UUID
    kind: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task under its customer's lock; `state` is `open` or `done`."""

    task_id: UUID
    kind: str
    state: str
    etag_parts: tuple[object, ...]
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Finish:
    """How a person finished a task; `at` is the tenant's time."""

    task_id: UUID
    outcome: str
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ending:
    """A reminder that ends: `expected` names the states and, where one holds it, the claim that must still stand."""

    outcome: Outcome
    trace: Trace
    expected: frozenset[State]
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A claim that is given back; the reminder is left alone until `retry_at` (machine time)."""

    claim: Claim
    retry_at: datetime
    reason: str
    waits: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """A claimed mail that is about to be given to the server."""

    claimed: Claimed
    letter: Letter
    mail: "RenderedMail"
    clearance: Clearance
    cleared_tick: float
    """When it was cleared by the clock that nobody sets, in seconds."""
    test_now_at: datetime | None
    """Where the tenant's test clock stood when the mail was prepared; None for a tenant of the wall clock."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The exact bytes of a mail, their SHA-256, and the envelope's sender: the address to which it comes back."""

    content: bytes
    sha256: str
    comes_back_to: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server took the mail over (250)."""

    provider_id: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The server said no: for good (5xx), or for now (4xx); `is_of_mailbox`: because there is no such mailbox."""

    reason: str
    is_permanent: bool
    is_of_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection before DATA: nothing was handed over."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The connection broke after DATA was begun: nobody knows."""


@dataclass(frozen=True, slots=True)
class NotBegun:
    """DATA was not begun, because the clearance had become too old or the reminder's time was over."""

    reason: str


class Unwritable(Exception):
    """This letter can never become a mail; the message says why, without its content."""


class MailSession(Protocol):
    """A connection at which sender and recipient were already accepted."""

    async def hand_over(self, content: bytes) -> Accepted | Refused | Lost:
        """Give the mail over (DATA). Never raises for what a server or network may do."""
        ...

    async def abandon(self) -> None:
        """Leave the transaction without DATA."""
        ...


class MailGateway(Protocol):
    """A mail server."""

    name: str
    lanes: int
    """How many mails it takes at the same time."""

    async def is_ready(self) -> bool:
        """Does the server answer now?"""
        ...

    async def open(self, address: str, comes_back_to: str) -> MailSession | Refused | Unreachable:
        """Announce a mail to this recipient (MAIL, RCPT), with the address that bounces go to."""
        ...

    async def close(self) -> None:
        """Say goodbye."""
        ...


class Gate(Protocol):
    """The owners of reasons not to send."""

    async def ask(self, service: str, tenant: str, reminders: Sequence[Reminder]) -> Mapping[UUID, Answer]:
        """One owner's answers; those that it did not give, or could not give in time, are missing."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...


class Renderer(Protocol):
    """Makes mails."""

    async def render(self, letter: Letter, delivery_id: UUID, written_at: datetime) -> RenderedMail:
        """The bytes of a letter. Raises Unwritable."""
        ...


class Reminders(Protocol):
    """The reminders of this service."""

    async def add(self, commands: Sequence[Command], received_at: datetime) -> Collection[UUID]:
        """Record commands; returns the ids that were new."""
        ...

    async def withdraw(self, withdrawals: Mapping[UUID, str]) -> Sequence[Command]:
        """Note withdrawals, also of reminders not yet known; returns those that they end."""
        ...

    async def withdrawn(self, reminder_ids: Collection[UUID]) -> Collection[UUID]:
        """Which of these were withdrawn."""
        ...

    async def keys(self, reminder_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Whose these are, as far as they are known."""
        ...

    async def end(self, endings: Sequence[Ending], recorded_at: datetime) -> Collection[UUID]:
        """End those whose expected state and claim still stand; returns which were."""
        ...

    async def note_own_stops(self, stops: Mapping[str, int]) -> None:
        """Keep the sequence of the last own failure about each customer."""
        ...

    async def release(self, releases: Sequence[Release]) -> None:
        """Give claims back that still stand, also from `handing_over` where DATA was not begun."""
        ...

    async def mark_handing_over(self, mails: Sequence[HandOver], gateway: str, marked_at: datetime) -> Collection[UUID]:
        """Claimed becomes handing_over, content kept.

        Returns those whose claim still stood, and about whose customers nothing failed here since their decision.
        """
        ...

    async def attempt(self, delivery_id: UUID) -> Attempt | None:
        """A delivery whose hand-over was begun, whoever's it is."""
        ...

    async def defer(self, delivery_ids: Collection[UUID], reason: str) -> None:
        """Note deliveries that did not come about; their content is forgotten."""
        ...


class Tasks(Protocol):
    """What is left for a person."""

    async def open(self, tasks: Sequence[NewTask], recorded_at: datetime) -> None:
        """Put them on the list; one that is there already stays as it is."""
        ...

    async def key_of(self, tenant: str, task_id: UUID) -> str | None:
        """The customer that a task of the tenant is about."""
        ...

    async def find(self, tenant: str, task_id: UUID) -> OpenTask | None:
        """A task of a locked customer."""
        ...

    async def finish(self, finishes: Sequence[Finish]) -> None:
        """They are done, for the reasons given."""
        ...

    async def settle(self, reminder_ids: Collection[UUID], at: datetime) -> None:
        """What these reminders' open tasks asked became clear by itself."""
        ...


class Parties(Protocol):
    """Creditors and customers as last told."""

    async def customers(self, keys: Collection[str]) -> Mapping[str, Customer]:
        """Customers by key."""
        ...

    async def creditors(self, ids: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Creditor]:
        """Creditors by tenant and id."""
        ...

    async def terms(self, invoices: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], PaymentTerms]:
        """How invoices want to be paid, by tenant and id."""
        ...

    async def save_customers(self, facts: Sequence[tuple[str, Customer, int]]) -> None:
        """Keep customers (key, state, version) where the version is higher."""
        ...

    async def words(self, keys: Collection[str]) -> Mapping[str, OwnWords]:
        """What locked customers said about being reached; nothing for those who said nothing."""
        ...

    async def save_words(self, words: Mapping[str, OwnWords]) -> None:
        """Keep what locked customers said."""
        ...

    async def save_creditors(self, facts: Sequence[tuple[str, Creditor, int]]) -> None:
        """Keep creditors (tenant, state, version) where the version is higher."""
        ...

    async def save_terms(self, facts: Sequence[tuple[str, str, PaymentTerms, int]]) -> None:
        """Keep how invoices want to be paid (tenant, invoice, terms, version) where the version is higher."""
        ...


class Work(Protocol):
    """One open transaction."""

    @property
    def reminders(self) -> Reminders:
        """The reminders."""
        ...

    @property
    def tasks(self) -> Tasks:
        """What is left for a person."""
        ...

    @property
    def parties(self) -> Parties:
        """Creditors and customers."""
        ...

    @property
    def started_at(self) -> datetime:
        """Machine time at which it was opened."""
        ...

    async def lock(self, keys: Collection[str]) -> None:
        """Lock customers, in byte order."""
        ...

    async def clock(self, tenant: str) -> datetime | None:
        """The tenant's time; None while the tenant is not known."""
        ...

    async def test_clock(self, tenant: str) -> datetime | None:
        """Where a test tenant's clock stands; None for a tenant that goes by the wall clock."""
        ...

    async def sights(self, keys: Collection[str]) -> Mapping[str, OwnSight]:
        """What this service has read and done about locked customers."""
        ...

    def publish(self, outcome: Outcome, trace: Trace) -> int:
        """Record the outcome's event; returns its sequence."""
        ...


class OpenWork(Protocol):
    """Opens transactions."""

    def __call__(self) -> AbstractAsyncContextManager[Work]:
        """A transaction that commits when the block ends."""
        ...
