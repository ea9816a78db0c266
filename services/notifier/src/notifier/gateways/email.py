"""A mail server over SMTP: connections that are kept, and answers turned into what they mean."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException, SMTPServerDisconnected

from notifier.domain.bounce import is_status, refusal_kind
from notifier.usecases.ports import Accepted, Lost, Refused, Unreachable

_IDLE_SECONDS = 25.0
_READY_SECONDS = 2.0
_REPLY_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class SmtpAccess:
    """Where the server is and how to speak to it. `tls`: `none`, `starttls` or `implicit`."""

    host: str
    port: int
    tls: str = "none"
    user: str | None = None
    password: str | None = None
    announce_seconds: float = 1.5
    """Time for connection, MAIL and RCPT: a clearance lives two seconds, one slow recipient must not age the others."""
    data_seconds: float = 30.0
    connections: int = 16


@dataclass(slots=True)
class _Connection:
    client: SMTP
    used_at: float


class SmtpGateway:
    """`MailGateway` over SMTP. A connection is used for one mail at a time and again for the next."""

    name = "smtp"

    def __init__(self, access: SmtpAccess) -> None:
        self.lanes = access.connections
        self._access = access
        self._idle: list[_Connection] = []
        self._ready_until = 0.0

    async def is_ready(self) -> bool:
        """Does the server answer now? An answer counts for a moment."""
        if monotonic() < self._ready_until:
            return True
        try:
            async with asyncio.timeout(_READY_SECONDS), self._borrowed() as connection:
                await connection.client.noop()
                self.give_back(connection)
        except (SMTPException, OSError):
            return False
        self._ready_until = monotonic() + _READY_SECONDS
        return True

    async def open(self, address: str, comes_back_to: str) -> "SmtpSession | Refused | Unreachable":
        """Announce a mail to this recipient (MAIL, RCPT). A kept connection that had died is replaced once."""
        try:
            async with asyncio.timeout(self._access.announce_seconds):
                kept = bool(self._idle)
                try:
                    return await self._announce(address, comes_back_to)
                except SMTPServerDisconnected:
                    if not kept:
                        return Unreachable()
                    self._forget_idle()
                    return await self._announce(address, comes_back_to)
        except (SMTPException, OSError):
            return Unreachable()

    async def _announce(self, address: str, comes_back_to: str) -> "SmtpSession | Refused":
        async with self._borrowed() as connection:
            try:
                await connection.client.mail(comes_back_to)
                await connection.client.rcpt(address)
            except SMTPResponseException as answer:
                if not _is_no(answer):
                    raise
                await self.rest(connection)
                # A sender or a login that is not taken is our own fault: the reminder waits, it does not fail.
                if not isinstance(answer, SMTPRecipientRefused):
                    return Refused(_reason(answer), is_permanent=False)
                return _refused(answer, at_recipient=True)
            self._ready_until = monotonic() + _READY_SECONDS  # while mails leave, nobody needs a connection to ask
            return SmtpSession(self, connection)

    async def close(self) -> None:
        """Say goodbye on all connections."""
        for connection in self._idle:
            with suppress(SMTPException, OSError):
                await connection.client.quit()
        self._idle.clear()

    @asynccontextmanager
    async def _borrowed(self) -> AsyncIterator[_Connection]:
        """A connection, kept or new; it is closed if anything fails meanwhile, and else stays with the borrower."""
        connection = self._kept() or _Connection(self._new_client(), monotonic())
        try:
            if not connection.client.is_connected:
                await connection.client.connect()
            yield connection
        except BaseException:
            connection.client.close()
            raise

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected and monotonic() - connection.used_at < _IDLE_SECONDS:
                return connection
            connection.client.close()
        return None

    def _new_client(self) -> SMTP:
        access = self._access
        return SMTP(
            hostname=access.host,
            port=access.port,
            timeout=access.data_seconds,
            use_tls=access.tls == "implicit",
            start_tls=access.tls == "starttls",
            tls_context=ssl.create_default_context() if access.tls != "none" else None,
            username=access.user,
            password=access.password,
        )

    def _forget_idle(self) -> None:
        for connection in self._idle:
            connection.client.close()
        self._idle.clear()

    def give_back(self, connection: _Connection) -> None:
        """The connection is free for the next mail."""
        connection.used_at = monotonic()
        self._idle.append(connection)

    async def rest(self, connection: _Connection) -> None:
        """Leave a mail transaction without DATA; the connection serves the next mail if the server agrees."""
        try:
            await connection.client.rset()
        except (SMTPException, OSError):
            connection.client.close()
        else:
            self.give_back(connection)


class SmtpSession:
    """A connection at which sender and recipient were accepted."""

    def __init__(self, gateway: SmtpGateway, connection: _Connection) -> None:
        self._gateway = gateway
        self._connection = connection

    async def hand_over(self, content: bytes) -> Accepted | Refused | Lost:
        """DATA. A yes or no of the server is proof; silence after DATA was begun, or any other reply, is not."""
        try:
            answer = await self._connection.client.data(content)
        except SMTPResponseException as odd:
            return await self._make_out(odd)
        except (SMTPException, OSError):
            self._connection.client.close()
            return Lost()
        except BaseException:
            self._connection.client.close()
            raise
        self._gateway.give_back(self._connection)
        return Accepted(_provider_id(answer.message))

    async def _make_out(self, answer: SMTPResponseException) -> Accepted | Refused | Lost:
        """What a reply other than 250 to the mail means; only a no leaves a connection that can be trusted."""
        if _is_no(answer):
            await self._gateway.rest(self._connection)
            return _refused(answer, at_recipient=False)
        self._connection.client.close()
        # 250 comes here only as the reply to the word DATA itself, before any content went out.
        is_yes = 200 <= answer.code <= 299 and answer.code != 250
        return Accepted(_provider_id(answer.message)) if is_yes else Lost()

    async def abandon(self) -> None:
        """Leave the transaction without DATA."""
        await self._gateway.rest(self._connection)


def _is_no(answer: SMTPResponseException) -> bool:
    """Did the server say no? The client raises the same for replies that it cannot read (-1) and for an odd yes."""
    return 400 <= answer.code <= 599


def _refused(answer: SMTPResponseException, *, at_recipient: bool) -> Refused:
    kind = refusal_kind(answer.code, _status(answer), at_recipient=at_recipient)
    return Refused(_reason(answer), is_permanent=kind != "passing", is_of_mailbox=kind == "mailbox")


def _reason(answer: SMTPResponseException) -> str:
    """`smtp_550_5.1.1`: the code, and the enhanced one where the server gave it (RFC 3463); never its words."""
    status = _status(answer)
    return f"smtp_{answer.code}_{status}" if status else f"smtp_{answer.code}"


def _status(answer: SMTPResponseException) -> str | None:
    first = answer.message.split(maxsplit=1)[0] if answer.message.strip() else ""
    return first if is_status(first) else None


def _provider_id(reply: str) -> str | None:
    """The server's own words for the mail, such as `2.0.0 Ok: queued as 4AB1C`, in one clean line; no addresses."""
    line = " ".join("".join(one if one.isprintable() else " " for one in reply).split())
    return line[:_REPLY_CHARACTERS] if line and "@" not in line else None
