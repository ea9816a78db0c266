"""The rows of a run's summary, in words and figures."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rich.markup import escape

from kulant_cli.amounts import amounts, whole_amount
from kulant_cli.book import Book
from kulant_cli.judge import CHECKS, Counts, Verdict, Violation
from kulant_cli.judge.behaviours import behaviours_of
from kulant_cli.judge.messages import bounced
from kulant_cli.judge.story import Story
from kulant_cli.money_told import money_by_stage, paid_late_unasked, still_open
from kulant_cli.stack_info import StackInfo
from kulant_contracts.delivery import DeliverySentV1

Row = tuple[str, ...]

_MOST_TOLD = 12
_PROMISES = {
    1: "never remind who has paid, disputed, promised, is on hold or opted out",
    2: "say everything once",
    3: "polite, complete, correct",
    4: "everything is on record",
    5: "the customer can always answer",
}
_TWO_COLUMNS = 90
_ORDER = (
    "due_soon", "due_today", "friendly", "reminder", "firm", "last", "promise_missed", "claim_unconfirmed",
    "promise_noted", "claim_noted", "dispute_noted", "dispute_accepted", "dispute_partly_accepted", "dispute_rejected",
    "question_noted", "contact_noted", "payment_returned",
)  # fmt: skip
_STAGES = {
    "due_soon": "note before the due day", "due_today": "note on the due day", "friendly": "1  friendly reminder",
    "reminder": "2  second reminder", "firm": "3  firm reminder", "last": "4  last reminder",
    "promise_missed": "question: promise missed", "claim_unconfirmed": "question: payment missing",
    "promise_noted": "thanks for a promise", "claim_noted": "thanks for “I have paid”",
    "dispute_noted": "objection received", "question_noted": "question received", "contact_noted": "wish received",
    "payment_returned": "your payment came back",
}  # fmt: skip
_HELD_BACK = {"stale": "Stopped at the gate", "withdrawn": "Taken back in time", "expired": "Too late for the day"}
_WHY = {
    "stale": "a moment before it would have left, something new was known",
    "withdrawn": "the reason to remind was gone before it left",
    "expired": "its sending hours were over; decided anew",
}
_SAID = {
    "payment_claimed": "“I have paid”", "promise_made": "“I will pay on …”", "disputed": "“something is wrong”",
    "question_asked": "“a question”", "contact_refused": "“no more e-mail”",
}  # fmt: skip


def happened(book: Book, story: Story, counts: Counts) -> list[Row]:
    """Facts, messages and answers in one figure each."""
    told = f"{len(book.customers)} customers, {len(book.invoices)} invoices, the payments as they came"
    sent = {channel: outcomes.get("sent", 0) for channel, outcomes in counts.deliveries.items()}
    left = still_open(story)
    said = {_SAID.get(kind, kind): number for kind, number in counts.responses.items()}
    unsent = sum(not _ended_as_sent(story, reminder_id) for reminder_id in story.requests)
    return [
        ("Facts from the ERP", f"{counts.facts:,}", told),
        (
            "Messages decided",
            f"{sum(counts.reminders.values()):,}",
            f"{unsent:,} of them not sent; why is told below" if unsent else "all of them sent",
        ),
        ("Messages sent", f"{sum(sent.values()):,}", _list(sent)),
        ("Answers on the page", f"{sum(counts.responses.values()):,}", _list(said)),
        (
            "Invoices open at the end",
            f"{left.invoices:,}",
            f"{amounts(left.amount) or 'nothing'}; of it overdue: {amounts(left.overdue) or 'nothing'}",
        ),
    ]


def _ended_as_sent(story: Story, reminder_id: str) -> bool:
    return any(isinstance(end, DeliverySentV1) for end in story.ends.get(reminder_id, ()))


def behaviours(story: Story, width: int) -> list[Row]:
    """How often each kind of behaviour was seen: two abreast where there is room."""
    wanted = story.evidence.expected.each_behaviour
    if not wanted and not story.evidence.expected.races:
        return []
    cells = [f"{count:>6,}  {name.capitalize()}" for name, count in behaviours_of(story).items()]
    least: list[Row] = [(f"[dim]each at least {_times(wanted)}, or the run fails[/]",)] if wanted else []
    if width < _TWO_COLUMNS:
        return [*((cell,) for cell in cells), *least]
    half = -(-len(cells) // 2)
    right = [*cells[half:], ""] if len(cells) % 2 else cells[half:]
    return [*zip(cells[:half], right, strict=True), *least]


def messages(story: Story) -> list[Row]:
    """For each stage: how many were decided, sent over which channel, came back, were not sent."""
    decided: Counter[str] = Counter()
    sent: dict[str, Counter[str]] = {}
    returned: Counter[str] = Counter()
    came_back = bounced(story)
    for reminder_id, request in story.requests.items():
        code = request.stage.code
        decided[code] += 1
        for end in story.ends.get(reminder_id, ()):
            if isinstance(end, DeliverySentV1):
                sent.setdefault(code, Counter())[end.channel] += 1
        returned[code] += reminder_id in came_back
    return [
        (
            _STAGES.get(code, code.replace("_", " ")),
            f"{decided[code]:,}",
            ", ".join(f"{count:,} by {channel}" for channel, count in sorted(sent.get(code, {}).items())) or "0",
            f"{returned[code]:,}",
            f"{decided[code] - sum(sent.get(code, {}).values()):,}",
        )
        for code in sorted(decided, key=_place)
    ]


def _place(code: str) -> tuple[int, str]:
    return (_ORDER.index(code) if code in _ORDER else len(_ORDER), code)


def held_back(story: Story, counts: Counts) -> list[Row]:
    """What did not leave, and why."""
    rows: list[Row] = [
        (_HELD_BACK.get(reason, reason.replace("_", " ").capitalize()), f"{number:,}", _WHY.get(reason, ""))
        for reason, number in sorted(counts.suppressed.items())
    ]
    failed = sum(outcomes.get("failed", 0) for outcomes in counts.deliveries.values())
    if failed:
        rows.append(("Nobody to write to", f"{failed:,}", "no address is left that may be used; a person is told"))
    if counts.unknown:
        rows.append(("Perhaps sent", f"{counts.unknown:,}", "a person looks; nothing is sent twice"))
    under_way = sum(reminder_id not in story.ends for reminder_id in story.requests)
    if under_way:
        rows.append(("Under way at the end", f"{under_way:,}", "or not to be sent before another day"))
    if counts.parked:
        rows.append(("Facts set aside", f"{counts.parked:,}", "unreadable; their customers are held meanwhile"))
    return rows


def money(story: Story) -> list[Row]:
    """By stage and currency: what was asked for, and what of it came within 14 days."""
    found = money_by_stage(story)
    rows: list[Row] = []
    for code in sorted(found, key=_place):
        stage = found[code]
        name = _STAGES.get(code, code.replace("_", " "))
        for currency, messages_sent in sorted(stage.messages.items()):
            asked, paid = (whole_amount(each[currency], currency) for each in (stage.asked, stage.paid))
            share = stage.share(currency)
            rows.append((name, f"{messages_sent:,}", asked, paid, f"{share} %" if share is not None else ""))
            name = ""
    unasked = paid_late_unasked(story)
    if rows and unasked:
        rows.append(("invoices paid late, unasked", f"{unasked:,}", "", "", ""))
    return rows


def judged(verdict: Verdict) -> list[Row]:
    """The judge's word."""
    if verdict.ok:
        return [
            (
                "[green]All promises kept[/]",
                "[green]✔[/]",
                f"{len(CHECKS)} checks over facts, topics, mails and answers",
            )
        ]
    rows: list[Row] = [("[red]BROKEN[/]", f"[red]{len(verdict.violations)}[/]", "")]
    kinds = {violation.promise: Counter[str]() for violation in verdict.violations}
    for violation in verdict.violations:
        kinds[violation.promise][violation.check] += 1
    for number in sorted(kinds, key=lambda one: one or len(_PROMISES) + 1):
        name, words = (f"promise {number}", f"{_PROMISES[number]}: ") if number else ("the run itself", "")
        rows.append((f"[red]{name}[/]", f"[red]{kinds[number].total()}[/]", words + _list(kinds[number])))
    told = _some_of_each(verdict.violations)
    rows += [(violation.check, "[red]✘[/]", escape(violation.message)) for violation in told]
    if len(verdict.violations) > len(told):
        rows.append(("", "", f"and {len(verdict.violations) - len(told)} more; --json names them all"))
    return rows


