"""What a run tells when it is over: one line of JSON for programs, tables for people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from kulant_cli.book import Book
from kulant_cli.judge import CHECKS, Counts, Evidence, Verdict
from kulant_cli.money_told import MoneyTold
from kulant_cli.stack_info import StackInfo

_MOST_TOLD = 12
_HELD_BACK = {"stale": "Stopped at the gate", "withdrawn": "Taken back in time", "expired": "Too late for the day"}
_WHY = {
    "stale": "when it was about to leave, something new was known",
    "withdrawn": "the reason to remind was gone before it left",
    "expired": "its sending window had closed; decided anew",
}
_SAID = {"payment_claimed": "“I have paid”", "promise_made": "“I will pay on …”"}


@dataclass(frozen=True, slots=True)
class Result:
    """A run with its verdict."""

    title: str
    book: Book
    evidence: Evidence
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
    """The summary for a person at a terminal; where the stack goes on, also where to look."""
    console.print()
    console.print(Rule(Text(result.title, style="bold"), style="cyan", align="left"))
    _section(console, "What happened", _happened(result))
    _section(console, "Held back, and why", _held_back(result.verdict.counts))
    _section(console, "The money", _money(result))
    _section(console, "Judged from outside", _judged(result.verdict))
    if stays:
        _section(console, "Look around", _places(result, info))


def _section(console: Console, heading: str, rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(min_width=26)
    if len(rows[0]) == 3:
        table.add_column(justify="right", min_width=14, style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print()
    console.print(Text(heading, style="bold cyan"))
    console.print(Padding(table, (0, 0, 0, 2)))


def _happened(result: Result) -> list[tuple[str, str, str]]:
    counts, book = result.verdict.counts, result.book
    told = f"{len(book.customers)} customers, {len(book.invoices)} invoices, the payments as they came"
    sent = sum(outcomes.get("sent", 0) for outcomes in counts.deliveries.values())
    said = {_SAID.get(kind, kind): number for kind, number in counts.responses.items()}
    channels = _list({channel: outcomes.get("sent", 0) for channel, outcomes in counts.deliveries.items()})
    return [
        ("Facts from the ERP", str(counts.facts), told),
        ("Messages decided", str(sum(counts.reminders.values())), _list(counts.reminders)),
        ("Messages sent", str(sent), channels),
        ("Answers on the page", str(sum(counts.responses.values())), _list(said)),
    ]


def _held_back(counts: Counts) -> list[tuple[str, str, str]]:
    rows = [
        (_HELD_BACK.get(reason, reason.replace("_", " ").capitalize()), str(number), _WHY.get(reason, ""))
        for reason, number in sorted(counts.suppressed.items())
    ]
    if counts.unknown:
        rows.append(("Perhaps sent", str(counts.unknown), "a person looks; nothing is sent twice"))
    if counts.parked:
        rows.append(("Facts set aside", str(counts.parked), "unreadable; their customers are held meanwhile"))
    return rows


def _money(result: Result) -> list[tuple[str, str, str]]:
    told = MoneyTold.of(result.evidence)
    rows = []
    for currency in sorted(told.reminded):
        rows += [
            ("Reminded of", told.amount("reminded", currency), _many(told.reminders[currency], "message")),
            ("Paid since its reminder", told.amount("paid_since", currency), told.share(currency)),
        ]
    late = sum(told.paid_late_unreminded.values())
    if late:
        rows.append(("Paid late, unasked", str(late), "invoices whose payment came before a reminder was due or sent"))
    return rows


def _judged(verdict: Verdict) -> list[tuple[str, str, str]]:
    if verdict.ok:
        return [
            (
                "[green]All promises kept[/]",
                "[green]✔[/]",
                f"{len(CHECKS)} checks over facts, topics, mails and answers",
            )
        ]
    kinds = Counter(violation.check for violation in verdict.violations)
    rows = [("[red]BROKEN[/]", f"[red]{len(verdict.violations)}[/]", _list(kinds))]
    rows += [(violation.check, "[red]✘[/]", escape(violation.message)) for violation in verdict.violations[:_MOST_TOLD]]
    if len(verdict.violations) > _MOST_TOLD:
        rows.append(("", "", f"and {len(verdict.violations) - _MOST_TOLD} more"))
    return rows


def _places(result: Result, info: StackInfo) -> list[tuple[str, ...]]:
    places: list[tuple[str, ...]] = [("The mails", info.mailbox_url)]
    if result.pages:
        places.append(("A customer's page", result.pages[-1]))
    places.append(("Traces", info.traces_url))
    places += [(f"API of {name}", f"{url}/docs") for name, url in info.services.items()]
    places += [("Token for the APIs", info.token_file), ("Kulant-Tenant for the APIs", result.book.tenant)]
    return places


def _many(number: int, noun: str) -> str:
    return f"in {number} {noun}" + ("" if number == 1 else "s")


def _list(counts: dict[str, int] | Counter[str]) -> str:
    """The kinds with their numbers; a single kind needs none."""
    some = [(name.replace("_", " "), number) for name, number in sorted(counts.items()) if number]
    return some[0][0] if len(some) == 1 else ", ".join(f"{number} {name}" for name, number in some)
