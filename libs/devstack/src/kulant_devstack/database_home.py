"""Where the database lives: in the state folder, or, for root, where the server's own user can reach it.

A database that need not survive the machine lives in memory where there is room: each fresh database of a test is some
four hundred new files, and a disk that has seen thousands of them come and go takes its time for each.
"""

import hashlib
import os
import shutil
import stat
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

from kulant_devstack.errors import StackFailed
from kulant_devstack.identity import works_in
from kulant_devstack.locks import FolderLock, exclusive
from kulant_devstack.places import own_folder

ROOT_HOME = Path("/var/lib/kulant")
MEMORY = Path("/dev/shm")  # noqa: S108 - what lies in it is checked to be its user's own
ROOM_BYTES = 2 * 2**30
"""What must be free, of the folder and of the machine: four times what all lanes of the tests took together."""
_OWNER_FILE = "belongs-to"


def database_folder(state: Path) -> Path:
    """The folder of this state's database on the disk, which may not exist yet."""
    return ROOT_HOME / _name(state) if os.geteuid() == 0 else state / "postgres"


def memory_folder(state: Path) -> Path:
    """The folder of this state's database in memory, which may not exist yet."""
    return _memory_home() / _name(state)


def prepare_database_folder(state: Path, *, in_memory: bool = False) -> Path:
    """Make the folder of this state's database, in memory if it may be there and there is room.

    First sweeps away those that nobody will come back to: they may have the room that this one needs.
    """
    homes = _shared_homes()
    for home in homes:
        _delete(home, _is_abandoned)
    on_disk, held = database_folder(state), memory_folder(state)
    # While its state is held, a later start finds it where it was.
    begun = [folder for folder in (held, on_disk) if (folder / "data").exists()]
    is_held = in_memory and held.parent in homes and (held in begun or (not begun and _has_room()))
    folder = held if is_held else on_disk
    make = open_folder if os.geteuid() == 0 else own_folder
    make(folder.parent)
    if folder.parent not in homes:
        return make(folder)
    with exclusive(folder.parent / "lock"):  # nobody sweeps it away while it is being made
        make(folder)
        (folder / _OWNER_FILE).write_bytes(os.fsencode(state.resolve()))
    return folder


def remove_database(state: Path) -> None:
    """Delete this state's database, wherever it is."""
    for home in _shared_homes():
        _delete(home, lambda folder: folder.name == _name(state))
    shutil.rmtree(database_folder(state), ignore_errors=True)


def open_folder(path: Path) -> Path:
    """A folder that everybody can pass through but only root can write to; the one that it lies in stays as it is."""
    path.mkdir(mode=0o755, exist_ok=True)
    check_owned_by_root(path)
    path.chmod(0o755)
    return path


def check_owned_by_root(path: Path) -> None:
    """Refuse a folder that anyone but root could have prepared for us."""
    if not _is_changed_only_by(0, path):
        raise StackFailed(f"{path} must be a folder that only root can write to. Remove it and start again.")


def _shared_homes() -> list[Path]:
    """The folders in which databases of several states lie side by side."""
    homes = [ROOT_HOME] if os.geteuid() == 0 else []
    return [*homes, _memory_home()] if _may_use_memory() else homes


def _delete(home: Path, is_meant: Callable[[Path], bool]) -> None:
    """Delete databases: first put aside, so that nobody waits for the deleting, or finds what is left by half."""
    if not home.exists():
        return
    with exclusive(home / "lock"):
        for folder in filter(is_meant, home.glob("state-*")):
            folder.rename(home / f"gone-{uuid.uuid4().hex}")
    for folder in home.glob("gone-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    owner = Path(_text(folder / _OWNER_FILE))
    server = _text(folder / "data" / "postmaster.pid").partition("\n")[0]
    is_served = server.isdigit() and works_in(int(server), folder / "data")
    # What is in memory is of no use to a later start, as a state on the disk may be.
    is_wanted = owner.exists() and (folder.parent == ROOT_HOME or FolderLock(owner / "lock").holder() is not None)
    return bool(owner.name) and not is_wanted and not is_served


def _memory_home() -> Path:
    return MEMORY / f"kulant-{os.geteuid()}"


def _may_use_memory() -> bool:
    """Is the folder there this user's own, or not made yet? Anybody can write beside it, and be first."""
    try:
        return _is_changed_only_by(os.geteuid(), _memory_home())
    except FileNotFoundError:
        return True


def _is_changed_only_by(user: int, path: Path) -> bool:
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == user and not found.st_mode & 0o022


def _has_room() -> bool:
    if not os.access(MEMORY, os.W_OK):
        return False
    return min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) >= ROOM_BYTES


def _name(state: Path) -> str:
    return f"state-{hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:16]}"


def _text(file: Path) -> str:
    try:
        return os.fsdecode(file.read_bytes())
    except OSError:
        return ""
