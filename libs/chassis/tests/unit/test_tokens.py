import base64
from uuid import UUID

import pytest

from kulant_chassis.ids import uuid7
from kulant_chassis.tokens import sign, verify

SECRET = b"a secret of the tests"
SUBJECT = UUID("01890a5d-ac96-774b-bcce-b302099a8057")


def test_a_signed_token_gives_its_id_back():
    assert verify(SECRET, "page", sign(SECRET, "page", SUBJECT)) == SUBJECT


def test_a_token_is_43_characters_that_need_no_escaping_in_a_url():
    token = sign(SECRET, "page", SUBJECT)

    assert len(token) == 43
    assert token.replace("-", "").replace("_", "").isalnum()


@pytest.mark.parametrize("token", ["", "x", "=" * 43, "ä" * 43, "A" * 43, "A" * 42, "A" * 4000, " " * 43])
def test_words_that_nobody_signed_are_refused(token):
    assert verify(SECRET, "page", token) is None


def test_a_token_is_refused_with_another_secret_or_for_another_purpose():
    token = sign(SECRET, "page", SUBJECT)

    assert verify(b"another", "page", token) is None
    assert verify(SECRET, "reply", token) is None


def test_every_changed_byte_breaks_the_signature():
    raw = base64.urlsafe_b64decode(sign(SECRET, "page", SUBJECT) + "=")

    for place in range(len(raw)):
        changed = bytes([*raw[:place], raw[place] ^ 1, *raw[place + 1 :]])
        assert verify(SECRET, "page", base64.urlsafe_b64encode(changed).decode().rstrip("=")) is None


def test_ids_are_of_version_7_and_rise_with_time():
    ids = [uuid7() for _ in range(2000)]

    assert {one.version for one in ids} == {7}
    assert len(set(ids)) == 2000
    stamps = [one.int >> 80 for one in ids]
    assert stamps == sorted(stamps)
