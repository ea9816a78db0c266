from datetime import date

from feedback_builders import NOW, REMINDER_ID, a_claim, a_promise, a_reminder, an_answer

from feedback_service.bus.outgoing import drafts
from feedback_service.domain.answer import Money, Part
from feedback_service.domain.item import ItemKey
from feedback_service.domain.reminder import Origin
from kulant_chassis.transaction import Cause
from kulant_contracts.response import ResponsePaymentClaimedV1, ResponsePromiseMadeV1


def test_a_promise_becomes_one_event_that_continues_the_reminders_chain():
    reminder = a_reminder(origin=Origin("event-1", "erp-1", "00-of-the-reminder"))

    (draft,) = drafts(an_answer(a_promise()).answer, reminder, "00-of-the-answer")

    assert (draft.key, draft.tenant, draft.time) == ("acme/c-1", "acme", NOW)
    assert draft.cause == Cause("00-of-the-answer", None, "erp-1", "event-1")
    assert isinstance(draft.data, ResponsePromiseMadeV1)
    assert draft.data.model_dump(mode="json", exclude_none=True) == {
        "response_id": str(an_answer().answer.answer_id),
        "customer_id": "c-1",
        "case_id": "case-1",
        "reminder_id": str(REMINDER_ID),
        "channel": "page",
        "said_at": "2026-05-21T12:05:00Z",
        "invoice_id": "inv-RE-2026-0412",
        "item_id": "i-RE-2026-0412",
        "money": {"amount": "119.00", "currency": "EUR"},
        "on": "2026-05-29",
    }


def test_each_part_of_a_claim_becomes_an_event_of_its_own():
    two = (Part(None, Money(15_000, "EUR")), Part(ItemKey("inv-3", "i-3"), Money(700, "EUR")))

    events = [draft.data for draft in drafts(an_answer(a_claim(parts=two)).answer, a_reminder(), None)]

    assert all(isinstance(event, ResponsePaymentClaimedV1) for event in events)
    assert [(event.item_id, event.money.amount_minor, event.on) for event in events] == [
        (None, 15_000, date(2026, 5, 20)),
        ("i-3", 700, date(2026, 5, 20)),
    ]
    assert len({event.response_id for event in events}) == 2
