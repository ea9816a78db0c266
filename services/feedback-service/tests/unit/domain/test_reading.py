from datetime import timedelta

import pytest
from feedback_builders import TODAY, a_debt, an_item

from feedback_service.domain import answer as said
from feedback_service.domain.answer import Channel, Money, Part, PaymentMethod, Reason
from feedback_service.domain.contact import Reached
from feedback_service.domain.errors import NothingToAnswer
from feedback_service.domain.form import (
    CopyForm,
    DisputeForm,
    Fault,
    Flaw,
    PaymentForm,
    PromiseForm,
    QuestionForm,
    RatingForm,
    RepresentedForm,
    TimeForm,
)
from feedback_service.domain.item import Debt
from feedback_service.domain.reading import Ground, Reading, read

OLD = an_item("RE-1", 84_350)
NEW = an_item("RE-2", 2_480)
FRANC = an_item("CH-1", 5_000, currency="CHF")
DEBT = a_debt(OLD, NEW)
REMINDED = frozenset({OLD.key, NEW.key})
BOTH = (OLD.key.word, NEW.key.word)


def ground(*debts, reminded=REMINDED):
    return Ground(debts, reminded, TODAY, lambda _: 2, Reached(Channel.EMAIL, "k-1"), "DE")


GROUND = ground(DEBT)


def paid(paid_on="2026-05-21", items=BOTH, method=""):
    outcome = read(PaymentForm("EUR", paid_on, items, method), GROUND)
    return outcome.statement if isinstance(outcome, Reading) else outcome


def promised(pay_on="2026-05-21", amount="", items=()):
    outcome = read(PromiseForm("EUR", pay_on, amount, items), GROUND)
    return outcome.statement if isinstance(outcome, Reading) else outcome


def day(days):
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.mark.parametrize("paid_on", [day(0), day(-1), day(-365)])
def test_a_payment_of_the_last_year_can_be_claimed(paid_on):
    assert isinstance(paid(paid_on), said.PaymentClaimed)


@pytest.mark.parametrize(
    ("paid_on", "fault"),
    [
        pytest.param("", Fault.DAY_MISSING, id="missing"),
        pytest.param("yesterday", Fault.DAY_UNREADABLE, id="unreadable"),
        pytest.param(day(1), Fault.DAY_IN_FUTURE, id="tomorrow"),
        pytest.param(day(-366), Fault.DAY_LONG_AGO, id="over a year ago"),
    ],
)
def test_a_payment_on_an_impossible_day_is_refused(paid_on, fault):
    assert paid(paid_on) == (Flaw("paid_on", fault),)


def test_a_claim_is_about_what_is_open_on_the_chosen_items():
    assert paid(items=(NEW.key.word,)) == said.PaymentClaimed((Part(NEW.key, Money(2_480, "EUR")),), TODAY)


def test_items_that_are_no_longer_open_are_left_out_of_a_claim():
    assert [part.key for part in paid(items=(NEW.key.word, "settled-meanwhile")).parts] == [NEW.key]


def test_a_claim_about_nothing_is_refused():
    assert paid(items=("settled-meanwhile",)) == (Flaw("item", Fault.ITEMS_MISSING),)


def test_all_flaws_of_a_form_are_told_at_once():
    assert {flaw.field for flaw in paid("", ())} == {"paid_on", "item"}


@pytest.mark.parametrize(("method", "read_as"), [("card", PaymentMethod.CARD), ("", None), ("cowrie shells", None)])
def test_the_way_of_payment_is_optional(method, read_as):
    assert paid(method=method).method == read_as


@pytest.mark.parametrize("pay_on", [day(0), day(1), day(30)])
def test_a_day_within_thirty_days_can_be_promised(pay_on):
    assert isinstance(promised(pay_on), said.PromiseMade)


