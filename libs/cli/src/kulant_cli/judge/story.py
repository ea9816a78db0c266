"""The evidence put in order: decoded events, mails with their deliveries, the judge's own books."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from kulant_cli.judge.books import Books, Said
from kulant_cli.judge.evidence import Answer, Evidence, TopicRecord
from kulant_cli.judge.letters import Letter, read_letter
from kulant_contracts import topics
from kulant_contracts.delivery import (
    DeliveryBouncedV1,
    DeliveryEventData,
    DeliveryFailedV1,
    DeliverySentV1,
    DeliverySuppressedV1,
    DeliveryUnknownV1,
)
from kulant_contracts.envelope import Event, EventData, decode, decode_structured
from kulant_contracts.erp import ErpCreditorChangedV1, ErpCustomerChangedV1
from kulant_contracts.refusal import Undecodable, UnknownType
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from kulant_contracts.response import ResponseEventData

Data = TypeVar("Data", bound=EventData)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ENDS = (DeliverySentV1, DeliverySuppressedV1, DeliveryFailedV1, DeliveryUnknownV1)


@dataclass(frozen=True, slots=True)
class Unread:
    """A record on one of Kulant's topics that the contracts cannot read."""

    topic: str
    key: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Home:
    """Where a customer's day begins and ends."""

    time_zone: str
    country: str


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer that the page acknowledged, and the facts that it became."""

    answer: Answer
    responses: tuple[ResponseEventData, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """What one tenant's evidence says, each event once."""

    evidence: Evidence
    books: Books
    customers: dict[str, ErpCustomerChangedV1]
    creditors: dict[str, ErpCreditorChangedV1]
    events: tuple[Event, ...]
    unread: tuple[Unread, ...]
    parked: tuple[TopicRecord, ...]
    letters: tuple[Letter, ...]
    letters_by_delivery: dict[str, list[Letter]]
    requests: dict[str, ReminderRequestedV1]
    ends: dict[str, tuple[DeliveryEventData, ...]]
    withdrawn: frozenset[str]
    responses: tuple[ResponseEventData, ...]
    by_kind: dict[type[EventData], tuple[EventData, ...]]
    by_customer: dict[str, tuple[Event, ...]]
    answered: dict[str, tuple[Heard, ...]]

    def of(self, kind: type[Data]) -> Iterator[Data]:
        """The data of every event of one kind (or of the kinds derived from it), in the order of its topic."""
        if kind.__subclasses__():
            yield from (event.data for event in self.events if isinstance(event.data, kind))
        else:
            yield from (data for data in self.by_kind.get(kind, ()) if isinstance(data, kind))

    def events_of(self, customer_id: str) -> Iterator[Event]:
        """Every event about one customer."""
        yield from self.by_customer.get(customer_id, ())

    def responses_of(self, customer_id: str) -> Iterator[ResponseEventData]:
        """Everything that one customer said."""
        for event in self.events_of(customer_id):
            if isinstance(event.data, ResponseEventData):
                yield event.data

    def said_before(self, customer_id: str, moment: datetime) -> Iterator[ResponseEventData]:
        """What a customer had said on the page, acknowledged before a moment of the wall clock."""
        for heard in self.answered.get(customer_id, ()):
            if heard.answer.acked_at is not None and heard.answer.acked_at < moment:
                yield from heard.responses

    def sent(self) -> Iterator[DeliverySentV1]:
        """Every message that a channel took over."""
        return self.of(DeliverySentV1)

    def came_back(self, customer_id: str, at: datetime) -> frozenset[str]:
        """The addresses from which mails to a customer had come back by a moment of the tenant's clock."""
        return frozenset(
            address
            for event in self.events_of(customer_id)
            if isinstance(event.data, DeliveryBouncedV1) and event.data.at <= at
            for letter in self.letters_of(event.data.delivery_id)
            for address in letter.recipients
        )

    def letters_of(self, delivery_id: str) -> list[Letter]:
        """The mails that carry this delivery's id; the Message-ID is made of it."""
        return self.letters_by_delivery.get(delivery_id, [])

    def home(self, customer_id: str) -> Home:
        """By whose clock and holidays a customer lives: its own, else the creditor's."""
        creditor = next(iter(self.creditors.values()), None)
        customer = self.customers.get(customer_id)
        zone = (customer.time_zone if customer else None) or (creditor.time_zone if creditor else "UTC")
        country = (customer.country if customer else None) or (creditor.address.country if creditor else "")
        return Home(zone, country)


def delivery_of(letter: Letter) -> str:
    """The id of the delivery that this mail claims to be."""
    return delivery_named(letter.message_id)


def delivery_named(message_id: str) -> str:
    """The delivery of which a Message-ID is made."""
    return message_id.strip("<>").partition("@")[0]


def made_at(event: Event) -> datetime | None:
    """The wall clock's moment in the event's id (UUIDv7); None for any other id."""
    try:
        number = UUID(event.envelope.id)
    except ValueError:
        return None
    return _EPOCH + timedelta(milliseconds=number.int >> 80) if number.version == 7 else None


