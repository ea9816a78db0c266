"""The summary tells programs exactly what was agreed, and people what they want to know."""

import io
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from kulant_cli import summary_rows
from kulant_cli.book import Book
from kulant_cli.facts import payment_received
from kulant_cli.fiction import CREDITOR
from kulant_cli.judge import Counts, Expected, Verdict, Violation, judge_story, read_story
from kulant_cli.ledger import generate
from kulant_cli.money_told import StageMoney
from kulant_cli.stack_info import StackInfo
from kulant_cli.summary import Result, show
from libs.cli.tests.judge_builders import CUSTOMER, INVOICE, SENT_AT, TENANT, WALL, payment, sent_scene

URL = "http://127.0.0.1:8000"
INFO = StackInfo(
    kafka="127.0.0.1:9092",
    services={"notifier": URL},
    mailbox_dir="/mailbox",
    mailbox_url="http://127.0.0.1:8025",
    smtp_address="127.0.0.1:8026",
    inbound_ports={},
    traces_url="http://127.0.0.1:9411",
    token_file="/secrets/operator-token",
    database_urls={},
    line="",
)


def _result(scene):
    book = generate(tenant=TENANT, customers=1, weeks=1, seed=1)
    story = read_story(scene.evidence())
    return Result("A week", book, story, judge_story(story), (f"{URL}/r/token",), 1.26)


def _shown(result, *, stays=False):
    console = Console(file=io.StringIO(), width=132)
    show(console, result, INFO, stays=stays)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_the_json_has_exactly_the_fields_of_the_contract():
    assert _result(sent_scene()).as_json() == {
        "ok": True, "violations": [], "facts": 4, "reminders": {"friendly": 1}, "deliveries": {"email": {"sent": 1}},
        "responses": {}, "withdrawn": 0, "suppressed": {}, "unknown": 0, "parked": 0, "seconds": 1.3,
    }  # fmt: skip


def _lines(width, **changes):
    scene = sent_scene()
    scene.publish(payment_received(payment(at=SENT_AT + timedelta(days=6))), acked_at=WALL + timedelta(hours=1))
    evidence = replace(scene.evidence(), **changes)
    story = read_story(evidence)
    book = Book(TENANT, "T", SENT_AT, SENT_AT.date(), CREDITOR, (CUSTOMER,), (INVOICE,), ())
    console = Console(file=io.StringIO(), width=width)
    show(console, Result("A week", book, story, judge_story(story), (f"{URL}/r/token",), 1.26), INFO, stays=True)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 132])
def test_a_person_reads_what_happened_and_what_it_brought(width):
    lines = _lines(width)
    assert "Messages decided 1 all of them sent" in lines
    assert "Invoices open at the end 0 nothing; of it overdue: nothing" in lines
    assert "1 friendly reminder 1 1 by email 0 0" in lines
    assert "1 friendly reminder 1 EUR 1,235 EUR 1,235 100 %" in lines
    assert "Beispielbau Nordlicht GmbH, a company in Hamburg (C1)" in lines
    assert "Fri 27 Mar A payment of EUR 1,234.50 arrives for RE-2026-1001." in lines
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("width", [80, 132])
def test_how_often_each_behaviour_was_seen_is_shown_where_a_run_promised_it(width):
    assert not any("Paid late" in line for line in _lines(width))
    lines = _lines(width, expected=Expected(each_behaviour=1))
    assert any("1 Paid late" in line for line in lines)
    assert any("at least 1 time" in line for line in lines)


def test_what_is_still_under_way_is_told_beside_what_was_not_sent():
    scene = sent_scene()
    scene.without("kulant.delivery.sent.v1")
    lines = [" ".join(line.split()) for line in _shown(_result(scene)).splitlines()]
    assert "Messages decided 1 1 of them not sent; why is told below" in lines
    assert "Invoices open at the end 1 EUR 1,235; of it overdue: EUR 1,235" in lines
    assert "Under way at the end 1 or not to be sent before another day" in lines


def test_each_currency_of_a_stage_has_a_row_of_its_own(monkeypatch):
    stage = StageMoney(Counter(EUR=2, CHF=1), Counter(EUR=10_000, CHF=300), Counter(EUR=2_500))
    monkeypatch.setattr(summary_rows, "money_by_stage", lambda _: {"friendly": stage})
    assert summary_rows.money(read_story(sent_scene().evidence()))[:2] == [
        ("1  friendly reminder", "1", "CHF 3", "CHF 0", "0 %"),
        ("", "2", "EUR 100", "EUR 25", "25 %"),
    ]


def test_violations_are_told_in_words():
    scene = sent_scene()
    scene.mails.append(scene.mails[0])
    result = _result(scene)
    assert result.as_json()["ok"] is False
    assert result.as_json()["violations"] == ["one_mail_per_delivery: delivery d-r1 to C1 has 2 mails"]
    assert "delivery d-r1 to C1 has 2 mails" in _shown(result)


def test_a_violation_names_the_promise_that_it_breaks():
    scene = sent_scene()
    scene.mails.append(scene.mails[0])
    rows = summary_rows.judged(_result(scene).verdict)
    assert [row[:2] for row in rows[:2]] == [("[red]BROKEN[/]", "[red]1[/]"), ("[red]promise 2[/]", "[red]1[/]")]


def test_of_many_violations_each_kind_is_told_before_a_second_of_any():
    many = [Violation("one", f"one {number}", 2) for number in range(20)] + [Violation("other", "the only one")]
    rows = summary_rows.judged(Verdict(tuple(many), Counts()))
    assert rows[1:3] == [
        ("[red]promise 2[/]", "[red]20[/]", "say everything once: one"),
        ("[red]the run itself[/]", "[red]1[/]", "other"),
    ]
    assert [row[2] for row in rows[3:5]] == ["one 0", "the only one"]
    assert len(rows) == 1 + 2 + 12 + 1
    assert rows[-1][2] == "and 9 more; --json names them all"


@pytest.mark.parametrize("stays", [True, False])
def test_places_are_told_as_long_as_there_is_something_to_see(stays):
    shown = _shown(_result(sent_scene()), stays=stays)
    assert "EUR 1,235" in shown
    assert "All promises kept" in shown
    for place in (f"{URL}/r/token", f"{URL}/docs", INFO.mailbox_url, INFO.traces_url):
        assert (place in shown) is stays


def test_an_address_is_whole_however_narrow_the_terminal():
    console = Console(file=io.StringIO(), width=40)
    show(console, _result(sent_scene()), INFO, stays=True)
    assert f"{URL}/r/token\n" in console.file.getvalue()  # type: ignore[attr-defined]


def test_each_currency_has_its_share():
    money = StageMoney(Counter(EUR=2, CHF=1), Counter(EUR=10_000, CHF=300), Counter(EUR=2_500))
    assert (money.share("EUR"), money.share("CHF"), money.share("GBP")) == (25, 0, None)
