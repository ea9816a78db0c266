"""How a customer wants to be written to: a way refused, preferred, corrected, or the wrong person reached."""

import re
from dataclasses import dataclass

from feedback_service.domain.answer import (
    Channel,
    ChannelPreferred,
    ContactCorrected,
    ContactRefused,
    Postal,
    WrongPerson,
)
from feedback_service.domain.entry import clean_line
from feedback_service.domain.form import ContactForm, ContactWish, Fault, Flaw

_MAILBOX = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\".]+(\.[^\s@<>,;\".]+)+")
_NUMBER = re.compile(r"\+?[\d\s()/.\-]{5,30}")
_CITY = re.compile(r"(?:[A-Z]{1,3}[- ])?(?P<code>[A-Z0-9][A-Z0-9 \-]{1,8}[A-Z0-9]|\d{3,10})\s+(?P<city>\S.{0,199})")
_MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class Reached:
    """How the message of this page came to whoever reads it."""

    channel: Channel = Channel.EMAIL
    contact_id: str | None = None


Said = ContactRefused | ContactCorrected | WrongPerson | ChannelPreferred


def read_contact(form: ContactForm, reached: Reached, country: str) -> Said | tuple[Flaw, ...]:
    """A wish about the ways to write; `country` is that of a postal address that names none."""
    match form.wish:
        case ContactWish.REFUSE:
            return ContactRefused(reached.channel)
        case ContactWish.WRONG_PERSON:
            return WrongPerson(reached.channel, reached.contact_id)
        case ContactWish.PREFER:
            channel = _channel(form.channel)
            return ChannelPreferred(channel) if channel else (Flaw("channel", Fault.CHANNEL_MISSING),)
        case ContactWish.CORRECT:
            return _corrected(form, reached, country)
    return (Flaw("wish", Fault.WISH_MISSING),)


def _channel(word: str) -> Channel | None:
    return Channel(word) if word in set(Channel) else None


def _corrected(form: ContactForm, reached: Reached, country: str) -> ContactCorrected | tuple[Flaw, ...]:
    channel = _channel(form.channel)
    if channel is None:
        return (Flaw("channel", Fault.CHANNEL_MISSING),)
    if not form.address.strip():
        return (Flaw("address", Fault.ADDRESS_MISSING),)
    replaced = reached.contact_id if channel is reached.channel else None
    if channel is Channel.POST:
        postal = read_postal(form.address, country)
        if postal is None:
            return (Flaw("address", Fault.POSTAL_UNREADABLE),)
        return ContactCorrected(channel, None, postal, replaced)
    line = clean_line(form.address) or ""
    shape = _MAILBOX if channel is Channel.EMAIL else _NUMBER
    if not shape.fullmatch(line) or len(line) > 254:
        return (Flaw("address", Fault.ADDRESS_UNREADABLE),)
    return ContactCorrected(channel, line, None, replaced)


def read_postal(text: str, country: str) -> Postal | None:
    """Street and the like, then postal code and city on the last line; None if the last line is not of that shape."""
    lines = [line for raw in text.splitlines() if (line := clean_line(raw))]
    match = _CITY.fullmatch(lines[-1]) if len(lines) > 1 else None
    if match is None or not any(sign.isdigit() for sign in match["code"]) or len(lines) > _MOST_LINES + 1:
        return None
    return Postal(tuple(lines[:-1]), match["code"].strip(), match["city"], country)
