"""What the judge is given of each mail."""

from datetime import UTC, datetime, timedelta

from kulant_cli.mailbox import Mailbox
from kulant_devstack.mailbox import MailFolder


def test_a_mail_comes_with_its_moment_and_its_envelope_and_those_before_do_not_come(tmp_path):
    folder = MailFolder(tmp_path)
    folder.keep(b"before", ["nobody@example.org"])
    mailbox = Mailbox(tmp_path)
    folder.keep(b"mail", ["ada@example.net"])
    (mail,) = mailbox.new()
    assert (mail.content, mail.recipients) == (b"mail", ("ada@example.net",))
    assert mail.accepted_at is not None
    assert abs(mail.accepted_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert mailbox.new() == []
    assert mailbox.all() == [mail]


def test_a_mail_that_somebody_put_there_has_no_envelope(tmp_path):
    mailbox = Mailbox(tmp_path)
    (tmp_path / "planted.eml").write_bytes(b"mail")
    assert mailbox.new()[0].recipients == ()
