"""`kulant replay FILE.csv`: a payment history through the whole system, on a test clock."""

import argparse
import logging
from datetime import UTC, date, time
from pathlib import Path

from kulant_cli.performance import Settings, new_tenant, perform
from kulant_cli.receivables import COLUMNS, UnusableHistory, history, read_lines

log = logging.getLogger(__name__)

TIMES = (time(9, tzinfo=UTC),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("file", type=Path, metavar="FILE.csv", help=f"one invoice a line: {', '.join(COLUMNS)}")
    parser.add_argument("--from", dest="first_on", type=date.fromisoformat, metavar="DAY", help="first day, YYYY-MM-DD")
    parser.add_argument("--until", dest="last_on", type=date.fromisoformat, metavar="DAY", help="last day, included")
    parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON on stdout")


def run(arguments: argparse.Namespace) -> int:
    """0 only if the judge finds nothing wrong."""
    try:
        book = history(
            read_lines(arguments.file),
            tenant=new_tenant("replay"),
            first_on=arguments.first_on,
            last_on=arguments.last_on,
        )
    except UnusableHistory as problem:
        log.error("kulant: %s", problem)  # noqa: TRY400  (for a person: the cause says nothing more)
        return 1
    if book.disputes:
        log.info("disputed: %d invoices rest from their due date until they are settled", len(book.disputes))
    title = f"{arguments.file.name} from {book.starts_at:%Y-%m-%d} until {book.last_on}"
    return perform(book, Settings(title=title, times=TIMES, seed=0, is_json=arguments.json, stays=False))
