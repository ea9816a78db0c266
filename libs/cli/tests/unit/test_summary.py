"""The summary tells programs exactly what was agreed, and people what they want to know."""

import io

import pytest
from rich.console import Console

from kulant_cli.judge import judge
from kulant_cli.ledger import generate
from kulant_cli.stack_info import StackInfo
from kulant_cli.summary import Result, show
from libs.cli.tests.judge_builders import TENANT, sent_scene

URL = "http://127.0.0.1:8000"
INFO = StackInfo(
    kafka="127.0.0.1:9092",
    services={"notifier": URL},
    mailbox_dir="/mailbox",
    mailbox_url="http://127.0.0.1:8025",
    smtp_address="127.0.0.1:8026",
    traces_url="http://127.0.0.1:9411",
    token_file="/secrets/operator-token",
    spans_file="",
    database_urls={},
    line="",
)


def _result(scene):
    book = generate(tenant=TENANT, customers=1, weeks=1, seed=1)
    evidence = scene.evidence()
    return Result("A week", book, evidence, judge(evidence), (f"{URL}/r/token",), 1.26)


def _shown(result, *, stays=False):
    console = Console(file=io.StringIO(), width=132)
    show(console, result, INFO, stays=stays)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_json_has_exactly_the_fields_of_the_contract():
    assert _result(sent_scene()).as_json() == {
        "ok": True, "violations": [], "facts": 4, "reminders": {"friendly": 1}, "deliveries": {"email": {"sent": 1}},
        "responses": {}, "withdrawn": 0, "suppressed": {}, "unknown": 0, "parked": 0, "seconds": 1.3,
    }  # fmt: skip


def test_violations_are_told_in_words():
    scene = sent_scene()
    scene.mails.append(scene.mails[0])
    result = _result(scene)
    assert result.as_json()["ok"] is False
    assert result.as_json()["violations"] == ["one_mail_per_delivery: delivery d-r1 to C1 has 2 mails"]
    assert "delivery d-r1 to C1 has 2 mails" in _shown(result)


@pytest.mark.parametrize("stays", [True, False])
def test_places_are_told_as_long_as_there_is_something_to_see(stays):
    shown = _shown(_result(sent_scene()), stays=stays)
    assert "EUR 1,234.50" in shown
    assert "All promises kept" in shown
    for place in (f"{URL}/r/token", f"{URL}/docs", INFO.mailbox_url, INFO.traces_url):
        assert (place in shown) is stays
