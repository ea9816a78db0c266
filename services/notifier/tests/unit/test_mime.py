"""The MIME writer, judged by the standard library's parser over whatever hypothesis thinks of."""

import email.header
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.domain.plaintext import one_line
from notifier.gateways.mime import HeaderRefused, Mail, Mailbox, Picture, write_mail

WRITTEN = datetime(2026, 3, 12, 8, 14, tzinfo=UTC)
PNG = bytes.fromhex("89504e470d0a1a0a") + bytes(range(256)) * 3

header_texts = st.text(st.characters(codec="utf-8"), max_size=200).map(one_line)
bodies = st.text(
    st.one_of(st.characters(codec="utf-8", exclude_characters="\r"), st.sampled_from(list(".= \t\nFrom-"))),
    max_size=600,
)


def mail(**changes) -> Mail:
    values = {
        "sender": Mailbox("Nordlicht", "reminders@kulant.example"),
        "to": Mailbox("Anna Weber", "anna@haus.example"),
        "reply_to": None,
        "subject": "A friendly reminder",
        "date": WRITTEN,
        "message_id": "d1@kulant.example",
        "language": "en",
        "extra": (("Auto-Submitted", "auto-generated"),),
        "text": "Hello",
        "html": "<p>Hello</p>",
        "picture": None,
    }
    return Mail(**(values | changes))


def parse(written: bytes) -> EmailMessage:
    parsed = message_from_bytes(written, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    for part in parsed.walk():
        assert not part.defects
    return parsed


def decoded(raw: str) -> str:
    return str(email.header.make_header(email.header.decode_header(raw)))


@settings(max_examples=300, deadline=None)
@given(subject=header_texts, name=header_texts, reply=header_texts)
def test_headers_come_back_as_they_were(subject: str, name: str, reply: str) -> None:
    written = write_mail(
        mail(subject=subject, to=Mailbox(name, "anna@haus.example"), reply_to=Mailbox(reply, "desk@n.example")), "b1"
    )
    parsed = message_from_bytes(written)
    assert decoded(parsed["Subject"]).strip() == subject
    for header, wanted, address in (("To", name, "anna@haus.example"), ("Reply-To", reply, "desk@n.example")):
        shown, found = parseaddr(parsed[header])
        assert (decoded(shown), found) == (wanted, address)
    assert parsed["Message-ID"] == "<d1@kulant.example>"
    assert len(parsed.get_all("To", [])) == 1


@settings(max_examples=300, deadline=None)
@given(text=bodies, html=bodies)
def test_bodies_come_back_as_they_were(text: str, html: str) -> None:
    parsed = parse(write_mail(mail(text=text, html=html, picture=Picture("qr@k.example", "qr.png", PNG)), "b1"))
    plain, rich = parsed.get_body(("plain",)), parsed.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_payload(decode=True) == text.replace("\n", "\r\n").encode()
    assert rich.get_payload(decode=True) == html.replace("\n", "\r\n").encode()
    (picture,) = [part for part in parsed.walk() if part.get_content_type() == "image/png"]
    assert picture.get_payload(decode=True) == PNG
    assert picture["Content-ID"] == "<qr@k.example>"


@settings(max_examples=200, deadline=None)
@given(subject=header_texts, name=header_texts, text=bodies)
def test_no_line_is_longer_than_78_and_all_is_seven_bit(subject: str, name: str, text: str) -> None:
    written = write_mail(mail(subject=subject, to=Mailbox(name, "a@b.example"), text=text, html=text), "b1")
    assert max(map(len, written.split(b"\r\n"))) <= 78
    assert all(byte < 128 for byte in written)
    assert b"\n" not in written.replace(b"\r\n", b"")
    assert b"\r" not in written.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"subject": "Hello\r\nBcc: all@example.com"}, id="subject"),
        pytest.param({"subject": "Hello\nBcc: all@example.com"}, id="bare line feed"),
        pytest.param({"to": Mailbox("Anna\r\nBcc: x@y.example", "a@b.example")}, id="name"),
        pytest.param({"to": Mailbox("Anna", "a@b.example>\r\nBcc: <x@y.example")}, id="address"),
        pytest.param({"to": Mailbox("Anna", "a@b.example, x@y.example")}, id="two addresses"),
        pytest.param({"to": Mailbox("Anna", "anna@müller.example")}, id="address that is not ASCII"),
        pytest.param({"extra": (("X-Kulant-Reminder", "1\r\nBcc: x@y.example"),)}, id="extra header"),
        pytest.param({"message_id": "d1@k.example>\x00"}, id="message id"),
    ],
)
def test_what_would_break_out_of_a_header_is_refused(changes: dict) -> None:
    with pytest.raises(HeaderRefused):
        write_mail(mail(**changes), "b1")


def test_without_a_picture_there_is_no_related_part() -> None:
    parsed = parse(write_mail(mail(), "b1"))
    assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_text_that_quotes_the_boundary_stays_one_part() -> None:
    text = "--=_b1_a\n--=_b1_a--\n"
    parsed = parse(write_mail(mail(text=text), "b1"))
    plain = parsed.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == text
