"""A mail server for tests that keeps what it takes and misbehaves on demand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

OK = "250 2.0.0 Ok: queued as 4AB1C"


@dataclass
class MailSink:
    """`at_rcpt` and `at_data` give the reply to a recipient and to the mail; an empty one drops the connection."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    at_mail: Callable[[], str] = lambda: "250 Ok"
    at_rcpt: Callable[[str], str] = lambda address: "250 Ok"
    at_begin: Callable[[], str] = lambda: "354 Go on"
    at_data: Callable[[], str] = lambda: OK
    before_reply: Callable[[], "asyncio.Future[None] | None"] = lambda: None
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(reply: str) -> None:
            writer.write(reply.encode() + b"\r\n")

        say("220 sink")
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "QUIT":
                say("221 Bye")
                return
            if verb == "MAIL":
                say(self.at_mail())
            elif verb == "RCPT":
                address = line.partition("<")[2].partition(">")[0]
                self.recipients.append(address)
                say(self.at_rcpt(address))
            elif verb == "DATA":
                say(self.at_begin())
                mail = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                reply = self.at_data()
                if reply.startswith("2"):
                    self.mails.append(mail)
                if waiting := self.before_reply():
                    await waiting
                if not reply:
                    return
                say(reply)
            else:
                say("250 Ok")


@asynccontextmanager
async def mail_sink() -> AsyncIterator[MailSink]:
    """A sink on a free port of this machine."""
    sink = MailSink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
