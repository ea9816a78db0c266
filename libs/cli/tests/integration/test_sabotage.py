"""`kulant run --sabotage …`: each broken promise makes the run end with 1 and is named."""

import json

from kulant_cli.fleet import is_ready

SMALL = ("run", "--once", "--json", "--customers", "8", "--weeks", "1", "--seed", "3")


def test_a_broken_promise_is_found_and_named(running, beside):
    expected = {"double-send": "one_mail_per_delivery", "lost-step": "lost_step"}
    # Side by side: each harms a tenant of its own, in a service of its own.
    runs = {name: beside.start(*SMALL, "--sabotage", name) for name in expected}
    for name, command in runs.items():
        code, printed, told = beside.end(command)
        result = json.loads(printed)
        assert (code, result["ok"]) == (1, False), told
        assert expected[name] in {one.partition(":")[0] for one in result["violations"]}
    assert all(map(is_ready, running.info.services.values())), "the saboteurs are gone, the services are back"


def test_an_unknown_sabotage_is_refused_and_the_known_ones_are_named(beside):
    code, _, told = beside.type("run", "--sabotage", "sand-in-the-gears")
    assert code == 2
    assert "double-send" in told
