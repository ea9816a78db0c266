"""What a person must look at follows from facts: deciding again gives the same list."""

import pytest
from engine_builders import at, decide, delivery, dispute, facts, hold, item, question, reminder, said, settled, uid

MONDAY = at("2026-03-09")
SAID = at("2026-03-07")
MAIN = ("main", "EUR")


def tasks(given, now=MONDAY):
    return [(task.code, task.about, task.since, task.case) for task in decide(given, now).tasks]


@pytest.mark.parametrize(
    ("given", "task"),
    [
        pytest.param(facts(), [], id="nothing"),
        pytest.param(facts(disputes=(dispute(SAID),)), [("decide_dispute", "resp-3", SAID, MAIN)], id="a dispute"),
        pytest.param(facts(settled(item()), disputes=(dispute(SAID),)), [], id="a dispute about what is settled"),
        pytest.param(facts(disputes=(dispute(SAID, None, "rejected"),)), [], id="a rejected dispute"),
        pytest.param(
            facts(disputes=(dispute(SAID, 4000, "accepted", decided_at=MONDAY),)),
            [("correct_item", "resp-3", MONDAY, MAIN)],
            id="an accepted one waits for the ERP's correction",
        ),
        pytest.param(
            facts(item(corrected_minor=4000), disputes=(dispute(SAID, 4000, "accepted", stood={("inv-1", "1"): 0}),)),
            [],
            id="which came",
        ),
        pytest.param(
            facts(questions=(question("plan", SAID),)), [("answer_plan", "resp-4", SAID, MAIN)], id="a request"
        ),
        pytest.param(facts(questions=(question("plan", SAID, MONDAY),)), [], id="an answered one"),
        pytest.param(
            facts(settled(item()), questions=(question("question", SAID),)),
            [("answer_question", "resp-4", SAID, None)],
            id="a question about what is settled still wants an answer",
        ),
        pytest.param(
            facts(holds=(hold(reason="balance_differs", set_at=SAID),)),
            [("balance_differs", "hold-1", SAID, None)],
            id="the ERP states another balance",
        ),
        pytest.param(facts(holds=(hold(reason="balance_differs", is_set=False),)), [], id="not any more"),
        pytest.param(facts(holds=(hold(reason="manual"),)), [], id="any other hold"),
    ],
)
def test_a_person_is_asked_about(given, task):
    assert tasks(given) == task


def test_a_question_stays_a_task_after_its_item_goes_on():
    assert [code for code, *_ in tasks(facts(questions=(question("question", SAID),)), at("2026-06-01"))] == [
        "answer_question"
    ]


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param("2026-04-22", [], id="in the pause after the last deadline"),
        pytest.param("2026-04-23", [("ladder_done", "inv-1/1")], id="when it is over"),
    ],
)
def test_after_the_last_stage_a_person_looks(day, wanted):
    given = facts(**said(4, "2026-04-13", deadline="2026-04-20"))

    decision = decide(given, at(day))

    assert [(task.code, task.about) for task in decision.tasks] == wanted
    assert decision.next_look_at == (None if wanted else at("2026-04-23", 0))
    assert all(task.item == ("inv-1", "1") for task in decision.tasks)


def test_an_item_whose_ladder_the_old_system_finished_is_looked_at_at_once():
    from dunning_engine.domain.answers import PriorDunning

    assert [code for code, *_ in tasks(facts(item(prior=PriorDunning(4))))] == ["ladder_done"]


def test_tasks_come_in_a_fixed_order_each_once():
    given = facts(
        item(1),
        item(2),
        questions=(question("plan", SAID),),
        disputes=(dispute(SAID, 1),),
        holds=(hold(reason="balance_differs"),),
    )

    assert [code for code, *_ in tasks(given)] == ["answer_plan", "balance_differs", "decide_dispute"]


@pytest.mark.parametrize(
    ("given", "is_called"),
    [
        pytest.param({"deliveries": (delivery("failed", reason="smtp_554"),)}, True, id="the mail server refused it"),
        pytest.param({"deliveries": (delivery("failed", reason="no_words"),)}, True, id="it cannot be written"),
        pytest.param(
            {"deliveries": (delivery("failed", reason="no_contact"),)}, False, id="nobody there: the notifier calls"
        ),
        pytest.param(
            {
                "reminders": (reminder(), reminder(number=101)),
                "deliveries": (delivery("bounced", contact_id="k-1"), delivery("bounced", 101, contact_id="k-1")),
            },
            True,
            id="it came back twice from the same contact",
        ),
        pytest.param({"deliveries": (delivery("bounced", contact_id="k-1"),)}, False, id="it is tried elsewhere"),
    ],
)
def test_a_message_that_found_no_way_never_ends_without_a_person(given, is_called):
    found = tasks(facts(**({"reminders": (reminder(),)} | given)))

    assert [code for code, *_ in found] == ["not_delivered"] * is_called
    assert all(about == str(given.get("reminders", (reminder(),))[-1].reminder_id) for _, about, *_ in found)


def test_a_confirmation_that_found_no_way_calls_a_person_though_nothing_is_owed():
    told = reminder(kind="service", code="question_noted", stage=0)
    failed = delivery("failed", reason="smtp_554")

    assert tasks(facts(settled(item()), reminders=(told,), deliveries=(failed,))) == [
        ("not_delivered", str(uid(100)), failed.at, MAIN)
    ]
    assert tasks(facts(settled(item()), reminders=(reminder(),), deliveries=(failed,))) == []
