"""The committed lock is pinned by hash and free of addresses, and the rule would notice otherwise."""

from pathlib import Path

import pytest

from tools.lint import lockfile

ROOT = Path(__file__).resolve().parents[3]


def test_the_committed_lock_holds() -> None:
    text = (ROOT / "requirements.lock").read_text()
    assert list(lockfile.check("requirements.lock", text)) == []
    assert text.count("==") < text.count("--hash=sha256:")


@pytest.mark.parametrize(
    "line",
    ["--index-url https://mirror.example/simple", "pip @ https://mirror.example/pip.whl", "pytest>=9", "pytest==9.2.0"],
)
def test_addresses_and_loose_pins_are_refused(line: str) -> None:
    assert len(list(lockfile.check("requirements.lock", line + "\n"))) == 1


def test_every_pinned_package_has_a_hash() -> None:
    pinned = "pytest==9.2.0 \\\n    --hash=sha256:00\nuvloop==0.21 ; sys_platform != 'win32' \\\n    --hash=sha256:00\n"
    assert list(lockfile.check("requirements.lock", pinned)) == []
