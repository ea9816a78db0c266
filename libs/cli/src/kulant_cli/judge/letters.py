"""Reads the mailbox as a customer's mail program would: standard library only, tolerant of any layout."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser

_MOMENT = re.compile(r"\b(\d{2}:\d{2})(?: Uhr)? ([A-Z]{3,5})\b")
_ZONEN = {"CET": "MEZ", "CEST": "MESZ"}
_LINK = re.compile(r"https?://[^\s<>\"']+/r/[A-Za-z0-9_\-]+")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONATE = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """One accepted mail, taken apart."""

    name: str
    message_id: str
    recipients: frozenset[str]  # of its headers and of its envelope
    subject: str
    text: str
    html: str
    links: tuple[str, ...]
    delivery_id: str = ""  # as a header of Kulant's own has it
    reminder_id: str = ""  # likewise
    accepted_at: datetime | None = None  # the wall clock
    data_began_at: datetime | None = None  # the wall clock

    @property
    def html_text(self) -> str:
        """What the HTML part says, without its markup."""
        return visible_text(self.html)


def read_letter(
    name: str,
    content: bytes,
    accepted_at: datetime | None = None,
    recipients: Iterable[str] = (),
    data_began_at: datetime | None = None,
) -> Letter:
    """Take one `.eml` file apart; what is missing reads as empty."""
    # The standard library's older reading of headers: a tenth of the time, and all that is looked at here is plain.
    message = message_from_bytes(content)
    text, html = _part(message, "text/plain"), _part(message, "text/html")
    return Letter(
        name=name,
        message_id=_header(message, "Message-ID"),
        recipients=_recipients(message).union(address.lower() for address in recipients),
        subject=_header(message, "Subject"),
        text=text,
        html=html,
        links=tuple(dict.fromkeys(_LINK.findall(text))),
        delivery_id=_header(message, "X-Kulant-Delivery"),
        reminder_id=_header(message, "X-Kulant-Reminder"),
        accepted_at=accepted_at,
        data_began_at=data_began_at,
    )


def _header(message: Message, name: str) -> str:
    written = message.get(name)
    return str(make_header(decode_header(str(written)))).strip() if written is not None else ""


def _part(message: Message, content_type: str) -> str:
    """The first part of this type that is no attachment."""
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return payload.decode(part.get_content_charset("utf-8"), errors="replace")
    return ""


def _recipients(message: Message) -> frozenset[str]:
    headers = [str(header) for name in ("To", "Cc", "Bcc") for header in message.get_all(name, [])]
    return frozenset(address.lower() for _, address in getaddresses(headers) if address)


class _Visible(HTMLParser):
    """Collects the text that a reader of the page would see."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 (the parser calls it so)
        self._hidden += tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def visible_text(html: str) -> str:
    """The words of an HTML document, one blank between them."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return one_line(" ".join(parser.words))


def one_line(text: str) -> str:
    """The text with every run of white space as one blank."""
    return " ".join(text.split())


def names_amount(text: str, amount: str) -> bool:
    """Whether the text holds this decimal amount, with any or no mark between thousands, and point or comma."""
    whole, _, fraction = amount.partition(".")
    groups = re.sub(r"(?<=\d)(?=(?:\d{3})+$)", r"[.,'’\\s]?", whole)
    tail = rf"[.,]{fraction}(?!\d)" if fraction else r"(?![.,]?\d)"
    return re.search(rf"(?<![\d.,]){groups}{tail}", text) is not None


def names_day(text: str, day: date) -> bool:
    """Whether the text names this day in one of the usual written forms."""
    month = _MONTHS[day.month - 1]
    forms = (
        f"{day.day} {month} {day.year}",
        f"{day.day:02} {month} {day.year}",
        f"{month} {day.day}, {day.year}",
        f"{day.day} {month[:3]} {day.year}",
        f"{day.day}. {_MONATE[day.month - 1]} {day.year}",
        day.isoformat(),
        f"{day.day:02}.{day.month:02}.{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
    )
    return any(re.search(rf"(?<!\d){re.escape(form)}(?!\d)", text) for form in forms)


def names_word(text: str, word: str) -> bool:
    """Whether the text holds this word (such as an invoice's number) by itself."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


def names_iban(text: str, iban: str) -> bool:
    """Whether the text holds the IBAN, in groups or not."""
    return iban in "".join(text.split())


def moments(text: str) -> list[str]:
    """Every time of day that the text names with a zone: `11:00 CEST`, `11:00 MESZ` of `11:00 Uhr MESZ`."""
    return [f"{clock} {zone}" for clock, zone in _MOMENT.findall(text)]


def says_moment(at: datetime) -> frozenset[str]:
    """How a letter names a zoned instant to the minute, in each language."""
    zone = at.tzname() or ""
    return frozenset(f"{at:%H:%M} {name}" for name in (zone, _ZONEN.get(zone, zone)))
