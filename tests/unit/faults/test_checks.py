"""Each check of the faults harness sees what it is there for, and nothing where all is well."""

from datetime import timedelta

import pytest

from kulant_cli.facts import payment_received
from kulant_cli.judge import TopicRecord, read_story
from kulant_contracts.delivery import DeliveryFailedV1, DeliveryUnknownV1
from libs.cli.tests.judge_builders import (
    ASKED_AT,
    CLEARED_AT,
    INVOICE,
    SENT_AT,
    WALL,
    answer,
    claim,
    delivery,
    payment,
    send,
    sent_scene,
)
from notifier.config import SMTP_CONNECTIONS
from tests.faults.checks import violations
from tests.faults.checks.harmed import Harmed
from tests.faults.checks.window import longest
from tests.faults.harms import CUT, DATABASE, DIES, KILL, REFUSES, SLOW, TERMINATE, Done, Harm
from tests.faults.restoring import Restored
from tests.faults.timeline import concerned, timeline

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def done(kind, target, began_at=CLEARED_AT, lasts=SECOND):
    return Done(Harm(kind, target, 1, None, 0.0, 0.0), began_at, began_at + lasts)


def found(scene, *harms, broken_off=None, **more):
    scene.something_was_killed = True
    harmed = Harmed(harms, (), **more)
    return {one.check for one in violations(read_story(scene.evidence()), harmed, broken_off)}


def doubtful_scene():
    """The sender does not know whether the one mail left; it did."""
    scene = sent_scene()
    for name in ("kulant.delivery.sent.v1", "kulant.case.stage_reached.v1"):
        scene.without(name)
    scene.say(delivery(DeliveryUnknownV1, INVOICE, reason="connection_lost"), sequence=1)
    return scene


def test_a_sound_scene_is_sound():
    assert found(sent_scene()) == set()


@pytest.mark.parametrize(
    "harm", [(KILL, "notifier.send"), (CUT, "notifier to smtp")], ids=["its sender killed", "its way cut"]
)
def test_unknown_is_right_where_the_hand_over_was_broken(harm):
    assert found(doubtful_scene(), done(*harm)) == set()


@pytest.mark.parametrize(
    "harms",
    [
        (),
        [done(DATABASE, DATABASE)],
        [done(TERMINATE, "notifier.send")],
        [done(SLOW, "notifier to smtp")],
        [done(CUT, "notifier to database")],
        [done(KILL, "notifier.api+consume+relay")],
        [done(KILL, "notifier.send", CLEARED_AT + 10 * SECOND)],
    ],
    ids=["no harm", "database", "ended in order", "slow", "another way", "another process", "later"],
)
def test_unknown_without_a_cause_is_found(harms):
    assert found(doubtful_scene(), *harms) == {"unknown_without_cause"}


def test_a_server_that_died_excuses_no_more_mails_than_it_left_without_an_answer():
    assert found(doubtful_scene(), done(DIES, "smtp")) == {"unknown_without_cause"}


def test_more_unknown_mails_by_one_kill_than_the_sender_had_connections_are_found():
    scene = doubtful_scene()
    for number in range(2, SMTP_CONNECTIONS + 2):
        told = delivery(DeliveryUnknownV1, INVOICE, reminder_id=f"r{number}", reason="sender_lost")
        scene.say(told, sequence=number)
    assert "too_many_unknown" in found(scene, done(KILL, "notifier.send"))


def test_a_mail_that_began_to_leave_too_long_after_its_clearance_is_found():
    scene = sent_scene()
    scene.mails[0] = _begun(scene.mails[0], CLEARED_AT + 2.1 * SECOND)
    assert found(scene) == {"clearance_too_old"}


def test_what_a_slow_way_adds_is_not_the_senders_fault_and_is_not_measured():
    scene = sent_scene()
    scene.mails[0] = _begun(scene.mails[0], CLEARED_AT + 2.05 * SECOND)
    slow = done(SLOW, "notifier to smtp", lasts=5 * SECOND)
    assert found(scene, slow) == set()
    story = read_story(scene.evidence())
    assert longest(story, Harmed((slow,), ())) < 2 * SECOND < longest(story, Harmed((), ()))


def test_an_answer_that_was_taken_down_twice_is_found():
    scene = sent_scene()
    scene.answers.append(answer("payment_claimed", acked_at=CLEARED_AT + SECOND))
    scene.say(claim())
    assert found(scene) == set()
    scene.say(claim().model_copy(update={"response_id": "a3"}))
    assert found(scene) == {"answer_twice"}


