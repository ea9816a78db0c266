"""A small sound scene for the judge: one customer, one invoice, one reminder sent; tests plant defects into it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from kulant_cli import facts as erp_facts
from kulant_cli import telling
from kulant_cli.book import Book, Customer, Invoice, Payment, Person
from kulant_cli.entries import pay
from kulant_cli.fiction import CREDITOR, HAMBURG
from kulant_cli.judge import Answer, Evidence, MailFile, PublishedFact, TopicRecord, Unsaid, Violation, judge
from kulant_cli.judge.messages import LADDER
from kulant_contracts import invoice as said
from kulant_contracts.case import CaseStageReachedV1, StageReached
from kulant_contracts.delivery import DeliveryEventData, DeliverySentV1, DeliverySuppressedV1
from kulant_contracts.envelope import Envelope, EventData, decode_structured, encode, key_of
from kulant_contracts.erp import ErpCustomerChangedV1
from kulant_contracts.erp_changes import ErpPaymentsCheckedV1
from kulant_contracts.money import Money
from kulant_contracts.registry import EVENTS
from kulant_contracts.reminder import NextStep, PolicyVersion, ReminderItem, ReminderRequestedV1, ReminderStage
from kulant_contracts.response import ResponsePaymentClaimedV1, ResponsePromiseMadeV1

TENANT = "demo-test"
WALL = datetime(2026, 11, 22, 10, tzinfo=UTC)
STARTS_AT = datetime(2026, 3, 16, 3, tzinfo=UTC)
SENT_AT = datetime(2026, 3, 21, 9, tzinfo=UTC)
ASKED_AT = WALL + timedelta(minutes=1)
CLEARED_AT = ASKED_AT + timedelta(milliseconds=40)
DEADLINE_ON = date(2026, 3, 30)
SERVICES = {"kulant.invoice.v1": "invoice-service", "kulant.reminder.v1": "dunning-engine",
            "kulant.delivery.v1": "notifier", "kulant.response.v1": "feedback-service",
            "kulant.case.v1": "dunning-engine"}  # fmt: skip

CUSTOMER = Customer(
    customer_id="C1",
    name="Beispielbau Nordlicht GmbH",
    kind="business",
    place=HAMBURG,
    email="billing@c1.demo-test.example.org",
    person=Person("ms", "Frida", "Mustermann"),
)
INVOICE = Invoice("C1", "I1", "RE-2026-1001", date(2026, 3, 2), date(2026, 3, 16), 123_450, "EUR", "eur")


def payment(invoice: Invoice = INVOICE, amount_minor: int | None = None, at: datetime = SENT_AT) -> Payment:
    return pay(invoice, at, invoice.amount_minor if amount_minor is None else amount_minor)


@dataclass
class Scene:
    """Evidence that can still be changed."""

    facts: list[PublishedFact] = field(default_factory=list)
    records: list[TopicRecord] = field(default_factory=list)
    mails: list[MailFile] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    unsaid: list[Unsaid] = field(default_factory=list)
    clock: list[datetime] = field(default_factory=list)
    something_was_killed: bool = False
    _numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def publish(self, fact: erp_facts.Fact, acked_at: datetime | None = WALL, sent_at: datetime | None = None) -> None:
        envelope = Envelope(id=f"f{len(self.facts)}", source="/erp", type=fact.data.TYPE, time=fact.at, tenantid=TENANT)
        self.facts.append(PublishedFact(encode(envelope, fact.data), sent_at or acked_at or WALL, acked_at))

    def say(self, data: EventData, *, at: datetime = SENT_AT, event_id: str | None = None, sequence: int = 0) -> None:
        key = key_of(TENANT, data)
        series = (data.TOPIC, key)
        self._numbers[series] = sequence or self._numbers.get(series, 0) + 1
        envelope = Envelope(
            id=event_id or id_made_at(_wall(data), len(self.records)),
            source=f"/kulant/{SERVICES[data.TOPIC]}",
            type=data.TYPE,
            time=at,
            tenantid=TENANT,
            partitionkey=key,
            sequence=self._numbers[series],
        )
        self.records.append(TopicRecord(data.TOPIC, key, encode(envelope, data)))

    def tell(self, data: EventData, at: datetime = STARTS_AT, **moments: Any) -> None:
        """The ERP says this."""
        self.publish(erp_facts.Fact(at, data), **moments)

    def dead_letter(self, value: bytes, headers: tuple[tuple[str, bytes], ...] = ()) -> None:
        """invoice-service set this aside."""
        self.records.append(TopicRecord("kulant.invoice-service.dead-letter.v1", f"{TENANT}/C1", value, headers))

    def without(self, event_type: str) -> None:
        self.records = [record for record in self.records if f'"{event_type}"'.encode() not in record.value]

    def evidence(self) -> Evidence:
        return Evidence(
            tenant=TENANT,
            facts=tuple(self.facts),
            records=tuple(self.records),
            mails=tuple(self.mails),
            answers=tuple(self.answers),
            unsaid=tuple(self.unsaid),
            clock=tuple(self.clock),
            something_was_killed=self.something_was_killed,
        )

    def checks(self) -> set[str]:
        return {violation.check for violation in self.violations()}

    def violations(self) -> tuple[Violation, ...]:
        return judge(self.evidence()).violations


def _wall(data: EventData) -> datetime:
    """When an event of the scene is made: an end of a delivery soon after its clearance."""
    cleared_at: datetime | None = getattr(data, "cleared_at", None)
    return cleared_at + timedelta(seconds=1) if cleared_at else WALL


def id_made_at(at: datetime, number: int) -> str:
    """A UUIDv7 of this moment."""
    return str(UUID(int=int(at.timestamp() * 1000) << 80 | 0x7 << 76 | 0x2 << 62 | number))


def quiet_scene(*invoices: Invoice, days: int = 5) -> Scene:
    """Facts were told and registered; nothing was sent."""
    book = Book(TENANT, "Test", STARTS_AT, date(2026, 4, 12), CREDITOR, (CUSTOMER,), invoices or (INVOICE,), ())
    scene = Scene(clock=[STARTS_AT, *(SENT_AT + timedelta(days=day - 4) for day in range(days))])
    for fact in (*telling.opening_facts(book), *telling.daily_facts(book)):
        scene.publish(fact)
    for invoice in book.invoices:
        scene.say(registered(invoice))
    return scene


def unreachable_scene(contact: Mapping[str, Any] | None) -> Scene:
    """The ERP says from the start that the customer's only contact is of no use, or that there is none."""
    scene = quiet_scene(days=8)
    for number, fact in enumerate(scene.facts):
        event = decode_structured(fact.value, EVENTS)
        if isinstance(event.data, ErpCustomerChangedV1):
            told = event.data.model_dump(mode="json", by_alias=True, exclude_none=True)
            told["contacts"] = [] if contact is None else [{**told["contacts"][0], **contact}]
            data = ErpCustomerChangedV1.model_validate_json(json.dumps(told))
            scene.facts[number] = replace(fact, value=encode(event.envelope, data))
    return scene


