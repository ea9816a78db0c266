"""The golden examples, as every test of the contracts reads them."""

import json
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden():
    """Reads the golden example of a type anew, so that a test may change it."""

    def read(event_type: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((GOLDEN / f"{event_type}.json").read_text(encoding="utf-8"))
        return document

    return read
