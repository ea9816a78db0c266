"""Between wire and domain: commands and facts come in whole, outcomes go out without addresses."""

import json
from datetime import UTC, datetime

import notifier_builders as make
import pytest
from fake_work import FakeWork

from kulant_chassis.received import Poison, Received
from kulant_chassis.transaction import Cause
from kulant_contracts.envelope import Envelope, Event, EventData
from kulant_contracts.invoice import CreditorChangedV1, CustomerChangedV1, InvoiceRegisteredV1
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from notifier.bus.outgoing import draft_of
from notifier.bus.subscriptions import describe, reads
from notifier.domain.attempt import Clearance, State
from notifier.domain.outcome import Outcome
from notifier.domain.party import PaymentTerms
from notifier.usecases.ports import Trace

AT = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
EUR = {"amount": "119.00", "currency": "EUR"}


def received(data: EventData, key: str = "nordlicht/C-1001") -> Received:
    envelope = Envelope(
        id="e1", source="/kulant/x", type=data.TYPE, time=AT, tenantid="nordlicht", partitionkey=key, sequence=1
    )
    return Received(Event(envelope, data), key, data.TOPIC, 0, 0, Cause("tp", None, "chain", "e1"), None)  # type: ignore[arg-type]


def requested(**changes) -> ReminderRequestedV1:
    item = {
        "item_id": "i1",
        "invoice_id": "v1",
        "number": "R-1",
        "issued_on": "2026-02-05",
        "due_on": "2026-03-07",
        "amount": EUR,
        "open": EUR,
        "days_overdue": 5,
        "stage": 1,
    }
    values = {
        "reminder_id": str(make.REMINDER_ID),
        "customer_id": "C-1001",
        "creditor_id": "main",
        "case_id": "case-1",
        "kind": "reminder",
        "policy": {"code": "standard", "version": 1},
        "stage": {"number": 1, "code": "friendly", "tone": "friendly", "legal_effect": "notice"},
        "channels": ["email"],
        "language": "en",
        "currency": "EUR",
        "items": [item],
        "items_total": EUR,
        "total": EUR,
        "deadline_on": "2026-03-19",
        "next_step": {"code": "review", "not_before_on": "2026-03-20"},
        "not_before_at": "2026-03-12T07:00:00Z",
        "not_after_at": "2026-03-12T19:00:00Z",
        "seen": {"invoice-service": 3},
    }
    return ReminderRequestedV1.model_validate(values | changes)


CUSTOMER = CustomerChangedV1.model_validate(
    {
        "version": 4,
        "customer_id": "C-1001",
        "kind": "business",
        "name": "Haus",
        "legal_name": "Haus am See Hotel GmbH",
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "contacts": [
            {
                "contact_id": "k1",
                "channel": "email",
                "address": "a@b.example",
                "consent": {"given": False, "at": "2026-01-01T00:00:00Z", "source": "call"},
            },
            {
                "contact_id": "k2",
                "channel": "email",
                "address": "c@d.example",
                "unusable": True,
                "family_name": "Weber",
            },
        ],
    }
)
CREDITOR = CreditorChangedV1.model_validate(
    {
        "version": 2,
        "creditor_id": "main",
        "legal_name": "Nordlicht GmbH",
        "address": {"lines": ["Weg 1"], "postal_code": "20457", "city": "Hamburg", "country": "DE"},
        "register": "HRB 1",
        "directors": ["Jule Petersen"],
        "bank_accounts": [{"account_id": "a1", "iban": "DE89 3704 0044 0532 0130 00", "holder": "Nordlicht GmbH"}],
        "contact": {"name": "Jule Petersen", "email": "desk@nordlicht.example"},
        "language": "en",
        "time_zone": "Europe/Berlin",
    }
)
INVOICE = InvoiceRegisteredV1.model_validate(
    {
        "version": 1,
        "creditor_id": "main",
        "customer_id": "C-1001",
        "invoice_id": "v1",
        "number": "R-1",
        "issued_on": "2026-02-05",
        "currency": "EUR",
        "total": EUR,
        "payment": {"reference": "RF25A", "account_id": "a1"},
        "items": [],
    }
)


