"""Of a told customer's messages, the one whose trace shows most is linked: one that was answered."""

import json
from dataclasses import replace
from datetime import date

from kulant_cli.judge import read_story
from kulant_cli.traced import trace_of
from libs.cli.tests.judge_builders import INVOICE, promise, quiet_scene, requested


def _traces(scene, *numbers):
    """The scene's records, each in the trace of its number; 0: in none."""
    numbered = zip(scene.records[-len(numbers) :], numbers, strict=True)
    scene.records[-len(numbers) :] = [replace(one, value=_in_trace(one.value, number)) for one, number in numbered]
    return read_story(scene.evidence())


def _in_trace(value, number):
    event = json.loads(value)
    return json.dumps(event | {"traceparent": f"00-{number:032x}-{1:016x}-01"} if number else event).encode()


def _two_messages():
    scene = quiet_scene()
    scene.say(requested(INVOICE))
    scene.say(requested(INVOICE, reminder_id="r2"))
    return scene


def test_without_an_answer_it_is_the_first_message():
    assert trace_of(_traces(_two_messages(), 7, 8), "C1") == f"{7:032x}"


def test_the_message_that_was_answered_comes_first():
    scene = _two_messages()
    scene.say(promise(date(2026, 4, 1), reminder_id="r2"))
    assert trace_of(_traces(scene, 7, 8, 9), "C1") == f"{8:032x}"


def test_where_nothing_was_traced_or_written_there_is_none():
    assert trace_of(_traces(_two_messages(), 0, 0), "C1") is None
    assert trace_of(read_story(quiet_scene().evidence()), "C1") is None