def sent_scene(*invoices: Invoice, at: datetime = SENT_AT, **changes: Any) -> Scene:
    """A reminder about the invoices was requested, sent, and its stage reached."""
    chosen = invoices or (INVOICE,)
    scene = quiet_scene(*chosen)
    send(scene, *chosen, at=at, **changes)
    return scene


def send(
    scene: Scene,
    *invoices: Invoice,
    at: datetime = SENT_AT,
    reminder_id: str = "r1",
    request: Mapping[str, Any] | None = None,
    **changes: Any,
) -> None:
    """Request, send and write back a reminder; `request` changes the command, the rest the receipt."""
    asked = requested(*invoices, at=at, reminder_id=reminder_id).model_copy(update=dict(request or {}))
    scene.say(asked, at=at)
    sent = delivery(DeliverySentV1, *invoices, at=at, reminder_id=reminder_id).model_copy(
        update={"deadline_on": asked.deadline_on, "total": asked.total, **changes}
    )
    scene.say(sent, at=at)
    if asked.kind == "reminder":
        scene.say(stage_reached(*invoices, at=at, reminder_id=reminder_id), at=at)
    left_at = sent.cleared_at and sent.cleared_at + timedelta(milliseconds=200)
    on = sent.deadline_on or DEADLINE_ON
    scene.mails.append(mail(*invoices, reminder_id=reminder_id, accepted_at=left_at, deadline_on=on, total=asked.total))


def rung(number: int, invoice: Invoice = INVOICE, *, at: datetime, deadline_on: date) -> dict[str, Any]:
    """What makes a command one of this stage."""
    stage = LADDER[number]
    item = _item(invoice, at).model_copy(update={"stage": number})
    told = ReminderStage(number=number, code=stage.code, tone=stage.tone, legal_effect=stage.legal_effect)
    return {"stage": told, "items": (item,), "deadline_on": deadline_on}


