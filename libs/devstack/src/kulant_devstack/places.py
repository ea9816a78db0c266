"""Where the embedded stack keeps things: a cache per user and a state per checkout, each for its user alone."""

import os
import pwd
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from kulant_devstack.errors import StackFailed


@dataclass(frozen=True, slots=True)
class Account:
    """The operating system's user that a server runs as."""

    uid: int
    gid: int


def cache_folder() -> Path:
    """The per-user folder for downloads: KULANT_CACHE, else the XDG cache, else one below the temp folder."""
    if chosen := os.environ.get("KULANT_CACHE"):
        return own_folder(Path(chosen).expanduser().absolute())
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    try:
        return own_folder(home / "kulant")
    except (StackFailed, RuntimeError):
        return own_folder(Path(tempfile.gettempdir()) / f"kulant-cache-{os.geteuid()}")


def checkout_folder() -> Path:
    """The checkout that this Python belongs to (its `.venv` lies there), else the current folder."""
    prefix = Path(sys.prefix)
    return prefix.parent if prefix.name == ".venv" else Path.cwd()


def state_folder() -> Path:
    """The state of this checkout's stack: KULANT_STATE, else `.kulant` in the checkout."""
    chosen = os.environ.get("KULANT_STATE")
    path = Path(chosen).expanduser() if chosen else checkout_folder() / ".kulant"
    return path.absolute()


def own_folder(path: Path) -> Path:
    """Create the folder for this user alone, or refuse one that belongs to somebody else."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise StackFailed(
            f"The folder {path} cannot be created ({error.strerror}). "
            "Choose other places with KULANT_STATE and KULANT_CACHE."
        ) from error
    if not stat.S_ISDIR(found.st_mode):
        raise StackFailed(f"{path} is not a folder. Remove it, or choose another place.")
    if found.st_uid != os.geteuid():
        raise StackFailed(
            f"The folder {path} belongs to {user_name(found.st_uid)}, but you are {user_name(os.geteuid())}. "
            f"A stack cannot be shared between users: run as {user_name(found.st_uid)}, let them remove it "
            "with `make clean`, or set KULANT_STATE to a folder of your own."
        )
    return path


def user_name(uid: int) -> str:
    """The login name behind a user id, for sentences."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def server_account() -> Account | None:
    """The account for servers that refuse to run as root; None where we are an ordinary user anyway."""
    if os.geteuid() != 0:
        _check_user_is_known(os.geteuid())
        return None
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise StackFailed(
            "PostgreSQL refuses to run as root, and there is no user `nobody` to run it as. Run as an ordinary user."
        ) from error
    return Account(nobody.pw_uid, nobody.pw_gid)


def _check_user_is_known(uid: int) -> None:
    try:
        pwd.getpwuid(uid)
    except KeyError as error:
        raise StackFailed(
            f"Your user id {uid} has no entry in this system's list of users, and PostgreSQL wants one. "
            "Run as a user that has, or as root."
        ) from error


def write_private(path: Path, text: str) -> None:
    """Write a file, all or nothing, that only this user can read."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
    draft.replace(path)
