"""`kulant dead-letter`: what a service could not read is looked at, replayed or discarded, one record at a time."""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

from kulant_cli.dead_letters import Desk
from kulant_cli.fleet import ROLES
from kulant_cli.service_door import add_door_arguments, door_of
from kulant_devstack.errors import StackFailed

STATES = ("open", "replayed", "discarded")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    verbs = parser.add_subparsers(dest="verb", metavar="list|show|replay|discard", required=True)
    listed = _verb(verbs, "list", "what lies there, the newest first")
    listed.add_argument("--state", choices=(*STATES, "all"), default="open", help="default: open")
    shown = _verb(verbs, "show", "one record: why it was parked, and its bytes")
    replayed = _verb(verbs, "replay", "have this one service apply a record now; doing it again changes nothing")
    replayed.add_argument(
        "--repaired", type=Path, metavar="FILE", help="with the bytes of this file (CloudEvents, structured mode)"
    )
    discarded = _verb(verbs, "discard", "leave a record out for good: its customer is held by it no longer")
    discarded.add_argument("--reason", required=True, help="for the record: why it may be left out")
    for verb in (shown, replayed, discarded):
        verb.add_argument("place", type=_place, help="topic/partition/offset, as `list` says it")


def _place(text: str) -> str:
    if not re.fullmatch(r"[^/]+/[0-9]+/[0-9]+", text):
        raise argparse.ArgumentTypeError("a topic/partition/offset, as `list` says it")
    return text


def _verb(verbs: Any, name: str, purpose: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(name, help=purpose, description=f"{purpose.capitalize()}.")
    verb.add_argument("service", choices=sorted(ROLES), help="whose")
    verb.add_argument("--tenant", required=True, help="whose facts; those of no tenant come with any")
    add_door_arguments(verb)
    verb.add_argument("--json", action="store_true", help="print it as one line of JSON")
    return verb


def run(arguments: argparse.Namespace) -> int:
    """0 when it was done; a problem is said in a sentence."""
    desk = Desk(*door_of(arguments.service, arguments), arguments.tenant)
    if arguments.verb == "list":
        _list(list(desk.all(None if arguments.state == "all" else arguments.state)), is_json=arguments.json)
        return 0
    if arguments.verb == "show":
        told = desk.show(arguments.place)
    elif arguments.verb == "replay":
        told = desk.replay(arguments.place, _bytes_of(arguments.repaired))
    else:
        told = desk.discard(arguments.place, arguments.reason)
    if arguments.json:
        print(json.dumps(told))
    elif arguments.verb == "show":
        _show(told)
    else:
        print(f"{told['place']} is {told['state']} (by {told['resolved_by']}).")
    return 0


def _bytes_of(file: Path | None) -> bytes | None:
    if file is None:
        return None
    try:
        content = file.read_bytes()
    except OSError as error:
        raise StackFailed(f"{file} cannot be read: {error.strerror}.") from error
    if not content.strip():
        raise StackFailed(f"{file} is empty.")
    return content


def _list(letters: list[dict[str, Any]], *, is_json: bool) -> None:
    if is_json:
        print(json.dumps({"items": letters}))
        return
    if not letters:
        print("Nothing lies there.")
    for one in letters:
        key, event_type = harmless(one["key"] or "?"), one["type"] or "?"
        print(f"{one['place']}  {one['state']:<9}  {one['parked_at'][:19]}  {key}  {event_type}")
        print(f"    {one['reason']}" + (f"  [{one['note']}]" if one["note"] else ""))


def _show(told: dict[str, Any]) -> None:
    for name in ("place", "state", "type", "whole_key", "reason", "parked_at", "resolved_at", "resolved_by", "note"):
        if told[name] is not None:
            print(f"{name.replace('whole_', ''):<12}{harmless(told[name])}", file=sys.stderr)
    if told["text"] is not None:
        print(harmless(told["text"]) if sys.stdout.isatty() else told["text"])
    elif told["content"] is not None:
        print(f"not UTF-8, here in base64:\n{told['content']}")


def harmless(text: str) -> str:
    """Control characters as escapes: what a sender wrote steers no terminal and turns no line around."""
    return "".join(sign if sign.isprintable() or sign in "\n\t" else ascii(sign)[1:-1] for sign in text)
