"""What a customer said about being reached, and what our own mails found out: it stands beside the ERP's contacts.

Everything carries the instant at which it was said, so that the result is the same in whatever order it is read.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

SOFT_BOUNCES = 2
"""So many mails that came back for a passing reason make a contact as unusable as one for a lasting reason."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing more to this contact; without `contact_id` to none of the channel."""

    channel: str
    contact_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Correction:
    """Another address in the place of a contact's; without `contact_id` one more contact."""

    channel: str
    contact_id: str | None
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Preference:
    """Rather on this channel."""

    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Representation:
    """Somebody speaks for the customer from now on: nothing more is sent to the customer itself."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail to this contact came back; `is_lasting`: because there is no such mailbox."""

    contact_id: str
    at: datetime
    is_lasting: bool


_Said = TypeVar("_Said", Refusal, Correction)

Word = Refusal | Correction | Preference | Representation | Bounce


@dataclass(frozen=True, slots=True)
class OwnWords:
    """All words of one customer that still count."""

    refusals: tuple[Refusal, ...] = ()
    corrections: tuple[Correction, ...] = ()
    preference: Preference | None = None
    representation: Representation | None = None
    bounces: tuple[Bounce, ...] = ()


def heard(words: OwnWords, word: Word) -> OwnWords:
    """The words with one more; the same again changes nothing, and an older one never displaces a newer one."""
    match word:
        case Refusal():
            return replace(words, refusals=_newest(words.refusals, word))
        case Correction():
            return replace(words, corrections=_newest(words.corrections, word))
        case Preference():
            is_newer = words.preference is None or words.preference.at < word.at
            return replace(words, preference=word) if is_newer else words
        case Representation():
            return replace(words, representation=words.representation or word)
        case Bounce():
            return words if word in words.bounces else replace(words, bounces=(*words.bounces, word))


def _newest(said: tuple[_Said, ...], word: _Said) -> tuple[_Said, ...]:
    kept: tuple[_Said, ...] = ()
    for one in said:
        if (one.channel, one.contact_id) != (word.channel, word.contact_id):
            kept += (one,)
        elif one.at >= word.at:
            return said
    kept += (word,)
    return kept
