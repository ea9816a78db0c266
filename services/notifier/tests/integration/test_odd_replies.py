"""Replies that a mail server should not give: only a clear no lets a mail be sent again."""

from collections.abc import AsyncIterator

import pytest
from mail_sink import MailSink, mail_sink

from notifier.gateways.email import SmtpAccess, SmtpGateway, SmtpSession
from notifier.usecases.ports import Accepted, Lost, Refused, Unreachable

MAIL = b"Subject: hello\r\n\r\nhello\r\n"
FROM = "reminders@kulant.example"
TO = "anna@haus.example"


@pytest.fixture
async def sink() -> AsyncIterator[MailSink]:
    async with mail_sink() as made:
        yield made


@pytest.fixture
async def gateway(sink: MailSink) -> AsyncIterator[SmtpGateway]:
    made = SmtpGateway(SmtpAccess("127.0.0.1", sink.port, connections=2))
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("reply", "means"),
    [
        pytest.param("250 2.0.0 Ok", Accepted("2.0.0 Ok"), id="yes"),
        pytest.param("251 Will forward", Accepted("Will forward"), id="another yes"),
        pytest.param("299 Taken", Accepted("Taken"), id="the last yes"),
        pytest.param("451 4.3.0 Later", Refused("smtp_451_4.3.0", is_permanent=False), id="no for now"),
        pytest.param("554 5.7.1 Never", Refused("smtp_554_5.7.1", is_permanent=True), id="no for good"),
        pytest.param("Ok, taken", Lost(), id="no code"),
        pytest.param("250 " + "o" * 9000, Lost(), id="a line too long"),
        pytest.param("\r\n".join(["250-" + "o" * 900] * 60), Lost(), id="a reply too long"),
        pytest.param("354 Go on", Lost(), id="wants more"),
        pytest.param("150 Working", Lost(), id="not done"),
        pytest.param("600 What", Lost(), id="above all codes"),
        pytest.param("999 What", Lost(), id="far above all codes"),
        pytest.param("25 Ok", Lost(), id="two digits"),
    ],
)
async def test_only_a_clear_no_to_a_mail_is_a_refusal(
    gateway: SmtpGateway, sink: MailSink, reply: str, means: object
) -> None:
    sink.at_data = lambda: reply
    session = await gateway.open(TO, FROM)
    assert isinstance(session, SmtpSession)
    assert await session.hand_over(MAIL) == means


async def test_a_yes_to_the_word_data_is_no_yes_to_the_mail(gateway: SmtpGateway, sink: MailSink) -> None:
    sink.at_begin = lambda: "250 Ok"
    session = await gateway.open(TO, FROM)
    assert isinstance(session, SmtpSession)
    assert await session.hand_over(MAIL) == Lost()
    assert sink.mails == []


@pytest.mark.parametrize("reply", ["251 Ok", "Ok, taken"])
async def test_after_an_odd_reply_the_connection_is_not_used_again(
    gateway: SmtpGateway, sink: MailSink, reply: str
) -> None:
    sink.at_data = lambda: reply
    for _ in range(2):
        session = await gateway.open(TO, FROM)
        assert isinstance(session, SmtpSession)
        await session.hand_over(MAIL)
    assert sink.connections == 2


@pytest.mark.parametrize("where", ["at_mail", "at_rcpt"])
@pytest.mark.parametrize("reply", ["Ok, why not", "354 Go on", "299 Taken", "600 What"])
async def test_an_odd_reply_before_the_mail_means_that_the_server_is_away(
    gateway: SmtpGateway, sink: MailSink, where: str, reply: str
) -> None:
    setattr(sink, where, lambda *_: reply)
    assert await gateway.open(TO, FROM) == Unreachable()
    setattr(sink, where, lambda *_: "250 Ok")
    assert isinstance(await gateway.open(TO, FROM), SmtpSession)
    assert sink.connections == 2
