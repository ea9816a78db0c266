"""Hints name a command as it can be typed."""

import os
import sys

import pytest

from kulant_devstack.typed import typed


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A folder with a venv of its own that has the command, and whose interpreter runs."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "kulant").touch(mode=0o755)
    monkeypatch.setattr(sys, "executable", str(programs / "python"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.defpath)
    return tmp_path


def test_where_no_venv_is_active_it_has_its_folder(checkout):
    assert typed("down") == "`.venv/bin/kulant down`"


def test_where_the_venv_is_active_its_name_is_enough(checkout, monkeypatch):
    monkeypatch.setenv("PATH", str(checkout / ".venv" / "bin"))

    assert typed("down") == "`kulant down`"


def test_from_another_folder_its_whole_path_is_told(checkout, monkeypatch):
    (checkout / "elsewhere").mkdir()
    monkeypatch.chdir(checkout / "elsewhere")

    assert typed("up") == f"`{checkout}/.venv/bin/kulant up`"


def test_without_a_program_beside_the_interpreter_it_is_called_by_its_name(checkout):
    (checkout / ".venv" / "bin" / "kulant").unlink()

    assert typed("up") == "`kulant up`"
