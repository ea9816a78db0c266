"""Makes `.venv` from `requirements.lock` with nothing but Python, pip and the package index.

Runs on the system's Python, so it uses the standard library only. A stamp inside `.venv` remembers what was
installed; as long as lock, project files, interpreter and folder stay the same, a second run does nothing.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "kulant-installed"


class CannotInstall(Exception):
    """Something is missing on this machine; the message says what, in one sentence."""


def say(text: str) -> None:
    """Progress goes to stderr: stdout belongs to the command that comes after the installation."""
    print(text, file=sys.stderr, flush=True)


def run(command: Sequence[str | Path], *, extra_env: dict[str, str] | None = None) -> bool:
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "VIRTUAL_ENV": str(VENV), **(extra_env or {})}
    return subprocess.run(command, stdout=sys.stderr, env=environment, cwd=ROOT, check=False).returncode == 0


def projects() -> list[Path]:
    """The folders of Kulant's own packages, in a fixed order."""
    found = [*ROOT.glob("libs/*/pyproject.toml"), *ROOT.glob("services/*/pyproject.toml")]
    return sorted(file.parent for file in found)


def fingerprint() -> str:
    digest = hashlib.sha256(str(ROOT).encode())
    for file in (LOCK, Path(__file__), *(folder / "pyproject.toml" for folder in projects())):
        digest.update(f"\n{file.relative_to(ROOT)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_current() -> bool:
    return PYTHON.exists() and STAMP.is_file() and STAMP.read_text().strip() == fingerprint()


def answer(*command: str | Path) -> str:
    """What a command prints; nothing if it fails or does not exist."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


def has_own_pip() -> bool:
    """Is there a pip that can install into another environment (`pip --python`, since 22.3)?"""
    version = re.match(r"pip (\d+)\.(\d+)", answer(sys.executable, "-m", "pip", "--version"))
    return version is not None and (int(version[1]), int(version[2])) >= (22, 3)


def is_usable() -> bool:
    """Does `.venv` run, from this very folder? A moved checkout or a removed Python leaves one that does not."""
    return answer(PYTHON, "-c", "import sys; print(sys.prefix)").strip() == str(VENV)


def prepare_venv() -> list[str | Path]:
    """Creates `.venv` where there is none to use; returns the pip command that installs into it.

    Debian ships Python without `ensurepip` (package python3-venv) and some images ship it without pip:
    one of the two is enough.
    """
    outer_pip = has_own_pip()
    if not outer_pip and importlib.util.find_spec("ensurepip") is None:
        raise CannotInstall(
            f"{sys.executable} has neither pip (22.3 or newer) nor `ensurepip`: install one of them"
            " (on Debian: apt-get install python3-pip)."
        )
    if not is_usable() or not (outer_pip or answer(PYTHON, "-m", "pip", "--version")):
        if importlib.util.find_spec("venv") is None:
            raise CannotInstall(f"{sys.executable} has no `venv` module (on Debian: apt-get install python3-venv).")
        shutil.rmtree(VENV, ignore_errors=True)
        if not run([sys.executable, "-m", "venv", *(["--without-pip"] if outer_pip else []), VENV]):
            raise CannotInstall(f"`{sys.executable} -m venv` failed; its own message stands above.")
    return [sys.executable, "-m", "pip", "--python", PYTHON] if outer_pip else [PYTHON, "-m", "pip"]


def locked(package: str) -> str:
    """The lines of the lock that pin one package with its hashes."""
    block = re.search(rf"^{re.escape(package)}==.*(?:\n[ \t]+--hash=.*)*", LOCK.read_text(), re.MULTILINE)
    if block is None:
        raise CannotInstall(f"{LOCK.name} does not pin {package}; renew it with `make lock`.")
    return block[0] + "\n"


def index_of(pip: Sequence[str | Path]) -> dict[str, str]:
    """uv does not read pip's settings: hand it the index and certificates that pip was told to use."""
    setting = re.compile(r"^(?:global|install|:env:)\.([a-z-]+)='(.*)'$", re.MULTILINE)
    told: dict[str, str] = dict(setting.findall(answer(*pip, "config", "list")))
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {names[key]: value for key, value in told.items() if key in names and names[key] not in os.environ}


def install_with_uv(pip: Sequence[str | Path]) -> bool:
    """Seconds instead of a minute; false where uv cannot be had or does not get through."""
    only_uv = VENV / "uv.lock.txt"
    only_uv.write_text(locked("uv"))
    if not run([*pip, "install", "--quiet", "--require-hashes", "--only-binary=:all:", "-r", only_uv]):
        return False
    uv: list[str | Path] = [BIN / "uv", "pip"]
    target: list[str | Path] = ["--quiet", "--python", PYTHON]
    environment = index_of(pip)
    # Compiled once, here: where Python may not write, each process of ours would spend seconds on it.
    return run([*uv, "sync", *target, "--compile-bytecode", "--require-hashes", LOCK], extra_env=environment) and run(
        [*uv, "install", *target, "--no-deps", "--no-build-isolation", *editable()], extra_env=environment
    )


def install_with_pip(pip: Sequence[str | Path]) -> bool:
    return run([*pip, "install", "--quiet", "--require-hashes", "-r", LOCK]) and run(
        [*pip, "install", "--quiet", "--no-deps", "--no-build-isolation", *editable()]
    )


def editable() -> list[str | Path]:
    return [part for folder in projects() for part in ("-e", folder)]


def install() -> None:
    started = time.monotonic()
    say(f"Installing into {VENV} ...")
    pip = prepare_venv()
    STAMP.unlink(missing_ok=True)
    if os.environ.get("KULANT_INSTALLER") == "pip" or not install_with_uv(pip):
        say("Installing with pip alone ...")
        if not install_with_pip(pip):
            raise CannotInstall("The packages could not be installed: is the package index reachable from here?")
    STAMP.write_text(fingerprint() + "\n")
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def main() -> int:
    if is_current():
        return 0
    try:
        install()
    except CannotInstall as problem:
        say(f"kulant: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
