"""A mail that came back to us, and what kind of mail it is: a person's, a machine's, or that nobody is there."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Automation:
    """What a mail says about having been written by a machine; empty words where it says nothing."""

    auto_submitted: str = ""
    precedence: str = ""
    response_suppress: str = ""
    has_autoreply_mark: bool = False
    is_report: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, read as far as it matters here. All of it is a stranger's words."""

    key: str
    """Names this mail for good: a hash of its Message-ID, else of its bytes."""
    size_bytes: int
    envelope_sender: str = ""
    sender: str | None = None
    subject: str | None = None
    text: str = ""
    answers: tuple[str, ...] = ()
    """Message-IDs that it answers, the likeliest first, without their brackets."""
    attachments: tuple[str, ...] = ()
    automation: Automation = Automation()


class MailKind(StrEnum):
    """Who wrote it."""

    PERSON = "person"
    AUTOMATIC = "automatic"
    OUT_OF_OFFICE = "out_of_office"


_AWAY_SUBJECT = re.compile(
    r"(?:(?:re|aw|fwd?|wg):\s*)*(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response)|out of (?:the )?office|"
    r"automatische antwort|abwesenheit|abwesend|ich bin (?:derzeit )?nicht im (?:büro|haus)|urlaub(?:sabwesenheit|:))",
    re.IGNORECASE,
)
_AWAY_WORDS = re.compile(
    r"out of (?:the )?office|on (?:vacation|holiday|leave)|away until|nicht im (?:büro|haus)|im urlaub|abwesend|"
    r"abwesenheit|wieder erreichbar|zurück am",
    re.IGNORECASE,
)
_LOOKED_AT = 2_000


def kind_of(mail: Mail) -> MailKind:
    """A machine's mail says so in its headers (RFC 3834, section 5) or has no sender to answer to (RFC 5321, 4.5.5)."""
    automation = mail.automation
    is_automatic = (
        automation.auto_submitted not in {"", "no"}
        or automation.precedence in {"bulk", "junk", "list", "auto_reply"}
        or bool({"all", "oof", "autoreply"} & {word.strip() for word in automation.response_suppress.split(",")})
        or automation.has_autoreply_mark
        or automation.is_report
        or mail.envelope_sender == ""
    )
    subject = (mail.subject or "")[:_LOOKED_AT]
    if automation.is_report:
        return MailKind.AUTOMATIC
    if _AWAY_SUBJECT.match(subject):
        return MailKind.OUT_OF_OFFICE
    if is_automatic:
        is_away = _AWAY_WORDS.search(subject) or _AWAY_WORDS.search(mail.text[:_LOOKED_AT])
        return MailKind.OUT_OF_OFFICE if is_away else MailKind.AUTOMATIC
    return MailKind.PERSON


class MailState(StrEnum):
    """What became of a mail; all but the first and the last wait for nobody but can be looked at."""

    RECORDED = "recorded"
    AUTOMATIC = "automatic"
    OUT_OF_OFFICE = "out_of_office"
    UNMATCHED = "unmatched"
    SET_ASIDE = "set_aside"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as it is kept. Its words stay here only where they did not become a response."""

    mail_id: UUID
    mail: Mail
    state: MailState
    reason: str
    received_at: datetime
    tenant: str | None = None
    reminder_id: UUID | None = None
    customer_id: str | None = None
    response_id: UUID | None = None
    words: str | None = None
