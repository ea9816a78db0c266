"""`kulant status`: tells how the stack of this checkout is."""

import argparse
import json

from kulant_cli.fleet import is_ready
from kulant_cli.stack_info import load_info
from kulant_devstack.places import state_folder
from kulant_devstack.supervisor import Supervisor
from kulant_devstack.typed import typed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("--json", action="store_true", help="print it as one line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when all services are ready, else 1."""
    state = state_folder()
    info = load_info(state) if state.exists() else None
    if info is None:
        print(json.dumps({"running": False}) if arguments.json else f"No stack runs here. {typed('up')} starts one.")
        return 1
    supervisor = Supervisor(state)
    processes = {name: supervisor.is_running(name) for name in supervisor.known()}
    ready = {name: is_ready(url) for name, url in info.services.items()}
    is_well = all(processes.values()) and all(ready.values())
    if arguments.json:
        told = {"running": is_well, "processes": processes, "ready": ready, **info.public()}
        print(json.dumps(told))
    else:
        print(info.line)
        for name, runs in processes.items():
            print(f"{name:<28}{_state(runs, ready.get(name)):<12}{info.services.get(name, '')}".rstrip())
    return 0 if is_well else 1


def _state(runs: bool, ready: bool | None) -> str:  # noqa: FBT001 - two facts about one process
    if not runs:
        return "stopped"
    return "runs" if ready is None else "ready" if ready else "not ready"
