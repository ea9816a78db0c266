from pathlib import Path
from uuid import UUID

import pytest
from feedback_builders import ANSWER_ID

from feedback_service.bus.incoming import facts_of
from feedback_service.bus.subscriptions import TOPICS, describe
from feedback_service.domain.answer import Outcome
from feedback_service.domain.fact import CustomerErased, MessageSent, ReminderRequested
from feedback_service.domain.item import Item
from feedback_service.domain.party import Creditor, Customer
from feedback_service.domain.standing import CaseTold, Credit, Hold, OutcomeTold
from kulant_chassis.received import Poison, Received
from kulant_chassis.telemetry import INVOICE_IDS
from kulant_chassis.transaction import Cause
from kulant_contracts.envelope import CONTENT_TYPE_HEADER, Event, decode
from kulant_contracts.registry import EVENTS, of_topic

GOLDEN = Path(__file__).parents[5] / "libs" / "contracts" / "tests" / "golden"


def received(event_type, **changes):
    event = decode((GOLDEN / f"{event_type}.json").read_bytes(), [CONTENT_TYPE_HEADER], EVENTS)
    event = Event(event.envelope, event.data.model_copy(update=changes))
    envelope = event.envelope
    cause = Cause(envelope.traceparent, envelope.tracestate, envelope.correlationid, envelope.id)
    return Received(event, envelope.partitionkey, event.data.TOPIC, 0, 0, cause, None)


@pytest.mark.parametrize("event_type", [event.TYPE for topic in TOPICS for event in of_topic(topic)])
def test_every_event_of_the_four_topics_can_be_read(event_type):
    list(facts_of(received(event_type)))


def test_an_item_is_taken_over_whole():
    one = received("kulant.item.overdue.v1")

    (item,) = facts_of(one)

    state = one.event.data
    assert isinstance(item, Item)
    assert (item.item_id, item.version, item.due_on) == (state.item_id, state.version, state.due_on)
    assert (item.open_minor, item.currency) == (state.open.amount_minor, state.open.currency)
    assert describe(one.event) == {INVOICE_IDS: (state.invoice_id,)}


def test_an_invoice_brings_all_its_items():
    one = received("kulant.invoice.registered.v1")

    assert [item.item_id for item in facts_of(one)] == [item.item_id for item in one.event.data.items]


def test_a_reminder_keeps_the_event_and_the_trace_that_brought_it():
    one = received("kulant.reminder.requested.v1")

    (fact,) = facts_of(one)

    assert isinstance(fact, ReminderRequested)
    assert fact.reminder.reminder_id == UUID(one.event.data.reminder_id)
    assert fact.reminder.origin.event_id == one.event.envelope.id
    assert fact.reminder.origin.traceparent == one.event.envelope.traceparent
    assert {item.version for item in fact.items} == {0}
    assert describe(one.event)[INVOICE_IDS] == fact.reminder.invoice_ids


@pytest.mark.parametrize(
    ("event_type", "kind"),
    [
        ("kulant.creditor.changed.v1", Creditor),
        ("kulant.customer.changed.v1", Customer),
        ("kulant.delivery.sent.v1", MessageSent),
        ("kulant.credit.changed.v1", Credit),
        ("kulant.hold.changed.v1", Hold),
        ("kulant.customer.erased.v1", CustomerErased),
        ("kulant.case.held.v1", Hold),
        ("kulant.case.resumed.v1", Hold),
        ("kulant.case.opened.v1", CaseTold),
        ("kulant.case.closed.v1", CaseTold),
        ("kulant.case.handed_over.v1", CaseTold),
    ],
)
def test_other_facts_that_the_page_needs_are_taken_over(event_type, kind):
    (fact,) = facts_of(received(event_type))

    assert isinstance(fact, kind)


@pytest.mark.parametrize(
    ("event_type", "about", "changes", "outcome"),
    [
        ("kulant.case.promise_made.v1", "promise_id", {}, Outcome.TAKEN_UP),
        ("kulant.case.promise_kept.v1", "promise_id", {}, Outcome.KEPT),
        ("kulant.case.promise_broken.v1", "promise_id", {}, Outcome.BROKEN),
        ("kulant.case.disputed.v1", "dispute_id", {}, Outcome.TAKEN_UP),
        ("kulant.case.dispute_decided.v1", "dispute_id", {"outcome": "rejected"}, Outcome.REJECTED),
    ],
)
def test_what_became_of_an_answer_is_taken_over_by_its_id(event_type, about, changes, outcome):
    one = received(event_type, **{about: str(ANSWER_ID)}, **changes)

    (fact,) = facts_of(one)

    assert fact == OutcomeTold(one.event.envelope.tenantid, ANSWER_ID, one.event.envelope.sequence, outcome)
    assert list(facts_of(received(event_type, **{about: "made-elsewhere"}, **changes))) == []


@pytest.mark.parametrize(
    "event_type", ["kulant.reminder.withdrawn.v1", "kulant.delivery.suppressed.v1", "kulant.case.stage_reached.v1"]
)
def test_facts_that_the_page_does_not_need_are_passed_over(event_type):
    assert list(facts_of(received(event_type))) == []


def test_a_reminder_that_no_link_could_name_is_parked():
    with pytest.raises(Poison):
        facts_of(received("kulant.reminder.requested.v1", reminder_id="not-a-uuid"))