def _some_of_each(violations: Sequence[Violation]) -> list[Violation]:
    """As many as are told, the first of each check before the second of any."""
    nth: Counter[str] = Counter()
    ranked = []
    for violation in violations:
        nth[violation.check] += 1
        ranked.append((nth[violation.check], violation))
    return [violation for _, violation in sorted(ranked, key=lambda one: one[0])[:_MOST_TOLD]]


def places(book: Book, pages: tuple[str, ...], info: StackInfo) -> list[Row]:
    """Where to look while the stack is up."""
    rows: list[Row] = [("The mails", f"{info.mailbox_url}/?at={book.tenant}.example.org")]
    if pages:
        rows.append(("A customer's page", pages[-1]))
    if info.traces_url is not None:
        rows.append(("Traces", info.traces_url))
    rows += [(f"API of {name}", f"{url}/docs") for name, url in info.services.items()]
    metrics = next(iter(info.services.values()), "")
    rows.append(("Metrics", f"{metrics}/metrics, and likewise at the other services"))
    return [*rows, ("Token for the APIs", info.token_file), ("Kulant-Tenant for the APIs", book.tenant)]


def _list(counts: Mapping[str, int]) -> str:
    """The kinds with their numbers, the most frequent first; a single kind needs none."""
    order = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    some = [(name.replace("_", " "), number) for name, number in order if number]
    return some[0][0] if len(some) == 1 else ", ".join(f"{number:,} {name}" for name, number in some)


def _times(count: int) -> str:
    return "1 time" if count == 1 else f"{count} times"
