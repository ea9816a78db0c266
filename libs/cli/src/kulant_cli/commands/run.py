"""`kulant run`: the demo ledger through the whole system, day by day, with customers that answer."""

import argparse
from datetime import UTC, time

from kulant_cli.commands.traces_argument import add_traces_argument
from kulant_cli.entries import FIRST_DAY
from kulant_cli.ledger import CUSTOMERS, WEEKS, generate
from kulant_cli.performance import Settings, new_tenant, perform
from kulant_cli.sabotage import SABOTAGES

TIMES = (time(9, tzinfo=UTC),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument(
        "--once",
        action="store_true",
        help="end after the summary, and without a trace viewer, instead of staying until Ctrl-C",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as one line of JSON on stdout")
    parser.add_argument("--customers", type=_positive, default=CUSTOMERS, metavar="N", help=f"customers ({CUSTOMERS})")
    parser.add_argument("--weeks", type=_positive, default=WEEKS, metavar="N", help=f"weeks that pass ({WEEKS})")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed makes another ledger (1)")
    add_traces_argument(parser)
    parser.add_argument("--sabotage", choices=SABOTAGES, metavar="NAME", help=_sabotages_in_words())


def _sabotages_in_words() -> str:
    deeds = "; ".join(f"{name}: {one.deed}" for name, one in SABOTAGES.items())
    return f"break a promise on purpose, to see that the run finds it and ends with 1 ({deeds})"


def run(arguments: argparse.Namespace) -> int:
    """0 only if the judge finds nothing wrong."""
    customers, weeks = arguments.customers, arguments.weeks
    book = generate(tenant=new_tenant("demo"), customers=customers, weeks=weeks, seed=arguments.seed)
    first = f"{FIRST_DAY.day} {FIRST_DAY:%B %Y}"
    title = f"{_many(weeks, 'week')} of {_many(customers, 'customer')} from {first}"
    return perform(
        book,
        Settings(
            title=title,
            times=TIMES,
            seed=arguments.seed,
            is_json=arguments.json,
            stays=not arguments.once,
            traces=not (arguments.once or arguments.no_traces),
            sabotage=arguments.sabotage,
        ),
    )


def _positive(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= 100_000:
        raise argparse.ArgumentTypeError("a number from 1 on")
    return number


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
