"""Reads mails that came back: delivery reports (RFC 3464), and bounces without one."""

from email import message_from_bytes, policy
from email.message import Message

from notifier.domain.bounce import Report, is_status

_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_ORIGINALS = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_ACTIONS = ("failed", "delayed", "delivered", "relayed", "expanded")
_MOST_BOUNDARIES = 500
_BEGINNING = 64_000
_SERVERS = ("mailer-daemon", "postmaster")


def read_report(content: bytes, *, is_null_sender: bool) -> Report | None:
    """What a mail server tells of a mail of ours; None where this is no such message (an absence note, say).

    A mail without a report is a bounce only if it comes from nobody (RFC 5321 section 4.5.5), is no answer of a
    machine to a person (RFC 3834), and either holds our mail or is signed by a mail server. Words are never read.
    """
    try:
        mail = message_from_bytes(_bounded(content), policy=policy.compat32)
        parts = list(mail.walk())
        for part in parts:
            if part.get_content_type() in _REPORTS:
                return _worst(part, _original_id(parts))
        answers = str(mail.get("Auto-Submitted", "")).lower().startswith("auto-replied")
        if is_null_sender and not answers and _is_of_a_server(mail, parts):
            return Report("failed", None, _original_id(parts))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        # A stranger's bytes can break the parser in ways that it does not document; such a mail says nothing.
        return None
    return None


def _bounded(content: bytes) -> bytes:
    """The mail itself; of one with more parts than any server writes its beginning: the parser takes long for each."""
    return content[:_BEGINNING] if content.count(b"\n--") > _MOST_BOUNDARIES else content


def _worst(part: Message, original_id: str | None) -> Report | None:
    """The report of the recipient; of several, the one that failed. The first block is about the message."""
    blocks = part.get_payload()
    found = None
    for block in blocks if isinstance(blocks, list) else []:
        assert isinstance(block, Message)
        action = str(block.get("Action", "")).split(";")[0].strip().lower()
        if action not in _ACTIONS:
            continue
        status = str(block.get("Status", "")).split("(")[0].strip().split(" ")[0]
        report = Report(action, status if is_status(status) else None, original_id)  # type: ignore[arg-type]
        if report.is_bounce:
            return report
        found = found or report
    return found


def _is_of_a_server(mail: Message, parts: list[Message]) -> bool:
    sender = str(mail.get("From", "")).lower()
    holds_mail = any(part.get_content_type() in _ORIGINALS for part in parts)
    return holds_mail or "X-Failed-Recipients" in mail or any(f"{name}@" in sender for name in _SERVERS)


def _original_id(parts: list[Message]) -> str | None:
    for part in parts:
        if part.get_content_type() not in _ORIGINALS:
            continue
        payload = part.get_payload()
        if isinstance(payload, list) and payload and isinstance(payload[0], Message):
            original: Message = payload[0]
        else:
            original = message_from_bytes(_bytes_of(part), policy=policy.compat32)
        if told := str(original.get("Message-ID", "")).strip():
            return told.strip("<>")
    return None


def _bytes_of(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
