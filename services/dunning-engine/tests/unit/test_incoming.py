"""What facts on the wire mean to the engine."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from engine_wire_builders import (
    FIRST_DAY,
    creditor_changed,
    customer_changed,
    eur,
    hold_changed,
    invoice_registered,
    item_overdue,
    payment_claimed,
    promise_made,
    received,
    sent,
    suppressed,
    tenant_changed,
)

from dunning_engine.bus.incoming import invoice_ids, learn, occasions
from dunning_engine.domain.answers import About, Hold, PaymentClaim, Promise
from dunning_engine.domain.facts import Creditor, Tenant
from dunning_engine.domain.learned import AnswerLearned, CreditorLearned, HoldLearned, TenantLearned
from kulant_chassis.received import Poison
from kulant_contracts.case import CaseClosedV1
from kulant_contracts.reminder import ReminderWithdrawnV1

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
REMINDER_ID = "01976b1e-0000-7000-8000-000000000001"
REMINDER = ReminderWithdrawnV1(reminder_id=REMINDER_ID, customer_id="c-1", reason="settled")


def test_a_tenant_is_learned_with_its_clock():
    assert learn(received(tenant_changed(region="BE"))) == [
        TenantLearned("acme", Tenant("DE", "BE"), "test", FIRST_DAY, 1, 1)
    ]


def test_a_creditor_is_in_the_country_of_its_address():
    assert learn(received(creditor_changed())) == [CreditorLearned("acme", Creditor("main", "DE", None, "en"), 1)]


def test_nothing_that_names_a_customer_is_kept():
    (learned,) = learn(received(customer_changed(name="Erika Muster", policy="gentle")))

    assert "Muster" not in repr(learned)
    assert (learned.key, learned.customer.policy_code) == ("acme/c-1", "gentle")


@pytest.mark.parametrize("fact", [item_overdue(version=1, state="open"), invoice_registered()], ids=["item", "invoice"])
def test_an_item_keeps_the_trace_of_the_fact_that_told_of_it(fact):
    (learned,) = learn(received(fact))

    assert learned.traceparent == TRACE
    assert learned.item.key == ("inv-1", "1")
    assert (learned.item.open_minor, learned.item.currency, learned.item.state) == (11900, "EUR", "open")


@pytest.mark.parametrize(("state", "is_set"), [("set", True), ("lifted", False)])
def test_a_hold_is_set_or_lifted(state, is_set):
    fact = hold_changed(state=state, scope="invoice", scope_id="inv-1", until_on=date(2026, 4, 1))

    told_at = datetime(2026, 3, 1, tzinfo=UTC)
    hold = Hold("h-1", "invoice", "inv-1", "manual", date(2026, 4, 1), set_at=told_at, is_set=is_set)
    assert learn(received(fact)) == [HoldLearned("acme/c-1", hold, is_set, 1)]


def test_a_promise_is_about_what_it_names():
    fact = promise_made(date(2026, 3, 20), item_id="1", reminder_id=REMINDER_ID)

    about = About("1", "EUR", UUID(REMINDER_ID))
    promise = Promise("resp-1", FIRST_DAY, date(2026, 3, 20), about, 11900)
    assert learn(received(fact)) == [AnswerLearned("acme/c-1", promise)]


def test_an_answer_without_an_amount_or_to_something_unknown_is_taken_too():
    promise, claim = promise_made(date(2026, 3, 20), money=None), payment_claimed(reminder_id="a letter")

    assert learn(received(promise)) == [
        AnswerLearned("acme/c-1", Promise("resp-1", FIRST_DAY, date(2026, 3, 20), About()))
    ]
    assert learn(received(claim)) == [AnswerLearned("acme/c-1", PaymentClaim("resp-2", FIRST_DAY, About()))]


def test_a_delivery_tells_what_became_of_a_reminder():
    (learned,) = learn(received(suppressed(REMINDER, FIRST_DAY, "stale", seen={"invoice-service": 4})))

    assert (learned.delivery.kind, learned.delivery.reason) == ("suppressed", "stale")
    assert (learned.delivery.reminder_id, learned.delivery.seen) == (UUID(REMINDER_ID), {"invoice-service": 4})


def test_a_delivery_of_a_reminder_that_cannot_be_ours_is_poison():
    strange = REMINDER.model_copy(update={"reminder_id": "theirs"})

    with pytest.raises(Poison, match="reminder_id"):
        learn(received(suppressed(strange, FIRST_DAY, "stale")))


def test_a_fact_that_is_not_read_here_is_poison():
    closed = CaseClosedV1(case_id="1", customer_id="c-1", creditor_id="main", at=FIRST_DAY, reason="paid")

    with pytest.raises(Poison, match="means nothing"):
        learn(received(closed))


def test_a_batch_is_one_occasion_per_customer_caused_by_its_last_fact():
    batch = [
        received(tenant_changed()),
        received(customer_changed()),
        received(item_overdue(customer_id="c-2")),
        received(item_overdue()),
    ]

    first, second = occasions(batch)

    assert (first.key, first.tenant, first.customer_id) == ("acme/c-1", "acme", "c-1")
    assert first.types == ("kulant.customer.changed.v1", "kulant.item.overdue.v1")
    assert first.cause == batch[3].cause
    assert first.event_ids == (batch[1].event.envelope.id, batch[3].event.envelope.id)
    assert second.customer_id == "c-2"


def test_a_span_names_the_invoice_where_the_fact_does():
    assert invoice_ids(received(item_overdue()).event) == ("inv-1",)
    assert invoice_ids(received(customer_changed()).event) == ()


def test_money_keeps_its_exact_minor_units():
    (learned,) = learn(received(item_overdue(open=eur("0.01"))))

    assert learned.item.open_minor == 1


def test_a_sent_mail_carries_the_deadline_that_it_named():
    asked = REMINDER.model_copy(update={"deadline_on": date(2026, 3, 16)})

    (learned,) = learn(received(sent(asked, FIRST_DAY)))

    assert (learned.delivery.kind, learned.delivery.deadline_on) == ("sent", date(2026, 3, 16))