CLIMBED = (
    (1, SENT_AT, date(2026, 3, 30)),
    (2, datetime(2026, 4, 2, 9, tzinfo=UTC), date(2026, 4, 9)),
    (3, datetime(2026, 4, 14, 9, tzinfo=UTC), date(2026, 4, 21)),
    (4, datetime(2026, 4, 27, 9, tzinfo=UTC), date(2026, 5, 4)),
)
"""The whole ladder of the usual invoice: stage, sending, deadline."""


def climb(scene: Scene, upto: int = 4, invoice: Invoice = INVOICE, **changes: Any) -> None:
    """Send the first stages; payments are known every day."""
    known_daily(scene)
    for number, at, deadline_on in CLIMBED[:upto]:
        send(
            scene,
            invoice,
            at=at,
            reminder_id=f"r{number}",
            request=rung(number, invoice, at=at, deadline_on=deadline_on),
            **(changes if number == upto else {}),
        )


def known_daily(scene: Scene, days: int = 60) -> None:
    """The ERP says every morning that all payments were told."""
    for day in range(days):
        scene.tell(ErpPaymentsCheckedV1(seen_until_at=STARTS_AT + timedelta(days=day)), STARTS_AT + timedelta(days=day))


def registered(invoice: Invoice) -> said.InvoiceRegisteredV1:
    money = Money.from_minor(invoice.amount_minor, invoice.currency)
    return said.InvoiceRegisteredV1(
        version=1,
        creditor_id="main",
        customer_id=invoice.customer_id,
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        currency=invoice.currency,
        total=money,
        items=(_state(invoice, money.amount_minor, 1),),
    )


def _state(invoice: Invoice, open_minor: int, version: int) -> said.ItemState:
    return said.ItemState(
        item_id=invoice.item_id,
        invoice_id=invoice.invoice_id,
        customer_id=invoice.customer_id,
        creditor_id="main",
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        amount=Money.from_minor(invoice.amount_minor, invoice.currency),
        open=Money.from_minor(open_minor, invoice.currency),
        state="overdue" if open_minor else "settled",
        version=version,
    )


def balance(invoice: Invoice, open_minor: int, version: int = 2) -> EventData:
    kind = said.ItemBalanceChangedV1 if open_minor else said.ItemSettledV1
    return kind.model_validate(_state(invoice, open_minor, version).model_dump())


def requested(*invoices: Invoice, at: datetime = SENT_AT, reminder_id: str = "r1") -> ReminderRequestedV1:
    total = Money.from_minor(sum(invoice.amount_minor for invoice in invoices), invoices[0].currency)
    return ReminderRequestedV1(
        reminder_id=reminder_id,
        customer_id=invoices[0].customer_id,
        creditor_id="main",
        case_id="k1",
        kind="reminder",
        policy=PolicyVersion(code="standard", version=1),
        stage=ReminderStage(number=1, code="friendly", tone="friendly", legal_effect="notice"),
        channels=("email",),
        language="en",
        currency=total.currency,
        items=tuple(_item(invoice, at) for invoice in invoices),
        items_total=total,
        total=total,
        deadline_on=DEADLINE_ON,
        next_step=NextStep(code="review", not_before_on=date(2026, 4, 1)),
        not_before_at=at,
        not_after_at=at + timedelta(hours=8),
        seen={"invoice-service": 1},
    )


def _item(invoice: Invoice, at: datetime) -> ReminderItem:
    money = Money.from_minor(invoice.amount_minor, invoice.currency)
    return ReminderItem(
        item_id=invoice.item_id,
        invoice_id=invoice.invoice_id,
        number=invoice.number,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        amount=money,
        open=money,
        days_overdue=(at.date() - invoice.due_on).days,
        stage=1,
    )


def delivery(
    kind: type[DeliveryEventData],
    *invoices: Invoice,
    at: datetime = SENT_AT,
    reminder_id: str = "r1",
    reason: str | None = None,
) -> DeliveryEventData:
    total = Money.from_minor(sum(invoice.amount_minor for invoice in invoices), invoices[0].currency)
    return kind.model_validate({
        "delivery_id": f"d-{reminder_id}",
        "reason": reason,
        "reminder_id": reminder_id,
        "case_id": "k1",
        "customer_id": invoices[0].customer_id,
        "channel": "email",
        "contact_id": "mail",
        "gateway": "smtp",
        "at": at,
        "deadline_on": DEADLINE_ON,
        "total": total,
        "asked_at": ASKED_AT,
        "cleared_at": CLEARED_AT,
    })  # fmt: skip


