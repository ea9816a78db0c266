"""`kulant run --sabotage …`: each broken promise makes the run end with 1 and is named.

Two of them here, for they take time; `make sabotages` runs all four.
"""

import json
import os

import pytest

from kulant_cli.fleet import is_ready

NAMED_AS = {
    "late-payment": "reminded_after_payment",
    "lost-step": "lost_step",
    "double-send": "one_mail_per_delivery",
    "open-gate": "reminded_after_payment",
}
CHOSEN = list(NAMED_AS)[: None if os.environ.get("KULANT_SABOTAGES") == "all" else 2]
# One week is enough for a reminder, the two open days after it, and one payment that crosses its mail.
SMALL = ("run", "--once", "--json", "--customers", "14", "--weeks", "1", "--seed", "1")


@pytest.mark.parametrize("name", CHOSEN)
def test_a_broken_promise_is_found_and_named(running, beside, name):
    code, printed, told = beside.end(beside.start(*SMALL, "--sabotage", name))
    result = json.loads(printed)
    assert (code, result["ok"]) == (1, False), told
    assert NAMED_AS[name] in {one.partition(":")[0] for one in result["violations"]}
    assert all(map(is_ready, running.info.services.values())), "the saboteur is gone, the service is back"
