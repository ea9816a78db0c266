"""What a proxy does to connections, on this machine alone."""

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from tests.faults.proxy import Proxy

PATIENCE = 10.0


class Echo:
    """Says back what it hears; knows when connections ended."""

    def __init__(self):
        self.port = 0
        self.ended = asyncio.Event()

    async def serve(self, reader, writer):
        try:
            while heard := await reader.read(65536):
                writer.write(heard)
                await writer.drain()
        except ConnectionError:
            pass
        self.ended.set()
        writer.close()


@asynccontextmanager
async def proxied(**options):
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    echo.port = server.sockets[0].getsockname()[1]
    async with Proxy("127.0.0.1", echo.port, **options) as proxy:
        yield proxy, echo
    server.close()


@asynccontextmanager
async def connected(proxy):
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    yield reader, writer
    writer.transport.abort()


async def heard(reader, writer, said=b"hello"):
    writer.write(said)
    async with asyncio.timeout(PATIENCE):
        return await reader.readexactly(len(said))


async def is_silent(reader, writer):
    writer.write(b"anybody there?")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03):
            await reader.read(1)
    return not reader.at_eof()


async def is_reset(reader):
    with pytest.raises(ConnectionResetError):
        async with asyncio.timeout(PATIENCE):
            await reader.read(1)
    return True


async def test_an_open_proxy_passes_everything_on_and_an_end_with_it():
    async with proxied() as (proxy, _), connected(proxy) as (reader, writer):
        large = bytes(300_000)
        assert await heard(reader, writer, large) == large
        writer.write_eof()
        async with asyncio.timeout(PATIENCE):
            assert await reader.read(1) == b""


async def test_a_slow_proxy_passes_everything_on_late():
    async with proxied(slow_seconds=0.02) as (proxy, _), connected(proxy) as (reader, writer):
        proxy.mode = "slow"
        began = asyncio.get_running_loop().time()
        assert await heard(reader, writer) == b"hello"
        assert asyncio.get_running_loop().time() - began >= 0.04


async def test_a_cut_resets_what_is_connected_and_what_comes_until_it_is_mended():
    async with proxied() as (proxy, echo), connected(proxy) as (reader, writer):
        await heard(reader, writer)
        proxy.mode = "cut"
        assert await is_reset(reader)
        async with asyncio.timeout(PATIENCE):
            await echo.ended.wait()
        async with connected(proxy) as (late, _):
            assert await is_reset(late)

        proxy.mode = "open"
        async with connected(proxy) as again:
            assert await heard(*again) == b"hello"


async def test_half_open_the_target_has_ended_and_the_other_side_waits_for_an_answer_that_never_comes():
    async with proxied() as (proxy, echo), connected(proxy) as (reader, writer):
        await heard(reader, writer)
        proxy.mode = "half_open"
        async with asyncio.timeout(PATIENCE):
            await echo.ended.wait()
        assert await is_silent(reader, writer)
        async with connected(proxy) as new:
            assert await is_silent(*new)


async def test_once_it_is_no_longer_half_open_old_connections_are_reset_and_new_ones_are_served():
    async with proxied() as (proxy, _), connected(proxy) as (reader, writer):
        await heard(reader, writer)
        proxy.mode = "half_open"
        async with connected(proxy) as (new, _):
            await heard_nothing(new)
            proxy.mode = "open"
            assert await is_reset(reader)
            assert await is_reset(new)
        async with connected(proxy) as again:
            assert await heard(*again) == b"hello"


async def heard_nothing(reader):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.02):
            await reader.read(1)


async def test_a_target_that_is_away_is_away_behind_its_proxy_too():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else gets it
        async with Proxy("127.0.0.1", taken.getsockname()[1]) as proxy, connected(proxy) as (reader, _):
            assert await is_reset(reader)


async def test_leaving_a_proxy_ends_its_connections():
    async with proxied() as (proxy, echo):
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        await heard(reader, writer)
    assert await is_reset(reader)
    async with asyncio.timeout(PATIENCE):
        await echo.ended.wait()
    writer.close()
