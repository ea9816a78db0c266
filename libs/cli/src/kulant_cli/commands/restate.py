"""`kulant restate`: has current state published again, so that a new or lost projection fills."""

import argparse
import json
import secrets
import time
from typing import Any

import httpx2

from kulant_cli.service_door import add_door_arguments, door_of
from kulant_devstack.errors import StackFailed

OWNER = "invoice-service"
_SECONDS = 30.0
_POLL_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command understands."""
    parser.add_argument("--tenant", required=True, help="whose state")
    parser.add_argument("--customer", help="of this customer alone; default: all of the tenant")
    add_door_arguments(parser)
    parser.add_argument("--no-wait", action="store_true", help="come back as soon as it is ordered")
    parser.add_argument("--json", action="store_true", help="print it as one line of JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 when all of it is in the outbox; a problem is said in a sentence."""
    url, token = door_of(OWNER, arguments)
    headers = {"Authorization": f"Bearer {token}", "Kulant-Tenant": arguments.tenant}
    with httpx2.Client(base_url=url, headers=headers, timeout=_SECONDS, trust_env=False) as client:
        order = {"customer_id": arguments.customer} if arguments.customer else {}
        key = {"Idempotency-Key": f"kulant-{secrets.token_hex(16)}"}
        told = _ask(client, "POST", "/v1/restatements", json=order, headers=key)
        while not (told["is_done"] or arguments.no_wait):
            time.sleep(_POLL_SECONDS)
            told = _ask(client, "GET", f"/v1/restatements/{told['restatement_id']}")
    if arguments.json:
        print(json.dumps(told))
    else:
        state = "published again" if told["is_done"] else "ordered to be published again"
        print(f"The state of {arguments.customer or 'all customers'} of {arguments.tenant} is {state}.")
    return 0


def _ask(client: httpx2.Client, method: str, path: str, **what: Any) -> dict[str, Any]:
    try:
        answer = client.request(method, path, **what)
    except httpx2.TransportError as error:
        raise StackFailed(f"{client.base_url} does not answer ({type(error).__name__}).") from error
    if answer.is_error:
        raise StackFailed(f"{OWNER} answered {answer.status_code}: {answer.text[:200]}")
    told: dict[str, Any] = answer.json()
    return told
