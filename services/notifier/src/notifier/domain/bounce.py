"""What a mail that came back means: lasting or passing, by the codes of RFC 3463, never by its words."""

import re
from dataclasses import dataclass
from typing import Literal

_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_FULL = "5.2.2"
# The mailbox itself: bad or moved addresses (X.1.x), and disabled mailboxes (X.2.1).
_ABOUT_MAILBOX = ("5.1.", "5.2.1")
# Refusals of a sender are X.1.7 and X.1.8 (RFC 3463): our fault, not the mailbox's.
_ABOUT_SENDER = ("5.1.7", "5.1.8")
_MAILBOX_CODES = (550, 551, 553)


@dataclass(frozen=True, slots=True)
class Report:
    """A delivery report: what was done, and the enhanced status, where it was given.

    `original_id` is the Message-ID of the mail that it is about, if it holds it.
    """

    action: Literal["failed", "delayed", "delivered", "relayed", "expanded"]
    status: str | None = None
    original_id: str | None = None

    @property
    def is_bounce(self) -> bool:
        """Did the mail come back for good? A delay is no bounce, whatever its status says."""
        return self.action == "failed"

    @property
    def is_lasting(self) -> bool:
        """Is there no use in writing to the mailbox again? Not if it is full, or if the reason is another one's."""
        return self.status is not None and is_about_mailbox(self.status)

    @property
    def reason(self) -> str:
        """As it stands in the event."""
        return f"bounced_{self.status}" if self.status else "bounced"


def is_status(text: str) -> bool:
    """Is it an enhanced status code?"""
    return bool(_STATUS.fullmatch(text))


def is_about_mailbox(status: str) -> bool:
    """Does this enhanced status say that the mailbox does not exist or was closed?"""
    return status.startswith(_ABOUT_MAILBOX) and status not in _ABOUT_SENDER


def refusal_kind(code: int, status: str | None, *, at_recipient: bool) -> Literal["passing", "mailbox", "lasting"]:
    """What a reply 4xx or 5xx in the dialogue says: `mailbox` if the recipient's mailbox is of no use any more.

    A full mailbox passes, whatever the first digit says. Without an enhanced status only a reply to RCPT is about
    the mailbox, and only with the codes that RFC 5321 section 4.2.2 gives for that.
    """
    if code < 500 or status == _FULL or (status is None and code == 552):
        return "passing"
    is_meant = is_about_mailbox(status) if status else at_recipient and code in _MAILBOX_CODES
    return "mailbox" if is_meant else "lasting"
