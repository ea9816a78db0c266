"""What a run tells when it is over: one line of JSON for programs, a page for people."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kulant_cli.book import Book
from kulant_cli.judge import Verdict
from kulant_cli.judge.story import Story
from kulant_cli.stack_info import StackInfo
from kulant_cli.summary_rows import (
    Row,
    behaviours,
    happened,
    held_back,
    judged,
    messages,
    money,
    places,
)
from kulant_cli.told import Told, most_instructive, opening_words
from kulant_cli.traced import trace_of

_DAY_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Result:
    """A run with its verdict."""

    title: str
    book: Book
    story: Story
    verdict: Verdict
    pages: tuple[str, ...]
    seconds: float

    def as_json(self) -> dict[str, object]:
        """Exactly the fields that the contract names."""
        return {
            "ok": self.verdict.ok,
            "violations": [str(violation) for violation in self.verdict.violations],
            **asdict(self.verdict.counts),
            "seconds": round(self.seconds, 1),
        }


def show(console: Console, result: Result, info: StackInfo, *, stays: bool) -> None:
    """The summary for a person at a terminal, and where to look: around while the stack goes on, else at the mails."""
    story, verdict = result.story, result.verdict
    console.print()
    console.print(Rule(Text(result.title, style="bold"), style="cyan", align="left"))
    _section(console, "What happened", happened(result.book, story, verdict.counts))
    _section(console, "What customers and their banks did", behaviours(story, console.width))
    _section(console, "Messages by stage", messages(story), heads=("", "decided", "sent", "came back", "not sent"))
    _section(console, "Not sent, and why", held_back(story, verdict.counts))
    heads = ("", "messages", "asked for", "paid", "share")
    _section(console, "Money that came within 14 days of a message", money(story), heads=heads)
    told = most_instructive(story, result.book)
    _customers(console, told)
    _section(console, "Judged from outside", judged(verdict))
    if stays:
        _addresses(console, "Look around", places(result.book, result.pages, info) + _traces(story, told, info))
    else:
        mails = ("The mails, also of earlier runs", info.mailbox_dir)
        links = ("What they link to", "is gone with the stack; `kulant run` without --once keeps it up")
        _addresses(console, "What is left of it", [mails, links])


def _section(console: Console, heading: str, rows: Sequence[Row], *, heads: Sequence[str] = ()) -> None:
    """A heading and a table: the first column names, the last explains, those between are figures."""
    if not rows:
        return
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=bool(heads), header_style="dim", pad_edge=False)
    columns = max(len(row) for row in rows)
    for number in range(columns):
        is_last = number == columns - 1
        is_figure = number > 0 and (not is_last or bool(heads))
        head = heads[number] if number < len(heads) else ""
        table.add_column(
            head, justify="right" if is_figure else "left", overflow="fold", no_wrap=False, min_width=24 * (number == 0)
        )
    for row in rows:
        table.add_row(*row)
    _heading(console, heading)
    console.print(Padding(table, (0, 0, 0, 2)))


def _addresses(console: Console, heading: str, rows: Sequence[Row]) -> None:
    """Whole, however narrow the terminal: what is broken can be neither clicked nor copied."""
    _heading(console, heading)
    width = max(24, *(len(row[0]) for row in rows))
    for name, address in rows:
        console.print(Text(f"  {name:<{width}}  {address}"), soft_wrap=True)


def _heading(console: Console, heading: str) -> None:
    console.print()
    console.print(Text(heading, style="bold cyan"))


def _traces(story: Story, told: Sequence[Told], info: StackInfo) -> list[Row]:
    """Where the trace of the first told customer with a message can be seen."""
    for one in told if info.traces_url is not None else ():
        if trace_id := trace_of(story, one.customer.customer_id):
            return [(f"Trace of a message to {one.customer.name}", f"{info.traces_url}/traces/{trace_id}")]
    return []


def _customers(console: Console, told: Sequence[Told]) -> None:
    """The three customers to whom the most different things happened, day by day."""
    if told:
        _heading(console, _many(len(told)))
    for number, one in enumerate(told):
        if number:
            console.print()
        _customer(console, one)


def _customer(console: Console, told: Told) -> None:
    console.print(Padding(Text(opening_words(told), style="bold"), (0, 0, 0, 2)))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True, min_width=_DAY_WIDTH - 2)
    table.add_column(overflow="fold")
    before = None
    for happening in told.happenings:
        on = happening.on
        table.add_row("" if on == before else f"{on:%a} {on.day} {on:%b}", Text(happening.words))
        before = on
    console.print(Padding(table, (0, 0, 0, 4)))


def _many(count: int) -> str:
    if count == 1:
        return "One customer, day by day"
    return f"{count} customers to whom the most different things happened, day by day"
