"""Mails to a recipient that is put off are answered with 451 and noted; all others are kept as ever."""

import json
import smtplib
from datetime import datetime

import pytest

from kulant_devstack.clock import wall_clock
from kulant_devstack.deferral import Deferrals
from kulant_devstack.mailbox import MailFolder, smtp_server
from kulant_devstack.ports import LOOPBACK, free_ports

ADA = "ada@shop.example"
MAIL = b"Subject: Your invoice\r\nMessage-ID: <d-1@creditor.example>\r\n\r\nPlease pay.\r\n"


@pytest.fixture
def client(tmp_path):
    (port,) = free_ports(1)
    mailbox = smtp_server(MailFolder(tmp_path), port)
    mailbox.start()
    try:
        with smtplib.SMTP(LOOPBACK, port) as connected:
            yield connected
    finally:
        mailbox.stop()


def test_a_mail_is_put_off_until_it_is_wanted_again(client, tmp_path):
    deferrals = Deferrals(tmp_path)
    deferrals.begin(ADA)
    before = wall_clock()

    with pytest.raises(smtplib.SMTPDataError) as told:
        client.sendmail("", [ADA], MAIL)

    assert told.value.smtp_code == 451
    assert not list(tmp_path.glob("*.eml"))
    (noted,) = deferrals.noted()
    assert (noted.recipient, noted.headers["Message-ID"]) == (ADA, "<d-1@creditor.example>")
    assert before <= noted.began_at <= noted.answered_at <= wall_clock()

    deferrals.end(ADA)
    client.sendmail("", [ADA], MAIL)
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert len(deferrals.noted()) == 1
    assert deferrals.noted(after=1) == []


def test_only_who_is_named_is_put_off(client, tmp_path):
    Deferrals(tmp_path).begin("bob@shop.example")
    client.sendmail("", [ADA], MAIL)
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_when_data_began_is_noted_beside_the_mail(client, tmp_path):
    before = wall_clock()
    client.sendmail("", [ADA], MAIL)
    (noted,) = tmp_path.glob("*.json")
    told = json.loads(noted.read_text())
    assert told["recipients"] == [ADA]
    assert before <= datetime.fromisoformat(told["data_began_at"]) <= wall_clock()


def test_a_recipient_is_no_path(tmp_path):
    with pytest.raises(ValueError, match="no plain address"):
        Deferrals(tmp_path).begin("../ada@shop.example")