@pytest.mark.parametrize(
    ("pay_on", "flaw"),
    [
        pytest.param("", Flaw("pay_on", Fault.DAY_MISSING), id="missing"),
        pytest.param("soon", Flaw("pay_on", Fault.DAY_UNREADABLE), id="unreadable"),
        pytest.param(day(-1), Flaw("pay_on", Fault.DAY_IN_PAST), id="yesterday"),
        pytest.param(day(31), Flaw("pay_on", Fault.DAY_TOO_FAR, TODAY + timedelta(days=30)), id="31 days ahead"),
    ],
)
def test_a_promise_for_an_unsuitable_day_is_refused(pay_on, flaw):
    assert promised(pay_on) == (flaw,)


def test_no_amount_promises_everything():
    assert promised(amount="  ").parts == (Part(None, Money(86_830, "EUR")),)


def test_a_promise_can_be_about_one_invoice_or_a_part_of_it():
    assert promised(items=(NEW.key.word,)).parts == (Part(NEW.key, Money(2_480, "EUR")),)
    assert promised(amount="10", items=(NEW.key.word,)).parts == (Part(NEW.key, Money(1_000, "EUR")),)


def test_a_promise_of_which_every_invoice_was_taken_out_is_refused():
    assert promised(items=("",)) == (Flaw("item", Fault.ITEMS_MISSING),)


def test_a_promise_about_what_was_settled_meanwhile_is_refused():
    assert promised(items=("settled-meanwhile",)) == (Flaw("item", Fault.ITEMS_MISSING),)


@pytest.mark.parametrize(
    ("amount", "items", "flaw"),
    [
        ("much", (), Flaw("amount", Fault.AMOUNT_UNREADABLE)),
        ("0,00", (), Flaw("amount", Fault.AMOUNT_ZERO)),
        ("868.31", (), Flaw("amount", Fault.AMOUNT_TOO_HIGH, limit_minor=86_830)),
        ("24.81", (NEW.key.word,), Flaw("amount", Fault.AMOUNT_TOO_HIGH, limit_minor=2_480)),
    ],
)
def test_an_amount_that_makes_no_sense_is_refused(amount, items, flaw):
    assert promised(amount=amount, items=items) == (flaw,)


@pytest.mark.parametrize("amount", ["0.01", "868.30"])
def test_any_part_of_what_is_open_can_be_promised(amount):
    assert isinstance(promised(amount=amount), said.PromiseMade)


@pytest.mark.parametrize(
    "form", [PaymentForm("CHF", day(0), BOTH), PromiseForm("CHF", day(1)), DisputeForm(), TimeForm("plan")]
)
def test_what_is_not_owed_needs_no_answer(form):
    with pytest.raises(NothingToAnswer):
        read(form, ground())


@pytest.mark.parametrize(
    ("form", "parts"),
    [
        pytest.param(DisputeForm("", "defective"), (Part(),), id="all of the reminder"),
        pytest.param(DisputeForm(NEW.key.word, "defective"), (Part(NEW.key),), id="one item"),
        pytest.param(
            DisputeForm(NEW.key.word, "defective", "4,80"), (Part(NEW.key, Money(480, "EUR")),), id="a part of one"
        ),
        pytest.param(DisputeForm(NEW.key.word, "defective", "24.80"), (Part(NEW.key),), id="the whole, as an amount"),
    ],
)
def test_an_item_or_a_part_of_it_can_be_disputed(form, parts):
    assert read(form, GROUND) == Reading(said.Disputed(parts, Reason.DEFECTIVE))


def test_a_dispute_about_more_than_the_reminder_names_what_is_beyond_it():
    everything = ground(DEBT, Debt("CHF", (FRANC,)))
    one_reminded = ground(DEBT, reminded=frozenset({OLD.key}))

    assert [part.key for part in read(DisputeForm("", "not_due"), everything).statement.parts] == [None, FRANC.key]
    assert [part.key for part in read(DisputeForm("", "not_due"), one_reminded).statement.parts] == [OLD.key, NEW.key]