def read_story(evidence: Evidence) -> Story:
    """Decode everything that the evidence holds."""
    events, unread = _read_records(evidence.records)
    requests = {event.data.reminder_id: event.data for event in events if isinstance(event.data, ReminderRequestedV1)}
    ends: dict[str, list[DeliveryEventData]] = {}
    for event in events:
        if isinstance(event.data, ENDS):
            ends.setdefault(event.data.reminder_id, []).append(event.data)
    books = Books(_read_facts(evidence))
    customers = books.customers()
    letters = _letters(evidence, customers, _ids_of(events))
    by_delivery: dict[str, list[Letter]] = {}
    for letter in letters:
        by_delivery.setdefault(delivery_of(letter), []).append(letter)
    return Story(
        evidence=evidence,
        books=books,
        customers=customers,
        creditors=books.creditors(),
        events=events,
        unread=unread,
        parked=tuple(record for record in evidence.records if record.topic not in topics.ALL),
        letters=letters,
        letters_by_delivery=by_delivery,
        requests=requests,
        ends={reminder_id: tuple(found) for reminder_id, found in ends.items()},
        withdrawn=frozenset(e.data.reminder_id for e in events if isinstance(e.data, ReminderWithdrawnV1)),
        responses=tuple(event.data for event in events if isinstance(event.data, ResponseEventData)),
        by_kind=_by_kind(events),
        by_customer=_by_customer(events),
        answered=_answered(evidence.answers, events),
    )


def _answered(answers: Iterable[Answer], events: Iterable[Event]) -> dict[str, tuple[Heard, ...]]:
    """The answers by customer: each with the facts about the message on whose page it was given."""
    reminders: dict[str, str] = {}
    responses: dict[tuple[str | None, str], list[ResponseEventData]] = {}
    for event in events:
        data = event.data
        if isinstance(data, DeliverySentV1 | DeliveryUnknownV1):  # who answers has it, whatever the sender knows
            reminders[data.delivery_id] = data.reminder_id
        elif isinstance(data, ResponseEventData):
            responses.setdefault((data.reminder_id, data.TYPE.split(".")[-2]), []).append(data)
    found: dict[str, list[Heard]] = {}
    for answer in answers:
        reminder_id = reminders.get(delivery_named(answer.message_id), "")
        said = responses.get((reminder_id, answer.kind), [])
        found.setdefault(said[0].customer_id if said else "", []).append(Heard(answer, tuple(said)))
    return {customer_id: tuple(heard) for customer_id, heard in found.items()}


def _by_kind(events: Iterable[Event]) -> dict[type[EventData], tuple[EventData, ...]]:
    found: dict[type[EventData], list[EventData]] = {}
    for event in events:
        found.setdefault(type(event.data), []).append(event.data)
    return {kind: tuple(said) for kind, said in found.items()}


def _by_customer(events: Iterable[Event]) -> dict[str, tuple[Event, ...]]:
    found: dict[str, list[Event]] = {}
    for event in events:
        if (customer_id := getattr(event.data, "customer_id", None)) is not None:
            found.setdefault(customer_id, []).append(event)
    return {customer_id: tuple(told) for customer_id, told in found.items()}


def _read_records(records: Iterable[TopicRecord]) -> tuple[tuple[Event, ...], tuple[Unread, ...]]:
    """Kulant's own events, each once: a relay may rightly publish one again with the same id."""
    events: dict[tuple[str, str], Event] = {}
    unread: list[Unread] = []
    for record in records:
        if record.topic == topics.ERP or record.topic not in topics.ALL:
            continue
        try:
            event = decode(record.value, record.headers, EVENTS)
        except (Undecodable, UnknownType) as error:
            unread.append(Unread(record.topic, record.key, str(error)))
            continue
        events.setdefault((event.envelope.source, event.envelope.id), event)
    return tuple(events.values()), tuple(unread)


def _read_facts(evidence: Evidence) -> Iterator[Said]:
    for fact in evidence.facts:
        try:
            event = decode_structured(fact.value, EVENTS)
        except (Undecodable, UnknownType):
            continue  # published on purpose to be refused; it books nothing
        yield Said(event, fact.sent_at, fact.acked_at)


def _ids_of(events: Iterable[Event]) -> frozenset[str]:
    """The ids of this tenant's deliveries and reminders."""
    names = ("delivery_id", "reminder_id")
    return frozenset(value for event in events for name in names if (value := getattr(event.data, name, None)))


def _letters(evidence: Evidence, customers: dict[str, ErpCustomerChangedV1], ids: frozenset[str]) -> tuple[Letter, ...]:
    """The mails that touch this tenant, by address, domain or id; a mailbox may hold those of other runs."""
    addresses = {
        contact.address.lower() for customer in customers.values() for contact in customer.contacts if contact.address
    }
    letters = (
        read_letter(mail.name, mail.content, mail.accepted_at, mail.recipients, mail.data_began_at)
        for mail in evidence.mails
    )
    return tuple(
        letter
        for letter in letters
        if letter.recipients & addresses
        or ids & {delivery_of(letter), letter.delivery_id, letter.reminder_id}
        or any(evidence.tenant in address.rpartition("@")[2].split(".") for address in letter.recipients)
    )
