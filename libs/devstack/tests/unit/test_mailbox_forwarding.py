"""Mails to the inbound domain go on to whoever listens; all others are kept."""

import smtplib

import pytest
from aiosmtpd.controller import Controller

from kulant_devstack.mailbox import Forwarding, MailFolder, smtp_server
from kulant_devstack.ports import LOOPBACK, free_ports

MAIL = b"Subject: Re: Your invoice\r\n\r\nPaid.\r\n"


class Listener:
    """Keeps what it is handed, or answers as told."""

    def __init__(self, reply="250 Ok"):
        self.reply, self.mails = reply, []

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address or "<>"
        return "250 Ok"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
        return self.reply


@pytest.fixture
def scene(tmp_path):
    """A mailbox that hands `reply+…@in.example` on; the second port has nobody behind it."""
    listener = Listener()
    mailbox_port, listener_port, nobody = free_ports(3)
    listening = Controller(listener, hostname=LOOPBACK, port=listener_port)
    forwarding = Forwarding("in.example", (("reply+", listener_port), ("bounce+", nobody)))
    mailbox = smtp_server(MailFolder(tmp_path), mailbox_port, forwarding)
    listening.start()
    mailbox.start()
    try:
        with smtplib.SMTP(LOOPBACK, mailbox_port) as client:
            yield client, listener, tmp_path
    finally:
        mailbox.stop()
        listening.stop()


def test_a_reply_goes_on_with_its_envelope_and_is_not_kept(scene):
    client, listener, folder = scene
    client.sendmail("ada@shop.example", ["reply+Tok-en_1@IN.example"], MAIL)

    assert listener.mails == [("ada@shop.example", "reply+Tok-en_1@IN.example", MAIL)]
    assert not list(folder.glob("*.eml"))


def test_the_null_sender_stays_null(scene):
    client, listener, _ = scene
    client.sendmail("", ["reply+t@in.example"], MAIL)

    assert listener.mails[0][0] == "<>"


def test_the_sender_is_told_what_the_listener_answered(scene):
    client, listener, _ = scene
    listener.reply = "451 4.3.0 Later"

    with pytest.raises(smtplib.SMTPDataError) as told:
        client.sendmail("ada@shop.example", ["reply+t@in.example"], MAIL)

    assert told.value.smtp_code == 451


def test_where_nobody_listens_the_sender_is_to_come_again(scene):
    client, _, _ = scene

    with pytest.raises(smtplib.SMTPDataError) as told:
        client.sendmail("ada@shop.example", ["bounce+t@in.example"], MAIL)

    assert told.value.smtp_code == 451


def test_an_unknown_name_at_the_inbound_domain_is_refused(scene):
    client, _, folder = scene

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail("ada@shop.example", ["info@in.example"], MAIL)

    assert not list(folder.glob("*.eml"))


def test_a_mail_to_anybody_else_is_kept(scene):
    client, listener, folder = scene
    client.sendmail("books@creditor.example", ["reply+t@elsewhere.example"], MAIL)

    assert not listener.mails
    assert [file.read_bytes() for file in folder.glob("*.eml")] == [MAIL]
