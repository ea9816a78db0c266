"""Shows on the terminal how far a play is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kulant_cli.play import Moment


@contextmanager
def shown_days(console: Console) -> Iterator["Days"]:
    """A bar that grows day by day; plain lines where the output is no terminal."""
    if not console.is_terminal:
        yield Days(console, None)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<17}"),
        BarColumn(bar_width=28),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        yield Days(console, bar)


class Days:
    """Takes each moment of a play and shows it."""

    def __init__(self, console: Console, bar: Progress | None) -> None:
        self._console = console
        self._bar = bar
        self._task = bar.add_task("The ledger opens", total=None, told="") if bar else None
        self._week: int | None = None

    def show(self, moment: Moment) -> None:
        """Show how far the play is."""
        told = f"{moment.facts} facts  {moment.mails} mails  {moment.answers} answers"
        if self._bar is not None and self._task is not None:
            self._bar.update(
                self._task, description=_day(moment.at), completed=moment.step, total=moment.steps, told=told
            )
        elif self._is_new_week(moment) or moment.step == moment.steps:
            self._console.print(f"{_day(moment.at)}: {told}")

    def _is_new_week(self, moment: Moment) -> bool:
        week = moment.at.isocalendar().week
        is_new, self._week = week != self._week, week
        return is_new


def _day(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%B %Y}"
