"""`kulant run` and `kulant replay` on a stack that is up: what they print, what they find, what they leave."""

import json
import shutil
import time

from kulant_cli.receivables import COLUMNS

FIELDS = {
    "ok", "violations", "facts", "reminders", "deliveries", "responses",
    "withdrawn", "suppressed", "unknown", "parked", "seconds",
}  # fmt: skip
SMALL = ("run", "--once", "--json", "--customers", "10", "--weeks", "2", "--seed", "3")
HISTORY = (
    "1001-ABCDE,406,500001,2012-02-20,2012-03-21,97.6,USD,no,2012-04-10,yes",
    "1001-ABCDE,406,500002,2012-02-22,2012-03-23,71.33,USD,yes,2012-03-20,yes",
    "1002-FGHIJ,770,500003,2012-03-24,2012-04-23,120,USD,no,2012-04-20,no",
    "1003-KLMNO,770,500004,2012-02-24,2012-03-25,18.07,USD,no,2012-03-26,no",
    "1004-PQRST,770,500005,2012-02-19,2012-03-20,44.1,USD,yes,2012-03-27,no",
)
FIRST_MAIL_SECONDS = 120


def _result(terminal, command):
    code, printed, told = terminal.end(command)
    (line,) = printed.splitlines()
    return code, json.loads(line), told


def test_a_run_keeps_all_promises_and_says_so_in_one_line(beside):
    code, result, told = _result(beside, beside.start(*SMALL))
    assert (code, result["ok"], result["violations"]) == (0, True, []), told
    assert set(result) == FIELDS
    assert result["facts"] >= 30
    assert result["deliveries"]["email"]["sent"] >= 3
    assert sum(result["responses"].values()) >= 1
    assert sum(result["suppressed"].values()) >= 1, "a payment beat its mail"
    assert result["parked"] == 0
    assert "All promises kept" in told
    assert beside.processes, "a stack that was up before stays up"


def test_a_second_mail_is_found(running, beside, tmp_path):
    mailbox = running.servers.state / "mailbox"
    before = set(mailbox.glob("*.eml"))
    replaying = beside.start(*_replay(tmp_path))
    give_up_at = time.monotonic() + FIRST_MAIL_SECONDS
    while not (new := set(mailbox.glob("*.eml")) - before):
        assert replaying.poll() is None
        assert time.monotonic() < give_up_at, "no mail came"
        time.sleep(0.02)
    planted = mailbox / "planted.eml"
    shutil.copy(min(new), planted)
    try:
        code, result, _ = _result(beside, replaying)
    finally:
        planted.unlink()
    assert (code, result["ok"]) == (1, False)
    found = [violation.partition(":")[0] for violation in result["violations"]]
    assert found == ["one_mail_per_delivery", "one_mail_per_reminder"]


def test_a_history_is_replayed_to_the_cent(beside, tmp_path):
    code, result, told = _result(beside, beside.start(*_replay(tmp_path)))
    assert (code, result["ok"]) == (0, True), told
    assert set(result) == FIELDS
    assert result["deliveries"] == {"email": {"sent": 1}}
    assert "disputed: 1 " in told


def _replay(folder):
    """The days from before the first due date until the day after the one reminder."""
    file = folder / "history.csv"
    file.write_text("\n".join((",".join(COLUMNS), *HISTORY)) + "\n")
    return "replay", str(file), "--from", "2012-03-19", "--until", "2012-03-27", "--json"
