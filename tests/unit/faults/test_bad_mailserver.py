"""What the misbehaving mail server answers, and what it knows of each mail afterwards."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiosmtplib import SMTP, SMTPDataError, SMTPRecipientsRefused, SMTPServerDisconnected

from kulant_devstack.clock import wall_clock
from kulant_devstack.mailbox import MailFolder
from tests.faults.mailserver import BadMailServer

SENDER, CUSTOMER = "books@example.org", "c1@acme.example.org"
MAIL = (
    b"Message-ID: <d1@example.org>\r\nX-Kulant-Reminder: r1\r\nX-Kulant-Delivery: d1\r\nSubject: Dues\r\n\r\n"
    b".a line with a dot\r\n"
)


@asynccontextmanager
async def client_of(server):
    client = SMTP(hostname="127.0.0.1", port=server.port, start_tls=False, timeout=10)
    await client.connect()
    yield client
    client.close()


async def send(client):
    return await client.sendmail(SENDER, [CUSTOMER], MAIL)


async def test_a_mail_is_taken_byte_for_byte_with_its_names_and_the_moment_its_data_began():
    before = wall_clock()
    async with BadMailServer() as server, client_of(server) as client:
        await send(client)
    (mail,) = server.taken
    assert (mail.content, mail.recipients, mail.sender) == (MAIL, (CUSTOMER,), SENDER)
    assert (mail.message_id, mail.reminder_id, mail.delivery_id) == ("<d1@example.org>", "r1", "d1")
    assert before <= mail.data_began_at <= mail.ended_at <= wall_clock()
    assert mail.answered.startswith("250")


@pytest.mark.parametrize(("mode", "code"), [("4xx", 451), ("5xx", 554)])
async def test_a_refusing_server_says_no_at_the_recipient_and_then_at_the_mail(mode, code):
    async with BadMailServer() as server, client_of(server) as client:
        server.mode = mode
        with pytest.raises(SMTPRecipientsRefused) as at_rcpt:
            await send(client)
        with pytest.raises(SMTPDataError) as at_data:
            await send(client)
        server.mode = "well"
        await send(client)
    assert (at_rcpt.value.recipients[0].code, at_data.value.code) == (code, code)
    assert [attempt.is_taken for attempt in server.attempts] == [False, True]
    assert server.attempts[0].answered.startswith(str(code))


async def test_a_late_server_has_the_mail_before_it_says_so():
    async with BadMailServer(late_seconds=0.05) as server, client_of(server) as client:
        server.mode = "late"
        sending = asyncio.create_task(send(client))
        while not server.taken:
            assert not sending.done()
            await asyncio.sleep(0)
        assert not sending.done()
        await sending


async def test_a_server_that_dies_after_data_has_the_mail_and_never_said_so():
    async with BadMailServer() as server, client_of(server) as client:
        server.mode = "dies_after_data"
        with pytest.raises(SMTPServerDisconnected):
            await send(client)
        server.mode = "well"
        async with client_of(server) as another:
            await send(another)
    assert [mail.answered[:3] for mail in server.taken] == ["", "250"]


async def test_what_is_taken_lies_in_the_folder_as_in_the_embedded_mailbox(tmp_path):
    async with BadMailServer(folder=MailFolder(tmp_path)) as server, client_of(server) as client:
        await send(client)
    (file,) = tmp_path.glob("*.eml")
    assert file.read_bytes() == MAIL
    (mail,) = server.taken
    assert mail.as_file().data_began_at == mail.data_began_at
