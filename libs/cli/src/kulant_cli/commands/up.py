"""`kulant up`: starts the stack without feeding it, and leaves it running."""

import argparse
import json
import logging

from kulant_cli.commands.traces_argument import add_traces_argument
from kulant_cli.stack import Stack
from kulant_cli.stack_info import StackInfo
from kulant_devstack.typed import typed

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("--json", action="store_true", help="print where everything is as one line of JSON")
    add_traces_argument(parser)


def run(arguments: argparse.Namespace) -> int:
    """Come back when all services are ready."""
    stack = Stack(attached=False, traces=not arguments.no_traces)
    info = stack.already_running()
    if info is not None:
        log.info("The stack runs already, begun by `up` or by a run that stays.")
    else:
        log.info("Kafka, PostgreSQL and the four services are starting …")
        info = stack.start()
        stack.leave_running()
    log.info("%s; %s ends it", info.line, typed("down"))
    print(json.dumps(info.public()) if arguments.json else _in_words(info))
    return 0


def _in_words(info: StackInfo) -> str:
    places = {
        "Kafka": info.kafka,
        **info.services,
        "mailbox": info.mailbox_url,
        "mails as files": info.mailbox_dir,
        **({"traces": info.traces_url} if info.traces_url else {}),
        "operator's token": info.token_file,
    }
    width = max(map(len, places))
    return "\n".join(f"{name:<{width}}  {place}" for name, place in places.items())
