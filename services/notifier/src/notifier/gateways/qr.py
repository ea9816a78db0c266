"""Draws QR codes as PNG, away from the event loop, each payload once."""

import asyncio
import io
from functools import lru_cache

import segno

_MODULE_PIXELS = 6
_QUIET_ZONE = 4


async def qr_png(payload: str) -> bytes:
    """The PNG of a payload at error level M, as EPC069-12 asks; drawn once while it stays in the cache."""
    return await asyncio.to_thread(_draw, payload)


@lru_cache(maxsize=2048)
def _draw(payload: str) -> bytes:
    # A fixed mask: trying all eight costs five times as much and cameras read any of them.
    code = segno.make_qr(payload, error="m", mask=0, boost_error=False, encoding="utf-8")
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=_MODULE_PIXELS, border=_QUIET_ZONE)
    return drawn.getvalue()
