"""Writes the one shape of mail that Kulant sends; the standard library's builder costs forty times as much a mail."""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache

_LINE = 76
_CRLF = b"\r\n"
# Plain words may stand in a display name as they are (RFC 5322, atext); all else becomes an encoded word.
_ATEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~ ")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ASCII = bytes(range(127))
# Above this share of other bytes base64 is shorter than quoted-printable.
_MANY_OTHERS = 1 / 6


class HeaderRefused(ValueError):
    """A value that would break out of its header line; nothing is written."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A display name and an address that was checked before."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that the HTML shows by `cid:`."""

    content_id: str
    name: str
    png: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """All that is written; texts with any line breaks, headers in one line each."""

    sender: Mailbox
    to: Mailbox
    reply_to: Mailbox | None
    subject: str
    date: datetime
    message_id: str
    language: str
    extra: tuple[tuple[str, str], ...]
    text: str
    html: str
    picture: Picture | None


def write_mail(mail: Mail, boundary: str) -> bytes:
    """The mail's bytes, CRLF throughout, no line over 78 characters.

    `boundary` must be unique to the mail; it is made safe by `=_`, which no encoded body can hold.
    Raises HeaderRefused for a control character in a header.
    """
    outer, inner = f"=_{boundary}_a", f"=_{boundary}_r"
    headers = [
        _mailbox("From", mail.sender),
        _mailbox("To", mail.to),
        *([_mailbox("Reply-To", mail.reply_to)] if mail.reply_to else []),
        _text("Subject", mail.subject),
        _token("Date", format_datetime(mail.date)),
        _token("Message-ID", f"<{mail.message_id}>"),
        _token("MIME-Version", "1.0"),
        _token("Content-Language", mail.language),
        *(_token(name, value) for name, value in mail.extra),
        _multipart("alternative", outer),
    ]
    html = _body("text/html", mail.html)
    if mail.picture:
        html = _CRLF.join((_multipart("related", inner), b"", _parts(inner, (html, _picture(mail.picture)))))
    return _CRLF.join((*headers, b"", _parts(outer, (_body("text/plain", mail.text), html))))


def _multipart(kind: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"'.encode("ascii")


def _parts(boundary: str, parts: Iterable[bytes]) -> bytes:
    fence = b"--" + boundary.encode("ascii")
    return b"".join(fence + _CRLF + part + _CRLF for part in parts) + fence + b"--" + _CRLF


def _body(kind: str, text: str) -> bytes:
    raw = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode("utf-8")
    others = len(raw.translate(None, delete=_ASCII))
    if others > len(raw) * _MANY_OTHERS:
        encoding, encoded = "base64", _base64(raw)
    else:
        encoding, encoded = "quoted-printable", binascii.b2a_qp(raw, istext=True)
    head = f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + encoded


def _picture(picture: Picture) -> bytes:
    head = (
        f'Content-Type: image/png; name="{picture.name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{picture.content_id}>\r\n"
        f'Content-Disposition: inline; filename="{picture.name}"\r\n\r\n'
    )
    return head.encode("ascii") + _base64(picture.png)


def _base64(raw: bytes) -> bytes:
    encoded = base64.b64encode(raw)
    return _CRLF.join(encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE))


def _checked(name: str, value: str) -> str:
    if _CONTROL.search(value) or _CONTROL.search(name):
        raise HeaderRefused(f"control character in {name}")
    return value


def _token(name: str, value: str) -> bytes:
    """A short value of ASCII that is written as it stands."""
    if not _checked(name, value).isascii():
        raise HeaderRefused(f"not ASCII: {name}")
    return f"{name}: {value}".encode("ascii")


def _text(name: str, value: str) -> bytes:
    return f"{name}: {_encoded(name, _checked(name, value))}".encode("ascii")


def _mailbox(name: str, mailbox: Mailbox) -> bytes:
    address = _checked(name, mailbox.address)
    if not address.isascii() or not address or any(character in address for character in ' <>,;:"()[]\\'):
        raise HeaderRefused(f"not an address in {name}")
    phrase = _checked(name, mailbox.name).strip()
    if not phrase:
        return f"{name}: {address}".encode("ascii")
    if set(phrase) <= _ATEXT and "=?" not in phrase and len(name) + len(phrase) + 2 <= _LINE:
        shown = " ".join(phrase.split())
    else:
        shown = _encoded(name, phrase, always=True)
    return f"{name}: {shown}\r\n <{address}>".encode("ascii")


@lru_cache(maxsize=1024)
def _encoded(name: str, value: str, *, always: bool = False) -> str:
    """The value as the standard library encodes and folds it; kept, because a creditor's name is in all its mails."""
    plain = not always and value.isascii() and "=?" not in value and len(name) + len(value) + 2 <= _LINE
    if plain:
        return value
    return Header(value, "utf-8", maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")
