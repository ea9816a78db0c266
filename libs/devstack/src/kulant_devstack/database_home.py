"""Where the database lives: in the state folder, or, for root, where the server's own user can reach it."""

import hashlib
import os
import shutil
import stat
from pathlib import Path

from kulant_devstack.errors import StackFailed
from kulant_devstack.identity import works_in
from kulant_devstack.places import own_folder

ROOT_HOME = Path("/var/lib/kulant")
_OWNER_FILE = "belongs-to"


def database_folder(state: Path) -> Path:
    """The folder of this state's database, which may not exist yet."""
    if os.geteuid() != 0:
        return state / "postgres"
    name = hashlib.sha256(os.fsencode(state.resolve())).hexdigest()[:16]
    return ROOT_HOME / f"state-{name}"


def prepare_database_folder(state: Path) -> Path:
    """Make the folder of this state's database; root also sweeps away those whose state is gone."""
    folder = database_folder(state)
    if os.geteuid() != 0:
        return own_folder(folder)
    open_folder(folder)
    (folder / _OWNER_FILE).write_bytes(os.fsencode(state.resolve()))
    _sweep()
    return folder


def open_folder(path: Path) -> Path:
    """A folder below root's home that everybody can pass through but only root can write to."""
    for folder in (ROOT_HOME, path):
        folder.mkdir(mode=0o755, exist_ok=True)
        check_owned_by_root(folder)
        folder.chmod(0o755)
    return path


def check_owned_by_root(path: Path) -> None:
    """Refuse a folder that anyone but root could have prepared for us."""
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise StackFailed(f"{path} must be a folder that only root can write to. Remove it and start again.")


def _sweep() -> None:
    for folder in ROOT_HOME.glob("state-*"):
        owner = _text(folder / _OWNER_FILE)
        server = _text(folder / "data" / "postmaster.pid").partition("\n")[0]
        is_served = server.isdigit() and works_in(int(server), folder / "data")
        if owner and not Path(owner).exists() and not is_served:
            shutil.rmtree(folder, ignore_errors=True)


def _text(file: Path) -> str:
    try:
        return os.fsdecode(file.read_bytes())
    except OSError:
        return ""
