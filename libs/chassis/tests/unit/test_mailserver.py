import asyncio
from contextlib import asynccontextmanager
from email.message import EmailMessage

import pytest
from aiosmtplib import SMTP, SMTPDataError, SMTPRecipientRefused

from kulant_chassis.mailserver import MailServer

SENDER = "customer@shop.example"
OURS = "reply+4711@inbound.example"


@asynccontextmanager
async def listening(handle, accepts=lambda address: address.startswith("reply+"), **more):
    server = MailServer("127.0.0.1", 0, accepts=accepts, handle=handle, **more)
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def client_of(server):
    async with SMTP(hostname="127.0.0.1", port=server.port, start_tls=False) as client:
        yield client


async def talk(server, *lines):
    """The replies to raw lines, for what no client library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    replies = [await reader.readline()]
    for line in lines:
        writer.write(line + b"\r\n")
        replies.append(await reader.readline())
        while replies[-1][3:4] == b"-":
            replies[-1] = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return [reply.decode()[:9].strip() for reply in replies]


def keeping(mails):
    async def keep(mail):
        mails.append(mail)

    return keep


async def test_a_mail_arrives_byte_for_byte_with_the_names_of_its_envelope():
    mails = []
    content = "Subject: Grüße\r\n\r\n.dot\r\n" + "ü" * 3000 + "\r\n"

    async with listening(keeping(mails)) as server, client_of(server) as client:
        await client.sendmail(SENDER, [OURS], content.encode())

    assert (mails[0].recipient, mails[0].sender) == (OURS, SENDER)
    assert mails[0].content == content.encode()


async def test_the_null_sender_of_a_bounce_is_taken_and_reads_as_empty():
    mails = []

    async with listening(keeping(mails)) as server:
        replies = await talk(server, b"EHLO x", b"MAIL FROM:<>", b"RCPT TO:<" + OURS.encode() + b">", b"DATA", b"\r\n.")

    assert replies[-1] == "250 2.0.0"
    assert mails[0].sender == ""


async def test_yes_is_said_only_after_the_work_is_done():
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def slow(_mail):
        begun.set()
        await may_end.wait()

    async with listening(slow) as server, client_of(server) as client:
        sending = asyncio.create_task(client.sendmail(SENDER, [OURS], b"Subject: x\r\n\r\n"))
        await begun.wait()
        assert not sending.done()
        may_end.set()
        await sending


async def test_trouble_asks_the_sender_to_come_again():
    async def broken(_mail):
        raise OSError("the database is away")

    async with listening(broken) as server, client_of(server) as client:
        with pytest.raises(SMTPDataError) as told:
            await client.sendmail(SENDER, [OURS], b"Subject: x\r\n\r\n")

    assert told.value.code == 451
    assert "database" not in told.value.message


async def test_a_mailbox_that_is_not_ours_is_refused_for_good():
    async with listening(keeping([])) as server, client_of(server) as client:
        await client.mail(SENDER)
        with pytest.raises(SMTPRecipientRefused) as told:
            await client.rcpt("nobody@inbound.example")

    assert told.value.code == 550


async def test_a_second_recipient_is_asked_to_come_by_itself():
    mails = []

    async with listening(keeping(mails)) as server, client_of(server) as client:
        refused, _ = await client.sendmail(SENDER, [OURS, "reply+2@inbound.example"], b"Subject: x\r\n\r\n")

    assert [reply.code for reply in refused.values()] == [452]
    assert [mail.recipient for mail in mails] == [OURS]


async def test_a_mail_over_the_limit_is_refused_for_good():
    async with listening(keeping([]), size_limit=1000) as server, client_of(server) as client:
        await client.mail(SENDER)
        await client.rcpt(OURS)
        with pytest.raises(SMTPDataError) as told:
            await client.data(b"Subject: x\r\n\r\n" + b"x" * 900 + b"\r\n" + b"x" * 900)

    assert told.value.code == 552


async def test_it_speaks_lmtp_as_well():
    mails = []

    async with listening(keeping(mails)) as server:
        to = b"RCPT TO:<" + OURS.encode() + b">"
        replies = await talk(server, b"LHLO mta", b"MAIL FROM:<a@b.example>", to, b"DATA", b"Subject: x\r\n\r\nx\r\n.")

    assert replies == ["220 local", "250 HELP", "250 2.1.0", "250 2.1.5", "354 End d", "250 2.0.0"]
    assert len(mails) == 1


async def test_so_many_mails_are_worked_on_at_a_time_and_no_more():
    at_work, most, may_end = 0, 0, asyncio.Event()

    async def count(_mail):
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        may_end.set() if at_work == 2 else None
        await may_end.wait()
        at_work -= 1

    async def send(server):
        async with client_of(server) as client:
            await client.sendmail(SENDER, [OURS], b"Subject: x\r\n\r\n")

    async with listening(count, at_a_time=2) as server:
        await asyncio.gather(*(send(server) for _ in range(5)))

    assert most == 2


async def test_a_mail_in_hand_is_finished_before_the_stop_and_though_its_client_hung_up():
    begun, may_end, mails = asyncio.Event(), asyncio.Event(), []

    async def slow(mail):
        begun.set()
        await may_end.wait()
        mails.append(mail)

    server = MailServer("127.0.0.1", 0, accepts=lambda _address: True, handle=slow)
    await server.start()
    _reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"EHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n")
    await begun.wait()
    writer.close()
    stopping = asyncio.create_task(server.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    may_end.set()
    await stopping

    assert len(mails) == 1


async def test_it_is_alive_while_it_listens():
    server = MailServer("127.0.0.1", 0, accepts=lambda _address: True, handle=keeping([]))
    assert server.is_alive()
    await server.start()
    assert server.is_alive()
    mail = EmailMessage()
    mail.set_content("still here")
    async with client_of(server) as client:
        await client.sendmail(SENDER, [OURS], mail.as_bytes())
    await server.stop()
    assert server.is_alive()
