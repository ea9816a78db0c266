"""The MIME writer, judged by the standard library's parser over whatever hypothesis thinks of."""

import email.header
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
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


def parts_of(written: bytes) -> list[Message]:
    parts = list(message_from_bytes(written).walk())
    assert not any(part.defects for part in parts)
    return parts


def the_only(parts: list[Message], content_type: str) -> Message:
    (found,) = [part for part in parts if part.get_content_type() == content_type]
    return found


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
    parts = parts_of(write_mail(mail(text=text, html=html, picture=Picture("qr@k.example", "qr.png", PNG)), "b1"))
    assert the_only(parts, "text/plain").get_payload(decode=True) == text.replace("\n", "\r\n").encode()
    assert the_only(parts, "text/html").get_payload(decode=True) == html.replace("\n", "\r\n").encode()
    picture = the_only(parts, "image/png")
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
    parts = parts_of(write_mail(mail(), "b1"))
    assert [part.get_content_type() for part in parts] == ["multipart/alternative", "text/plain", "text/html"]


def test_a_text_that_quotes_the_boundary_stays_one_part() -> None:
    text = "--=_b1_a\n--=_b1_a--\n"
    plain = the_only(parts_of(write_mail(mail(text=text), "b1")), "text/plain")
    assert plain.get_payload(decode=True) == text.replace("\n", "\r\n").encode()