def suppressed(invoice: Invoice, reason: str, reminder_id: str = "r1") -> EventData:
    return DeliverySuppressedV1(
        delivery_id=f"d-{reminder_id}",
        reminder_id=reminder_id,
        case_id="k1",
        customer_id=invoice.customer_id,
        channel="email",
        at=SENT_AT,
        reason=reason,
    )


def stage_reached(*invoices: Invoice, at: datetime = SENT_AT, reminder_id: str = "r1") -> CaseStageReachedV1:
    items = tuple(
        StageReached(invoice_id=i.invoice_id, item_id=i.item_id, stage=1, sent_on=at.date(), deadline_on=DEADLINE_ON)
        for i in invoices
    )
    return CaseStageReachedV1(
        case_id="k1",
        customer_id=invoices[0].customer_id,
        creditor_id="main",
        at=at,
        reminder_id=reminder_id,
        channel="email",
        items=items,
    )


def hold(state: str = "set", **changes: Any) -> said.HoldChangedV1:
    """A hold on the customer; `changes` makes it one of an invoice, an item or a part."""
    told = {"version": 1, "customer_id": "C1", "hold_id": "h1", "scope": "customer", "reason": "unread_fact"}
    return said.HoldChangedV1.model_validate({**told, "state": state, **changes})


def mail(
    *invoices: Invoice,
    reminder_id: str = "r1",
    name: str = "",
    leave_out: str = "",
    also: str = "",
    to: str = CUSTOMER.email,
    headers: Mapping[str, str] | None = None,
    accepted_at: datetime | None = None,
    deadline_on: date = DEADLINE_ON,
    total: Money | None = None,
) -> MailFile:
    """A complete mail; `leave_out` is cut from both of its parts, `also` is said in both."""
    rows = "\n".join(f"Invoice {i.number} due {_day(i.due_on)} open {_euro(i.amount_minor)}" for i in invoices)
    asked = _euro(total.amount_minor if total else sum(invoice.amount_minor for invoice in invoices))
    text = (
        f"Dear Ms Mustermann,\n\nplease pay by {_day(deadline_on)}.\n{rows}\nTotal: {asked}\n"
        "IBAN: DE89 3704 0044 0532 0130 00\nhttp://127.0.0.1:8000/r/AbC_123-x\n"
    )
    message = EmailMessage()
    message["From"] = "dunning@example.org"
    message["To"] = to
    message["Subject"] = "A friendly reminder"
    message["Message-ID"] = f"<d-{reminder_id}@example.org>"
    for header, value in (headers or {}).items():
        message[header] = value
    text = (text.replace(leave_out, "") if leave_out else text) + also
    message.set_content(text)
    message.add_alternative(f"<html><body><p>{text}</p></body></html>", subtype="html")
    return MailFile(name or f"{reminder_id}.eml", message.as_bytes(), accepted_at)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _euro(minor: int) -> str:
    return f"€{minor // 100:,}.{minor % 100:02}"


def answer(kind: str, *, on: date | None = None, reminder_id: str = "r1", acked_at: datetime | None = WALL) -> Answer:
    return Answer(
        message_id=f"<d-{reminder_id}@example.org>",
        kind=kind,
        on=on,
        said_at=SENT_AT,
        sent_at=WALL,
        acked_at=acked_at,
        status=200,
    )


def promise(on: date, reminder_id: str = "r1") -> ResponsePromiseMadeV1:
    return ResponsePromiseMadeV1(
        response_id="a1", customer_id="C1", reminder_id=reminder_id, channel="page", said_at=SENT_AT, on=on
    )


def claim(reminder_id: str = "r1") -> ResponsePaymentClaimedV1:
    return ResponsePaymentClaimedV1(
        response_id="a2", customer_id="C1", reminder_id=reminder_id, channel="page", said_at=SENT_AT
    )


def other_invoice(number: int = 2, **changes: object) -> Invoice:
    return replace(INVOICE, **{"invoice_id": f"I{number}", "number": f"RE-2026-100{number}", **changes})  # type: ignore[arg-type]
