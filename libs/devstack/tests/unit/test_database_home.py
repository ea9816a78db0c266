"""A database that need not survive the machine lies in memory, where there is room, and goes when nobody holds it."""

import os
import threading

import pytest

from kulant_devstack import database_home
from kulant_devstack.database_home import database_folder, memory_folder, prepare_database_folder, remove_database
from kulant_devstack.locks import FolderLock, exclusive


@pytest.fixture(autouse=True)
def homes(tmp_path, monkeypatch):
    monkeypatch.setattr(database_home, "MEMORY", tmp_path / "memory")
    monkeypatch.setattr(database_home, "ROOT_HOME", tmp_path / "home")
    monkeypatch.setattr(database_home, "ROOM_BYTES", 1)
    database_home.MEMORY.mkdir()


@pytest.fixture
def locks():
    held = {}
    yield held
    for lock in held.values():
        lock.release()


@pytest.fixture
def state(tmp_path, locks):
    return _state(tmp_path / "state", locks)


@pytest.fixture
def other(tmp_path, locks):
    return _state(tmp_path / "other", locks)


def _state(path, locks):
    path.mkdir()
    locks[path] = FolderLock(path / "lock")
    locks[path].acquire("a test")
    return path


def test_in_memory_only_where_it_may_be(state):
    assert prepare_database_folder(state, in_memory=True) == memory_folder(state)
    assert memory_folder(state).is_relative_to(database_home.MEMORY)
    assert prepare_database_folder(state) == database_folder(state)


def test_on_the_disk_where_memory_is_short(state, monkeypatch):
    monkeypatch.setattr(database_home, "ROOM_BYTES", 2**60)
    assert prepare_database_folder(state, in_memory=True) == database_folder(state)


def test_on_the_disk_where_the_system_has_no_such_folder(state):
    database_home.MEMORY.rmdir()
    assert prepare_database_folder(state, in_memory=True) == database_folder(state)


def test_a_later_start_finds_it_where_it_was_begun(state, other, monkeypatch):
    begun = prepare_database_folder(state, in_memory=True)
    (begun / "data").mkdir()
    monkeypatch.setattr(database_home, "ROOM_BYTES", 2**60)
    assert prepare_database_folder(state, in_memory=True) == begun
    (prepare_database_folder(other, in_memory=True) / "data").mkdir()
    monkeypatch.setattr(database_home, "ROOM_BYTES", 1)
    assert prepare_database_folder(other, in_memory=True) == database_folder(other)


def test_memory_is_given_back_when_nobody_holds_the_state_any_more(state, other, locks):
    prepare_database_folder(state, in_memory=True)
    prepare_database_folder(other, in_memory=True)
    assert memory_folder(state).exists()
    locks[state].release()
    prepare_database_folder(other, in_memory=True)
    assert not memory_folder(state).exists()
    assert memory_folder(other).exists()


@pytest.mark.parametrize("in_memory", [True, False])
def test_what_was_left_is_swept_before_room_is_looked_for(state, other, locks, monkeypatch, in_memory):
    prepare_database_folder(state, in_memory=True)
    locks[state].release()
    monkeypatch.setattr(database_home, "_has_room", lambda: not memory_folder(state).exists())
    assert (prepare_database_folder(other, in_memory=in_memory) == memory_folder(other)) is in_memory
    assert not memory_folder(state).exists()


def test_what_a_kill_left_half_deleted_goes_at_the_next_start(state):
    left = memory_folder(state).parent / "gone-1"
    left.mkdir(mode=0o700, parents=True)
    left.parent.chmod(0o700)
    prepare_database_folder(state, in_memory=True)
    assert not left.exists()


def test_nobody_sweeps_while_a_folder_is_being_made(state, other, locks):
    prepare_database_folder(state, in_memory=True)
    locks[state].release()
    with exclusive(memory_folder(state).parent / "lock"):
        sweeping = threading.Thread(target=prepare_database_folder, args=(other,))
        sweeping.start()
        sweeping.join(0.05)
        assert sweeping.is_alive()
        assert memory_folder(state).exists()
    sweeping.join()
    assert not memory_folder(state).exists()


def test_it_is_removed_wherever_it_is(state):
    prepare_database_folder(state, in_memory=True)
    prepare_database_folder(state)
    remove_database(state)
    assert not memory_folder(state).exists()
    assert not database_folder(state).exists()


def test_it_is_for_its_user_alone(state):
    folder = prepare_database_folder(state, in_memory=True)
    assert not folder.stat().st_mode & (0o022 if os.geteuid() == 0 else 0o077)
    assert os.geteuid() == folder.stat().st_uid == folder.parent.stat().st_uid


def test_a_folder_in_memory_that_somebody_else_could_have_made_is_neither_used_nor_swept(state, tmp_path):
    foreign = tmp_path / "foreign" / "state-1"
    foreign.mkdir(parents=True)
    (foreign / "belongs-to").write_text(str(tmp_path / "gone"))
    memory_folder(state).parent.symlink_to(foreign.parent)
    assert prepare_database_folder(state, in_memory=True) == database_folder(state)
    remove_database(state)
    assert foreign.exists()


@pytest.mark.parametrize("user", [0, 1000])
def test_only_root_sweeps_roots_databases(state, tmp_path, monkeypatch, user):
    left = database_home.ROOT_HOME / "state-1"
    left.mkdir(parents=True)
    (left / "belongs-to").write_text(str(tmp_path / "gone"))
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setattr(database_home, "own_folder", lambda path: path.mkdir(parents=True, exist_ok=True))
    monkeypatch.setattr(database_home, "check_owned_by_root", lambda path: None)
    prepare_database_folder(state)
    assert left.exists() == (user != 0)


def test_the_folder_that_an_open_one_lies_in_stays_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(database_home, "check_owned_by_root", lambda path: None)
    tmp_path.chmod(0o700)
    database_home.open_folder(tmp_path / "open")
    assert tmp_path.stat().st_mode & 0o777 == 0o700
