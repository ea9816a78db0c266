"""Money that comes and goes: a debit that came back, credit that nobody allocated, a credit note, a write-off."""

from datetime import date

from kulant_contracts.case import CaseClosedV1
from kulant_contracts.erp import Allocation
from kulant_contracts.erp_changes import ErpCreditNoteIssuedV1, ErpPaymentReversedV1
from kulant_contracts.reminder import ReminderRequestedV1
from kulant_contracts.terms import DirectDebit
from tests.integration.erp_words import eur, issued, paid
from tests.integration.story import DUE_ON


async def test_a_returned_debit_begins_with_one_service_message_and_a_fresh_ladder(story):
    debit = DirectDebit(mandate_id="M-1", collect_on=DUE_ON)
    await story.say(story.customer(), issued("i1", DUE_ON, direct_debit=debit))
    await story.say(paid("p1", "i1", DUE_ON, 11_900, method="direct_debit"))
    await story.settle()
    await story.days(date(2026, 3, 16))
    assert await story.sent() == []

    await story.say(
        ErpPaymentReversedV1(
            version=2, customer_id="C1", payment_id="p1", reversed_on=date(2026, 3, 16), reason_code="AM04"
        )
    )
    await story.settle()
    await story.days(date(2026, 3, 31))

    said = [one.said for one in await story.sent()]
    assert [code for _, code in said] == ["payment_returned", "friendly"]
    assert said[0][0] in (date(2026, 3, 16), date(2026, 3, 17))
    assert said[1][0] == date(2026, 3, 21)  # five days after the return, a Saturday


async def test_a_direct_debit_that_is_still_being_collected_rests(story):
    debit = DirectDebit(mandate_id="M-1", collect_on=date(2026, 3, 12))
    await story.say(story.customer(), issued("i1", DUE_ON, direct_debit=debit))
    await story.settle()

    await story.days(date(2026, 3, 13))

    assert await story.sent() == []


async def test_unallocated_money_is_netted_and_what_covers_the_debt_asks_for_nothing(story):
    await story.say(story.customer(1), issued("i1", DUE_ON, customer_id="C1"))
    await story.say(story.customer(2), issued("i2", DUE_ON, customer_id="C2"))
    await story.say(
        paid("p1", "i1", date(2026, 3, 5), 2_000, customer_id="C1").model_copy(update={"allocations": ()}),
        paid("p2", "i2", date(2026, 3, 5), 11_900, customer_id="C2").model_copy(update={"allocations": ()}),
    )
    await story.settle()

    await story.days(date(2026, 3, 10))

    (sent,) = await story.sent()
    assert (sent.customer_id, sent.total) == ("C1", "99.00")
    (request,) = await story.events(ReminderRequestedV1)
    assert [(credit.code, credit.money.amount) for credit in request.data.credits] == [("unallocated", "20.00")]


async def test_a_credit_note_that_corrects_everything_closes_the_case(story):
    await story.say(story.customer(), issued("i1", DUE_ON))
    await story.settle()
    await story.days(date(2026, 3, 10))

    note = ErpCreditNoteIssuedV1(
        version=1,
        customer_id="C1",
        credit_note_id="cn1",
        issued_on=date(2026, 3, 10),
        money=eur(11_900),
        effect="correction",
        allocations=(Allocation(invoice_id="i1", item_id="1", money=eur(11_900)),),
    )
    await story.say(note)
    await story.settle()
    await story.days(date(2026, 3, 25))

    assert [one.code for one in await story.sent()] == ["friendly"]
    assert len(await story.events(CaseClosedV1)) == 1
