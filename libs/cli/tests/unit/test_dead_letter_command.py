"""What a sender wrote does nothing to the terminal of the operator who reads it."""

import pytest

from kulant_cli.__main__ import main
from kulant_cli.commands import dead_letter

LETTER = dict.fromkeys(("state", "type", "parked_at", "resolved_at", "resolved_by", "note", "content")) | {
    "place": "kulant.erp.v1/3/17",
    "reason": "value: json_invalid",
    "whole_key": "acme/\u202e1C",
    "text": "{\x1b[2J\x07 ü\n",
}


@pytest.mark.parametrize(
    ("is_terminal", "printed"),
    [
        pytest.param(True, "{\\x1b[2J\\x07 ü\n\n", id="to a terminal: signs that steer it become visible"),
        pytest.param(False, "{\x1b[2J\x07 ü\n\n", id="into a file: byte for byte"),
    ],
)
def test_bytes_are_shown_without_their_harm_and_kept_as_they_are(capsys, monkeypatch, is_terminal, printed):
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)

    dead_letter._show(LETTER)

    told = capsys.readouterr()
    assert told.out == printed
    assert "acme/\\u202e1C" in told.err


@pytest.mark.parametrize("place", ["nonsense", "kulant.erp.v1/3", "kulant.erp.v1/3/x", "a/b/1/2"])
def test_what_is_no_place_is_said_before_anybody_is_asked(capsys, place):
    with pytest.raises(SystemExit):
        main(["dead-letter", "show", "notifier", "--tenant", "acme", place])

    assert "topic/partition/offset" in capsys.readouterr().err
