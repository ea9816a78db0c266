"""Sabotages: what can be chosen, and what is said of it."""

from importlib.util import find_spec

import pytest

from kulant_cli.__main__ import main
from kulant_cli.fleet import ROLES
from kulant_cli.sabotage import SABOTAGES


def test_each_replaces_a_service_by_a_launcher_that_is_there():
    assert {one.service for one in SABOTAGES.values()} <= set(ROLES)
    assert all(find_spec(f"kulant_cli.sabotage.{one.module}") for one in SABOTAGES.values())


def test_an_unknown_one_is_refused_and_the_known_ones_are_named(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["run", "--sabotage", "sand-in-the-gears"])
    told = capsys.readouterr().err
    assert all(name in told for name in SABOTAGES)


def test_the_help_says_what_each_does(capsys):
    with pytest.raises(SystemExit, match="0"):
        main(["run", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert all(one.deed in told for one in SABOTAGES.values())
