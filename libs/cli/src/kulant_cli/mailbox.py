"""Reads the mailbox's folder: one `.eml` file for each mail that its server accepted."""

import json
from datetime import UTC, datetime
from pathlib import Path

from kulant_cli.judge import MailFile


class Mailbox:
    """Knows which mails were there before, and hands out each new one once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = frozenset(self._names())
        self._handed_out = set(self._before)

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*.eml"))

    def new(self) -> list[MailFile]:
        """The mails that came since the last call."""
        names = [name for name in self._names() if name not in self._handed_out]
        self._handed_out.update(names)
        return [self._file(name) for name in names]

    def count(self) -> int:
        """How many mails came since this mailbox was opened."""
        return len(self._names()) - len(self._before)

    def all(self) -> list[MailFile]:
        """Every mail that came since this mailbox was opened, read again from its file."""
        return [self._file(name) for name in self._names() if name not in self._before]

    def _file(self, name: str) -> MailFile:
        """A mail, when its file was written (which is when the server had all of it), and what the server noted."""
        path = self._folder / name
        noted_in = path.with_suffix(".json")
        noted = json.loads(noted_in.read_text()) if noted_in.exists() else {}
        began_at = noted.get("data_began_at")
        return MailFile(
            name=name,
            content=path.read_bytes(),
            accepted_at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
            recipients=tuple(noted.get("recipients", ())),
            data_began_at=datetime.fromisoformat(began_at) if began_at else None,
            sender=noted.get("sender", ""),
        )
