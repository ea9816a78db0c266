"""Recipients whose mails are put off for a while: how the mailbox is told, and what it notes about each such mail.

Whoever wants a recipient put off leaves a file of that name in `deferred/` of the mailbox folder; as long as it is
there, the mailbox answers 451 at the end of DATA and notes the mail in `put-off/`, one JSON file each.
"""

import itertools
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from kulant_devstack.clock import wall_clock

_RECIPIENT = re.compile(r"[A-Za-z0-9._+-]{1,100}@[A-Za-z0-9.-]{1,100}")


@dataclass(frozen=True, slots=True)
class PutOff:
    """A mail that was answered with 451: to whom it went, its headers, when its DATA began and was answered."""

    recipient: str
    headers: dict[str, str]
    began_at: datetime
    answered_at: datetime


class Deferrals:
    """Both sides of the agreement, in one mailbox folder."""

    def __init__(self, mailbox: Path) -> None:
        self._wanted = mailbox / "deferred"
        self._noted = mailbox / "put-off"
        self._numbers = itertools.count(len(self._names()) + 1)

    def begin(self, recipient: str) -> None:
        """From now on, mails to this recipient are put off."""
        self._wanted.mkdir(parents=True, exist_ok=True)
        self._file(recipient).touch()

    def end(self, recipient: str) -> None:
        """From now on, mails to this recipient are taken again."""
        self._file(recipient).unlink(missing_ok=True)

    def among(self, recipients: Iterable[str]) -> str | None:
        """The first of these that is put off now."""
        return next((one for one in recipients if _RECIPIENT.fullmatch(one) and self._file(one).exists()), None)

    def note(self, recipient: str, content: bytes, began_at: datetime | None) -> None:
        """Write down that a mail was put off."""
        now = wall_clock()
        headers = {name: str(value) for name, value in BytesHeaderParser(policy=default).parsebytes(content).items()}
        noted = asdict(PutOff(recipient, headers, began_at or now, now))
        self._noted.mkdir(parents=True, exist_ok=True)
        target = self._noted / f"{next(self._numbers):08d}.json"
        draft = target.with_suffix(".new")
        draft.write_text(json.dumps(noted, default=datetime.isoformat))
        os.replace(draft, target)

    def noted(self, after: int = 0) -> list[PutOff]:
        """What was put off, in order, without the first so many."""
        return [_read(self._noted / name) for name in self._names()[after:]]

    def changed(self) -> int:
        """Another number whenever something was put off since; cheap enough to ask often."""
        try:
            return self._noted.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _names(self) -> list[str]:
        return sorted(file.name for file in self._noted.glob("*.json"))

    def _file(self, recipient: str) -> Path:
        if not _RECIPIENT.fullmatch(recipient):
            raise ValueError(f"{recipient!r} is no plain address")
        return self._wanted / recipient.lower()


def _read(file: Path) -> PutOff:
    noted = json.loads(file.read_text())
    began_at, answered_at = (datetime.fromisoformat(noted[name]) for name in ("began_at", "answered_at"))
    return PutOff(noted["recipient"], noted["headers"], began_at, answered_at)
