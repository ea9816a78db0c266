"""A TCP proxy between a service and what it needs: lets everything pass, slows it down, cuts it, or says nothing."""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, Self

Mode = Literal["open", "slow", "cut", "half_open"]

_CHUNK = 64 * 1024
_SLOW_CHUNK = 16 * 1024
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, zero seconds: the socket closes with a reset, as after the loss of a host."""


@dataclass(eq=False, slots=True)
class _Line:
    """One connection that came in, its other half at the target where there is one, and the task that serves them."""

    near: asyncio.StreamWriter
    task: asyncio.Task[None]
    far: asyncio.StreamWriter | None = None

    def reset(self) -> None:
        """End both halves as if the other host had never heard of them."""
        for half in (self.near, self.far):
            if half is not None:
                _reset(half)


class Proxy:
    """Listens on `port` of this machine as long as it is entered; `mode` changes what becomes of all connections.

    `open`: bytes pass. `slow`: they pass, in pieces of 16 KB, each `slow_seconds` late. `cut`: connections are reset,
    new ones too. `half_open`: the target sees its connections end, the other side sees them stay, and what it says is
    never answered; new ones are taken and get no answer either. Once that is over they are reset, as by a host that
    came back and does not know them. A `port` of 0 is any free one.
    """

    def __init__(self, target_host: str, target_port: int, *, port: int = 0, slow_seconds: float = 0.1) -> None:
        self.port = port
        self.accepted = 0
        self._target = (target_host, target_port)
        self._slow_seconds = slow_seconds
        self._mode: Mode = "open"
        self._lines: set[_Line] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=_CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        serving = [line.task for line in self._lines]
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    @property
    def mode(self) -> Mode:
        """What is done to connections now."""
        return self._mode

    @mode.setter
    def mode(self, mode: Mode) -> None:
        was, self._mode = self._mode, mode
        if mode == "cut" or (was == "half_open" and mode != was):
            self._reset_all()
        elif mode == "half_open":
            for line in self._lines:
                if line.far is not None:
                    _reset(line.far)

    def _reset_all(self) -> None:
        for line in self._lines:
            line.reset()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        task = asyncio.current_task()
        assert task is not None
        line = _Line(writer, task)
        if self._mode == "cut":
            line.reset()
            return
        self._lines.add(line)
        try:
            # Only who closes the proxy cancels; Python 3.11 would print it as an error.
            with suppress(asyncio.CancelledError):
                await self._carry_both_ways(line, reader)
        finally:
            self._lines.discard(line)
            line.reset()

    async def _carry_both_ways(self, line: _Line, reader: asyncio.StreamReader) -> None:
        if self._mode == "half_open":
            await self._carry(line, reader, None)
            return
        try:
            far_reader, line.far = await asyncio.open_connection(*self._target, limit=_CHUNK)
        except OSError:
            return  # the target is away: so is its proxy
        await asyncio.gather(self._carry(line, reader, line.far), self._carry(line, far_reader, line.near))

    async def _carry(self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None) -> None:
        """Bytes in one direction until their source ends; then the other side hears that it did."""
        with suppress(OSError):
            while chunk := await reader.read(_SLOW_CHUNK if self._mode == "slow" else _CHUNK):
                if self._mode == "slow":
                    await asyncio.sleep(self._slow_seconds)
                if self._mode == "half_open" or writer is None:
                    continue
                writer.write(chunk)
                await writer.drain()
        if self._mode == "half_open" and writer is line.near:
            return  # the target is gone, and nobody on this side is told
        if writer is not None and writer.can_write_eof():
            with suppress(OSError, RuntimeError):
                writer.write_eof()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset; one that is closed already has no socket any more."""
    carrier: socket.socket | None = writer.get_extra_info("socket")
    with suppress(OSError):
        if carrier is not None and carrier.fileno() >= 0:
            carrier.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
