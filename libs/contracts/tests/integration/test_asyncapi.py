"""The AsyncAPI document is sound by the official parser, where Node is; where it is not, the skip says so."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from kulant_contracts.asyncapi import FILE_NAME, asyncapi
from kulant_contracts.registry import ALL
from kulant_contracts.schemas import PAGES

TOOL = Path(__file__).parents[4] / "tools" / "asyncapi"
INSTALL = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
INSTALL_SECONDS = 120


@pytest.fixture(scope="module")
def parse():
    """Runs the parser over a file; the first time it is fetched."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no Node on this machine: the AsyncAPI document was not checked by the official parser")
    if not (TOOL / "node_modules" / "@asyncapi" / "parser").is_dir():
        try:
            fetched = subprocess.run(INSTALL, cwd=TOOL, capture_output=True, check=False, timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired:
            pytest.skip("@asyncapi/parser did not come in time: the AsyncAPI document was not checked by it")
        if fetched.returncode != 0:
            pytest.skip("@asyncapi/parser cannot be had here: the AsyncAPI document was not checked by it")

    def run(file):
        command = ("node", "check.mjs", str(file))
        done = subprocess.run(command, cwd=TOOL, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_the_document_is_sound_and_has_every_event(parse):
    assert parse(PAGES / FILE_NAME) == (0, f"messages: {len(ALL)}\n")


def test_the_parser_finds_a_message_that_is_not_there(parse, tmp_path):
    document = asyncapi()
    del document["components"]["messages"]["ItemOverdueV1"]
    broken = tmp_path / FILE_NAME
    broken.write_text(json.dumps(document))

    code, told = parse(broken)

    assert code == 1
    assert "ItemOverdueV1" in told
