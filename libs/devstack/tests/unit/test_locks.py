"""Who may use a state folder."""

import fcntl
import threading

import pytest

from kulant_devstack.errors import StackBusy
from kulant_devstack.locks import FolderLock


def test_a_second_holder_is_refused_with_a_sentence_that_says_what_the_first_does(tmp_path):
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire("running a stack")
    with pytest.raises(StackBusy, match="running a stack, process"):
        second.acquire("running a stack")
    assert not second.is_held
    first.release()


def test_a_holder_that_stops_is_waited_for(tmp_path):
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire("stopping a stack")
    soon = threading.Timer(0.05, first.release)
    soon.start()
    second.acquire("running a stack")
    assert second.is_held
    soon.join()
    second.release()


def test_a_holder_that_has_not_said_yet_what_it_does_is_waited_for(tmp_path):
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire("running a stack")
    (tmp_path / "lock").write_text("")
    soon = threading.Timer(0.05, first.release)
    soon.start()
    second.acquire("stopping a stack")
    assert second.is_held
    soon.join()
    second.release()


def test_who_only_looks_at_the_lock_stands_in_nobodys_way(tmp_path):
    first, second = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    first.acquire("running a stack")
    first.release()
    with (tmp_path / "lock").open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        soon = threading.Timer(0.02, fcntl.flock, (looking.fileno(), fcntl.LOCK_UN))
        soon.start()
        second.acquire("running a stack")
        soon.join()
    assert second.is_held
    second.release()


def test_what_is_said_later_replaces_what_was_said_before(tmp_path):
    lock = FolderLock(tmp_path / "lock")
    lock.acquire("doing something with a long name")
    lock.say("stopping")
    assert (tmp_path / "lock").read_text().startswith("stopping, process ")
    assert "name" not in (tmp_path / "lock").read_text()
    lock.release()


def test_a_released_lock_can_be_taken_again(tmp_path):
    lock = FolderLock(tmp_path / "lock")
    lock.acquire("one thing")
    lock.release()
    lock.release()
    lock.acquire("another")
    assert lock.is_held
    lock.release()


def test_the_holder_is_known_while_it_holds(tmp_path):
    lock, other = FolderLock(tmp_path / "lock"), FolderLock(tmp_path / "lock")
    assert other.holder() is None
    lock.acquire("running a stack")
    assert other.holder() is not None
    lock.release()
    assert other.holder() is None
