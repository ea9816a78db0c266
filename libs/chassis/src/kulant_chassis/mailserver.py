"""Takes mails that come back to a service: an SMTP and LMTP listener that says 250 only after the work was committed.

It stands behind the operator's own mail server, which speaks TLS, filters and queues; it is no door to the internet.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

_log = structlog.get_logger(__name__)

SIZE_LIMIT = 10 * 1024 * 1024
STOP_SECONDS = 10.0
_IDLE_SECONDS = 120.0
_NULL_SENDER = "<>"


@dataclass(frozen=True, slots=True)
class InboundMail:
    """One mail to one recipient, byte for byte as it came, lines ended by CRLF.

    `recipient` and `sender` are those of the envelope; `sender` is empty for the null sender of bounces (RFC 5321
    section 4.5.5). Both are a stranger's words.
    """

    recipient: str
    sender: str
    content: bytes


Handle = Callable[[InboundMail], Awaitable[None]]
"""Does the work and commits it. Whatever it raises becomes 451, and the mail comes again; so may one that was done."""


class MailServer:
    """The listener as a part of a process.

    A recipient that `accepts` denies is told 550 5.1.1. One mail has one recipient: a second one is told 452 and comes
    in a transaction of its own (RFC 5321 section 4.5.3.1.10), so that each answer tells of one work alone; the one
    reply to DATA is then what LMTP wants as well (RFC 2033). Larger mails than `size_limit` bytes are told 552.
    """

    name = "mailserver"

    def __init__(
        self,
        host: str,
        port: int,
        *,
        accepts: Callable[[str], bool],
        handle: Handle,
        at_a_time: int = 4,
        size_limit: int = SIZE_LIMIT,
    ) -> None:
        self._host = host
        self._port = port
        self._receiver = _Receiver(accepts, handle, at_a_time)
        self._size_limit = size_limit
        self._server: asyncio.Server | None = None
        self._sessions: set[_Session] = set()

    @property
    def port(self) -> int:
        """Where it listens; only between start and stop."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen from here on. Raises OSError where the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(self._new_session, self._host, self._port)
        _log.info("listening for mail", action="mailserver.listening", address=f"{self._host}:{self.port}")

    async def stop(self) -> None:
        """Take no more connections, finish the mails in hand, hang up."""
        if self._server is None:
            return
        self._server.close()
        await self._receiver.finish()
        for session in list(self._sessions):
            session.hang_up()
        self._server = None

    def is_alive(self) -> bool:
        """Does it still listen? Before the start and after the stop there is nothing to restart."""
        return self._server is None or self._server.is_serving()

    def _new_session(self) -> "_Session":
        return _Session(self._receiver, self._sessions, self._size_limit)


class _Session(SMTP):
    """One connection, in SMTP or LMTP."""

    # Other programs' replies and bounces have long lines; a limit of our own would bounce a customer's answer.
    line_length_limit = 64 * 1024

    def __init__(self, receiver: "_Receiver", open_sessions: "set[_Session]", size_limit: int) -> None:
        super().__init__(
            receiver,
            data_size_limit=size_limit,
            enable_SMTPUTF8=True,
            hostname="localhost",
            ident="Kulant",
            timeout=_IDLE_SECONDS,
            loop=asyncio.get_running_loop(),
        )
        self._open_sessions = open_sessions

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._open_sessions.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._open_sessions.discard(self)

    def hang_up(self) -> None:
        """End the connection at once."""
        if self.transport is not None:
            self.transport.close()

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802
        """LMTP's greeting; the rest is as in SMTP."""
        await self.smtp_EHLO(arg)


class _Receiver:
    """What a session asks at each of its steps; the names are aiosmtpd's."""

    def __init__(self, accepts: Callable[[str], bool], handle: Handle, at_a_time: int) -> None:
        self._accepts = accepts
        self._handle = handle
        self._places = asyncio.Semaphore(at_a_time)
        self._in_hand: set[asyncio.Task[None]] = set()

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Any sender. aiosmtpd takes an empty one for none at all, so the null sender is noted as it is written."""
        envelope.mail_from = address or _NULL_SENDER
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """One recipient, and only one that is ours."""
        if not self._accepts(address):
            return "550 5.1.1 There is no such mailbox"
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """The work, to its end, before the yes: what was answered with 250 is never lost."""
        assert isinstance(envelope.content, bytes)
        sender = "" if envelope.mail_from == _NULL_SENDER else envelope.mail_from or ""
        mail = InboundMail(envelope.rcpt_tos[0], sender, envelope.content)
        # A task of its own: a client that hangs up meanwhile does not tear a transaction apart.
        work = asyncio.ensure_future(self._do(mail))
        self._in_hand.add(work)
        work.add_done_callback(self._in_hand.discard)
        await asyncio.shield(work)
        return "250 2.0.0 Ok"

    async def _do(self, mail: InboundMail) -> None:
        async with self._places:
            await self._handle(mail)

    async def handle_exception(self, error: Exception) -> str:
        """Trouble is ours, not the mail's: it shall come again."""
        _log.warning("a mail was not taken", action="mailserver.trouble", error=type(error).__name__)
        return "451 4.3.0 Try again later"

    async def finish(self) -> None:
        """Wait for the mails in hand, within bounds."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=STOP_SECONDS)
