from dataclasses import replace
from datetime import timedelta

import pytest
from feedback_builders import NOW, TODAY, a_customer

from feedback_service.domain.clearance import (
    Clearance,
    ContactWord,
    Known,
    Question,
    Standing,
    clear,
    refused_channels,
)

REFUSED = ContactWord("contact_refused", NOW, 3, "email")
REPRESENTED = ContactWord("represented", NOW, 3)
EMAIL = ("email",)


def answer(kind, seen, known, channels=EMAIL):
    return clear(Question("r-1", "c-1", seen, kind), known, channels)


@pytest.mark.parametrize(
    ("seen", "given", "binding", "standing", "reason"),
    [
        pytest.param(0, 0, 0, Standing.CLEAR, None, id="nobody ever answered"),
        pytest.param(3, 3, 3, Standing.CLEAR, None, id="all answers were known"),
        pytest.param(2, 3, 3, Standing.STALE, "response_recorded", id="an answer came after"),
        pytest.param(0, 1, 1, Standing.STALE, "response_recorded", id="the decision knew of none"),
        pytest.param(2, 3, 2, Standing.CLEAR, None, id="only a rating came after"),
        pytest.param(1, 3, 2, Standing.STALE, "response_recorded", id="an answer came after, then a rating"),
        pytest.param(4, 3, 3, Standing.STALE, "seen_not_recorded", id="more was seen than is recorded"),
    ],
)
def test_a_demand_is_clear_only_if_its_decision_knew_every_answer_but_ratings(seen, given, binding, standing, reason):
    assert answer("reminder", seen, Known(given, binding)) == Clearance("r-1", standing, reason, given)


@pytest.mark.parametrize("kind", ["service", "promise_note"])
@pytest.mark.parametrize(
    ("words", "channels", "reason"),
    [
        pytest.param((), EMAIL, None, id="an answer that is no refusal"),
        pytest.param((REFUSED,), EMAIL, "contact_refused", id="its only channel is refused"),
        pytest.param((REFUSED,), ("email", "post"), None, id="another channel is left"),
        pytest.param((REFUSED,), ("sms",), None, id="another channel is refused"),
        pytest.param((REFUSED,), None, "contact_refused", id="its channels are not known here"),
        pytest.param((replace(REFUSED, contact_id="k-1"),), EMAIL, None, id="one contact of several is refused"),
        pytest.param((REPRESENTED,), EMAIL, "represented", id="somebody speaks for the customer"),
    ],
)
def test_what_demands_nothing_is_stopped_by_refusal_and_representation_alone(kind, words, channels, reason):
    found = answer(kind, 3, Known(3, 3, words), channels)

    assert (found.standing, found.reason) == (Standing.STOP if reason else Standing.CLEAR, reason)


@pytest.mark.parametrize("kind", ["service", "promise_note"])
@pytest.mark.parametrize(
    ("word", "channels", "standing"),
    [
        pytest.param(REFUSED, ("email", "post"), Standing.STALE, id="one of its channels"),
        pytest.param(replace(REFUSED, contact_id="k-1"), EMAIL, Standing.STALE, id="one contact"),
        pytest.param(ContactWord("wrong_person", NOW, 3, "email", "k-1"), EMAIL, Standing.STALE, id="the wrong person"),
        pytest.param(ContactWord("wrong_person", NOW, 3, "email", "k-1"), None, Standing.STALE, id="unknown channels"),
        pytest.param(replace(REFUSED, channel="sms"), EMAIL, Standing.CLEAR, id="another channel"),
        pytest.param(ContactWord("contact_corrected", NOW, 3, "email"), EMAIL, Standing.CLEAR, id="no refusal"),
    ],
)
def test_what_demands_nothing_knows_every_refusal_before_it_leaves(kind, word, channels, standing):
    assert answer(kind, 2, Known(3, 3, (word,)), channels).standing is standing
    assert answer(kind, 3, Known(3, 3, (word,)), channels).standing is Standing.CLEAR


@pytest.mark.parametrize("kind", ["reminder", "notice", "promise_resume", "plan", "service", "promise_note"])
def test_nothing_leaves_for_a_customer_who_was_erased(kind):
    found = answer(kind, 3, Known(3, 3, (), a_customer(erased_on=TODAY)))

    assert (found.standing, found.reason) == (Standing.STOP, "erased")


def test_what_demands_nothing_waits_too_where_answers_were_lost_here():
    assert answer("service", 4, Known(3, 3)).standing is Standing.STALE


@pytest.mark.parametrize(
    ("later", "refused"),
    [
        pytest.param(ContactWord("contact_corrected", NOW, 4, "email"), set(), id="another address was given"),
        pytest.param(ContactWord("channel_preferred", NOW, 4, "email"), set(), id="that channel was asked for"),
        pytest.param(ContactWord("channel_preferred", NOW, 2, "email"), {"email"}, id="that was before"),
        pytest.param(ContactWord("channel_preferred", NOW, 4, "sms"), {"email"}, id="another channel was asked for"),
    ],
)
def test_the_customers_last_word_about_a_channel_holds(later, refused):
    assert refused_channels([later, REFUSED, REPRESENTED], None) == refused


@pytest.mark.parametrize(
    ("consents", "refused"),
    [
        pytest.param((("email", NOW + timedelta(seconds=1)),), set(), id="agreed after"),
        pytest.param((("email", NOW),), {"email"}, id="agreed before"),
        pytest.param((("sms", NOW + timedelta(days=1)),), {"email"}, id="agreed to something else"),
    ],
)
def test_a_consent_that_the_erp_has_since_beats_a_refusal(consents, refused):
    assert refused_channels([REFUSED], a_customer(consents=consents)) == refused
