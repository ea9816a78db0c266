"""Entry point of the command `kulant`: finds the command, and says in a sentence what went wrong."""

import argparse
import importlib
import logging
import signal
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from kulant_devstack.errors import StackFailed

COMMANDS: Final = {
    "up": "start the whole stack and leave it running",
    "down": "stop the stack",
    "status": "tell how the stack is",
    "logs": "show what the processes of the stack say",
    "psql": "open a prompt on a service's database",
    "dev": "run the stack, with one service that starts anew whenever its code changes",
    "restate": "have current state published again, so that a new or lost projection fills",
    "doctor": "check what this machine lacks",
    "run": "run the demo: stack, ledger, days, customers' answers, checks",
    "replay": "play a payment history through the whole system",
    "policy": "say what is wrong with policy files",
    "dead-letter": "look at what a service could not read, replay it or discard it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(prog="kulant", description="Dunning that gets invoices paid, politely.")
    chosen = next((word for word in words if word in COMMANDS), None)
    choices = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, purpose in COMMANDS.items():
        choice = choices.add_parser(name, help=purpose, description=f"{purpose.capitalize()}.")
        if name == chosen:
            command = importlib.import_module(f"kulant_cli.commands.{name.replace('-', '_')}")
            command.add_arguments(choice)
            choice.set_defaults(run=command.run)
    parsed = parser.parse_args(words)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("kulant_devstack").setLevel(logging.INFO)
    logging.getLogger("kulant_cli").setLevel(logging.INFO)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    # A script that starts this in its background leaves Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return int(parsed.run(parsed))
    except StackFailed as problem:
        print(f"kulant: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _leave(number: int, _frame: object) -> NoReturn:
    # Ends by an exception, so that whoever started something stops it on the way out.
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
