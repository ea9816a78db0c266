"""Refused channels are left out; none left is a task; a customer who is represented or erased hears nothing."""

from dataclasses import replace

import pytest
from engine_builders import CUSTOMER, POLICY, QUIET, at, decide, delivery, facts, hold, item, reminder, rules, uid

from dunning_engine.domain.answers import Preference, Refusal, Represented

MONDAY = at("2026-03-09")
SAID = at("2026-03-07")
BOTH = replace(QUIET, channels=("email", "sms"))


def refusal(channel="email", said_at=SAID, contact_id=None):
    return Refusal("resp-5", said_at, channel, contact_id)


def wish(kind, channel, said_at=SAID, response_id="resp-6"):
    return Preference(response_id, kind, said_at, channel)


@pytest.mark.parametrize(
    ("given", "channels"),
    [
        pytest.param({}, ("email", "sms"), id="nothing said"),
        pytest.param({"refusals": (refusal("email"),)}, ("sms",), id="the first is refused"),
        pytest.param({"refusals": (refusal("sms"),)}, ("email",), id="the second is refused"),
        pytest.param({"refusals": (refusal("email", contact_id="k-1"),)}, ("email", "sms"), id="one contact of it"),
        pytest.param({"refusals": (refusal("post"),)}, ("email", "sms"), id="another one"),
        pytest.param({"preferences": (wish("preferred", "sms"),)}, ("sms", "email"), id="the second is preferred"),
        pytest.param({"preferences": (wish("preferred", "post"),)}, ("email", "sms"), id="one that the policy lacks"),
        pytest.param({"preferences": (wish("wrong_person", "sms"),)}, ("email", "sms"), id="a wrong person is no wish"),
        pytest.param(
            {"preferences": (wish("preferred", "sms"), wish("preferred", "email", at("2026-03-08"), "resp-7"))},
            ("email", "sms"),
            id="the last wish counts",
        ),
        pytest.param(
            {"refusals": (refusal("sms"),), "preferences": (wish("preferred", "sms", at("2026-03-08")),)},
            ("sms", "email"),
            id="preferred after it was refused",
        ),
        pytest.param(
            {"refusals": (refusal("sms"),), "preferences": (wish("preferred", "sms", at("2026-03-06")),)},
            ("email",),
            id="refused after it was preferred",
        ),
        pytest.param(
            {"refusals": (refusal("sms"),), "preferences": (wish("corrected", "sms", at("2026-03-08")),)},
            ("email", "sms"),
            id="corrected after it was refused",
        ),
        pytest.param(
            {"refusals": (refusal("sms"),), "preferences": (wish("wrong_person", "sms", at("2026-03-08")),)},
            ("email",),
            id="a wrong person lifts no refusal",
        ),
    ],
)
def test_a_message_goes_over_the_channels_that_are_left(given, channels):
    (request,) = decide(facts(**given), MONDAY, policy=BOTH).requests

    assert request.channels == channels


@pytest.mark.parametrize(
    ("agreed_at", "channels"),
    [
        pytest.param(at("2026-03-06"), (), id="agreed before"),
        pytest.param(SAID, (), id="at the same moment"),
        pytest.param(at("2026-03-08"), ("email",), id="agreed again later"),
    ],
)
def test_a_later_consent_that_the_erp_knows_of_lifts_a_refusal(agreed_at, channels):
    customer = replace(CUSTOMER, consented_at={"email": agreed_at, "sms": at("2026-03-08")})

    decision = decide(facts(refusals=(refusal(),)), MONDAY, customer)

    assert tuple(channel for request in decision.requests for channel in request.channels) == channels


def test_with_no_channel_left_nothing_is_said_and_a_person_is_asked():
    decision = decide(facts(refusals=(refusal(),)), MONDAY)

    assert (rules(decision), decision.requests, decision.next_look_at) == (["no_channel"], (), None)
    assert [(task.code, task.about, task.since) for task in decision.tasks] == [("no_channel", "c-1", SAID)]


def test_what_is_under_way_over_a_refused_channel_is_taken_back():
    decision = decide(facts(refusals=(refusal(),), reminders=(reminder(),)), MONDAY)

    assert [(w.reminder_id, w.reason) for w in decision.withdrawals] == [(uid(100), "channel_refused")]


def test_a_message_over_another_channel_stands():
    given = facts(refusals=(refusal("sms"),), reminders=(reminder(),))

    assert decide(given, MONDAY, policy=BOTH).withdrawals == ()


@pytest.mark.parametrize("kind", ["reminder", "service", "promise_note"])
def test_who_is_represented_hears_nothing_any_more(kind):
    under_way = reminder(kind=kind, stage=0)
    given = facts(represented=(Represented("resp-8", SAID),), reminders=(under_way,))

    decision = decide(given, MONDAY, policy=POLICY)

    assert (rules(decision), decision.requests) == (["represented"], ())
    assert [w.reason for w in decision.withdrawals] == ["represented"]
    assert [(task.code, task.since) for task in decision.tasks] == [("represented", SAID)]


def test_an_erased_customer_hears_nothing_and_all_is_taken_back_and_closed():
    given = facts(item(), reminders=(reminder(), reminder(number=101, kind="service")), is_erased=True, holds=(hold(),))

    for customer in (CUSTOMER, None):
        decision = decide(given, MONDAY, customer)
        assert (rules(decision), decision.requests, decision.next_look_at) == (["erased"], (), None)
        assert [(w.reminder_id, w.reason) for w in decision.withdrawals] == [(uid(100), "erased"), (uid(101), "erased")]
        assert decision.closed == given.cases


def test_the_last_refusal_counts():
    again = Refusal("resp-9", at("2026-03-08", 12), "email")
    agreed = replace(CUSTOMER, consented_at={"email": at("2026-03-08")})

    assert rules(decide(facts(refusals=(refusal(), again)), MONDAY, agreed)) == ["no_channel"]


def test_of_an_erased_customer_only_what_may_still_leave_is_taken_back():
    given = facts(
        reminders=(reminder(), reminder(number=101), reminder(number=102, withdrawn_because="held")),
        deliveries=(delivery("sent", 101),),
        is_erased=True,
    )

    assert [w.reminder_id for w in decide(given, MONDAY).withdrawals] == [uid(100)]
