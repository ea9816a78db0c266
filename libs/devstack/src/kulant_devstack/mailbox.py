"""A mailbox for the embedded stack: takes every mail, keeps each as one file, shows them on a page.

Mails to the inbound domain are no letters to customers: they go on, by how their local part begins, to whoever listens
for them, and the sender is told what he answered. A mail to a recipient that is deferred (`deferral.py`) is answered
with 451 after its DATA, and not kept.

Runs as `python -m kulant_devstack.mailbox --folder … --smtp-port … --http-port …
[--inbound-domain in.example --forward reply+=2501 --forward bounce+=2502]`.
"""

import argparse
import asyncio
import itertools
import json
import os
import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from kulant_devstack.clock import wall_clock
from kulant_devstack.deferral import Deferrals
from kulant_devstack.mailbox_page import mail_page
from kulant_devstack.places import own_folder
from kulant_devstack.ports import LOOPBACK
from kulant_devstack.webpage import serve

_ACCEPTED = "250 Kept"
_LATER = "451 4.7.1 Not now; try again later"
_NULL_SENDER = "<>"
_FORWARD_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Where mails to one domain go: by prefix of the local part, to a port of this machine."""

    domain: str = ""
    ports: tuple[tuple[str, int], ...] = ()

    def port_for(self, recipient: str) -> int | None:
        """The port that a recipient's mail goes on to; None: it is kept here.

        Raises LookupError for a recipient of the domain whom nobody listens for.
        """
        local, _, domain = recipient.rpartition("@")
        if not self.domain or domain.lower() != self.domain.lower():
            return None
        for prefix, port in self.ports:
            if local.lower().startswith(prefix.lower()):
                return port
        raise LookupError(recipient)


class MailFolder:
    """One `.eml` per accepted mail, byte for byte as it came; names sort in the order of acceptance."""

    def __init__(self, path: Path) -> None:
        self.path = own_folder(path)
        for draft in self.path.glob("*.new"):
            draft.unlink()
        taken = [int(mail.stem) for mail in self.path.glob("*.eml") if mail.stem.isdigit()]
        self._numbers = itertools.count(max(taken, default=0) + 1)

    def keep(
        self, content: bytes, recipients: Sequence[str] = (), began_at: datetime | None = None, sender: str = ""
    ) -> Path:
        """Store a mail, which appears whole or not at all.

        Beside it, as `.json`: to whom and from where the envelope sent it, and when its DATA began (`data_began_at`,
        the wall clock).
        """
        number = next(self._numbers)
        target = self.path / f"{number:08d}.eml"
        noted: dict[str, object] = {"recipients": list(recipients), "sender": sender}
        if began_at is not None:
            noted["data_began_at"] = began_at.isoformat()
        target.with_suffix(".json").write_text(json.dumps(noted))
        draft = target.with_suffix(".new")
        draft.write_bytes(content)
        os.replace(draft, target)
        return target


class NotingSmtp(SMTP):
    """Notes when DATA began: the moment from which on a sender cannot take its mail back."""

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.envelope is not None:
            self.envelope.data_began_at = wall_clock()  # type: ignore[attr-defined]
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return NotingSmtp(self.handler, **self.SMTP_kwargs)


def sender_of(envelope: Envelope) -> str:
    """The address that a mail comes back to; empty for one that must not come back."""
    return "" if envelope.mail_from == _NULL_SENDER else envelope.mail_from or ""


class AnySender:
    """What a mail server of ours says to MAIL FROM."""

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Any sender; aiosmtpd takes the empty one of bounces for none, so it is noted as it is written."""
        envelope.mail_from = address or _NULL_SENDER
        return "250 Ok"


class _Receiver(AnySender):
    def __init__(self, folder: MailFolder, forwarding: Forwarding) -> None:
        self._folder = folder
        self._forwarding = forwarding
        self._deferrals = Deferrals(folder.path)

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Anybody, but nobody unknown at the inbound domain."""
        try:
            self._forwarding.port_for(address)
        except LookupError:
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail, then say so: what was answered with 250 is in the folder, or with whom it went on to."""
        content = envelope.content
        whole = content if isinstance(content, bytes) else str(content).encode()
        began_at: datetime | None = getattr(envelope, "data_began_at", None)
        if (deferred := self._deferrals.among(envelope.rcpt_tos)) is not None:
            self._deferrals.note(deferred, whole, began_at)
            return _LATER
        sender = sender_of(envelope)
        kept = []
        for recipient in envelope.rcpt_tos:
            port = self._forwarding.port_for(recipient)
            if port is None:
                kept.append(recipient)
            elif (reply := await asyncio.to_thread(forward, port, sender, recipient, whole)) is not None:
                return reply
        if kept:
            self._folder.keep(whole, kept, began_at, sender)
        return _ACCEPTED


def forward(port: int, sender: str, recipient: str, content: bytes) -> str | None:
    """Hand a mail on; None: it was taken. Else the reply for the sender, a temporary one where nobody answers."""
    try:
        with smtplib.SMTP(LOOPBACK, port, timeout=_FORWARD_SECONDS) as client:
            client.sendmail(sender, [recipient], content)
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = next(iter(refused.recipients.values()))
        return f"{code} {words.decode(errors='replace')}"
    except smtplib.SMTPResponseException as refused:
        said = refused.smtp_error
        return f"{refused.smtp_code} {said if isinstance(said, str) else said.decode(errors='replace')}"
    except (OSError, smtplib.SMTPException):
        return "451 4.4.1 Nobody answers; try again later"
    return None


def smtp_server(folder: MailFolder, port: int, forwarding: Forwarding | None = None) -> Controller:
    """The SMTP server for this folder, not yet started; it runs in a thread of its own."""
    receiver = _Receiver(folder, forwarding or Forwarding())
    return _Controller(receiver, hostname=LOOPBACK, port=port, enable_SMTPUTF8=True)


def _prefix_and_port(text: str) -> tuple[str, int]:
    prefix, _, port = text.rpartition("=")
    return prefix, int(port)


def main() -> None:
    """Receive mails and show them until asked to stop."""
    parser = argparse.ArgumentParser(prog="kulant_devstack.mailbox", description="Takes every mail and shows it.")
    parser.add_argument("--folder", type=Path, required=True, help="where the .eml files go")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--inbound-domain", default="", help="the domain whose mails go on")
    parser.add_argument("--forward", type=_prefix_and_port, action="append", default=[], help="such as reply+=2501")
    chosen = parser.parse_args()
    forwarding = Forwarding(chosen.inbound_domain, tuple(chosen.forward))
    receiving = smtp_server(MailFolder(chosen.folder), chosen.smtp_port, forwarding)
    receiving.start()
    try:
        serve(mail_page(chosen.folder), chosen.http_port)
    finally:
        receiving.stop()


if __name__ == "__main__":
    main()
