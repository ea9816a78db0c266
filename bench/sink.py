"""A raw SMTP server that parses every mail it takes, and says at the end what it got: `python -m bench.sink PORT`."""

import asyncio
import email
import json
import signal
import sys
from datetime import UTC, datetime
from email.message import Message

_PNG = b"\x89PNG\r\n\x1a\n"


class Sink:
    """Takes all mails; an aiosmtpd would be the limit of what is measured."""

    def __init__(self) -> None:
        self.accepted = 0
        self.complete = 0
        self.bytes = 0
        self.lines = 0
        self.ids: set[str] = set()
        self.recipients: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until it says goodbye."""
        writer.write(b"220 sink\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250-8BITMIME\r\n250 SIZE 1000000\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.take(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 2.0.0 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 goodbye\r\n")
                break
            else:
                writer.write(b"250 2.0.0 fine\r\n")
            await writer.drain()
        writer.close()

    def take(self, content: bytes) -> None:
        """Parse a mail and note what it is."""
        mail = email.message_from_bytes(content[:-3].replace(b"\r\n..", b"\r\n."))
        self.accepted += 1
        self.bytes += len(content)
        self.lines += content.count(b"\n")
        self.ids.add(str(mail["Message-ID"]))
        self.recipients.add(str(mail["To"]))
        self.complete += _is_complete(mail)

    def summary(self) -> dict[str, object]:
        """What came so far; `complete`: with a text, a page in HTML and a picture."""
        return {
            "action": "sink.summary",
            "accepted": self.accepted,
            "complete": self.complete,
            "distinct": min(len(self.ids), len(self.recipients)),
            "bytes": self.bytes,
            "lines": self.lines,
        }


def _is_complete(mail: Message) -> bool:
    found = {part.get_content_type(): part for part in mail.walk()}
    picture = found.get("image/png")
    png = picture.get_payload(decode=True) if picture is not None else b""
    return {"text/plain", "text/html"} <= found.keys() and isinstance(png, bytes) and png.startswith(_PNG)


async def main(port: int) -> None:
    """Serve until told to stop."""
    sink, stopping = Sink(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    server = await asyncio.start_server(sink.serve, "127.0.0.1", port, limit=1_000_000)
    now = datetime.now(UTC)  # lint-allow clock: a benchmark measures the machine's own time
    _say({"action": "process.started", "timestamp": now.isoformat()})
    await stopping.wait()
    _say(sink.summary())
    server.close()


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
