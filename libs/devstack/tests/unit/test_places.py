"""Which folders are used, and which are refused."""

import os
import stat

import pytest

from kulant_devstack import places
from kulant_devstack.database_home import ROOT_HOME, database_folder
from kulant_devstack.errors import StackFailed
from kulant_devstack.places import cache_folder, own_folder, state_folder, write_private


def test_an_own_folder_is_for_this_user_alone(tmp_path):
    made = own_folder(tmp_path / "state")
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_another_users_folder_is_refused_in_words(tmp_path, monkeypatch):
    own_folder(tmp_path / "state")
    monkeypatch.setattr(os, "geteuid", lambda: 123_456)
    with pytest.raises(StackFailed, match=r"belongs to .*, but you are user 123456"):
        own_folder(tmp_path / "state")


def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StackFailed, match="is not a folder"):
        own_folder(tmp_path / "state")


def test_the_environment_chooses_cache_and_state(tmp_path, monkeypatch):
    monkeypatch.setenv("KULANT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KULANT_STATE", str(tmp_path / "state"))
    assert cache_folder() == tmp_path / "cache"
    assert state_folder() == tmp_path / "state"


def test_a_user_without_a_home_gets_a_cache_below_the_temp_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("KULANT_CACHE", raising=False)
    (tmp_path / "file").write_text("no folder can be made below a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(places.tempfile, "gettempdir", lambda: str(tmp_path))
    assert cache_folder() == tmp_path / f"kulant-cache-{os.geteuid()}"


def test_an_ordinary_users_database_lies_in_the_state_and_roots_outside_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert database_folder(tmp_path) == tmp_path / "postgres"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert database_folder(tmp_path).parent == ROOT_HOME
    assert database_folder(tmp_path) != database_folder(tmp_path / "other")


def test_a_private_file_is_readable_by_its_user_only(tmp_path):
    write_private(tmp_path / "secret", "one")
    write_private(tmp_path / "secret", "two")
    assert (tmp_path / "secret").read_text() == "two"
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
