import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_service.domain.reply import MOST_SIGNS, own_words

CORPUS = json.loads((Path(__file__).parents[2] / "corpus" / "replies.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CORPUS])
def test_what_a_person_wrote_is_kept_and_what_was_quoted_is_not(case):
    assert own_words(case["text"]) == case["words"]


@pytest.mark.parametrize(
    "text",
    ["On 1 wrote", "Am 21.05.2026 ", "\n", ">", "From: x\nTo: y\n", "_" * 30 + "\n", "-- \n", "a" * 5_000, "Von: a\n"],
)
def test_words_made_to_take_long_take_no_time(text):
    began = process_time()

    own_words(text * (MOST_SIGNS // len(text)))

    assert process_time() - began < 3


@given(st.text(max_size=200))
@settings(max_examples=50)
def test_whatever_is_written_is_read(text):
    assert len(own_words(text)) <= len(text)
