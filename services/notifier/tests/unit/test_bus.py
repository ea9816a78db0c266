"""Between wire and domain: commands and facts come in whole, outcomes go out without addresses."""

import json
from datetime import UTC, date, datetime

import notifier_builders as make
import pytest
from fake_work import FakeWork

from kulant_chassis.received import Poison, Received
from kulant_chassis.transaction import Cause
from kulant_contracts.envelope import Envelope, Event, EventData
from kulant_contracts.invoice import CreditorChangedV1, CustomerChangedV1, CustomerErasedV1, InvoiceRegisteredV1
from kulant_contracts.reminder import ReminderRequestedV1, ReminderWithdrawnV1
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseQuestionAskedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)
from notifier.bus.outgoing import draft_of
from notifier.bus.subscriptions import describe, reads
from notifier.domain.attempt import Clearance, State
from notifier.domain.outcome import Outcome
from notifier.domain.own_words import Correction, OwnWords, Preference, Refusal, Representation
from notifier.domain.party import PaymentTerms, erased
from notifier.domain.reminder import Credit, ReturnedPayment, SaidBefore
from notifier.usecases.ports import Trace

AT = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
_ON_THE_WAY = (State.REQUESTED, State.CLAIMED, State.HANDING_OVER)
POSTAL = {"lines": ["Weg 1"], "postal_code": "20457", "city": "Hamburg", "country": "DE"}
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


async def test_what_is_said_about_one_customer_takes_back_no_others_reminder() -> None:
    work = FakeWork()
    await handle(work, received(requested()))
    withdrawn = ReminderWithdrawnV1(reminder_id=str(make.REMINDER_ID), customer_id="C-2", reason="paid")
    with pytest.raises(Poison, match="another customer's"):
        await handle(work, received(withdrawn, "nordlicht/C-2"))
    assert work.ends == []


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


async def test_what_a_command_answers_and_who_it_is_for_comes_in_too() -> None:
    work = FakeWork()
    told = requested(
        kind="service",
        stage={"number": 0, "code": "payment_returned", "tone": "service", "legal_effect": "notice"},
        about={"response_id": "r1", "said_on": "2026-03-10", "on": "2026-03-24", "money": EUR},
        payment_returned={"on": "2026-03-11", "is_direct_debit": True, "recollect_on": "2026-03-20"},
        credits=[{"money": EUR, "note": "n", "code": "claimed", "item_id": "i1", "invoice_id": "v1"}],
        contact_id="k7",
    )
    await handle(work, received(told))
    reminder = work.reminders.rows[make.REMINDER_ID].command.reminder
    assert reminder.about == SaidBefore(date(2026, 3, 10), date(2026, 3, 24), make.eur(119_00))
    assert reminder.payment_returned == ReturnedPayment(date(2026, 3, 11), True, date(2026, 3, 20))
    assert reminder.credits == (Credit(make.eur(119_00), "n", "claimed", "i1", "v1"),)
    assert (reminder.contact_id, reminder.stage_number, reminder.lines[0].stage) == ("k7", 0, 1)


def said(kind: type[EventData], **values: object) -> Received:
    told = {"response_id": "r1", "customer_id": "C-1001", "channel": "page", "said_at": AT}
    return received(kind.model_validate(told | values))


async def test_what_customers_say_about_being_reached_is_kept_and_other_words_are_not() -> None:
    work = FakeWork()
    await handle(
        work,
        said(ResponseContactRefusedV1, refused_channel="sms"),
        said(ResponseWrongPersonV1, reached_channel="email", contact_id="k1"),
        said(ResponseContactCorrectedV1, corrected_channel="email", contact_id="k2", address="new@d.example"),
        said(ResponseContactCorrectedV1, corrected_channel="post", postal=POSTAL),
        said(ResponseChannelPreferredV1, preferred_channel="post"),
        said(ResponseRepresentedV1, by="a lawyer"),
        said(ResponseQuestionAskedV1, quote="why?"),
    )
    assert work.parties.known_words["nordlicht/C-1001"] == OwnWords(
        (Refusal("sms", None, AT), Refusal("email", "k1", AT)),
        (Correction("email", "k2", "new@d.example", AT),),
        Preference("post", AT),
        Representation(AT),
    )


async def test_erasure_leaves_a_mark_and_nothing_personal() -> None:
    work = FakeWork()
    gone = CustomerErasedV1.model_validate({"version": 9, "customer_id": "C-1001", "erased_on": "2026-03-12"})
    await handle(work, received(CUSTOMER), received(gone))
    assert work.parties.known_customers["nordlicht/C-1001"] == erased("C-1001")


def test_spans_name_the_invoices() -> None:
    assert describe(received(requested()).event) == {"kulant.invoice_ids": ("v1",)}
    assert describe(received(INVOICE).event) == {"kulant.invoice_ids": ("v1",)}
    assert describe(received(CREDITOR, "nordlicht").event) == {}


@pytest.mark.parametrize("state", [one for one in State if one not in _ON_THE_WAY])
def test_an_outcome_goes_out_as_its_event_without_an_address(state: State) -> None:
    outcome = Outcome(
        state,  # type: ignore[arg-type]
        make.reminder(),
        make.DELIVERY_ID,
        AT,
        reason=None if state in (State.SENT, State.DELIVERED) else "why",
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