def test_a_question_about_everything_is_one_answer_however_much_is_owed():
    assert read(QuestionForm("", "Why?"), ground(DEBT, Debt("CHF", (FRANC,)))).statement == said.QuestionAsked()


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        pytest.param(DisputeForm("", ""), {"reason"}, id="no reason"),
        pytest.param(DisputeForm("", "cowrie shells"), {"reason"}, id="a reason of somebody else's"),
        pytest.param(DisputeForm("", "other"), {"words"}, id="another reason without a word"),
        pytest.param(DisputeForm("gone", "defective"), {"item"}, id="an item that is settled"),
        pytest.param(DisputeForm("", "defective", "5"), {"item"}, id="an amount of no item"),
        pytest.param(DisputeForm(NEW.key.word, "defective", "25"), {"amount"}, id="more than is open"),
        pytest.param(DisputeForm(NEW.key.word, "", "x"), {"reason", "amount"}, id="two flaws"),
    ],
)
def test_a_dispute_that_nobody_could_act_on_comes_back(form, fields):
    assert {flaw.field for flaw in read(form, GROUND)} == fields


def test_another_reason_is_told_in_words():
    assert read(DisputeForm(OLD.key.word, "other", "", " We agreed on less. "), GROUND) == Reading(
        said.Disputed((Part(OLD.key),), Reason.OTHER), "We agreed on less."
    )


def test_a_question_needs_words_and_may_name_an_item():
    assert read(QuestionForm("", " \n "), GROUND) == (Flaw("words", Fault.WORDS_MISSING),)
    assert read(QuestionForm(NEW.key.word, "Why?"), GROUND) == Reading(said.QuestionAsked((Part(NEW.key),)), "Why?")
    assert read(QuestionForm("", "Why?"), ground()) == Reading(said.QuestionAsked(), "Why?")


def test_a_copy_can_be_asked_for_also_of_what_is_paid():
    assert read(CopyForm(NEW.key.word), GROUND) == Reading(said.DocumentRequested((Part(NEW.key),)))
    assert read(CopyForm("", "RE-7"), ground()) == Reading(said.DocumentRequested(), "RE-7")


def test_more_time_is_asked_for_until_a_day_in_instalments_or_in_words():
    assert read(TimeForm("extension", day(60)), GROUND) == Reading(said.ExtensionRequested(TODAY + timedelta(days=60)))
    assert read(TimeForm("plan", "", "50 a month"), GROUND) == Reading(said.PlanRequested(), "50 a month")
    assert read(TimeForm("hardship"), GROUND) == Reading(said.HardshipSignalled())


@pytest.mark.parametrize(
    ("form", "flaw"),
    [
        pytest.param(TimeForm(), Flaw("wish", Fault.WISH_MISSING), id="nothing chosen"),
        pytest.param(TimeForm("extension"), Flaw("until", Fault.DAY_MISSING), id="no day"),
        pytest.param(TimeForm("extension", day(-1)), Flaw("until", Fault.DAY_IN_PAST), id="yesterday"),
        pytest.param(
            TimeForm("extension", day(181)), Flaw("until", Fault.DAY_TOO_FAR, TODAY + timedelta(days=180)), id="too far"
        ),
    ],
)
def test_a_wish_for_time_that_nobody_could_act_on_comes_back(form, flaw):
    assert read(form, GROUND) == (flaw,)


def test_whoever_speaks_for_the_customer_can_be_named():
    assert read(RepresentedForm(" Dr. Ada \n Krull "), GROUND) == Reading(said.Represented("Dr. Ada Krull"))
    assert read(RepresentedForm(), GROUND) == Reading(said.Represented())


@pytest.mark.parametrize("stars", ["1", "5"])
def test_a_rating_has_one_to_five_stars(stars):
    assert read(RatingForm(stars, "Nice."), GROUND) == Reading(said.Rated(int(stars)), "Nice.")


@pytest.mark.parametrize("stars", ["", "0", "6", "5.0", "five"])
def test_another_rating_comes_back(stars):
    assert read(RatingForm(stars), GROUND) == (Flaw("stars", Fault.STARS_MISSING),)