async def handle(work: FakeWork, *batch: Received) -> None:
    await reads(lambda _: work).handle(None, list(batch))  # type: ignore[arg-type]


async def test_a_command_comes_in_whole_with_its_trace() -> None:
    work = FakeWork()
    await handle(work, received(requested()))
    command = work.reminders.rows[make.REMINDER_ID].command
    assert command.trace == Trace("tp", None, "chain", "e1")
    reminder = command.reminder
    assert (reminder.total.amount_minor, reminder.lines[0].number, reminder.stage) == (11900, "R-1", "friendly")
    assert reminder.key == "nordlicht/C-1001"
    assert reminder.next_step is not None
    assert reminder.next_step.code == "review"


async def test_a_withdrawal_in_the_same_batch_wins() -> None:
    work = FakeWork()
    withdrawn = ReminderWithdrawnV1(reminder_id=str(make.REMINDER_ID), customer_id="C-1001", reason="paid")
    await handle(work, received(withdrawn), received(requested()))
    assert work.ends == [("suppressed", "withdrawn")]


async def test_a_reminder_id_that_no_link_could_carry_is_parked() -> None:
    with pytest.raises(Poison, match="reminder_id"):
        await handle(FakeWork(), received(requested(reminder_id="7")))


async def test_people_and_terms_of_payment_are_kept() -> None:
    work = FakeWork()
    await handle(work, received(CUSTOMER), received(CREDITOR, "nordlicht"), received(INVOICE))
    customer = work.parties.known_customers["nordlicht/C-1001"]
    assert customer.name == "Haus am See Hotel GmbH"
    assert [(one.is_refused, one.is_unusable) for one in customer.contacts] == [(True, False), (False, True)]
    creditor = work.parties.known_creditors["nordlicht", "main"]
    assert (creditor.register, creditor.contact_name) == ("HRB 1", "Jule Petersen")
    assert creditor.bank_accounts[0].iban == "DE89370400440532013000"
    assert work.parties.known_terms["nordlicht", "v1"] == PaymentTerms("RF25A", "a1")


def test_spans_name_the_invoices() -> None:
    assert describe(received(requested()).event) == {"kulant.invoice_ids": ("v1",)}
    assert describe(received(INVOICE).event) == {"kulant.invoice_ids": ("v1",)}
    assert describe(received(CREDITOR, "nordlicht").event) == {}


@pytest.mark.parametrize("state", [State.SENT, State.SUPPRESSED, State.FAILED, State.UNKNOWN])
def test_an_outcome_goes_out_as_its_event_without_an_address(state: State) -> None:
    outcome = Outcome(
        state,  # type: ignore[arg-type]
        make.reminder(),
        make.DELIVERY_ID,
        AT,
        reason=None if state is State.SENT else "why",
        seen={"invoice-service": 4},
        channel="email",
        contact_id="k1",
        address="a***@h***.example",
        gateway="smtp",
        content_sha256="0" * 64,
        clearance=Clearance(AT, AT),
    )
    draft = draft_of(outcome, Trace("tp", None, "chain", "cause"))
    assert f"kulant.delivery.{state}.v1" == draft.data.TYPE
    assert (draft.key, draft.time, draft.cause) == ("nordlicht/C-1001", AT, Cause("tp", None, "chain", "cause"))
    told = json.loads(draft.data.model_dump_json(exclude_none=True))
    assert "@" not in str(told)
    assert told["total"] == EUR
    assert told["deadline_on"] == "2026-03-19"
    assert ("seen" in told) is (state is State.SUPPRESSED)


def test_one_that_ended_before_a_contact_was_chosen_names_the_wanted_channel() -> None:
    outcome = Outcome(State.SUPPRESSED, make.reminder(), make.DELIVERY_ID, AT, reason="withdrawn")
    told = json.loads(draft_of(outcome, Trace()).data.model_dump_json(exclude_none=True))
    assert told["channel"] == "email"
    assert "contact_id" not in told