def test_a_step_that_may_have_been_said_is_not_said_again():
    scene = doubtful_scene()
    assert "one_mail_per_item_and_stage" not in found(scene, done(KILL, "notifier.send"))
    send(scene, INVOICE, at=SENT_AT + 3 * DAY, reminder_id="r2")
    assert "one_mail_per_item_and_stage" in found(scene, done(KILL, "notifier.send"))


def test_a_mail_of_which_nobody_knows_must_have_been_cleared_all_the_same():
    scene = doubtful_scene()
    scene.publish(payment_received(payment()), acked_at=ASKED_AT - SECOND, sent_at=WALL)
    assert "reminded_after_payment" in found(scene, done(KILL, "notifier.send"))


def test_a_delivery_that_failed_is_excused_by_a_server_that_refused_for_good_and_by_nothing_else():
    scene = sent_scene()
    for name in ("kulant.delivery.sent.v1", "kulant.case.stage_reached.v1"):
        scene.without(name)
    scene.mails.clear()
    scene.say(delivery(DeliveryFailedV1, INVOICE, reason="smtp_554_5.3.0"), sequence=1)
    assert "delivery_failed" in found(scene)
    assert "delivery_failed" not in found(scene, done(REFUSES, "smtp", lasts=3 * SECOND))


def _begun(mail, at):
    return type(mail)(mail.name, mail.content, at + timedelta(milliseconds=100), mail.recipients, at, mail.sender)


def test_what_a_bad_release_parked_is_no_violation_and_what_another_one_parked_is():
    scene = sent_scene()
    whole = scene.records[0]
    for reason, expected in (("failed: FailsOnEverything", set()), ("failed: KeyError", {"sound_fact_parked"})):
        headers = (("kulant-parked-reason", reason.encode()),)
        scene.records.append(TopicRecord("kulant.notifier.dead-letter.v1", whole.key, whole.value, headers))
        assert found(scene) == expected


@pytest.mark.parametrize(("stood_still", "expected"), [(True, set()), (False, {"restored_and_at_work"})])
def test_a_service_that_works_on_an_older_database_than_it_told_on_is_found(stood_still, expected):
    around = (WALL - 5 * SECOND, WALL + 5 * SECOND)
    assert found(sent_scene(), restored=(Restored("invoice-service", *around, stood_still),)) == expected


def test_an_older_database_of_a_service_that_told_nothing_since_is_as_good_as_the_newest():
    later = (WALL + 500 * SECOND, WALL + 600 * SECOND)
    assert found(sent_scene(), restored=(Restored("invoice-service", *later, False),)) == set()


def test_a_process_that_had_to_be_killed_is_found():
    assert found(sent_scene(), stubborn=("notifier.send",)) == {"not_ended_in_order"}


def test_a_process_that_ended_unasked_is_found():
    assert found(sent_scene(), returned=("notifier.send",)) == {"ended_by_itself"}


def test_of_a_run_that_broke_off_is_told_what_may_have_broken_it_and_nothing_that_needs_an_end():
    scene = doubtful_scene()
    assert found(scene, broken_off="not settled") == {"broken_off"}
    scene.mails[0] = _begun(scene.mails[0], CLEARED_AT + 2.1 * SECOND)
    harmed = {
        "restored": (Restored("invoice-service", WALL - 5 * SECOND, WALL + 5 * SECOND, False),),
        "stubborn": ("notifier.relay",),
        "returned": ("notifier.send",),
    }
    assert found(scene, broken_off="not settled", **harmed) == {
        "broken_off",
        "clearance_too_old",
        "restored_and_at_work",
        "not_ended_in_order",
        "ended_by_itself",
    }


def test_the_story_of_a_violation_is_that_of_its_customer_with_the_harms_that_touched_it():
    scene = doubtful_scene()
    cut, later = done(CUT, "notifier to smtp"), done(KILL, "notifier.send", CLEARED_AT + 3600 * SECOND)
    story = read_story(scene.evidence())
    violation = next(one for one in violations(story, Harmed((), ()), None))

    assert concerned(story, violation) == ["C1"]
    told = timeline(story, "C1", (cut, later))
    assert "delivery.unknown" in told
    assert "cut: notifier to smtp" in told
    assert "kill -9" not in told
