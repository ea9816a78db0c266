"""Every kind of fact that means something to the engine, and what it keeps of it."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from engine_wire_builders import (
    FIRST_DAY,
    customer_changed,
    eur,
    hold_changed,
    item_overdue,
    payment_claimed,
    received,
    state,
)

from dunning_engine.bus.incoming import learn
from dunning_engine.bus.subscriptions import READ
from dunning_engine.domain.answers import (
    About,
    Dispute,
    PaymentClaim,
    Preference,
    PriorDunning,
    Question,
    Refusal,
    Represented,
    ReturnedPayment,
)
from dunning_engine.domain.facts import Credit
from dunning_engine.domain.learned import (
    AnswerLearned,
    CreditLearned,
    CustomerErasedLearned,
    ItemLearned,
    PaymentsCheckedLearned,
)
from kulant_contracts import topics
from kulant_contracts.invoice import (
    CreditChangedV1,
    CustomerErasedV1,
    InvoiceCancelledV1,
    ItemDueSoonV1,
    ItemRescheduledV1,
    ItemState,
    PaymentsCheckedV1,
)
from kulant_contracts.party import Consent, Contact
from kulant_contracts.registry import EVENTS
from kulant_contracts.response import (
    ResponseChannelPreferredV1,
    ResponseContactCorrectedV1,
    ResponseContactRefusedV1,
    ResponseDisputedV1,
    ResponseDocumentRequestedV1,
    ResponseExtensionRequestedV1,
    ResponseHardshipSignalledV1,
    ResponsePlanRequestedV1,
    ResponseQuestionAskedV1,
    ResponseRatedV1,
    ResponseRepresentedV1,
    ResponseWrongPersonV1,
)

REMINDER_ID = "01976b1e-0000-7000-8000-000000000001"
SAID = {
    "response_id": "r-1",
    "customer_id": "c-1",
    "channel": "page",
    "said_at": FIRST_DAY,
    "reminder_id": REMINDER_ID,
    "quote": "What the customer wrote",
}
OF_ITEM = {"item_id": "1", "invoice_id": "inv-1"}
ALL = About(None, None, UUID(REMINDER_ID))
ITEM = About("1", None, UUID(REMINDER_ID), "inv-1")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (
            ResponseDisputedV1(**SAID, **OF_ITEM, money=eur("50.00"), reason="defective"),
            Dispute("r-1", FIRST_DAY, About("1", "EUR", UUID(REMINDER_ID), "inv-1"), 5000, "defective"),
        ),
        (ResponseDisputedV1(**SAID, reason="other"), Dispute("r-1", FIRST_DAY, ALL, None, "other")),
        (ResponseQuestionAskedV1(**SAID, **OF_ITEM), Question("r-1", "question", FIRST_DAY, ITEM)),
        (ResponseDocumentRequestedV1(**SAID), Question("r-1", "document", FIRST_DAY, ALL)),
        (ResponseExtensionRequestedV1(**SAID), Question("r-1", "extension", FIRST_DAY, ALL)),
        (ResponsePlanRequestedV1(**SAID), Question("r-1", "plan", FIRST_DAY, ALL)),
        (ResponseHardshipSignalledV1(**SAID), Question("r-1", "hardship", FIRST_DAY, ALL)),
        (
            ResponseContactRefusedV1(**SAID, refused_channel="sms", contact_id="m-1"),
            Refusal("r-1", FIRST_DAY, "sms", "m-1", ALL),
        ),
        (
            ResponseContactCorrectedV1(**SAID, corrected_channel="email", address="new@example.org"),
            Preference("r-1", "corrected", FIRST_DAY, "email", ALL),
        ),
        (
            ResponseWrongPersonV1(**SAID, reached_channel="phone"),
            Preference("r-1", "wrong_person", FIRST_DAY, "phone", ALL),
        ),
        (
            ResponseChannelPreferredV1(**SAID, preferred_channel="sms"),
            Preference("r-1", "preferred", FIRST_DAY, "sms", ALL),
        ),
        (ResponseRepresentedV1(**SAID, by="A lawyer"), Represented("r-1", FIRST_DAY)),
    ],
    ids=lambda given: type(given).__name__,
)
def test_an_answer_is_kept_without_words_and_addresses(data, answer):
    learned = learn(received(data))

    assert learned == [AnswerLearned("acme/c-1", answer)]
    assert not {"wrote", "example.org", "lawyer"} & set(repr(learned).replace("'", " ").split())


def test_a_claim_keeps_the_day_and_the_sum():
    (learned,) = learn(received(payment_claimed(on=date(2026, 3, 1), money=eur("19.00"))))

    assert learned.answer == PaymentClaim("resp-2", FIRST_DAY, About(currency="EUR"), date(2026, 3, 1), 1900)


def test_a_rating_means_nothing_to_decisions():
    assert learn(received(ResponseRatedV1(**SAID, stars=5))) == []


def test_up_to_when_payments_are_known():
    fact = PaymentsCheckedV1(version=7, creditor_id="main", seen_until_at=FIRST_DAY)

    assert learn(received(fact)) == [PaymentsCheckedLearned("acme", "main", FIRST_DAY, 7)]


def test_the_customers_own_money():
    fact = CreditChangedV1(version=2, customer_id="c-1", creditor_id="main", money=eur("12.50"))

    assert learn(received(fact)) == [CreditLearned("acme/c-1", Credit("main", "EUR", 1250), 2)]


def test_a_customer_that_is_to_be_forgotten():
    fact = CustomerErasedV1(version=3, customer_id="c-1", erased_on=date(2026, 3, 3))

    assert learn(received(fact)) == [CustomerErasedLearned("acme/c-1", 3)]


def test_a_cancelled_invoice_cancels_its_items():
    item = ItemState(**state(state="cancelled", open=eur("0.00"), version=4))
    fact = InvoiceCancelledV1(
        version=4,
        creditor_id="main",
        customer_id="c-1",
        invoice_id="inv-1",
        number="R-1",
        cancelled_on=date(2026, 3, 3),
        items=(item,),
    )

    (learned,) = learn(received(fact))

    assert (learned.item.state, learned.item.open_minor, learned.item.version) == ("cancelled", 0, 4)


@pytest.mark.parametrize("kind", [ItemDueSoonV1, ItemRescheduledV1])
def test_every_word_about_an_item_is_its_whole_state(kind):
    (learned,) = learn(received(kind(**state(state="open"))))

    assert isinstance(learned, ItemLearned)
    assert learned.item.state == "open"


def test_an_item_knows_what_was_tried_before():
    fact = item_overdue(
        direct_debit={"mandate_id": "m-1", "collect_on": date(2026, 3, 4)},
        payment_returned={
            "payment_id": "p-1",
            "on": date(2026, 3, 5),
            "is_direct_debit": True,
            "bank_fee": eur("4.50"),
            "mandate_usable": False,
            "recollect_on": date(2026, 3, 20),
        },
        dunning={"stage": 2, "last_sent_on": date(2026, 2, 1), "deadline_on": date(2026, 2, 8)},
        opening=True,
        corrected=eur("10.00"),
    )

    (learned,) = learn(received(fact))

    item = learned.item
    assert item.direct_debit_on == date(2026, 3, 4)
    assert item.returned == ReturnedPayment("p-1", date(2026, 3, 5), True, 450, False, date(2026, 3, 20))
    assert item.prior == PriorDunning(2, date(2026, 2, 1), date(2026, 2, 8))
    assert (item.is_opening, item.corrected_minor) == (True, 1000)


def test_a_hold_of_a_part_keeps_its_sum_and_since_when():
    fact = hold_changed(scope="item", scope_id="1", invoice_id="inv-1", money=eur("50.00"), note="Private words")

    (learned,) = learn(received(fact))

    hold = learned.hold
    assert (hold.invoice_id, hold.amount_minor, hold.currency, hold.source) == ("inv-1", 5000, "EUR", "erp")
    assert hold.set_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert "Private" not in repr(learned)


def test_the_latest_consent_of_each_channel_is_kept_without_addresses():
    def contact(number, given, day):
        consent = Consent(given=given, at=datetime(2026, 2, day, tzinfo=UTC), source="form")
        return Contact(contact_id=f"m-{number}", channel="email", address=f"m{number}@example.org", consent=consent)

    contacts = (contact(1, True, 3), contact(2, True, 1), contact(3, False, 9))
    plain = Contact(contact_id="p", channel="phone", address="+49301234")
    (learned,) = learn(received(customer_changed(contacts=(*contacts, plain), profile={"segment": "A"})))

    assert learned.customer.consented_at == {"email": datetime(2026, 2, 3, tzinfo=UTC)}
    assert (learned.customer.kind, learned.customer.profile) == ("business", {"segment": "A"})
    assert "example.org" not in repr(learned)


@pytest.mark.parametrize("topic", [topics.INVOICE, topics.DELIVERY, topics.RESPONSE])
def test_every_type_of_a_topic_is_read(topic):
    assert set(READ[topic]) == {kind for kind in EVENTS.values() if topic == kind.TOPIC}
