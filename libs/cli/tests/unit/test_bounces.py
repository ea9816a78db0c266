"""A mail that comes back is a report that mail programs understand."""

import smtplib
from email import message_from_bytes

from kulant_cli import bounces


class Server:
    """Takes the place of a mail server."""

    sent: list = []  # noqa: RUF012  (a test's own)

    def __init__(self, host, port, timeout):
        self.sent.append((host, port, timeout > 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def sendmail(self, sender, recipients, content):
        self.sent.append((sender, recipients, content))


def test_the_report_goes_from_nobody_to_whom_the_envelope_named_and_says_which_address_is_none(monkeypatch):
    monkeypatch.setattr(smtplib, "SMTP", Server)
    bounces.send_back("127.0.0.1:2525", "bounce+token@in.example", "biling@c1.example.org")
    (host, port, _), (sender, recipients, content) = Server.sent
    assert (host, port, sender, recipients) == ("127.0.0.1", 2525, "", ["bounce+token@in.example"])
    report = message_from_bytes(content)
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    (about,) = [part for part in report.walk() if "Final-Recipient" in part]
    assert about["Final-Recipient"] == "rfc822; biling@c1.example.org"
    assert (about["Action"], about["Status"]) == ("failed", "5.1.1")
