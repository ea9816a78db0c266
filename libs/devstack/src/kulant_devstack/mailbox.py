"""A mailbox for the embedded stack: takes every mail, keeps each as one file, shows them on a page.

Runs as `python -m kulant_devstack.mailbox --folder … --smtp-port … --http-port …`.
"""

import argparse
import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from kulant_devstack.mailbox_page import mail_page
from kulant_devstack.places import own_folder
from kulant_devstack.ports import LOOPBACK
from kulant_devstack.webpage import serve

_ACCEPTED = "250 Kept"


class MailFolder:
    """One `.eml` per accepted mail, byte for byte as it came; names sort in the order of acceptance."""

    def __init__(self, path: Path) -> None:
        self.path = own_folder(path)
        for draft in self.path.glob("*.new"):
            draft.unlink()
        taken = [int(mail.stem) for mail in self.path.glob("*.eml") if mail.stem.isdigit()]
        self._numbers = itertools.count(max(taken, default=0) + 1)

    def keep(self, content: bytes, recipients: Sequence[str] = ()) -> Path:
        """Store a mail, which appears whole or not at all; beside it, as `.json`, to whom the envelope sent it."""
        number = next(self._numbers)
        target = self.path / f"{number:08d}.eml"
        target.with_suffix(".json").write_text(json.dumps({"recipients": list(recipients)}))
        draft = target.with_suffix(".new")
        draft.write_bytes(content)
        os.replace(draft, target)
        return target


class _Receiver:
    def __init__(self, folder: MailFolder) -> None:
        self._folder = folder

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then say so: what was answered with 250 is in the folder."""
        content = envelope.content
        kept = content if isinstance(content, bytes) else str(content).encode()
        self._folder.keep(kept, envelope.rcpt_tos)
        return _ACCEPTED


def smtp_server(folder: MailFolder, port: int) -> Controller:
    """The SMTP server for this folder, not yet started; it runs in a thread of its own."""
    return Controller(_Receiver(folder), hostname=LOOPBACK, port=port, enable_SMTPUTF8=True)


def main() -> None:
    """Receive mails and show them until asked to stop."""
    parser = argparse.ArgumentParser(prog="kulant_devstack.mailbox", description="Takes every mail and shows it.")
    parser.add_argument("--folder", type=Path, required=True, help="where the .eml files go")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    chosen = parser.parse_args()
    receiving = smtp_server(MailFolder(chosen.folder), chosen.smtp_port)
    receiving.start()
    try:
        serve(mail_page(chosen.folder), chosen.http_port)
    finally:
        receiving.stop()


if __name__ == "__main__":
    main()
