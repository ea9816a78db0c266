"""The installer repeats nothing that stands, notices what changed, and pins uv itself by hash."""

import importlib.util
from pathlib import Path

import pytest

from tools import install


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "libs" / "one").mkdir(parents=True)
    (tmp_path / "libs" / "one" / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "install.py").write_text("")
    (tmp_path / "requirements.lock").write_text(
        "uv==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\nuvloop==2 \\\n"
    )
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text("")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(install, "STAMP", tmp_path / ".venv" / "kulant-installed")
    monkeypatch.setattr(install, "__file__", str(tmp_path / "tools" / "install.py"))
    return tmp_path


def test_a_stamped_environment_is_left_alone(checkout: Path) -> None:
    assert not install.is_current()
    install.STAMP.write_text(install.fingerprint())
    assert install.is_current()
    assert install.main() == 0


@pytest.mark.parametrize("changed", ["requirements.lock", "libs/one/pyproject.toml"])
def test_a_changed_lock_or_project_is_installed_again(checkout: Path, changed: str) -> None:
    install.STAMP.write_text(install.fingerprint())
    (checkout / changed).write_text("another")
    assert not install.is_current()


def test_a_new_package_is_installed(checkout: Path) -> None:
    install.STAMP.write_text(install.fingerprint())
    (checkout / "services" / "two").mkdir(parents=True)
    (checkout / "services" / "two" / "pyproject.toml").write_text("[project]\n")
    assert not install.is_current()


def test_uv_is_taken_from_the_lock_with_all_its_hashes(checkout: Path) -> None:
    assert install.locked("uv") == "uv==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:11\n"
    with pytest.raises(install.CannotInstall, match="make lock"):
        install.locked("nothing")


def test_what_is_missing_is_said_in_one_sentence(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(install, "answer", lambda *_: "")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert install.main() == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "has neither pip (22.3 or newer) nor `ensurepip`" in told.err.splitlines()[-1]
