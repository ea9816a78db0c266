"""A mail server that misbehaves on demand, and knows of every mail when its DATA began and what became of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Literal, Self

from aiosmtpd.smtp import SMTP, Envelope, Session

from kulant_cli.judge import MailFile
from kulant_devstack.clock import wall_clock
from kulant_devstack.deferral import Deferrals
from kulant_devstack.mailbox import AnySender, MailFolder, NotingSmtp, sender_of

Mode = Literal["well", "4xx", "5xx", "late", "dies_after_data"]

TAKEN = "250 2.0.0 Ok: taken"
DEFERRED = "451 4.7.1 Not now; try again later"
NO_ANSWER = ""
_REFUSALS = {
    "4xx": "451 4.3.0 Not now; try again later",
    "5xx": "554 5.3.0 This mail is not taken",
}
_HEADERS = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A mail whose content came in whole. `answered` is the reply to it, empty where the connection died instead."""

    content: bytes
    recipients: tuple[str, ...]
    sender: str
    message_id: str
    delivery_id: str
    reminder_id: str
    data_began_at: datetime
    ended_at: datetime
    answered: str

    @property
    def is_taken(self) -> bool:
        """Does the server have it? It does also where it could not say so."""
        return self.answered in (TAKEN, NO_ANSWER)

    def as_file(self) -> MailFile:
        """The mail as the judge of a run reads it."""
        return MailFile(
            name=self.message_id,
            content=self.content,
            accepted_at=self.ended_at,
            recipients=self.recipients,
            data_began_at=self.data_began_at,
            sender=self.sender,
        )


class BadMailServer(AnySender):
    """Listens on `port` of this machine as long as it is entered. All instants are the wall clock's.

    `well`: takes everything. `4xx` and `5xx`: refuses by turns at RCPT and, after its content came, at the end of
    DATA. `late`: takes a mail and says so `late_seconds` afterwards. `dies_after_data`: takes a mail and closes the
    connection instead of saying so. The mode that counts for a mail is that at the end of its content. What is taken
    also goes into `folder`, as in the embedded mailbox, and `deferrals` are kept as there.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        late_seconds: float = 5.0,
        folder: MailFolder | None = None,
        deferrals: Deferrals | None = None,
    ) -> None:
        self.port = port
        self.mode: Mode = "well"
        self.attempts: list[Attempt] = []
        self.refused_at_rcpt = 0
        self._late_seconds = late_seconds
        self._folder = folder
        self._deferrals = deferrals
        self._sessions: set[_Session] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Session(self, self._sessions), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for session in list(self._sessions):
            session.die()

    @property
    def taken(self) -> list[Attempt]:
        """The mails that the server has, in order."""
        return [attempt for attempt in self.attempts if attempt.is_taken]

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Every recipient; in a refusing mode every second is told no here, so that DATA has its refusals too."""
        refused_at_data = len(self.attempts) - len(self.taken)
        if self.mode in _REFUSALS and self.refused_at_rcpt <= refused_at_data:
            self.refused_at_rcpt += 1
            return _REFUSALS[self.mode]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The mail is noted before its answer goes out: whoever kills the client meanwhile finds it here."""
        if self._deferrals is not None and (deferred := self._deferrals.among(envelope.rcpt_tos)) is not None:
            self._deferrals.note(deferred, envelope.content, envelope.data_began_at)
            return DEFERRED
        mode, answer = self.mode, _REFUSALS.get(self.mode, TAKEN)
        attempt = _attempt(envelope, NO_ANSWER if mode == "dies_after_data" else answer)
        self.attempts.append(attempt)
        if attempt.is_taken and self._folder is not None:
            self._folder.keep(attempt.content, attempt.recipients, attempt.data_began_at, attempt.sender)
        if mode == "dies_after_data":
            assert isinstance(server, _Session)
            server.die()
        elif mode == "late":
            await asyncio.sleep(self._late_seconds)
        return answer


class _Session(NotingSmtp):
    """One connection."""

    def __init__(self, server: BadMailServer, sessions: "set[_Session]") -> None:
        super().__init__(server, enable_SMTPUTF8=True, hostname="localhost", loop=asyncio.get_running_loop())
        self._sessions = sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._sessions.discard(self)

    def die(self) -> None:
        """End the connection without another word."""
        if self.transport is not None:
            self.transport.abort()


def _attempt(envelope: Envelope, answered: str) -> Attempt:
    content = envelope.content
    assert isinstance(content, bytes)
    headers = _HEADERS.parsebytes(content)
    return Attempt(
        content=content,
        recipients=tuple(envelope.rcpt_tos),
        sender=sender_of(envelope),
        message_id=str(headers.get("Message-ID", "")).strip(),
        delivery_id=str(headers.get("X-Kulant-Delivery", "")).strip(),
        reminder_id=str(headers.get("X-Kulant-Reminder", "")).strip(),
        data_began_at=envelope.data_began_at,
        ended_at=wall_clock(),
        answered=answered,
    )
