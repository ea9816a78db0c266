"""Shows on the terminal how far a play is: a live board, or plain lines where the output is no terminal."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from kulant_cli.amounts import amounts
from kulant_cli.doors import Quiescence
from kulant_cli.play import Moment

REFRESHES = 4
AtWork = Callable[[], Mapping[str, Quiescence | str]]
_BAR_WIDTH = 30
_NAME_WIDTH = 18
_WORK = {"lag": "to read", "outbox": "to tell", "due_timers": "to look at", "in_flight": "in hand"}


@contextmanager
def shown_days(console: Console) -> Iterator["Days"]:
    """A board that follows the days; plain lines, one a week, where the output is no terminal."""
    if not console.is_terminal:
        yield Days(console)
        return
    board = Board()
    with Live(get_renderable=board.render, console=console, transient=True, refresh_per_second=REFRESHES):
        yield Days(console, board)


class Board:
    """What is shown while the days pass."""

    def __init__(self) -> None:
        self.moment: Moment | None = None
        self.at_work: AtWork = dict

    def render(self) -> RenderableType:
        """The board as it is now."""
        moment = self.moment
        if moment is None:
            return Text("  The ledger opens: creditors and customers are told …", style="bold")
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(f"{day_in_words(moment.at):<{_NAME_WIDTH}}", style="bold cyan"),
            ProgressBar(moment.steps, moment.step, width=_BAR_WIDTH, complete_style="cyan", finished_style="cyan"),
            f"day {moment.step} of {moment.steps}",
        )
        rows = Table.grid(padding=(0, 2))
        rows.add_column(style="dim", min_width=_NAME_WIDTH)
        rows.add_column()
        for name, told in _told(moment):
            rows.add_row(name, told)
        rows.add_row("At work", at_work_in_words(self.at_work()))
        return Padding(Group(head, rows), (0, 0, 0, 2))


def _told(moment: Moment) -> Iterator[tuple[str, str]]:
    yield "The ERP", f"{moment.facts:,} facts told"
    mails = [f"{moment.mails:,} sent"]
    mails += [f"{moment.returned} came back"] if moment.returned else []
    mails += [f"{moment.put_off} overtaken by a payment"] if moment.put_off else []
    yield "Mails", " · ".join(mails)
    yield "Answers", f"{moment.answers:,} on the customers' pages"
    yield "Overdue", amounts(moment.overdue) or "nothing"
    yield "Recovered", (amounts(moment.recovered) or "nothing") + " paid after a mail"


def at_work_in_words(seen: Mapping[str, Quiescence | str]) -> str:
    """Who has how much left to do: what lies unread, untold or undone; for one service a word for each."""
    busy = []
    for service, state in seen.items():
        if isinstance(state, str):
            busy.append(f"{service}: {state}")
        elif left := state.unfinished:
            busy.append(f"{service}: " + ", ".join(f"{count} {_WORK[name]}" for name, count in left.items()))
    return " · ".join(busy) or "all services are done"


class Days:
    """Takes each moment of a play and shows it."""

    def __init__(self, console: Console, board: Board | None = None) -> None:
        self._console = console
        self._board = board
        self._week: int | None = None

    def follow(self, at_work: AtWork) -> None:
        """Where the board finds out who is at work."""
        if self._board is not None:
            self._board.at_work = at_work

    def show(self, moment: Moment) -> None:
        """Show how far the play is."""
        if self._board is not None:
            self._board.moment = moment
        elif self._is_new_week(moment) or moment.step == moment.steps:
            overdue = amounts(moment.overdue) or "nothing"
            self._console.print(
                f"{day_in_words(moment.at)}: {moment.facts} facts, {moment.mails} mails, {moment.answers} answers,"
                f" overdue {overdue}"
            )

    def _is_new_week(self, moment: Moment) -> bool:
        week = moment.at.isocalendar().week
        is_new, self._week = week != self._week, week
        return is_new


def day_in_words(at: datetime) -> str:
    """`Mon 16 March 2026`."""
    return f"{at:%a} {at.day} {at:%B %Y}"
