"""While the days pass: a board on a terminal, one plain line a week elsewhere."""

import io
from datetime import UTC, datetime, timedelta

from rich.console import Console

from kulant_cli.doors import Quiescence
from kulant_cli.play import Moment
from kulant_cli.progress import Board, at_work_in_words, shown_days

MONDAY = datetime(2026, 4, 6, 9, tzinfo=UTC)


def moment(step=22, at=MONDAY):
    return Moment(at, step, 84, 1_204, 47, 3, 2, 9, {"EUR": 8_120_400, "GBP": 9_000}, {"EUR": 5_411_000})


def busy(**work):
    return Quiescence(MONDAY, **{"lag": 0, "outbox": 0, "due_timers": 0, "in_flight": 0, **work}, positions="")


def _shown(board, width):
    console = Console(file=io.StringIO(), width=width)
    console.print(board.render())
    return console.file.getvalue()


def test_the_board_says_where_the_run_is():
    board = Board()
    assert "The ledger opens" in _shown(board, 80)
    board.moment = moment()
    board.at_work = lambda: {"notifier": busy(in_flight=4), "dunning-engine": busy()}
    for width in (60, 80, 140):
        shown = " ".join(_shown(board, width).split())
        for told in (
            "Mon 6 April 2026", "day 22 of 84", "1,204 facts", "47 sent · 3 came back · 2 overtaken by a payment",
            "9 on the customers' pages", "EUR 81,204 · GBP 90", "EUR 54,110 paid after a mail", "notifier: 4 in hand",
        ):  # fmt: skip
            assert told in shown, (told, width)


def test_who_is_done_is_not_named():
    assert at_work_in_words({"notifier": busy()}) == "all services are done"
    assert at_work_in_words({"notifier": "no answer"}) == "notifier: no answer"
    assert at_work_in_words({"a": busy(lag=2, outbox=1), "b": busy(due_timers=5)}) == (
        "a: 2 to read, 1 to tell · b: 5 to look at"
    )


def test_where_there_is_no_terminal_each_week_has_a_line_and_so_has_the_end():
    console = Console(file=io.StringIO(), width=132)
    with shown_days(console) as days:
        for day in range(10):
            days.show(moment(step=75 + day, at=MONDAY + timedelta(days=day)))
    lines = console.file.getvalue().splitlines()
    assert [line.partition(":")[0] for line in lines] == ["Mon 6 April 2026", "Mon 13 April 2026", "Wed 15 April 2026"]
    assert "1204 facts, 47 mails, 9 answers, overdue EUR 81,204 · GBP 90" in lines[0]
