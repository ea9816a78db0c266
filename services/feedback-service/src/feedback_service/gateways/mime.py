"""The bytes of a mail as what the service needs of it; whatever a stranger sends, it ends and it does not raise."""

import hashlib
import re
from collections.abc import Iterator
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

from feedback_service.domain.entry import clean_line
from feedback_service.domain.hypertext import text_of
from feedback_service.domain.mail import Automation, Mail

MOST_PARTS = 100
MOST_ATTACHMENTS = 10
MOST_REFERENCES = 30
_MOST_HEADER = 4_000
_MOST_HEADERS = 64_000
_MOST_BOUNDARIES = 500
_MOST_BODY = 400_000
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,300})>")


def read_mail(content: bytes, envelope_sender: str) -> Mail:
    """One mail. What cannot be read of it is left out: its key and size are always there."""
    try:
        return _read(BytesParser(policy=compat32).parsebytes(_bounded(content)), content, envelope_sender)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):  # headers and bodies made to hurt
        return Mail(_digest(content), len(content), envelope_sender)


def _bounded(content: bytes) -> bytes:
    """The mail itself; of one with more headers or parts than any program writes, its beginning.

    The parser takes time for each of them: a hundred thousand empty parts are seconds.
    """
    ends = [at for at in (content.find(b"\n\n"), content.find(b"\r\n\r\n")) if at >= 0]
    is_odd = not ends or min(ends) > _MOST_HEADERS or content.count(b"\n--") > _MOST_BOUNDARIES
    return content[:_MOST_HEADERS] if is_odd else content


def _read(message: Message, content: bytes, envelope_sender: str) -> Mail:
    message_id = _MESSAGE_ID.search(_header(message, "Message-ID"))
    in_reply_to = _MESSAGE_ID.findall(_header(message, "In-Reply-To"))
    references = _MESSAGE_ID.findall(_header(message, "References"))
    text, attachments = _body(message)
    return Mail(
        key=_digest(message_id[1].encode()) if message_id else _digest(content),
        size_bytes=len(content),
        envelope_sender=envelope_sender,
        sender=clean_line(parseaddr(_header(message, "From"))[1]),
        subject=clean_line(_header(message, "Subject")),
        text=text,
        answers=tuple(dict.fromkeys([*in_reply_to, *reversed(references)]))[:MOST_REFERENCES],
        attachments=attachments,
        automation=Automation(
            auto_submitted=_word(message, "Auto-Submitted"),
            precedence=_word(message, "Precedence"),
            response_suppress=_header(message, "X-Auto-Response-Suppress").strip().lower(),
            has_autoreply_mark=any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Autoresponder")),
            is_report=message.get_content_type() in {"multipart/report", "message/delivery-status"},
        ),
    )


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _header(message: Message, name: str) -> str:
    """A header as text (RFC 2047); what is beyond a length that people use is cut."""
    raw = str(message.get(name, ""))[:_MOST_HEADER]
    parts = []
    for text, charset in decode_header(raw):
        parts.append(_decoded(text, charset) if isinstance(text, bytes) else text)
    return "".join(parts)


def _word(message: Message, name: str) -> str:
    return _header(message, name).partition(";")[0].strip().lower()


def _decoded(text: bytes, charset: str | None) -> str:
    try:
        return text.decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return text.decode("utf-8", "replace") if _is_utf8(text) else text.decode("cp1252", "replace")


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _body(message: Message) -> tuple[str, tuple[str, ...]]:
    """The plain text, else that of the HTML; and the names of what was attached."""
    plain: list[str] = []
    hypertext: list[str] = []
    attached: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if part.get_filename() is not None or part.get_content_disposition() == "attachment":
            attached.append(clean_line(_filename(part), 100) or "?")
        elif kind == "text/plain":
            plain.append(_content(part))
        elif kind == "text/html":
            hypertext.append(_content(part))
    text = "\n".join(plain).strip() or "\n".join(map(text_of, hypertext)).strip()
    return text[:_MOST_BODY], tuple(attached[:MOST_ATTACHMENTS])


def _parts(message: Message) -> Iterator[Message]:
    """The leaves, at most so many, without a call for each level; mails inside of a mail are not opened."""
    waiting, seen = [message], 0
    while waiting and seen < MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        payload = part.get_payload()
        if part.get_content_maintype() == "message":
            continue
        if isinstance(payload, list):
            waiting.extend(reversed([one for one in payload if isinstance(one, Message)]))
        else:
            yield part


def _content(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload[:_MOST_BODY], part.get_content_charset()) if isinstance(payload, bytes) else ""


def _filename(part: Message) -> str:
    name = str(part.get_filename() or "")[:_MOST_HEADER]
    return "".join(
        _decoded(text, charset) if isinstance(text, bytes) else text for text, charset in decode_header(name)
    )
