"""Roles, databases and their passwords."""

import stat

import pytest

from kulant_devstack.databases import Databases
from kulant_devstack.errors import StackFailed


@pytest.fixture
def said():
    return []


@pytest.fixture
def databases(tmp_path, said):
    return Databases(lambda sql: said.append(sql) or "", lambda: "127.0.0.1:5000", tmp_path / "passwords")


def test_a_database_keeps_its_password(databases, tmp_path):
    url = databases.provide("notifier")
    assert url == databases.provide("notifier")
    assert url.startswith("postgresql://notifier:")
    assert url.endswith("@127.0.0.1:5000/notifier")
    assert stat.S_IMODE((tmp_path / "passwords").stat().st_mode) == 0o600


def test_each_role_has_a_password_of_its_own(databases):
    passwords = {databases.provide(name).split(":")[2] for name in ("one", "two")}
    assert len(passwords) == 2


@pytest.mark.parametrize("name", ["Robert'); --", "", "1st", "a" * 70, "with-dash"])
def test_a_name_that_could_be_more_than_a_name_is_refused(databases, said, name):
    for use in (databases.provide, databases.drop, lambda bad: databases.copy("fine", bad)):
        with pytest.raises(StackFailed, match="cannot be the name"):
            use(name)
    assert said == []
